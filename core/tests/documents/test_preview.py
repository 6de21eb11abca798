"""Pictures of pages, drawn in a confined process (CAP-1; bombs at most 768 MB and 15 s)."""

import asyncio
import io
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]  # ships no types

from zhangfang_core.database.engine import connection
from zhangfang_core.documents.preview import PageImage, draw, page_image
from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.settings import Settings
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope
from zhangfang_sdk.errors import Refusal

PNG = b"\x89PNG\r\n\x1a\n"


def pdf(pages: int = 2, size: tuple[float, float] = (595, 842)) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size)
    for number in range(pages):
        canvas.rect(100, 100, 200, 200, fill=1)
        canvas.drawString(50, 700, f"page {number + 1}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def bomb(side: int = 30_000) -> bytes:
    """A small file with one picture that is 2.7 GB when unpacked."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side * 3)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</XObject<</I 5 0 R>>>>/Contents 4 0 R>>",
        b"<</Length 30>>stream\nq 600 0 0 800 0 0 cm /I Do Q  \nendstream",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode/Length %d>>"
        % (side, side, len(data))
        + b"stream\n"
        + data
        + b"\nendstream",
    ]
    body = b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s\nendobj\n" % (n, part) for n, part in enumerate(parts, start=1))
    return body + b"trailer<</Root 1 0 R/Size 6>>\n%%EOF"


async def test_a_page_becomes_a_picture() -> None:
    """CAP-1: what was drawn is where it was drawn, in its colours."""
    found = await draw(pdf(3), 2)
    assert found.pages == 3
    assert found.png.startswith(PNG)
    width, height = int.from_bytes(found.png[16:20]), int.from_bytes(found.png[20:24])
    assert (width, height) == (1240, 1755)
    start = found.png.index(b"IDAT")
    length = int.from_bytes(found.png[start - 4 : start])
    pixels = zlib.decompress(found.png[start + 4 : start + 4 + length])
    stride = 1 + width * 3

    def at(x: float, y: float) -> bytes:
        column, row = round(x * width / 595), round((842 - y) * height / 842)
        return pixels[row * stride + 1 + column * 3 : row * stride + 4 + column * 3]

    assert at(200, 200) == b"\0\0\0"
    assert at(400, 500) == b"\xff\xff\xff"


@pytest.mark.parametrize("size", [(1.0, 14_000.0), (14_000.0, 14_000.0), (10.0, 10.0)])
async def test_odd_page_sizes_stay_within_bounds(size: tuple[float, float]) -> None:
    """CAP-1"""
    found = await draw(pdf(1, size), 1)
    assert int.from_bytes(found.png[16:20]) * int.from_bytes(found.png[20:24]) <= 6_100_000


@pytest.mark.parametrize("content", [b"%PDF-1.4 nonsense", b"\0" * 1000, pdf()[:200]])
async def test_what_cannot_be_read_is_told(content: bytes) -> None:
    """CAP-1: a plain sentence, never a 500."""
    with pytest.raises(Refusal, match=r"document\.preview_failed") as told:
        await draw(content, 1)
    assert "原件完好保存" in told.value.sentence


async def test_a_page_that_is_not_there() -> None:
    with pytest.raises(Refusal, match=r"common\.not_found"):
        await draw(pdf(2), 3)


async def test_a_bomb_stops_at_its_limits() -> None:
    """CAP-1: the process ends in bounded time and this one holds on."""
    content = bomb(20_000)
    assert len(content) < 3 * 1024 * 1024
    began = time.monotonic()
    outcome = await asyncio.gather(draw(content, 1), return_exceptions=True)
    assert time.monotonic() - began < 16
    (found,) = outcome
    assert isinstance(found, PageImage) or (isinstance(found, Refusal) and found.code == "document.preview_failed")


def test_the_process_is_confined(tmp_path: Path) -> None:
    """The limits bind: it can neither write a file nor take 2 GB."""
    code = (
        "from zhangfang_core.documents.draw_page import confine\nconfine()\n"
        "import sys\n"
        "try:\n bytearray(2 * 1024**3)\nexcept MemoryError:\n print('no memory')\n"
        "import signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "try:\n f = open('written', 'wb', buffering=0)\n f.write(b'x')\nexcept OSError:\n print('no file')\n"
    )
    done = subprocess.run(  # noqa: S603 - this test's own words
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True, cwd=tmp_path
    )
    assert done.stdout.split("\n")[:2] == ["no memory", "no file"]


async def test_a_picture_is_kept_encrypted_and_drawn_once(
    firm: TestFirm, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CAP-1, ARCH-6, PLAT-9"""
    async with acting(firm, "boss") as scope:
        made = await StoredDocuments().store(firm.restaurant, "a.pdf", "application/pdf", pdf())
    with in_scope(scope):
        first = await page_image(made.id, 1)
        monkeypatch.setattr("zhangfang_core.documents.preview.draw", None)
        assert await page_image(made.id, 1) == first
    assert first.pages == 2
    files = [path.read_bytes() for path in settings.objects_dir.rglob("*") if path.is_file()]
    assert len(files) == 2
    assert not any(PNG in content or b"%PDF" in content for content in files)
    async with acting(firm, "owner"):
        assert await connection().fetchval("select count(*) from core_audit_entry where action = 'documents.view'") == 2


async def test_a_stranger_gets_no_picture(firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: also of a page that is kept already."""
    async with acting(firm, "boss") as boss:
        made = await StoredDocuments().store(firm.restaurant, "a.pdf", "application/pdf", pdf())
    with in_scope(boss):
        await page_image(made.id, 1)
    async with acting(other_firm, "owner") as stranger:
        pass
    async with acting(firm, "boss", client=firm.trading) as neighbour:
        pass
    for scope in (stranger, neighbour):
        with in_scope(scope), pytest.raises(Refusal, match=r"common\.not_found"):
            await page_image(made.id, 1)


async def test_other_files_have_no_picture(firm: TestFirm) -> None:
    async with acting(firm, "boss") as scope:
        made = await StoredDocuments().store(firm.restaurant, "a.xml", "application/xml", b"<x/>")
    with in_scope(scope), pytest.raises(Refusal, match=r"document\.no_preview"):
        await page_image(made.id, 1)
