"""CAP-8: the register of input tax of a general payer: what waits, is deducted or never will be, tied to the books to the fen."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from zhangfang_capture_ocr import input_tax
from zhangfang_capture_ocr.input_tax import Standing
from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.services import desk
from zhangfang_capture_ocr.specimens import taxed_line
from zhangfang_capture_ocr.tables import Invoice
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.invoices import service, sources
from zhangfang_core.modules import registry as registering
from zhangfang_core.testing.tenants import TRADING_TAX_ID, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Invoice as Listed
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceState, Party
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.invoice_sources import source_of

from .conftest import SELLER_TAX_ID

NOVEMBER, DECEMBER = Period(2026, 11), Period(2026, 12)
BUYER = {"buyer": "嘉喜商贸有限公司", "buyer_tax_id": TRADING_TAX_ID}
SPECIAL = InvoiceKind.DIGITAL_SPECIAL


@pytest.fixture
def payer(office: Any) -> Any:
    """The trading company, a general payer."""
    return replace(office, whose=office.firm.trading)


async def _booked(office: Any, drawn: Any, number: int, **changes: Any) -> int:
    """One purchase, posted; its invoice's id."""
    item = await office.handed_in(
        f"{number}.xml", drawn.xml(**BUYER, number=f"263320000001876{number:05d}", **changes), role="accountant"
    )
    async with acting(office.firm, "accountant"):
        await desk.approve(item, {})
    return int((await office.invoice_of(item))["id"])


async def test_from_waiting_to_the_books(payer: Any, drawn: Any) -> None:
    client = payer.client
    freight = await _booked(payer, drawn, 1, kind=SPECIAL)
    paper = await _booked(payer, drawn, 2, kind=SPECIAL, lines=(taxed_line("*纸制品*复印纸", 20000, "13%"),))
    meal = await _booked(payer, drawn, 3, kind=SPECIAL, lines=(taxed_line("*餐饮服务*餐费", 50000, "6%"),))
    await _booked(payer, drawn, 4)
    async with acting(payer.firm, "accountant"):
        found = await input_tax.register(client, NOVEMBER)
        assert {e.id: (e.input_tax, e.standing) for e in found.entries} == {
            freight: (90_00, Standing.WAITING),
            paper: (26_00, Standing.WAITING),
            meal: (0, Standing.BARRED),
        }
        assert "增值税法" in next(e.why for e in found.entries if e.id == meal)
        assert (found.waiting.register, found.waiting.books) == (116_00, 116_00)
        assert await input_tax.deduct(client, [freight], NOVEMBER) == 1
        assert await input_tax.refuse(client, [paper], NOVEMBER, input_tax.REASONS[0]) == 1
        found = await input_tax.register(client, NOVEMBER)
        assert (found.to_carry, found.deducted.register, found.deducted.books) == (2, 90_00, 0)
        voucher = await input_tax.draft_carrying(client, NOVEMBER)
        lines = [(line.account, line.debit, line.credit) for line in (await use(Ledger).voucher(voucher)).lines]
        assert lines[0] == ("22210101", 90_00, 0)
        assert lines[-1] == ("222105", 0, 116_00)
        assert sum(debit - credit for _, debit, credit in lines) == 0
        with pytest.raises(Refusal) as refused:
            await input_tax.undo(client, [freight])
        assert refused.value.code == "capture.input_tax_carried"
        with pytest.raises(Refusal) as refused:
            await input_tax.draft_carrying(client, NOVEMBER)
        assert refused.value.code == "capture.input_tax_nothing"
    async with acting(payer.firm, "reviewer"):
        await use(Ledger).post(voucher)
        found = await input_tax.register(client, NOVEMBER)
        assert (found.deducted.difference, found.waiting.difference) == (0, 0)
        assert (found.deducted.books, found.waiting.books) == (90_00, 0)
        later = await input_tax.register(client, DECEMBER)
        assert [e.id for e in later.entries] == []


async def test_a_discarded_voucher_frees_its_invoices(payer: Any, drawn: Any) -> None:
    client = payer.client
    freight = await _booked(payer, drawn, 1, kind=SPECIAL)
    async with acting(payer.firm, "accountant"):
        await input_tax.deduct(client, [freight], DECEMBER)
        assert [e.id for e in (await input_tax.register(client, NOVEMBER)).entries] == []
        voucher = await input_tax.draft_carrying(client, DECEMBER)
        await use(Ledger).discard(voucher, "重来")
        assert (await input_tax.register(client, DECEMBER)).to_carry == 1
        assert await input_tax.undo(client, [freight]) == 1
        (entry,) = (await input_tax.register(client, NOVEMBER)).entries
        assert (entry.id, entry.standing) == (freight, Standing.WAITING)


async def test_what_cannot_be_decided_is_said(payer: Any, drawn: Any) -> None:
    client = payer.client
    freight = await _booked(payer, drawn, 2, kind=SPECIAL, issued_on=dt.date(2026, 11, 3))
    meal = await _booked(payer, drawn, 1, kind=SPECIAL, lines=(taxed_line("*餐饮服务*餐费", 50000, "6%"),))
    async with acting(payer.firm, "accountant"):
        for code, act in (
            ("capture.input_tax_none", lambda: input_tax.deduct(client, [meal], NOVEMBER)),
            ("capture.input_tax_early", lambda: input_tax.deduct(client, [freight], Period(2026, 10))),
            ("capture.reason_missing", lambda: input_tax.refuse(client, [freight], NOVEMBER, " ")),
            ("capture.nothing_chosen", lambda: input_tax.deduct(client, [], NOVEMBER)),
        ):
            with pytest.raises(Refusal) as refused:
                await act()
            assert refused.value.code == code


async def test_the_page_marks_and_drafts(payer: Any, people: Any, drawn: Any) -> None:
    """The register's page over HTTP: a tick and a button, the tie on the page of the month's taxes."""
    freight = await _booked(payer, drawn, 1, kind=SPECIAL)
    firm = await people.of_firm("owner")
    place = f"{firm.place}/c/{payer.client}"
    page = await firm.http.get(f"{place}/capture/input-tax?period=2026-11")
    assert page.status_code == 200
    assert f'name="invoice" value="{freight}"' in page.text
    token = firm.http.cookies.get("zf_csrf") or ""
    answer = await firm.http.post(
        f"{place}/capture/input-tax",
        data={"period": "2026-11", "invoice": str(freight), "act": "deduct", "_csrf_token": token},
    )
    assert answer.status_code == 303
    page = await firm.http.get(f"{place}/capture/input-tax?period=2026-11&show=deducted")
    assert "为 1 张生成转入凭证" in page.text
    assert page.text.count("90.00") >= 3
    assert '<span class="chip">1</span>' in page.text
    card = await firm.http.get(f"{place}/cards/capture_ocr.input_tax?period=2026-11")
    assert "90.00" in card.text
    async with acting(payer.firm, "accountant"):
        row = await Invoice.select(Invoice.input_tax).where(Invoice.id == freight).first()
    assert row == {"input_tax": 90_00}


async def test_what_is_deducted_without_a_tick_is_named(payer: Any, people: Any) -> None:
    """Entries deduct input tax and nothing of the month is ticked: the register and the page of the month's taxes both say so."""
    lines = (Line("22210101", "进项", debit=78_00), Line("1002", "进项", credit=78_00))
    async with scoped_transaction(system_scope(payer.firm.id)):
        await use(Ledger).post(await use(Ledger).draft(VoucherDraft(payer.client, NOVEMBER.first_day, "手工抵扣", lines)))
    firm = await people.of_firm("owner")
    place = f"{firm.place}/c/{payer.client}"
    for path in ("capture/input-tax", "cards/capture_ocr.input_tax"):
        said = (await firm.http.get(f"{place}/{path}?period=2026-11")).text
        assert "没有勾选记录" in said, path
        assert "多 78.00" in said, path
        assert "没有勾选记录" not in (await firm.http.get(f"{place}/{path}?period=2026-10")).text


async def test_what_a_list_has_and_nobody_handed_in_stands_below_the_register(
    payer: Any, people: Any, drawn: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seller, own = Party("宁波远洋冷链物流有限公司", SELLER_TAX_ID), Party("嘉喜商贸有限公司", TRADING_TAX_ID)
    number = "26332000000187600001"
    told = Listed(
        1, payer.client, InvoiceDirection.RECEIVED, InvoiceState.CHECKED, "数电专票", number, dt.date(2026, 11, 3), seller, own, 1_000_00, 90_00, 1_090_00
    )
    known = registering.registry()
    modules = {id_: replace(m, invoice_sources=(source_of("list", "清单", [told]),)) if id_ == "books" else m for id_, m in known.modules.items()}
    for place in (sources, service):
        monkeypatch.setattr(place, "registry", lambda: replace(known, modules=modules))
    firm = await people.of_firm("owner")
    page = f"{firm.place}/c/{payer.client}/capture/input-tax"
    said = (await firm.http.get(f"{page}?period=2026-11")).text
    assert "还没有收到发票的" in said
    assert number in said
    assert "还没有收到发票的" not in (await firm.http.get(f"{page}?period=2026-10")).text
