"""Month's end: what is proposed, posted by one click, and done after it (LEDG-1)."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.month_end_rules import depreciation, surtaxes
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.month_end import FixedAsset, MonthEnd
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MARCH = Period(2026, 3)


def voucher(client: int, *lines: tuple[str, int], day: dt.date = dt.date(2026, 3, 9)) -> VoucherDraft:
    """Debit positive."""
    found = tuple(Line(a, "试", debit=n) if n > 0 else Line(a, "试", credit=-n) for a, n in lines)
    return VoucherDraft(client, day, "试", found, source="test")


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 600))
def test_depreciation_sums_to_the_fen(cost: int, residual: int, months: int) -> None:
    """LEDG-1: from the month after it came into use; all months together write off cost less residual."""
    asset = FixedAsset(1, 1, "车", cost, min(residual, cost), months, dt.date(2026, 1, 31), "1602", "560208")
    amounts = [depreciation(asset, Period(2026, 1).plus(n)) for n in range(months + 3)]
    assert (amounts[0], amounts[-1]) == (0, 0)
    assert sum(amounts) == cost - asset.residual
    assert max(amounts[1 : months + 1]) - min(amounts[1 : months + 1]) <= 1


def test_surtaxes_of_a_month_by_the_rates_then_in_force() -> None:
    """LEDG-5: 10,704.00 of VAT bear 374.64 + 160.56 + 107.04 while they are halved, twice that from 2028."""
    accounts = {
        "city_maintenance": "222115",
        "education": "222120",
        "local_education": "222121",
        "surtax_expense": "5403",
    }
    halved = surtaxes(1_070_400, accounts, dt.date(2026, 9, 30)).lines
    assert [line.debit - line.credit for line in halved] == [64_224, -37_464, -16_056, -10_704]
    assert surtaxes(1_070_400, accounts, dt.date(2028, 1, 31)).lines[0].debit == 128_448
    assert surtaxes(0, accounts, dt.date(2026, 9, 30)).lines == ()


async def test_a_month_is_brought_to_its_end_by_accepting_what_is_proposed(firm: TestFirm) -> None:
    """LEDG-1: depreciation, template, VAT, surtaxes, income tax, 结转损益; then nothing is left and the figures stand."""
    c = firm.trading
    async with acting(firm):
        service = use(MonthEnd)
        await import_posted(
            c,
            [
                voucher(c, ("1122", 11_300_00), ("5001", -10_000_00), ("22210107", -1_300_00)),
                voucher(c, ("1405", 2_000_00), ("22210101", 260_00), ("2202", -2_260_00)),
                voucher(c, ("5401", 4_000_00), ("1405", -4_000_00)),
            ],
        )
        await service.add_asset(
            c, "货车", cost=120_000_00, residual=0, months=60, in_use_from=dt.date(2026, 2, 1),
            accumulated_account="1602", expense_account="560208",
        )  # fmt: skip
        rent = voucher(c, ("560207", 500_00), ("1123", -500_00))
        template = await service.keep_template("摊销房租", rent, MARCH, None)
        keys = [p.key for p in await service.proposals(c, MARCH)]
        assert keys == [
            "depreciation", f"template:{template}", "vat_transfer", "surtaxes", "income_tax", "profit_and_loss",
        ]  # fmt: skip
        for key in keys:
            made = await service.accept(c, MARCH, key)
            assert made.number is not None
            assert made.reasons
        assert await service.proposals(c, MARCH) == []
        # 10,000 - 4,000 - 2,000 - 500 - 62.40 of surtaxes = 3,437.60, at 5 % 171.88
        figures = await use(Measures).series(c, ["net_profit"], MARCH, MARCH)
        assert figures["net_profit"] == [3_265_72]
        sums = {b.account: b for b in await use(Ledger).balances(c, None, MARCH)}
        assert sums["222102"].credit == 1_040_00
        assert sums["5801"].closing_credit == 171_88
        assert sums["3103"].closing_credit - sums["3103"].closing_debit == 3_265_72
    with pytest.raises(Refusal, match=r"month_end\.gone"):
        async with acting(firm):
            await use(MonthEnd).accept(c, MARCH, "profit_and_loss")
    async with acting(firm):
        await import_posted(c, [voucher(c, ("560205", 10_00), ("1002", -10_00))])
        again = [(p.key, p.draft.kind) for p in await service.proposals(c, MARCH)]
        assert again == [("income_tax", VoucherKind.NORMAL), ("profit_and_loss", VoucherKind.CLOSING)]
        await service.stop_template(template)
        assert f"template:{template}" not in [p.key for p in await service.proposals(c, MARCH.plus(1))]


async def test_december_carries_the_year_s_profit_over(firm: TestFirm) -> None:
    """LEDG-1: 3103 → 310415, after the month's own transfer; a loss turns the sides."""
    c, december = firm.restaurant, Period(2026, 12)
    async with acting(firm):
        await import_posted(c, [voucher(c, ("560205", 70_00), ("1002", -70_00), day=dt.date(2026, 12, 3))])
        service = use(MonthEnd)
        assert [p.key for p in await service.proposals(c, december)] == ["profit_and_loss"]
        await service.accept(c, december, "profit_and_loss")
        assert [p.key for p in await service.proposals(c, december)] == ["year_end"]
        await service.accept(c, december, "year_end")
        assert await service.proposals(c, december) == []
        (retained,) = [b for b in await use(Ledger).balances(c, december, december) if b.account == "310415"]
        assert (retained.closing_debit, retained.closing_credit) == (70_00, 0)


CARRIED_OVER = (("5001", 10_000_00), ("560202", -4_000_00), ("3103", -6_000_00))


@pytest.mark.parametrize("way", ["imported", "typed", "changed"])
async def test_carrying_over_is_told_by_its_lines_however_it_comes_in(firm: TestFirm, way: str) -> None:
    """LEDG-2: 结转损益 from another program or by hand leaves the month's turnover as it was."""
    c, typed = firm.trading, voucher(firm.trading, *CARRIED_OVER)
    async with acting(firm):
        await import_posted(c, [voucher(c, ("1002", 6_000_00), ("560202", 4_000_00), ("5001", -10_000_00))])
        if way == "imported":
            (id_,) = await import_posted(c, [typed])
        else:
            first = voucher(c, ("1002", 1), ("5001", -1)) if way == "changed" else typed
            id_ = await use(Ledger).draft(first)
            if way == "changed":
                await use(Ledger).redraft(id_, typed)
            await use(Ledger).post(id_)
        assert (await use(Ledger).voucher(id_)).kind is VoucherKind.CLOSING
        sales = await use(Measures).series(c, ["sales", "net_profit"], MARCH, MARCH)
        assert [list(figures) for figures in sales.values()] == [[10_000_00], [6_000_00]]


@pytest.mark.parametrize(
    "lines",
    [
        [("3103", 5), ("310415", -5)],  # 利润分配: no profit and loss in it
        [("5001", 10), ("560202", -4), ("1002", -6)],  # a refund of a sale
        [("5001", 10), ("560202", -4), ("3103", -5), ("1002", -1)],
    ],
)
async def test_what_else_touches_those_accounts_stays_an_ordinary_voucher(firm: TestFirm, lines: list[tuple[str, int]]) -> None:
    async with acting(firm):
        id_ = await use(Ledger).draft(voucher(firm.trading, *lines))
        assert (await use(Ledger).voucher(id_)).kind is VoucherKind.NORMAL
