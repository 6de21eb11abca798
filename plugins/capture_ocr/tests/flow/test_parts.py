"""Several invoices in one upload: an item and a draft each, once, whatever happens (CAP-1, CAP-3, CAP-5)."""

import contextlib
import io
import zipfile
from typing import Any

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from PIL import Image
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_capture_ocr.services import listing, unpacking, uploads
from zhangfang_capture_ocr.tables import Invoice, Item, Recognition
from zhangfang_core.database.engine import connection
from zhangfang_core.testing.tenants import acting

ONE, TWO, THREE = (f"2633200000000000000{n}" for n in (1, 2, 3))


def pages(*files: bytes) -> bytes:
    whole = pypdfium2.PdfDocument.new()
    for file in files:
        whole.import_pages(pypdfium2.PdfDocument(file))
    written = io.BytesIO()
    whole.save(written)
    return written.getvalue()


def letter(text: str) -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(610, 394))
    canvas.drawString(50, 200, text)
    canvas.save()
    return written.getvalue()


def zipped(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return written.getvalue()


async def finish(office: Any) -> None:
    """Work through every item that is not at its end, as the worker would."""
    for _ in range(5):
        async with acting(office.firm, "accountant"):
            rows = await Item.select(Item.id).where(Item.state.is_in(["queued", "reading", "recognised", "checking"]))
        if not rows:
            return
        for row in rows:
            await office.work(row["id"])


async def states(office: Any) -> list[tuple[str, str, str]]:
    """State, code and number of every item, in the order in which they were made."""
    async with acting(office.firm, "accountant"):
        items = await Item.objects().order_by(Item.id)
        rows = await Invoice.select(Invoice.item, Invoice.number)
    numbers = {row["item"]: row["number"] for row in rows}
    return [(item.state, item.refusal_code, numbers.get(item.id, "")) for item in items]


async def test_each_invoice_of_a_pdf_gets_its_draft(office: Any, drawn: Any) -> None:
    """Three pages, three drafts, each naming its page; doing it again makes no more."""
    file = pages(*(drawn.pdf(number=number) for number in (ONE, TWO, THREE)))
    item = await office.handed_in("三张.pdf", file)
    await finish(office)
    await office.work(item)
    assert await states(office) == [("drafted", "", number) for number in (ONE, TWO, THREE)]
    async with acting(office.firm, "accountant"):
        items = await Item.objects().order_by(Item.id)
        assert [each.whole for each in items] == [None, item, item]
        assert len({each.document for each in items}) == 1
        assert await connection().fetchval("select count(*) from core_voucher") == 3


async def test_what_is_no_invoice_waits_for_a_person_with_its_words(office: Any, drawn: Any) -> None:
    """CAP-4: neither sent back nor lost, and searchable; the invoice beside it is looked at too."""
    await office.handed_in("混.pdf", pages(drawn.pdf(number=ONE), letter("Kaufvertrag 4711")))
    await finish(office)
    assert await states(office) == [
        ("needs_review", "file.one_invoice", ONE),
        ("needs_review", "page.not_an_invoice", ""),
    ]
    async with acting(office.firm, "accountant"):
        row = await Invoice.select().where(Invoice.number == "").first()
        assert row is not None
        assert (row["kind"], "Kaufvertrag" in row["text"]) == ("其他票据", True)


async def test_a_document_that_is_no_invoice_is_not_sent_back(office: Any) -> None:
    """CAP-4: an accountant decides what it is."""
    item = await office.handed_in("信.pdf", letter("Kaufvertrag"))
    assert await office.state(item) == ("needs_review", "page.not_an_invoice")


async def test_an_archive_becomes_its_files(office: Any, drawn: Any) -> None:
    """Each file is an item with its own original; a file that was sent before is told."""
    await office.handed_in("一.xml", drawn.xml(number=ONE))
    inner = zipped(three_pdf=drawn.pdf(number=THREE))
    archive = zipped(one_xml=drawn.xml(number=ONE), two_pdf=drawn.pdf(number=TWO), more_zip=inner)
    item = await office.handed_in("三月.zip", archive, purpose="差旅")
    await finish(office)
    assert await states(office) == [
        ("drafted", "", ONE),
        ("unpacked", "", ""),
        ("refused", "capture.same_file", ""),
        ("drafted", "", TWO),
        ("unpacked", "", ""),
        ("drafted", "", THREE),
    ]
    async with acting(office.firm, "accountant"):
        inside = await Item.objects().where(Item.whole == item).order_by(Item.id)
        assert [each.name for each in inside] == ["one.xml", "two.pdf", "more.zip"]
        assert {each.purpose for each in inside} == {"差旅"}
        assert len({each.document for each in inside}) == 3


async def test_a_large_archive_is_seen_to_go_on(office: Any, drawn: Any, monkeypatch: Any) -> None:
    """CAP-5: after each handful of files the client sees how many are out and how many are read; nothing waits for all of them."""
    xml = {f"n{n:03d}_xml": drawn.xml(number=f"26332000000001{n:06d}") for n in range(60)}
    archive = (await office.send(("年.zip", zipped(**xml))))[0].item
    seen: list[tuple[int, int]] = []
    real = unpacking.unpack_confined

    async def watched(data: bytes, first: int) -> Any:
        async with acting(office.firm, "boss", client=office.firm.restaurant):
            seen.append((await listing.one(archive)).inside)
        return await real(data, first)

    monkeypatch.setattr(unpacking, "unpack_confined", watched)
    await office.work(archive)
    assert seen == [(0, 0), (0, 25), (0, 50)]
    async with acting(office.firm, "accountant"):
        first = await Item.objects().where(Item.whole == archive).order_by(Item.id).first()
    await office.work(first.id)
    async with acting(office.firm, "boss", client=office.firm.restaurant):
        assert (await listing.one(archive)).inside == (1, 60)


async def test_archives_inside_archives_end(office: Any) -> None:
    """No depth without an end."""
    data = zipped(a_xml=b"<a/>")
    for _ in range(3):
        data = zipped(in_zip=data)
    await office.handed_in("深.zip", data)
    await finish(office)
    assert [(state, code) for state, code, _ in await states(office)] == [
        ("unpacked", ""),
        ("unpacked", ""),
        ("refused", "zip.too_much"),
    ]


async def test_an_archive_cut_off_while_it_is_opened(office: Any, drawn: Any, monkeypatch: Any) -> None:
    """CAP-5: opened again, every file is there once."""
    received = await office.send(("三月.zip", zipped(one_xml=drawn.xml(number=ONE), two_xml=drawn.xml(number=TWO))))
    item = received[0].item
    real, calls = uploads.admit, 0

    async def mortal(*args: Any) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        await real(*args)

    monkeypatch.setattr(uploads, "admit", mortal)
    with contextlib.suppress(KeyboardInterrupt):
        await office.work(item)
    for _ in range(2):
        await office.work(item)
    await finish(office)
    assert await states(office) == [("unpacked", "", ""), ("drafted", "", ONE), ("drafted", "", TWO)]


async def test_two_invoices_on_one_photograph(office: Any, drawn: Any) -> None:
    """Each is found in its part of the picture, and the picture is recognised once."""
    sheets = [
        pypdfium2.PdfDocument(drawn.pdf(number=number))[0].render(scale=2).to_pil().convert("RGB")
        for number in (ONE, TWO)
    ]
    photo = Image.new("RGB", (sheets[0].width, 2 * sheets[0].height), "white")
    for place, sheet in enumerate(sheets):
        photo.paste(sheet, (0, place * sheet.height))
    await office.handed_in("两张.jpg", drawn.jpeg(photo))
    await finish(office)
    assert [number for _, _, number in await states(office)] == [ONE, TWO]
    async with acting(office.firm, "accountant"):
        rows = await Invoice.select(Invoice.total, Invoice.fields).order_by(Invoice.id)
        assert [row["total"] for row in rows] == [109000, 109000]
        assert await Recognition.count() == 1


async def test_one_of_several_is_read_again_alone(office: Any, drawn: Any) -> None:
    """Another reading of a part that went back touches no other part."""
    await office.handed_in("一.xml", drawn.xml(number=TWO))
    await office.handed_in("两张.pdf", pages(drawn.pdf(number=ONE), drawn.pdf(number=TWO)))
    await finish(office)
    assert (await states(office))[1:] == [("drafted", "", ONE), ("refused", "capture.same_number", TWO)]
    async with acting(office.firm, "accountant"):
        last = await Item.objects().order_by(Item.id, ascending=False).first()
        assert last is not None
        await uploads.again(last.id)
    await finish(office)
    assert (await states(office))[1:] == [("drafted", "", ONE), ("refused", "capture.same_number", TWO)]
