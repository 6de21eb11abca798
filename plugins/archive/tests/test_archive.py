"""The list of a month's documents: what ``sha256sum -c`` reads, made once for each file, by those who may."""

import hashlib

import pytest

from zhangfang_archive.manifests import checksum_list
from zhangfang_archive.services import make_manifest, manifests
from zhangfang_archive.tables import Manifest
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period


async def stored(firm: TestFirm, name: str, content: bytes) -> int:
    async with acting(firm, "boss"):
        return (await use(Documents).store(firm.restaurant, name, "text/plain", content)).id


async def test_the_list_is_what_sha256sum_reads(firm: TestFirm) -> None:
    first, second = await stored(firm, "发票.txt", b"one"), await stored(firm, "b c.txt", b"two")
    async with acting(firm, "accountant"):
        made = await make_manifest(firm.restaurant, Period.current())
        (row,) = await manifests(firm.restaurant)
        content = await use(Documents).content(row.document)
    assert (row.id, row.files) == (made, 2)
    assert content.decode() == (
        f"{hashlib.sha256(b'one').hexdigest()}  {first}-发票.txt\n{hashlib.sha256(b'two').hexdigest()}  {second}-b c.txt\n"
    )
    assert row.sha256 == hashlib.sha256(content).hexdigest()


async def test_only_what_is_new_is_listed_but_every_file_stays_listed(firm: TestFirm) -> None:
    """Lists of their own are not listed again; a month without documents has none."""
    await stored(firm, "a.txt", b"one")
    async with acting(firm, "accountant"):
        await make_manifest(firm.restaurant, Period.current())
        with pytest.raises(Refusal, match=r"archive\.nothing"):
            await make_manifest(firm.restaurant, Period.current().plus(-1))
        assert len(await manifests(None)) == 1


async def test_it_needs_the_permission_and_stands_on_the_trail(firm: TestFirm) -> None:
    await stored(firm, "a.txt", b"one")
    async with acting(firm, "boss"):
        with pytest.raises(Refusal, match=r"access\.forbidden"):
            await make_manifest(firm.restaurant, Period.current())
    async with acting(firm, "accountant"):
        made = await make_manifest(firm.restaurant, Period.current())
        entry = await connection().fetchrow("select subject, client from core_audit_entry where action = 'archive.make'")
    assert entry is not None
    assert (entry["subject"], entry["client"]) == (f"archive_manifest:{made}", firm.restaurant)


async def test_a_failing_store_leaves_no_list(firm: TestFirm, monkeypatch: pytest.MonkeyPatch) -> None:
    await stored(firm, "a.txt", b"one")

    async def breaks(self: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(Manifest, "save", breaks)
    with pytest.raises(OSError, match="no space"):
        await in_one_transaction(firm)
    async with acting(firm, "accountant"):
        assert await manifests(firm.restaurant) == []


async def in_one_transaction(firm: TestFirm) -> None:
    async with acting(firm, "accountant"):
        await make_manifest(firm.restaurant, Period.current())


async def test_pages(firm: TestFirm, visit: Visit) -> None:
    await stored(firm, "a.txt", b"one")
    owner = await visit("owner")
    nothing = await owner.post("/archive", period=Period.current().plus(-2).key)
    assert nothing.status_code == 409
    assert (await owner.post("/archive", period="no month")).status_code in (400, 422)
    assert (await owner.post("/archive", period=Period.current().key)).status_code == 303
    async with acting(firm, "owner"):
        (row,) = await manifests(None)
    assert f"/documents/{row.document}" in (await owner.get("/archive")).text
    assert "嘉喜餐饮" in (await (await visit("admin", of_firm=True)).get("/archive")).text
    boss = await visit("boss")
    assert (await boss.get("/archive")).status_code == 200
    assert (await boss.post("/archive", period=Period.current().key)).status_code == 403
    assert (await (await visit("driver")).get("/archive")).status_code == 403


def test_an_empty_list_is_empty() -> None:
    assert checksum_list([]) == b""
