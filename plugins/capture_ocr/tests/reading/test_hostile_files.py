"""CAP-1: files that are broken, hostile, locked, empty, huge or something else are refused, with a sentence."""

from __future__ import annotations

import contextlib
import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_capture_ocr.reading import FileType, Refused, read, read_confined, sniff
from zhangfang_capture_ocr.reading.refusals import CODES
from zhangfang_capture_ocr.specimens import SpecimenInvoice, draw, einvoice_xml

MakeInvoice = Callable[..., SpecimenInvoice]

LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><EInvoice>&c;</EInvoice>"""
OUTSIDE = b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><EInvoice>&f;</EInvoice>'
OUTSIDE_TYPE = b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><EInvoice/>'


def pdf(pages: int = 1, text: str = "", password: str | None = None) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, encrypt=password)
    for _ in range(pages):
        canvas.drawString(50, 700, text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("file.empty", b""),
        ("file.unknown_type", b"\x00" * 4096),
        ("file.unknown_type", "这是一张发票".encode()),
        ("file.empty", b"PK\x03\x04" + b"\x00" * 100),
        ("picture.broken", b"\xff\xd8\xff\xe0" + b"\x00" * 100),
        ("picture.broken", b"\x89PNG\r\n\x1a\n" + b"\x00" * 100),
        ("picture.broken", b"\x00\x00\x00\x18ftypheic" + b"\x00" * 100),
        ("file.not_yet", b"\x00\x00\x00\x18ftypisom" + b"\x00" * 100),
        ("xml.broken", b"<EInvoice><Header>"),
        ("xml.broken", b"<?xml version='1.0' encoding='klingon'?><EInvoice/>"),
        ("xml.broken", b"<EInvoice>\xff\xfe\xfd</EInvoice>"),
        ("xml.entities", LAUGHS),
        ("xml.entities", OUTSIDE),
        ("xml.entities", OUTSIDE_TYPE),
        ("xml.too_deep", b"<a>" * 65 + b"</a>" * 65),
        ("xml.too_many_nodes", b"<a>" + b"<b/>" * 20_000 + b"</a>"),
        ("file.too_large", b"<a>" + b" " * (2 * 1024 * 1024) + b"</a>"),
        ("xml.not_an_invoice", b"<EInvoice/>"),
        ("xml.not_an_invoice", b"<html><body>EInvoice</body></html>"),
        ("pdf.broken", b"%PDF-1.4\nnothing more"),
        ("pdf.encrypted", pdf(text="secret", password="open sesame")),
        ("file.empty", pdf(text="")),
        ("page.not_an_invoice", pdf(text="A letter of 100.00")),
        ("pdf.too_many_pages", pdf(pages=21, text="x")),
        ("file.too_large", b"%PDF-1.4\n" + b"\x00" * (20 * 1024 * 1024)),
    ],
)
def test_refused(code: str, data: bytes) -> None:
    """CAP-1: one stable code each."""
    with pytest.raises(Refused) as refused:
        read(data, "发票.pdf").only  # noqa: B018  # the property raises
    assert refused.value.code == code


def test_a_deep_or_wide_but_allowed_document_is_only_no_invoice() -> None:
    """CAP-1: the limits themselves still pass."""
    for data in (b"<a>" * 64 + b"</a>" * 64, b"<a>" + b"<b/>" * 19_999 + b"</a>"):
        with pytest.raises(Refused) as refused:
            read(data, "x.xml")
        assert refused.value.code == "xml.not_an_invoice"


def test_every_refusal_says_what_to_do() -> None:
    """CAP-4: plain Chinese, what happened and what to do."""
    for code in CODES:
        sentence = Refused(code).sentence
        assert sentence.endswith("。")
        assert "请" in sentence, code


def test_size_is_looked_at_before_the_file_is_loaded(tmp_path: Path) -> None:
    """CAP-1: 200 MB of zeros cost nothing."""
    path = tmp_path / "big.pdf"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(Refused) as refused:
        read(path, path.name)
    assert refused.value.code == "file.too_large"


def test_a_wrong_extension_does_not_matter(make_invoice: MakeInvoice) -> None:
    """CAP-1: content decides."""
    invoice = make_invoice()
    assert read(draw(invoice), "发票.xml").only.total == invoice.total
    assert read(einvoice_xml(invoice), "发票.pdf").only.total == invoice.total
    assert sniff(b"\xef\xbb\xbf<?xml version='1.0'?><a/>", "a.jpg") is FileType.XML


def test_truncated_files_are_refused_or_still_right(make_invoice: MakeInvoice) -> None:
    """CAP-1: a download cut anywhere gives no wrong sum and no other error."""
    invoice = make_invoice()
    for whole in (draw(invoice), einvoice_xml(invoice)):
        for part in range(1, 20):
            reading = None
            with contextlib.suppress(Refused):
                reading = read(whole[: len(whole) * part // 20], "cut").only
            assert reading is None or reading.total == invoice.total


def bomb(megabytes: int) -> bytes:
    """A PDF of one page whose content unpacks to many megabytes of text operators."""
    content = zlib.compress(b"BT /F1 9 Tf (aaaaaaaaaaaaaaaa) Tj ET\n" * (megabytes * 1024 * 1024 // 37), 9)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 400]/Contents 4 0 R"
        b"/Resources<</Font<</F1<</Type/Font/Subtype/Type1/BaseFont/Courier>>>>>>>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(content), content),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


async def test_a_bomb_ends_in_its_own_process(make_invoice: MakeInvoice) -> None:
    """CAP-1: a small file that unpacks to gigabytes is refused within the limits, and the next file is read."""

    with pytest.raises(Refused) as refused:
        await read_confined(bomb(400), "bomb.pdf")
    assert refused.value.code.startswith(("decode.", "pdf."))
    invoice = make_invoice()
    assert (await read_confined(draw(invoice), "next.pdf")).only.total == invoice.total
