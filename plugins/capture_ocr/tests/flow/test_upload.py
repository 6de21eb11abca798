"""Files come in: kept first, the same one once, each with its reason (CAP-1, CAP-3, CAP-5)."""

import asyncio
from typing import Any

import pytest

from zhangfang_capture_ocr.services import listing, uploads
from zhangfang_capture_ocr.tables import Item
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use


async def _jobs() -> int:
    return int(
        await connection().fetchval("select count(*) from procrastinate_jobs where task_name = 'capture_ocr.read'")
    )


async def test_original_is_kept_and_queued(office: Any, drawn: Any) -> None:
    """CAP-1, CAP-5: each file of a request is an item with its original, queued in the same transaction."""
    xml, pdf = drawn.xml(), drawn.pdf(number="26332000000187654322")
    received = await office.send(("一.xml", xml), ("二.pdf", pdf), purpose="运费")
    assert [each.sentence for each in received] == ["", ""]
    async with acting(office.firm, "accountant"):
        items = await Item.objects().order_by(Item.id)
        assert [item.state for item in items] == ["queued", "queued"]
        assert [item.purpose for item in items] == ["运费", "运费"]
        assert await use(Documents).content(items[0].document) == xml
        assert await use(Documents).content(items[1].document) == pdf
        assert await _jobs() == 2


async def test_same_key_is_the_same_upload(office: Any, drawn: Any) -> None:
    """CAP-1: a request repeated after a broken connection gives the same item, once, with one job."""
    first = await office.send(("一.xml", drawn.xml()), key="k" * 32)
    second = await office.send(("一.xml", drawn.xml()), key="k" * 32)
    assert first == second
    async with acting(office.firm, "accountant"):
        assert await Item.count() == 1
        assert await _jobs() == 1


async def test_same_key_at_the_same_time(office: Any, drawn: Any) -> None:
    """CAP-1: both requests of a retry that overtakes its first try get the one item."""
    answers = await asyncio.gather(*(office.send(("一.xml", drawn.xml()), key="k" * 32) for _ in range(6)))
    assert len({answer[0].item for answer in answers}) == 1


async def test_same_bytes_are_told(office: Any, drawn: Any) -> None:
    """CAP-3: the same file again is refused with the first one's day and uploader, and no second copy is stored."""
    item = await office.handed_in("一.xml", drawn.xml())
    again = (await office.send(("又一次.xml", drawn.xml())))[0].item
    async with acting(office.firm, "accountant"):
        row = await Item.objects().get(Item.id == again)
        assert row is not None
        assert (row.state, row.refusal_code, row.original) == ("refused", "capture.same_file", item)
        assert "李总" in row.refusal_sentence
        assert "一.xml" in row.refusal_sentence
        assert await connection().fetchval("select count(*) from core_document") == 1


async def test_same_bytes_at_the_same_time(office: Any, drawn: Any) -> None:
    """CAP-3: of copies that arrive together one is read and all others are told."""
    answers = await asyncio.gather(*(office.send((f"{n}.xml", drawn.xml())) for n in range(5)))
    states = [(await office.state(answer[0].item))[0] for answer in answers]
    assert sorted(states) == ["queued", *["refused"] * 4]


async def test_a_file_that_went_back_may_come_again(office: Any) -> None:
    """CAP-5: after a refusal the same bytes are read again, and refused again for their own reason."""
    first = await office.handed_in("坏.pdf", b"%PDF-1.7 broken")
    second = await office.handed_in("坏.pdf", b"%PDF-1.7 broken")
    assert first != second
    assert await office.state(second) == ("refused", "pdf.broken")


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("空.xml", b"", "document.empty"),
        ("大.pdf", b"%PDF" + bytes(uploads.MAX_FILE_BYTES), "document.too_large"),
    ],
)
async def test_nothing_to_keep(office: Any, name: str, data: bytes, code: str) -> None:
    """CAP-5: an empty or a far too large file has its reason and leaves nothing behind; the file beside it is kept."""
    received = await office.send((name, data), ("说明.txt", b"hello"))
    assert received[0].item is None
    assert received[0].code == code
    assert name in received[0].sentence
    assert received[1].item is not None


@pytest.mark.parametrize(
    ("name", "data", "state", "code"),
    [
        ("说明.txt", b"hello world", "refused", "file.unknown_type"),
        ("坏.pdf", b"%PDF-1.7 broken", "refused", "pdf.broken"),
        ("坏.xml", b"<?xml version='1.0'?><a>", "refused", "xml.broken"),
        ("实体.xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "refused", "xml.entities"),
        ("照片.jpg", b"\xff\xd8\xff\xe0" + bytes(100), "refused", "picture.broken"),
        ("照片.heic", b"\x00\x00\x00\x18ftypheic" + bytes(100), "refused", "picture.broken"),
        ("片子.mp4", b"\x00\x00\x00\x18ftypisom" + bytes(100), "needs_review", "file.not_yet"),
    ],
)
async def test_bad_files_have_their_reason(office: Any, name: str, data: bytes, state: str, code: str) -> None:
    """CAP-4, CAP-5: what cannot be read says why, and the original is kept; what only a person can open goes to the accountant."""
    item = await office.handed_in(name, data)
    assert await office.state(item) == (state, code)
    async with acting(office.firm, "accountant"):
        row = await Item.objects().get(Item.id == item)
        assert row is not None
        assert row.refusal_sentence
        assert await use(Documents).content(row.document) == data


@pytest.mark.parametrize(
    ("files", "key", "code"),
    [(0, None, "capture.no_file"), (51, None, "capture.too_many_files"), (1, "'; drop", "capture.upload_key_wrong")],
)
async def test_refused_requests(office: Any, files: int, key: str | None, code: str) -> None:
    """CAP-1: requests that make no sense are refused with a stable code."""
    with pytest.raises(Refusal) as refused:
        await office.send(*[("一.txt", b"x")] * files, key=key)
    assert refused.value.code == code


async def test_driver_sees_own_uploads_only(office: Any, drawn: Any) -> None:
    """PLAT-13: somebody who only hands in finds the own files, and no other's."""
    item = (await office.send(("老板.xml", drawn.xml())))[0].item
    async with acting(office.firm, "driver", client=office.firm.restaurant):  # the same person, with less to see
        assert [row.id for row in await listing.recent()] == [item]
    async with acting(office.firm, "driver", user=10**6, client=office.firm.restaurant):
        assert await listing.recent() == []
        with pytest.raises(Refusal) as refused:
            await listing.one(item)
    assert refused.value.code == "common.not_found"
