"""Cards of assets: what each method writes off, changes of estimate, disposal, what was brought along."""

import datetime as dt
import io
import re
from dataclasses import replace
from itertools import pairwise

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.ledger.assets.schedule import amount_of, written_off
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_sdk.assets import Asset, AssetKind, Assets, Estimate, Method, NewAsset
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

JANUARY = Period(2026, 1)


def card(cost: int, estimate: Estimate, *more: Estimate, kind: AssetKind = AssetKind.FIXED) -> Asset:
    return Asset(1, 1, "车", kind, "vehicle", cost, dt.date(2026, 1, 31), "1601", "1602", "560208", (estimate, *more))


METHODS = st.sampled_from([Method.STRAIGHT_LINE, Method.DOUBLE_DECLINING, Method.SUM_OF_YEARS])


@given(st.integers(1, 10**12), st.integers(0, 99), METHODS, st.integers(2, 40))
def test_every_method_writes_off_cost_less_residual_to_the_fen(
    cost: int, share: int, method: Method, years: int
) -> None:
    """LEDG-1: from the month after it came into use, never below zero, nothing after its life."""
    residual = cost * share // 100
    asset = card(cost, Estimate(JANUARY.plus(1), method, years * 12, residual))
    amounts = [amount_of(asset, JANUARY.plus(n)) for n in range(years * 12 + 3)]
    assert (amounts[0], amounts[-2], amounts[-1]) == (0, 0, 0)
    assert min(amounts) >= 0
    assert sum(amounts) == cost - residual


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 600))
def test_even_months_differ_by_a_fen_at_most(cost: int, residual: int, months: int) -> None:
    asset = card(cost, Estimate(JANUARY.plus(1), Method.STRAIGHT_LINE, months, min(residual, cost)))
    amounts = [amount_of(asset, JANUARY.plus(n)) for n in range(1, months + 1)]
    assert max(amounts) - min(amounts) <= 1


@given(st.integers(10**4, 10**12), METHODS, st.integers(2, 10), st.integers(1, 200), METHODS, st.integers(2, 10))
def test_a_change_of_estimate_spreads_what_is_left(
    cost: int, method: Method, years: int, after: int, other: Method, more: int
) -> None:
    """企业会计准则第28号 第八条: from the month on, never backwards; both parts sum to the cost less the new residual value."""
    first = Estimate(JANUARY.plus(1), method, years * 12, cost // 20)
    changed = Estimate(first.since.plus(after), other, more * 12, cost // 50)
    plain, asset = card(cost, first), card(cost, first, changed)
    before = changed.since.plus(-1)
    assert written_off(asset, before) == written_off(plain, before)
    assert written_off(asset, changed.since.plus(more * 12)) == cost - cost // 50


def yearly(method: Method, cost: int, residual: int, years: int) -> list[int]:
    asset = card(cost, Estimate(JANUARY.plus(1), method, years * 12, residual))
    ends = [written_off(asset, JANUARY.plus(12 * n)) for n in range(years + 1)]
    return [b - a for a, b in pairwise(ends)]


def test_the_textbook_s_figures() -> None:
    """1,000,000 yuan, 4,000 residual, five years (the example of 企业会计准则第4号 应用指南's commentaries); 600,000 km at 500,000 yuan."""
    assert yearly(Method.DOUBLE_DECLINING, 100_000_000, 400_000, 5) == [
        40_000_000, 24_000_000, 14_400_000, 10_600_000, 10_600_000,
    ]  # fmt: skip
    assert yearly(Method.SUM_OF_YEARS, 100_000_000, 400_000, 5) == [
        33_200_000, 26_560_000, 19_920_000, 13_280_000, 6_640_000,
    ]  # fmt: skip
    lorry = card(50_000_000, Estimate(JANUARY.plus(1), Method.UNITS, 0, 2_500_000, units=600_000))
    lorry = replace(lorry, worked=((JANUARY.plus(1), 4_000), (JANUARY.plus(2), 596_001)))
    assert amount_of(lorry, JANUARY.plus(1)) == 316_666
    assert written_off(lorry, JANUARY.plus(2)) == 47_500_000


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [(AssetKind.FIXED, 2, 6), (AssetKind.INTANGIBLE, 1, 5), (AssetKind.PREPAID, 2, 5)],
)
def test_first_and_last_month_are_of_the_kind(kind: AssetKind, first: int, last: int) -> None:
    """Use begins in January, disposal is in June."""
    since = JANUARY if kind is AssetKind.INTANGIBLE else JANUARY.plus(1)
    asset = replace(card(12_000, Estimate(since, Method.STRAIGHT_LINE, 12, 0), kind=kind), left_on=dt.date(2026, 6, 3))
    months = [n for n in range(1, 13) if amount_of(asset, Period(2026, n))]
    assert (months[0], months[-1]) == (first, last)


def new(client: int, **more: object) -> NewAsset:
    plain = NewAsset(
        client,
        "冷柜",
        "machinery",
        1_200_000,
        0,
        dt.date(2025, 12, 8),
        120,
        Method.STRAIGHT_LINE,
        "1601",
        "1602",
        "560208",
    )
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names what it changes


async def test_a_card_is_depreciated_changed_and_disposed_of(firm: TestFirm) -> None:
    """LEDG-1: what the month booked already comes off; the disposal moves what is left to 固定资产清理; given up, the card is there again."""
    c, march = firm.restaurant, Period(2026, 3)
    async with acting(firm):
        asset = await use(Assets).add(new(c))
        booked = (Line("560208", "折旧", debit=4_000), Line("1602", "折旧", credit=4_000))
        await import_posted(c, [VoucherDraft(c, dt.date(2026, 3, 31), "折旧", booked, source="test")])
        (proposal, *_) = await use(MonthEnd).proposals(c, march)
        assert (proposal.key, proposal.draft.lines[0].debit) == ("depreciation", 6_000)
        estimate = Estimate(march, Method.STRAIGHT_LINE, 59, 0, reason="提前更新")
        await use(Assets).revise(asset.id, estimate)
        (month,) = await use(Assets).months(c, march)
        assert (month.amount, month.written_off) == (20_000, 40_000)
        draft = await use(Assets).dispose(asset.id, dt.date(2026, 5, 9), "转让")
        lines = {x.account: x.debit - x.credit for x in (await use(Ledger).voucher(draft)).lines}
        assert lines == {"1606": 1_120_000, "1602": 80_000, "1601": -1_200_000}
        assert (await use(Assets).months(c, Period(2026, 6)))[0].amount == 0
        await use(Ledger).discard(draft, "不卖了")
        assert (await use(Assets).months(c, Period(2026, 6)))[0].amount == 20_000
    for wrong in (Period(2026, 1), march):
        with pytest.raises(Refusal, match=r"asset\.wrong"):
            async with acting(firm):
                await use(Assets).revise(asset.id, replace(estimate, since=wrong))


async def test_a_card_that_was_brought_along_goes_on_with_what_is_left(firm: TestFirm) -> None:
    async with acting(firm):
        asset = await use(Assets).add(
            new(firm.restaurant, in_use_from=dt.date(2023, 6, 1), written_off=480_000, as_of=Period(2025, 1), months=72)
        )
        (month,) = await use(Assets).months(firm.restaurant, Period(2025, 1))
        assert (month.amount, month.written_off, month.net) == (10_000, 490_000, 710_000)
        assert written_off(asset, Period(2030, 12)) == 1_200_000


async def test_work_is_asked_for_and_then_counted(firm: TestFirm) -> None:
    c, march = firm.restaurant, Period(2026, 3)
    async with acting(firm):
        asset = await use(Assets).add(new(c, method=Method.UNITS, units=100_000, months=0))
        (ask,) = [p for p in await use(MonthEnd).proposals(c, march) if p.asks and p.key == "units"]
        assert ask.asks[0].path == f"/assets/{asset.id}"
        await use(Assets).work(asset.id, march, 500)
        (proposal,) = [p for p in await use(MonthEnd).proposals(c, march) if p.key == "depreciation"]
        assert proposal.draft.lines[0].debit == 6_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"cost": 0}, "cost"),
        ({"residual": 1_200_000}, "residual"),
        ({"months": 0}, "months"),
        ({"months": 30, "method": Method.SUM_OF_YEARS}, "months"),
        ({"method": Method.UNITS}, "units"),
        ({"category": "ship"}, "category"),
        ({"written_off_account": "1602x"}, "written_off_account"),
        ({"expense_account": "1123"}, "expense_account"),
        ({"as_of": Period(2025, 11)}, "as_of"),
        ({"name": " "}, "name"),
        ({"in_use_from": dt.date(9999, 12, 31)}, "in_use_from"),
        ({"asset_account": "1405"}, "asset_account"),
        ({"written_off_account": "1601"}, "written_off_account"),
        ({"expense_account": "1601"}, "expense_account"),
    ],
)
async def test_what_cannot_be_a_card_is_refused_with_its_field(
    firm: TestFirm, change: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as refused:
        async with acting(firm):
            await use(Assets).add(new(firm.restaurant, **change))
    assert refused.value.field == field


async def test_a_form_that_is_refused_keeps_what_was_typed(firm: TestFirm, visit: Visit) -> None:
    """The card is filled in again with the field at fault; the card's own page says why a change is refused."""
    visitor = await visit("owner")
    typed = {
        "category": "electronics", "name": "服务器", "cost": "６，０００", "residual": "", "in_use_from": "2026-02-03", "months": "0",
        "method": "straight_line", "asset_account": "1601", "written_off_account": "1602", "expense_account": "560208",
    }  # fmt: skip
    for change, field in (({}, "months"), ({"months": "x"}, "months"), ({"cost": "很多"}, "cost"), ({"as_of": "某月"}, "as_of")):
        answer = await visitor.post("/assets", **typed | change)
        assert answer.status_code in (400, 422), answer.text
        assert re.findall(r'name="([\w.]+)"[^>]*aria-invalid="true"', answer.text) == [field]
        assert 'value="服务器"' in answer.text
    made = await visitor.post("/assets", **typed | {"months": "３６"})
    assert made.status_code == 303, made.text
    page = made.headers["location"].split(f"/c/{firm.restaurant}")[1]
    for path, form in (
        ("revise", {"since": "2026-13", "method": "straight_line", "months": "12", "reason": "试"}),
        ("dispose", {"date": "2020-01-01", "reason": "试"}),
        ("work", {"period": "2026-03", "units": "多"}),
    ):
        answer = await visitor.post(f"{page}/{path}", **form)
        assert answer.status_code in (400, 422)
        assert "服务器" in answer.text


async def test_a_closed_month_keeps_its_depreciation(firm: TestFirm) -> None:
    async with acting(firm):
        asset = await use(Assets).add(new(firm.restaurant, in_use_from=dt.date(2025, 1, 2)))
        for number in (1, 2, 3):
            await use(Ledger).close_period(firm.restaurant, Period(2025, number))
    with pytest.raises(Refusal, match=r"asset\.month_closed"):
        async with acting(firm, "accountant", user=await somebody(firm, "accountant")):
            await use(Assets).revise(asset.id, Estimate(Period(2025, 3), Method.STRAIGHT_LINE, 12, 0, reason="更正"))


async def test_the_schedule_of_a_month_is_a_file(firm: TestFirm, visit: Visit) -> None:
    """折旧明细表: each card with what the month wrote off, and sums that are those of the page; nothing to export is said."""
    visitor = await visit("owner")
    assert (await visitor.get("/assets/export?period=2026-03")).status_code == 404
    async with acting(firm):
        for name, cost in (("=冰柜", 12_000_00), ("烤箱", 24_000_00)):
            new = NewAsset(
                firm.restaurant, name, "machinery", cost, 0, dt.date(2026, 1, 5), 120, Method.STRAIGHT_LINE, "1601", "1602", "560208"
            )
            await use(Assets).add(new)
    answer = await visitor.get("/assets/export?period=2026-03")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=5)]
    assert [(row[0], row[5], row[8], row[9], row[10]) for row in rows] == [
        ("=冰柜", 12_000, 100, 200, 11_800),
        ("烤箱", 24_000, 200, 400, 23_600),
        ("合计", 36_000, 300, 600, 35_400),
    ]
    shown = (await visitor.get("/assets?period=2026-03")).text
    assert "35,400.00" in shown
    assert "/assets/export?period=2026-03" in shown
