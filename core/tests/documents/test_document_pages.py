"""A file's page and its original in the browser (COLL-5, PLAT-9, PLAT-13)."""

import io
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # ships no types

from zhangfang_core.database.engine import DB, connection
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.settings import Settings
from zhangfang_core.testing.portal import Portal, Visitor
from zhangfang_core.testing.tenants import TestFirm, acting, session_of

GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"


@pytest_asyncio.fixture(loop_scope="session")
async def boss(portal: Portal, firm: TestFirm) -> AsyncIterator[Visitor]:
    async with portal.visitor(
        await session_of(firm, "boss", firm.restaurant), f"/f/{firm.id}/c/{firm.restaurant}"
    ) as visitor:
        yield visitor


async def store(firm: TestFirm, name: str, media_type: str, content: bytes) -> int:
    async with acting(firm, "boss"):
        return (await StoredDocuments().store(firm.restaurant, name, media_type, content)).id


@pytest.mark.parametrize(
    ("media_type", "served", "shown"),
    [
        ("image/gif", "image/gif", "inline"),
        ("application/pdf", "application/pdf", "inline"),
        ("image/svg+xml", "application/octet-stream", "attachment"),
        ("text/html", "application/octet-stream", "attachment"),
        ("application/xml", "application/octet-stream", "attachment"),
    ],
)
async def test_an_original_can_do_no_harm(
    boss: Visitor, firm: TestFirm, media_type: str, served: str, shown: str
) -> None:
    """OWASP ASVS: nothing that somebody sent runs in the portal's name."""
    document = await store(firm, '发票"\r\n.x', media_type, GIF)
    answer = await boss.get(f"/documents/{document}/file")
    assert answer.status_code == 200
    assert answer.content == GIF
    assert answer.headers["content-type"].partition(";")[0] == served
    assert answer.headers["content-disposition"] == f"{shown}; filename*=UTF-8''%E5%8F%91%E7%A5%A8%22.x"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert ("sandbox" in answer.headers["content-security-policy"]) == (media_type != "application/pdf")
    assert "no-store" in answer.headers["cache-control"]
    downloaded = await boss.get(f"/documents/{document}/file?download=true")
    assert downloaded.headers["content-disposition"].startswith("attachment;")


async def test_a_large_original_flows_with_no_transaction_open(boss: Visitor, firm: TestFirm) -> None:
    """PLAT-10: while the bytes are on their way, the pool has all its connections."""
    content = bytes(range(256)) * 4096 * 20
    document = await store(firm, "a.bin", "application/zip", content)
    answer = await boss.get(f"/documents/{document}/file")
    assert answer.content == content
    assert DB.pool is not None
    assert DB.pool.get_idle_size() == DB.pool.get_size()


async def test_a_damaged_original_is_told_before_the_first_byte(
    boss: Visitor, firm: TestFirm, settings: Settings
) -> None:
    """ARCH-6: a sentence, not half a file."""
    document = await store(firm, "a.gif", "image/gif", GIF)
    (path,) = (path for path in settings.objects_dir.rglob("*") if path.is_file())
    path.write_bytes(path.read_bytes()[:-3])
    answer = await boss.get(f"/documents/{document}/file")
    assert answer.status_code == 410
    assert "从备份恢复" in answer.text


@pytest.mark.parametrize(
    ("role", "where", "status"),
    [
        ("owner", "other firm", 404),
        ("boss", "trading", 404),
        ("accountant", "not assigned", 404),
        ("driver", "restaurant", 403),
        (None, "signed out", 303),
    ],
)
async def test_strangers_get_the_same_as_for_nothing(
    portal: Portal, boss: Visitor, firm: TestFirm, other_firm: TestFirm, role: str | None, where: str, status: int
) -> None:
    """PLAT-13: every address of a file."""
    document = await store(firm, "a.pdf", "application/pdf", one_page())
    client = {"trading": firm.trading, "restaurant": firm.restaurant}.get(where)
    token = None if role is None else await session_of(other_firm if where == "other firm" else firm, role, client)
    async with portal.visitor(token, f"/f/{firm.id}/c/{firm.restaurant}") as stranger:
        for tail in ("", "/file", "/pages", "/preview/1"):
            assert (await boss.get(f"/documents/{document}{tail}")).status_code == 200, tail
            assert (await stranger.get(f"/documents/{document}{tail}")).status_code == status, tail


@pytest.mark.parametrize(
    "path", ["/documents/999999", "/documents/99999999999999999999", "/documents/x", "/documents/1/preview/0"]
)
async def test_addresses_of_nothing(boss: Visitor, path: str) -> None:
    """Bad input never gives a 500."""
    assert (await boss.get(path)).status_code in (400, 404)


async def test_the_page_of_a_pdf_shows_its_pages(boss: Visitor, firm: TestFirm) -> None:
    """COLL-5, PLAT-9: facts, pictures, and the looks on the trail."""
    document = await store(firm, "合同<1>.pdf", "application/pdf", one_page())
    shown = await boss.get(f"/documents/{document}")
    assert "合同&lt;1&gt;.pdf" in shown.text
    assert f'/documents/{document}/pages"' in shown.text
    pages = await boss.get(f"/documents/{document}/pages")
    assert f'/documents/{document}/preview/1"' in pages.text
    assert "第 1 页,共 1 页" in pages.text
    picture = await boss.get(f"/documents/{document}/preview/1")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert (await boss.get(f"/documents/{document}/preview/2")).status_code == 404
    async with acting(firm, "owner"):
        looks = await connection().fetchval(
            "select count(*) from core_audit_entry where action = 'documents.view' and user_name = 'boss'"
        )
    assert looks == 3


async def test_what_has_no_picture_says_so(boss: Visitor, firm: TestFirm) -> None:
    document = await store(firm, "a.xml", "application/xml", b"<x/>")
    assert "没有图片预览" in (await boss.get(f"/documents/{document}")).text
    assert (await boss.get(f"/documents/{document}/preview/1")).status_code == 415


def one_page() -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(50, 700, "page")
    canvas.save()
    return out.getvalue()
