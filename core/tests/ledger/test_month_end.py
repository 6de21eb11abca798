"""Month's end: what the books alone call for, accepted by one person, posted by another, and done after it (LEDG-1)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace

import pytest

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.month_end.closing import said_of_year
from zhangfang_core.modules.registry import registry
from zhangfang_core.testing.tenants import TestFirm, acting, somebody
from zhangfang_sdk.assets import Assets, Method, NewAsset
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherKind, VoucherState
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks, MonthEnd, MonthEndSource, Proposing
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

MARCH = Period(2026, 3)


def voucher(client: int, *lines: tuple[str, int], day: dt.date = dt.date(2026, 3, 9)) -> VoucherDraft:
    """Debit positive."""
    found = tuple(Line(a, "试", debit=n) if n > 0 else Line(a, "试", credit=-n) for a, n in lines)
    return VoucherDraft(client, day, "试", found, source="test")


async def accept_all(client: int, month: Period) -> list[int]:
    """What stands there now, but for what asks first, until nothing is left."""
    made = []
    for proposal in await use(MonthEnd).proposals(client, month):
        if not proposal.asks:
            made.append((await use(MonthEnd).accept(client, month, proposal.key)).id)
    return made


async def post_all(ids: Iterable[int]) -> None:
    for id_ in ids:
        await use(Ledger).post(id_)


def of_core(keys: Iterable[str]) -> list[str]:
    """Without those of plugins."""
    return [key for key in keys if "." not in key]


async def test_what_one_accepts_another_posts(firm: TestFirm) -> None:
    """LEDG-1: depreciation, template, 结转损益, each counted with those before it; then nothing is left and the figures stand."""
    c = firm.restaurant
    async with acting(firm):
        service = use(MonthEnd)
        await import_posted(
            c,
            [
                voucher(c, ("1002", 10_000_00), ("5001", -10_000_00)),
                voucher(c, ("5401", 4_000_00), ("1002", -4_000_00)),
            ],
        )
        await use(Assets).add(
            NewAsset(
                c,
                "货车",
                "vehicle",
                120_000_00,
                0,
                dt.date(2026, 2, 1),
                60,
                Method.STRAIGHT_LINE,
                "1601",
                "1602",
                "560208",
            )
        )
        rent = voucher(c, ("560207", 500_00), ("1123", -500_00))
        with pytest.raises(Refusal, match=r"month_end\.template_months"):
            await service.keep_template("摊销房租", rent, MARCH, MARCH.plus(-1))
        template = await service.keep_template("摊销房租", rent, MARCH, None)
        await service.skip(c, MARCH, "books.income_tax", "这家由别人申报")
        proposals = await service.proposals(c, MARCH)
        assert of_core(p.key for p in proposals) == ["depreciation", f"template:{template}", "profit_and_loss"]
        closing = proposals[-1].draft.lines
        # 10,000 - 4,000 - 2,000 - 500
        assert sum(x.credit - x.debit for x in closing if x.account == "3103") == 3_500_00
        drafts = await accept_all(c, MARCH)
        assert await service.proposals(c, MARCH) == []
        assert {(await use(Ledger).voucher(d)).state for d in drafts} == {VoucherState.DRAFT}
    with pytest.raises(Refusal, match=r"ledger\.same_person"):
        async with acting(firm):
            await use(Ledger).post(drafts[0])
    async with acting(firm, "reviewer", user=await somebody(firm, "reviewer")):
        await post_all(drafts)
    async with acting(firm):
        assert await service.proposals(c, MARCH) == []
        figures = await use(Measures).series(c, ["net_profit"], MARCH, MARCH)
        assert figures["net_profit"] == [3_500_00]
        sums = {b.account: b for b in await use(Ledger).balances(c, None, MARCH)}
        assert sums["1602"].credit == 2_000_00
        assert sums["3103"].closing_credit - sums["3103"].closing_debit == 3_500_00
    with pytest.raises(Refusal, match=r"month_end\.gone"):
        async with acting(firm):
            await use(MonthEnd).accept(c, MARCH, "profit_and_loss")
    async with acting(firm):
        await import_posted(c, [voucher(c, ("560205", 10_00), ("1002", -10_00))])
        again = [(p.key, p.draft.kind) for p in await service.proposals(c, MARCH)]
        assert again == [("profit_and_loss", VoucherKind.CLOSING)]
        await service.stop_template(template)
        assert f"template:{template}" not in [p.key for p in await service.proposals(c, MARCH.plus(1))]


async def test_a_firm_of_one_person_posts_at_once(firm: TestFirm) -> None:
    async with acting(firm):
        await connection().execute("update core_firm set single_person = true where id = $1", firm.id)
        await import_posted(firm.restaurant, [voucher(firm.restaurant, ("560205", 70_00), ("1002", -70_00))])
        made = await use(MonthEnd).accept(firm.restaurant, MARCH, "profit_and_loss")
        assert (made.state, made.number) == (VoucherState.POSTED, 2)


async def test_what_is_put_aside_is_counted_no_more_and_said_why(firm: TestFirm) -> None:
    c = firm.restaurant
    async with acting(firm):
        service = use(MonthEnd)
        rent = voucher(c, ("560207", 500_00), ("1123", -500_00))
        key = f"template:{await service.keep_template('摊销房租', rent, MARCH, None)}"
        assert "profit_and_loss" in [p.key for p in await service.proposals(c, MARCH)]
        await service.skip(c, MARCH, key, "房东免了这个月的租金")
        assert await service.proposals(c, MARCH) == []
        (aside,) = await service.skipped(c, MARCH)
        assert (aside.key, aside.reason) == (key, "房东免了这个月的租金")
        assert key in [p.key for p in await service.proposals(c, MARCH.plus(1))]
        await service.unskip(c, MARCH, key)
        assert key in [p.key for p in await service.proposals(c, MARCH)]
    with pytest.raises(Refusal, match=r"month_end\.reason_missing"):
        async with acting(firm):
            await use(MonthEnd).skip(c, MARCH, key, " ")


async def test_december_carries_the_year_s_profit_over(firm: TestFirm) -> None:
    """LEDG-1: 3103 → 310415, with the month's own transfer before it; a loss turns the sides; only then the month closes (B6)."""
    c, december = firm.restaurant, Period(2025, 12)
    async with acting(firm):
        spent = voucher(c, ("560205", 70_00), ("1002", -70_00), day=dt.date(2025, 12, 3))
        await import_posted(c, [spent])
        for number in range(1, 12):
            await use(Ledger).close_period(c, Period(2025, number))
        assert [p.key for p in await use(MonthEnd).proposals(c, december)] == ["profit_and_loss", "year_end"]
    reviewer = await somebody(firm, "reviewer")
    for key, refusal in (("profit_and_loss", "ledger.result_open"), ("year_end", "ledger.year_open")):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await use(Ledger).close_period(c, december)
        assert refused.value.code == refusal
        async with acting(firm):
            made = await use(MonthEnd).accept(c, december, key)
        async with acting(firm, "reviewer", user=reviewer):
            await use(Ledger).post(made.id)
    async with acting(firm):
        assert await use(MonthEnd).proposals(c, december) == []
        (retained,) = [b for b in await use(Ledger).balances(c, december, december) if b.account == "310415"]
        assert (retained.closing_debit, retained.closing_credit) == (70_00, 0)
        await use(Ledger).close_period(c, december)


async def test_a_month_that_is_not_over_closes_only_when_it_is_said(firm: TestFirm) -> None:
    """B6: never ahead, the running month when asked for."""
    now = Period.current()
    async with acting(firm):
        month = Period(2025, 1)
        while month < now:
            await use(Ledger).close_period(firm.restaurant, month)
            month = month.plus(1)
    with pytest.raises(Refusal, match=r"ledger\.month_not_over"):
        async with acting(firm):
            await use(Ledger).close_period(firm.restaurant, now)
    async with acting(firm):
        await use(Ledger).close_period(firm.restaurant, now, early=True)
    with pytest.raises(Refusal, match=r"ledger\.month_not_over"):
        async with acting(firm):
            await use(Ledger).close_period(firm.restaurant, now.plus(1), early=True)


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
async def test_what_else_touches_those_accounts_stays_an_ordinary_voucher(
    firm: TestFirm, lines: list[tuple[str, int]]
) -> None:
    async with acting(firm):
        id_ = await use(Ledger).draft(voucher(firm.trading, *lines))
        assert (await use(Ledger).voucher(id_)).kind is VoucherKind.NORMAL


async def _fails(books: MonthBooks) -> Sequence[Accrual]:
    raise RuntimeError("out of order")


async def _wrong(books: MonthBooks) -> Sequence[Accrual]:
    return [Accrual("x", "不对", lines=("借 100",))]  # type: ignore[arg-type]  # what a stranger may answer


async def _asks(books: MonthBooks) -> Sequence[Accrual]:
    return [Accrual("x", "缺资料", asks=(Ask("请填写面积。", "/profile"),))]


@pytest.mark.parametrize(("propose", "words"), [(_fails, "没有算出来"), (_wrong, "没有算出来"), (_asks, "请填写面积")])
async def test_a_source_that_fails_is_named_and_the_rest_goes_on(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch, propose: Proposing, words: str
) -> None:
    known = registry()
    own = MonthEndSource("own", "自家的", propose)
    modules = {id_: replace(m, month_end_sources=(own,) if id_ == "collab" else ()) for id_, m in known.modules.items()}
    monkeypatch.setattr("zhangfang_core.ledger.month_end.sources.registry", lambda: replace(known, modules=modules))
    async with acting(firm):
        await import_posted(firm.restaurant, [voucher(firm.restaurant, ("560205", 70_00), ("1002", -70_00))])
        asking, closing = await use(MonthEnd).proposals(firm.restaurant, MARCH)
        assert asking.key.startswith("collab.")
        assert not asking.draft.lines
        assert words in asking.asks[0].sentence
        assert closing.key == "profit_and_loss"
    with pytest.raises(Refusal, match=r"month_end\.fact_missing"):
        async with acting(firm):
            await use(MonthEnd).accept(firm.restaurant, MARCH, asking.key)


def test_the_year_s_profit_or_loss_is_called_so() -> None:
    assert said_of_year({"3103": -228_000_00}) == ("本年净利润 228,000.00,转入未分配利润。",)
    assert said_of_year({"3103": 5_00}) == ("本年净亏损 5.00,转入未分配利润。",)
