"""CAP-1: every page, every part of a page and every file of an archive is looked at, and nothing disappears."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import FileReading, InvoiceKind, Reading, Refused, read
from zhangfang_capture_ocr.reading.archives import MAX_MEMBERS, unpacked
from zhangfang_capture_ocr.reading.confined import Reader
from zhangfang_capture_ocr.reading.wire import dump_file, load_file
from zhangfang_capture_ocr.specimens import SpecimenInvoice, attach, draw, einvoice_xml, taxed_line

MakeInvoice = Callable[..., SpecimenInvoice]

ONE, TWO = "26332000000000000001", "26332000000000000002"
MEAL = taxed_line("*餐饮服务*餐饮费", 22718, "3%", quantity="1", unit="次")
PAPER = taxed_line("*纸制品*复印纸", 10000, "13%", quantity="10", unit="包")


def pages(*files: bytes) -> bytes:
    """One PDF of all their pages."""
    whole = pypdfium2.PdfDocument.new()
    for file in files:
        whole.import_pages(pypdfium2.PdfDocument(file))
    return saved(whole)


def on_one_page(*files: bytes) -> bytes:
    """One PDF page with the first page of each below the other."""
    documents = [pypdfium2.PdfDocument(file) for file in files]
    wide, high = documents[0][0].get_size()
    whole = pypdfium2.PdfDocument.new()
    page = whole.new_page(wide, high * len(files))
    for place, document in enumerate(documents):
        shape = document.page_as_xobject(0, whole).as_pageobject()
        shape.set_matrix(pypdfium2.PdfMatrix().translate(0, high * (len(files) - 1 - place)))
        page.insert_obj(shape)
    page.gen_content()
    return saved(whole)


def saved(document: pypdfium2.PdfDocument) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def letter(text: str = "Dear customer") -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(610, 394))
    canvas.drawString(50, 200, text)
    canvas.save()
    return buffer.getvalue()


def sure(reading: Reading) -> bool:
    return is_sure(reading, prove(reading, today=date(2026, 6, 1), client=None))


def numbers(whole: FileReading) -> list[str | None]:
    return [each.reading.number for each in whole.found]


@pytest.mark.parametrize("kind", [InvoiceKind.DIGITAL_ORDINARY, InvoiceKind.ORDINARY_ELECTRONIC])
def test_an_invoice_on_each_page(make_invoice: MakeInvoice, kind: InvoiceKind) -> None:
    """Two invoices in one PDF are two, each with its own lines and page, and both sure."""
    given = (ONE, TWO) if kind.is_digital else ("10000001", "10000002")
    files = [draw(make_invoice(kind, line, number=number)) for line, number in zip((MEAL, PAPER), given, strict=True)]
    whole = read(pages(*files), "two.pdf")
    assert numbers(whole) == list(given)
    assert [each.place.pages for each in whole.found] == [(0,), (1,)]
    assert [[line.name for line in each.reading.lines] for each in whole.found] == [[MEAL.name], [PAPER.name]]
    assert all(sure(each.reading) for each in whole.found)
    assert not whole.left
    assert not whole.unseen


@pytest.mark.parametrize("kind", [InvoiceKind.DIGITAL_ORDINARY, InvoiceKind.ORDINARY_ELECTRONIC])
def test_several_invoices_on_one_page(make_invoice: MakeInvoice, kind: InvoiceKind) -> None:
    """Printed together on one sheet, each is read in its own part of it, its boxes lying there."""
    given = (ONE, TWO) if kind.is_digital else ("10000001", "10000002")
    files = [draw(make_invoice(kind, line, number=number)) for line, number in zip((MEAL, PAPER), given, strict=True)]
    whole = read(on_one_page(*files), "two.pdf")
    assert numbers(whole) == list(given)
    assert [each.reading.total for each in whole.found] == [23400, 11300]
    assert [each.reading.seller_tax_id for each in whole.found] == ["91440300708461136T"] * 2
    above, below = (each.reading.fields["total"].box for each in whole.found)
    assert above is not None
    assert below is not None
    assert above.bottom < 0.5 < below.top
    assert all(sure(each.reading) for each in whole.found)


def test_pages_of_one_list_stay_one_invoice(make_invoice: MakeInvoice) -> None:
    """A list over three pages, with another invoice after it."""
    long = make_invoice(InvoiceKind.DIGITAL_ORDINARY, *(MEAL,) * 15, number=ONE)
    whole = read(pages(draw(long), draw(make_invoice(number=TWO))), "list.pdf")
    assert [each.place.pages for each in whole.found] == [(0, 1, 2), (3,)]
    assert len(whole.found[0].reading.lines) == 15


def test_a_second_sheet_is_no_second_invoice(make_invoice: MakeInvoice) -> None:
    """The same print once more counts once, its lines too, and where it stands is kept."""
    file = draw(make_invoice(InvoiceKind.ORDINARY_ELECTRONIC, MEAL))
    whole = read(pages(file, file), "copies.pdf")
    assert len(whole.found) == 1
    assert [copy.pages for copy in whole.found[0].copies] == [(1,)]
    assert len(whole.found[0].reading.lines) == 1
    assert sure(whole.found[0].reading)


def test_what_is_left_over_is_kept_and_nothing_is_sure_beside_it(make_invoice: MakeInvoice) -> None:
    """A page with other text is kept with its place and its words, and a person looks at the invoice too."""
    whole = read(pages(draw(make_invoice()), letter("Amount due 100.00")), "mixed.pdf")
    assert [(each.place.pages, each.code) for each in whole.left] == [((1,), "page.not_an_invoice")]
    assert "Amount due" in whole.left[0].text
    assert not sure(whole.found[0].reading)


def test_a_scanned_page_is_looked_at_and_a_blank_one_is_not(make_invoice: MakeInvoice) -> None:
    """A page without text goes to be recognised; one without anything is nothing."""
    picture = pypdfium2.PdfDocument(draw(make_invoice()))[0].render(scale=1).to_pil().convert("RGB")
    scan = io.BytesIO()
    picture.save(scan, "PDF")
    blank = saved(_blank())
    whole = read(pages(draw(make_invoice(number=ONE)), scan.getvalue(), blank), "mixed.pdf")
    assert numbers(whole) == [ONE]
    assert [each.page for each in whole.unseen] == [1]
    assert not whole.left


def _blank() -> pypdfium2.PdfDocument:
    document = pypdfium2.PdfDocument.new()
    document.new_page(610, 394)
    return document


def test_data_of_several_invoices_in_one_pdf(make_invoice: MakeInvoice) -> None:
    """Each print gets its own data; data without a print are an invoice too."""
    invoices = [make_invoice(number=number) for number in (ONE, TWO, "26332000000000000003")]
    file = pages(*(draw(each) for each in invoices[:2]))
    for each in invoices:
        file = attach(file, f"{each.number}.xml", einvoice_xml(each))
    whole = read(file, "three.pdf")
    assert sorted(str(number) for number in numbers(whole)) == [each.number for each in invoices]
    assert all(not each.reading.disagreements for each in whole.found)


def test_every_frame_of_a_picture_is_looked_at() -> None:
    """A fax of three pages is three pages."""
    written = io.BytesIO()
    frames = [Image.new("L", (300, 200), shade) for shade in (255, 200, 100)]
    frames[0].save(written, "TIFF", save_all=True, append_images=frames[1:])
    assert [each.page for each in read(written.getvalue(), "fax.tif").unseen] == [0, 1, 2]


def test_nothing_is_lost_between_processes(make_invoice: MakeInvoice) -> None:
    """What the confined process says is what was read."""
    file = draw(make_invoice())
    whole = read(pages(file, file, letter()), "mixed.pdf")
    assert load_file(json.loads(dump_file(whole))) == whole


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return written.getvalue()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_is_no_invoice_but_holds_some(make_invoice: MakeInvoice, method: int) -> None:
    """Also where its first file is an uncompressed PDF; litter of file managers is passed over."""
    files = {
        "三月/一.pdf": draw(make_invoice(number=ONE)),
        "三月/二.xml": einvoice_xml(make_invoice(number=TWO)),
        "__MACOSX/._一.pdf": b"x",
        "三月/.DS_Store": b"x",
    }
    data = zipped(files, method)
    assert read(data, "三月.zip").is_archive
    members, following = unpacked(data, 0)
    assert following is None
    assert [member.name for member in members] == ["三月/一.pdf", "三月/二.xml"]
    assert [numbers(read(member.data, member.name)) for member in members] == [[ONE], [TWO]]


def test_names_in_gbk() -> None:
    """As archives of Chinese Windows write them."""
    data = zipped({"aa.xml": b"<a/>"}).replace(b"aa.xml", "票.xml".encode("gbk"))
    assert unpacked(data, 0)[0][0].name == "票.xml"


def test_a_big_archive_comes_in_pieces() -> None:
    """Never more than a piece at a time in memory, each file once."""
    data = zipped({f"{n}.bin": bytes(5 * 1024 * 1024) for n in range(8)})
    names: list[str] = []
    following: int | None = 0
    rounds = 0
    reader = Reader()
    try:
        while following is not None:
            members, following = reader.unpack(data, following)
            names += [member.name for member in members]
            rounds += 1
    finally:
        reader.close()
    assert names == [f"{n}.bin" for n in range(8)]
    assert rounds == 3


@pytest.mark.parametrize(
    ("code", "data"),
    [
        ("zip.broken", zipped({"a.xml": b"<a/>" * 100})[:60]),
        ("zip.empty", zipped({})),
        ("zip.too_much", zipped({f"{n}": b"" for n in range(MAX_MEMBERS + 1)})),
    ],
)
def test_bad_archives(code: str, data: bytes) -> None:
    """One sentence each."""
    with pytest.raises(Refused) as refused:
        unpacked(data, 0)
    assert refused.value.code == code


def test_a_locked_file_in_an_archive_is_told() -> None:
    """The others are still read."""
    data = bytearray(zipped({"a.xml": b"<a/>", "b.xml": b"<b/>"}))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + flags] |= 1
    members, _ = unpacked(bytes(data), 0)
    assert [(member.name, member.refused) for member in members] == [("a.xml", "zip.locked"), ("b.xml", "")]
