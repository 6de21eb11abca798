"""What others get of read invoices through the SDK's ``Invoices``."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_capture_ocr.reading.values import FieldValue, Source
from zhangfang_capture_ocr.reversals import reversed_number
from zhangfang_capture_ocr.services import desk
from zhangfang_capture_ocr.services.invoice_source import NAME, SOURCE
from zhangfang_capture_ocr.specimens import einvoice_xml, taxed_line
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.tables import Item
from zhangfang_core.invoices import service, sources
from zhangfang_core.modules import registry as registering
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, acting
from zhangfang_sdk.invoices import Invoice as Listed
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices, InvoiceState, InvoiceSums, Party
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.invoice_sources import EVERY_STATE, InvoiceSourceContract, source_of

from .conftest import SELLER_TAX_ID, invoice

NUMBERS = [f"2633200000018765432{n}" for n in range(8)]


async def _in_every_state(office: Any, drawn: Any) -> None:
    """One booked, one reversed with its red-letter invoice, one sent back, one sold, one still to be looked at."""
    booked = await office.handed_in("一.xml", drawn.xml(number=NUMBERS[0], issued_on=dt.date(2026, 10, 8)))
    await office.handed_in("二.xml", drawn.xml(number=NUMBERS[1], yuan=2000))
    red = invoice(NUMBERS[2], yuan=-2000, issued_on=dt.date(2026, 11, 9))
    await office.handed_in("三.xml", einvoice_xml(replace(red, remarks=f"被红冲蓝字数电发票号码:{NUMBERS[1]}")))
    returned = await office.handed_in("四.xml", drawn.xml(number=NUMBERS[3], yuan=300))
    sold = replace(
        invoice(NUMBERS[4], buyer="宁波远洋冷链物流有限公司", buyer_tax_id=SELLER_TAX_ID),
        seller_name="嘉喜餐饮有限公司",
        seller_tax_id=RESTAURANT_TAX_ID,
        lines=(taxed_line("*餐饮服务*餐费", 88_000, "1%"),),
    )
    await office.handed_in("五.xml", einvoice_xml(sold))
    await office.handed_in("六.xml", drawn.xml(number=NUMBERS[0], yuan=1))
    async with acting(office.firm, "reviewer"):
        await desk.approve(booked, {})
    async with acting(office.firm, "accountant"):
        await desk.send_back(returned, "抬头不清楚")


async def test_it_keeps_the_contract_of_sources(office: Any, drawn: Any) -> None:
    await _in_every_state(office, drawn)
    async with acting(office.firm, "boss"):
        await InvoiceSourceContract(SOURCE).check_all()


async def test_others_get_it_with_lines_state_and_original(office: Any, drawn: Any) -> None:
    await _in_every_state(office, drawn)
    client = office.firm.restaurant
    async with acting(office.firm, "accountant"):
        every = (await use(Invoices).page(InvoiceQuery(client, states=EVERY_STATE))).invoices
        states = {found.number: found.state for found in every}
        assert states[NUMBERS[0]] is InvoiceState.BOOKED
        assert states[NUMBERS[1]] is InvoiceState.RED
        assert states[NUMBERS[3]] is InvoiceState.RETURNED
        assert len(every) == 5, "the one that was sent twice is there once"
        first = next(found for found in every if found.number == NUMBERS[0])
        assert (first.key, first.kind) == (f"{NAME}:{first.id}", "数电普票")
        assert first.other_party.tax_id == SELLER_TAX_ID
        assert (first.amount, first.tax, first.total) == (100_000, 9_000, 109_000)
        assert [(line.name, line.amount, line.rate_per_mille) for line in first.lines] == [
            ("*运输服务*冷链运输", 100_000, 90)
        ]
        assert first.voucher is not None
        assert first.document is not None
        (sold,) = (await use(Invoices).page(InvoiceQuery(client, direction=InvoiceDirection.ISSUED))).invoices
        assert (sold.number, sold.other_party.tax_id, sold.total) == (NUMBERS[4], SELLER_TAX_ID, 88_880)
        november = Period(2026, 11)
        received = InvoiceQuery(client, november, november, InvoiceDirection.RECEIVED)
        assert await use(Invoices).sums(received) == InvoiceSums(2), (
            "a reversed one and what reverses it add up to nothing"
        )
        assert list(await use(Invoices).get([first.key, sold.key])) == [first, sold]
    async with acting(office.firm, "boss", client=office.firm.trading):
        assert await use(Invoices).get([first.key]) == []
        assert (await use(Invoices).page(InvoiceQuery())).invoices == []


async def test_received_invoices_are_a_figure(office: Any, drawn: Any) -> None:
    await _in_every_state(office, drawn)
    client, key = office.firm.restaurant, "capture_ocr.received"
    october, november = Period(2026, 10), Period(2026, 11)
    async with acting(office.firm, "boss"):
        measures = use(Measures)
        assert await measures.series(client, [key], october.plus(-1), november) == {key: [0, 1, 2]}
        days = [dt.date(2026, 11, 3), dt.date(2026, 11, 9), dt.date(2026, 10, 7)]
        assert await measures.on_days(client, [key], days) == {key: [1, 2, 0]}
        entries = await measures.entries(client, key, november)
        assert [(entry.date.day, entry.title, entry.amount) for entry in entries] == [
            (9, "宁波远洋冷链物流有限公司", 1),
            (3, "宁波远洋冷链物流有限公司", 1),
        ]
        assert all(entry.path.startswith("/capture/items/") for entry in entries)


async def test_reading_and_booking_are_told(office: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, tuple[Any, ...]]] = []
    monkeypatch.setattr("zhangfang_core.invoices.service.tell", lambda fact, ids: told.append((fact, tuple(ids))))
    item = await office.handed_in("一.xml", drawn.xml())
    await office.handed_in("二.xml", drawn.xml())
    async with acting(office.firm, "reviewer"):
        await desk.approve(item, {})
        (found,) = (await use(Invoices).page(InvoiceQuery())).invoices
    assert told == [("invoices_read", (found.key,)), ("invoices_booked", (found.key,))]


@pytest.mark.parametrize(
    ("remarks", "total", "number"),
    [
        (
            "被红冲蓝字数电发票号码:26332000000187654321 红字发票信息确认单编号:33060026110000000001",
            -100,
            "26332000000187654321",
        ),
        ("被红冲蓝字数电票号码：26332000000187654321", -100, "26332000000187654321"),
        ("对应正数发票代码:033002100111号码:12345678", -100, "12345678"),
        ("开具红字增值税专用发票信息表编号3301002611000001", -100, ""),
        ("被红冲蓝字数电发票号码:26332000000187654321", 100, ""),
        ("", -100, ""),
    ],
)
def test_what_a_red_letter_invoice_reverses(remarks: str, total: int, number: str) -> None:
    fields: dict[str, Any] = {
        "remarks": FieldValue(remarks, Source.XML, None, 1000),
        "total": FieldValue(total, Source.XML, None, 1000),
    }
    assert reversed_number(Reading(InvoiceKind.DIGITAL_ORDINARY, fields, (), "", 1)) == number


async def test_what_a_list_brought_is_not_drafted_from_its_photo(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """One invoice is one, whichever way it came."""
    client, issued = office.firm.restaurant, InvoiceDirection.ISSUED
    buyer = Party("宁波远洋冷链物流有限公司", SELLER_TAX_ID)
    listed = Listed(
        1, client, issued, InvoiceState.READ, "数电普票", NUMBERS[4], dt.date(2026, 11, 3), Party("嘉喜餐饮有限公司"), buyer, 88_000, 880, 88_880
    )
    known = registering.registry()
    list_ = source_of("list", "清单", [listed])
    modules = {id_: replace(m, invoice_sources=(list_,)) if id_ == "books" else m for id_, m in known.modules.items()}
    for place in (sources, service):
        monkeypatch.setattr(place, "registry", lambda: replace(known, modules=modules))
    sold = replace(
        invoice(NUMBERS[4], buyer=buyer.name, buyer_tax_id=buyer.tax_id),
        seller_name="嘉喜餐饮有限公司",
        seller_tax_id=RESTAURANT_TAX_ID,
        lines=(taxed_line("*餐饮服务*餐费", 88_000, "1%"),),
    )
    photographed = await office.handed_in("卖出.xml", einvoice_xml(sold))
    async with acting(office.firm, "accountant"):
        item = await Item.objects().get(Item.id == photographed)
        assert item is not None
        assert (item.state, item.refusal_code) == (ItemState.REFUSED, "capture.same_number")
        assert "清单" in item.refusal_sentence
        assert not await use(Ledger).vouchers(client)
        assert (await use(Invoices).sums(InvoiceQuery(client, direction=issued))).count == 1


async def test_what_a_list_says_was_received_is_booked_by_its_document(office: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list has no voucher for it: the document is not sent back."""
    client, received = office.firm.restaurant, InvoiceDirection.RECEIVED
    seller = Party("宁波远洋冷链物流有限公司", SELLER_TAX_ID)
    own = Party("嘉喜餐饮有限公司", RESTAURANT_TAX_ID)
    listed = Listed(1, client, received, InvoiceState.CHECKED, "数电普票", NUMBERS[4], dt.date(2026, 11, 3), seller, own, 88_000, 880, 88_880)
    known = registering.registry()
    list_ = source_of("list", "清单", [listed])
    modules = {id_: replace(m, invoice_sources=(list_,)) if id_ == "books" else m for id_, m in known.modules.items()}
    for place in (sources, service):
        monkeypatch.setattr(place, "registry", lambda: replace(known, modules=modules))
    handed_in = await office.handed_in("收到.xml", einvoice_xml(invoice(NUMBERS[4])))
    async with acting(office.firm, "accountant"):
        item = await Item.objects().get(Item.id == handed_in)
        assert item is not None
        assert item.refusal_code != "capture.same_number"
        assert item.state != ItemState.REFUSED
