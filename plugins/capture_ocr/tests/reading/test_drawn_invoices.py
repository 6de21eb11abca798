"""CAP-1, CAP-2: every field and line of drawn invoices, both forms, read back exactly with its place."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from decimal import Decimal

import pytest

from zhangfang_capture_ocr.reading import InvoiceKind, InvoiceLine, Reading, Source, read
from zhangfang_capture_ocr.specimens import SpecimenInvoice, SpecimenLine, attach, draw, einvoice_xml, taxed_line

MakeInvoice = Callable[..., SpecimenInvoice]

KINDS = (
    InvoiceKind.ORDINARY_ELECTRONIC,
    InvoiceKind.SPECIAL_ELECTRONIC,
    InvoiceKind.DIGITAL_ORDINARY,
    InvoiceKind.DIGITAL_SPECIAL,
)
MEAL = taxed_line("*餐饮服务*餐饮费", 22718, "3%", quantity="1", unit="次")
WRAPPED = taxed_line(
    "*软饮料*无糖气泡水 夏日限定 青柠味 整箱二十四罐装 330ml",
    123456,
    "13%",
    quantity="3.5",
    unit="箱",
    specification="330ml*24",
)
DISCOUNT = taxed_line("*软饮料*无糖气泡水 夏日限定 青柠味 整箱二十四罐装 330ml", -5000, "13%")
EXEMPT = taxed_line("*印刷品*图书", 10500, "免税", quantity="2", unit="本")
UNTAXED = taxed_line("*预付卡销售和充值*充值", 100000, "不征税")
LARGE = taxed_line("*建筑服务*土建工程款", 123456789012, "9%")
PLAIN = taxed_line("计算机", 599900, "13%", quantity="1", unit="台", specification="X-1")
LINES = {
    "one": (MEAL,),
    "discount": (WRAPPED, DISCOUNT),
    "untaxed": (EXEMPT, UNTAXED, MEAL),
    "only exempt": (EXEMPT,),
    "large": (LARGE,),
    "no stars": (PLAIN, PLAIN),
    "many pages": (MEAL, WRAPPED, DISCOUNT, EXEMPT, UNTAXED) * 5,
}
FIELDS = (
    "code",
    "number",
    "issued_on",
    "buyer_name",
    "buyer_tax_id",
    "seller_name",
    "seller_tax_id",
    "amount",
    "total",
    "total_in_words",
    "check_code",
    "remarks",
)


def assert_same(reading: Reading, invoice: SpecimenInvoice) -> None:
    assert reading.kind is invoice.kind
    assert {name: getattr(reading, name) or "" for name in FIELDS} == {
        name: getattr(invoice, name) or "" for name in FIELDS
    }
    assert (reading.tax or 0) == invoice.tax
    assert [shown(line) for line in reading.lines] == [expected(line) for line in invoice.lines]


def shown(line: InvoiceLine) -> tuple[object, ...]:
    return (
        line.name,
        line.specification,
        line.unit,
        line.quantity,
        line.unit_price,
        line.amount,
        line.rate,
        line.tax or 0,
    )


def expected(line: SpecimenLine) -> tuple[object, ...]:
    return (
        line.name,
        line.specification,
        line.unit,
        Decimal(line.quantity) if line.quantity else None,
        Decimal(line.unit_price) if line.unit_price else None,
        line.amount,
        line.rate,
        line.tax or 0,
    )


@pytest.mark.parametrize("lines", LINES)
@pytest.mark.parametrize("kind", KINDS)
def test_a_printed_invoice_is_read_exactly(make_invoice: MakeInvoice, kind: InvoiceKind, lines: str) -> None:
    """CAP-2: all fields and lines of a PDF, over several pages too."""
    invoice = make_invoice(kind, *LINES[lines], remarks="订单号:123456\n第二行备注")
    assert_same(read(draw(invoice), "invoice.pdf").only, invoice)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("name", "tax_id"),
    [
        ("个人", ""),
        ("杭州云溪数字供应链管理服务与信息技术咨询集团股份有限公司余杭第二分公司", "91110000802100433B"),
        ("Sample Trading (Hangzhou) Co., Ltd.", "330100123456789"),
    ],
)
def test_buyers_of_every_shape(make_invoice: MakeInvoice, kind: InvoiceKind, name: str, tax_id: str) -> None:
    """CAP-2: a private buyer without id, a wrapped or shrunk name, Latin letters and an old id."""
    invoice = make_invoice(kind, buyer_name=name, buyer_tax_id=tax_id)
    reading = read(draw(invoice), "invoice.pdf").only
    assert_same(reading, invoice)
    assert reading.buyer_tax_id == (tax_id or None)


@pytest.mark.parametrize("kind", KINDS)
def test_every_value_tells_its_place(make_invoice: MakeInvoice, kind: InvoiceKind) -> None:
    """CAP-2: boxes lie on the page, where the value stands; source and confidence are told."""
    invoice = make_invoice(kind, MEAL, WRAPPED)
    reading = read(draw(invoice), "invoice.pdf").only
    places = {name: found.box for name, found in reading.fields.items()}
    places |= {f"line {number}": line.box for number, line in enumerate(reading.lines)}
    for name, box in places.items():
        assert box is not None, name
        assert 0 <= box.left < box.right <= 1, name
        assert 0 <= box.top < box.bottom <= 1, name
    assert {found.source for found in reading.fields.values()} == {Source.PDF_TEXT}
    assert all(0 < found.confidence <= 1000 for found in reading.fields.values())
    number, total, first, second = (places[key] for key in ("number", "total", "line 0", "line 1"))
    assert number is not None
    assert total is not None
    assert first is not None
    assert second is not None
    assert number.left > 0.6
    assert number.bottom < first.top < first.bottom <= second.bottom < total.top


def test_later_pages_carry_their_own_number(make_invoice: MakeInvoice) -> None:
    """CAP-2: a line on the second page lights up there."""
    reading = read(draw(make_invoice(InvoiceKind.DIGITAL_ORDINARY, *(MEAL,) * 15)), "invoice.pdf").only
    pages = [line.box.page for line in reading.lines if line.box is not None]
    assert reading.pages == 3
    assert pages == sorted(pages)
    assert set(pages) == {0, 1, 2}


def test_embedded_data_come_first(make_invoice: MakeInvoice) -> None:
    """CAP-1: data embedded in the PDF are taken, in the printed places."""
    invoice = make_invoice(InvoiceKind.DIGITAL_SPECIAL, WRAPPED)
    reading = read(attach(draw(invoice), "invoice.xml", einvoice_xml(invoice)), "invoice.pdf").only
    assert_same(reading, invoice)
    assert reading.fields["total"].source is Source.XML
    assert reading.fields["total"].box is not None
    assert not reading.disagreements


def test_embedded_data_that_contradict_the_print_are_told(make_invoice: MakeInvoice) -> None:
    """CAP-4: a changed amount in the data is not taken silently."""
    invoice = make_invoice(InvoiceKind.DIGITAL_SPECIAL, MEAL)
    other = make_invoice(InvoiceKind.DIGITAL_SPECIAL, WRAPPED)
    reading = read(attach(draw(invoice), "invoice.xml", einvoice_xml(other)), "invoice.pdf").only
    assert set(reading.disagreements) == {"amount", "tax", "total"}


def test_foreign_attachments_are_passed_over(make_invoice: MakeInvoice) -> None:
    """CAP-1: an attachment that is no invoice does not disturb the text."""
    invoice = make_invoice(InvoiceKind.DIGITAL_SPECIAL, MEAL)
    assert_same(read(attach(draw(invoice), "note.xml", b"<note>x</note>"), "invoice.pdf").only, invoice)


def test_toll_invoices_are_known_by_their_code(make_invoice: MakeInvoice) -> None:
    """CAP-2: the code of an electronic toll invoice ends in 12; its tax may be deducted."""

    invoice = dataclasses.replace(make_invoice(InvoiceKind.ORDINARY_ELECTRONIC), code="033002600112")
    reading = read(draw(invoice), "toll.pdf").only
    assert reading.kind is InvoiceKind.TOLL
    assert reading.kind.may_carry_input_vat
    assert not InvoiceKind.ORDINARY_ELECTRONIC.may_carry_input_vat
