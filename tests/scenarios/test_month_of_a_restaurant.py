"""A restaurant's bookkeeping month, from the first voucher to the closed period (LEDG-1, DASH-1, RISK-1)."""

import datetime as dt

import pytest

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_risk_rules.pages.listing import alerts_of
from zhangfang_risk_rules.scanning.scanning import scan_marked
from zhangfang_risk_rules.tables import Alert
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period

MARCH = Period(2025, 3)


def sale(client: int, day: int, amount: int) -> VoucherDraft:
    return VoucherDraft(
        client=client,
        date=dt.date(2025, 3, day),
        summary="外卖平台结算",
        lines=(Line("1002", "外卖平台结算", debit=amount), Line("5001", "外卖平台结算", credit=amount)),
    )


async def test_sales_move_the_figures_and_the_month_closes(firm: TestFirm) -> None:
    """LEDG-1, DASH-1: drafts count for nothing, posted vouchers at once; a month with drafts does not close."""
    async with acting(firm, "accountant", name="王会计"):
        first = await use(Ledger).draft(sale(firm.restaurant, 5, 1_234_56))
        left = await use(Ledger).draft(sale(firm.restaurant, 9, 10_00))
    async with acting(firm, "boss", client=firm.restaurant):
        figures = await use(Measures).series(firm.restaurant, ["sales", "bank_balance"], MARCH, MARCH)
        assert [list(v) for v in figures.values()] == [[0], [0]]
    async with acting(firm, "reviewer", name="王会计"):
        with pytest.raises(Refusal) as same:
            await use(Ledger).post(first)
        assert same.value.code == "ledger.same_person"
    reviewer = await somebody(firm, "reviewer")
    async with acting(firm, "reviewer", user=reviewer, name="复核人"):
        assert (await use(Ledger).post(first)).label == "记-0001"
    async with acting(firm, "boss", client=firm.restaurant):
        figures = await use(Measures).series(firm.restaurant, ["sales", "bank_balance"], MARCH, MARCH)
        assert [list(v) for v in figures.values()] == [[1_234_56], [1_234_56]]
    async with acting(firm, "accountant"):
        for month in (1, 2):
            await use(Ledger).close_period(firm.restaurant, Period(2025, month))
        with pytest.raises(Refusal) as refused:
            await use(Ledger).close_period(firm.restaurant, MARCH)
        assert refused.value.code == "ledger.drafts_left"
    async with acting(firm, "accountant"):
        await use(Ledger).discard(left, "重复")
        with pytest.raises(Refusal, match=r"ledger\.result_open"):
            await use(Ledger).close_period(firm.restaurant, MARCH)
    async with acting(firm, "accountant"):
        carried = await use(MonthEnd).accept(firm.restaurant, MARCH, "profit_and_loss")
    async with acting(firm, "reviewer", user=reviewer):
        await use(Ledger).post(carried.id)
    async with acting(firm, "accountant"):
        await use(Ledger).close_period(firm.restaurant, MARCH)
    async with acting(firm, "accountant"):
        with pytest.raises(Refusal) as closed:
            await use(Ledger).draft(sale(firm.restaurant, 20, 1))
        assert closed.value.code == "ledger.period_closed"


async def test_cash_below_zero_is_told_and_untold(firm: TestFirm) -> None:
    """RISK-1, RISK-4: paying more cash than there is opens an alert in plain words; the missing receipt closes it again."""
    spent = VoucherDraft(
        firm.restaurant,
        dt.date(2025, 3, 3),
        "付零星采购",
        (Line("560206", "付", debit=500_00), Line("1001", "付", credit=500_00)),
    )
    drawn = VoucherDraft(
        firm.restaurant,
        dt.date(2025, 3, 4),
        "提现",
        (Line("1001", "提", debit=800_00), Line("1002", "提", credit=800_00)),
    )
    await posted(firm, spent)
    async with acting(firm, "boss", client=firm.restaurant):
        found = await of_money(firm.restaurant)
        assert [a.rule for a in found] == ["risk_rules.B07"]
        assert "-500.00" in found[0].sentence
    await posted(firm, drawn)
    async with acting(firm, "boss", client=firm.restaurant):
        assert [a.rule for a in await of_money(firm.restaurant)] == ["risk_rules.B00"]


async def of_money(client: int) -> list[Alert]:
    return [a for a in await alerts_of(client, only_standing=True) if a.rule in ("risk_rules.B00", "risk_rules.B07")]


async def posted(firm: TestFirm, voucher: VoucherDraft) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        ids = await import_posted(voucher.client, [voucher])
    async with scoped_transaction(system_scope(firm.id)):
        await call_one("on_vouchers_posted", "risk_rules", ids=ids)
    async with scoped_transaction(system_scope(firm.id)):
        await scan_marked(voucher.client)
