"""Sales that the books have already: their invoices are tied to them, and no second voucher is drafted."""

import datetime as dt

from months.sales.lists import BUYER, Sold, workbook
from months.sales.test_listing import MONTH, OWN, SEPTEMBER, bring, drafted, issued
from zhangfang_books.sales.tying import tie_booked
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.invoices import InvoiceState
from zhangfang_sdk.ledger import Line, VoucherDraft


def sale(firm: TestFirm, day: int, amount: int, tax: int, summary: str = "销售", buyer: str = BUYER[0]) -> VoucherDraft:
    lines = (
        Line("1122", summary, debit=amount + tax, counterparty=buyer),
        Line("5001", summary, credit=amount),
        Line("22210107", summary, credit=tax),
    )
    return VoucherDraft(firm.trading, dt.date(2026, 9, day), summary, lines)


async def tied(firm: TestFirm) -> int:
    async with acting(firm, "accountant", client=firm.trading):
        return await tie_booked(firm.trading, SEPTEMBER)


async def test_what_is_booked_is_tied_once_and_not_drafted_again(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.trading, [sale(firm, 5, 1_100_00, 139_00), sale(firm, 11, 300_00, 9_01)])
    await bring(firm, workbook(OWN, MONTH))
    assert await tied(firm) == 1, "an amount that is another by a fen is another sale"
    assert await tied(firm) == 0
    states = {i.number[-1]: i.state for i in await issued(firm)}
    assert states["1"] is InvoiceState.RED
    assert len(await drafted(firm)) == 3


async def test_one_voucher_stands_for_one_invoice_and_the_number_decides(firm: TestFirm) -> None:
    one, other = (f"2633200000{n:010d}" for n in (81, 82))
    same = ("*家具*书桌", "1000.00", "13%", "130.00")
    await bring(firm, workbook(OWN, [Sold(one, "2026-09-02 09:00:00", [same]), Sold(other, "2026-09-03 09:00:00", [same])]))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.trading, [sale(firm, 20, 1_000_00, 130_00, f"销售 发票 {other[-8:]}")])
    assert await tied(firm) == 1
    waiting = [i.number for i in await issued(firm) if i.voucher is None]
    assert waiting == [one]


async def test_a_sale_to_another_buyer_is_left_alone(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.trading, [sale(firm, 3, 1_100_00, 139_00, buyer="宁波别家商行")])
    await bring(firm, workbook(OWN, MONTH))
    assert await tied(firm) == 0
