"""Cash judged once, after posting, is the cash judged as it is read (LEDG-2)."""

from collections.abc import Callable

import pytest

from months.test_worked_months import booked
from months.worked import Worked, ours
from zhangfang_books import judged_cash, reading
from zhangfang_books.statements.spans import Span
from zhangfang_books.statements.statements import Statements
from zhangfang_books.tables import JudgedCash, JudgedMonth
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use


async def told(firm: TestFirm, client: int, period: Period) -> list[Statements]:
    async with acting(firm, "owner"):
        return [await reading.statements(client, period, span) for span in Span]


async def posted_ids(client: int) -> list[int]:
    return [v.id for v in await use(Ledger).vouchers(client, state=VoucherState.POSTED, limit=10_000)]


async def judge(firm: TestFirm, client: int, share: Callable[[list[int]], list[int]] = lambda ids: ids) -> None:
    async with acting(firm, "owner"):
        await judged_cash.judge(share(await posted_ids(client)))


def same(one: list[Statements], other: list[Statements]) -> bool:
    def figures(every: list[Statements]) -> list[object]:
        return [(s.cash_flow.columns, list(s.checks), sorted(map(repr, s.unassigned))) for s in every]

    return figures(one) == figures(other)


async def sums_follow(firm: TestFirm) -> bool:
    """Whether the months' sums are those of the rows; those of nothing do not count."""
    async with acting(firm, "owner"):
        rows = await JudgedCash.raw(
            """select client, rules, period, line, sum(amount)::bigint as amount, (count(*) filter (where place = 0))::int as vouchers,
            (count(*) filter (where place > 0))::int as flows from books_judged_cash group by 1, 2, 3, 4"""
        )
        kept = await JudgedMonth.raw(
            """select client, rules, period, line, amount, vouchers, flows from books_judged_month
            where (amount, vouchers, flows) <> (0, 0, 0)"""
        )
        return sorted(map(repr, rows)) == sorted(map(repr, kept))


async def whole_months(firm: TestFirm, client: int, period: Period) -> set[Period]:
    async with acting(firm, "owner"):
        standard = (await use(Clients).client(client)).standard
        found = await judged_cash.judged_months(client, standard, period.plus(-11), period)
        posted = await use(Ledger).posted_counts(client, period.plus(-11), period)
        return {p for p in found if posted.get(p)}


@pytest.mark.parametrize("month", ours(), ids=lambda m: m.name)
async def test_judged_is_read_as_judged_now(firm: TestFirm, month: Worked) -> None:
    client = await booked(firm, month)
    live = await told(firm, client, month.period)
    assert await whole_months(firm, client, month.period) == set()
    await judge(firm, client, lambda ids: ids[::2])
    assert same(await told(firm, client, month.period), live), "a month judged in part is judged as it is read"
    await judge(firm, client)
    await judge(firm, client)
    assert await whole_months(firm, client, month.period)
    assert same(await told(firm, client, month.period), live)
    assert await sums_follow(firm)


async def test_a_line_placed_by_hand_moves_and_a_reversal_is_judged_too(firm: TestFirm) -> None:
    month = next(m for m in ours() if m.name.startswith("商贸公司"))
    client = await booked(firm, month)
    await judge(firm, client)
    async with acting(firm, "owner"):
        row = (await JudgedCash.select().where(JudgedCash.place > 0, JudgedCash.line > 0).limit(1))[0]
        voucher = await use(Ledger).voucher(row["voucher"])
        other = next(line for line in (1, 2, 3, 5, 6) if line != row["line"])
        await reading.assign_cash(client, voucher.id, row["place"], other)
    judged = await told(firm, client, voucher.period)
    assert await whole_months(firm, client, voucher.period)
    async with acting(firm, "owner"):
        moved = (await JudgedCash.select().where(JudgedCash.id == row["id"]))[0]
        assert (moved["line"], moved["amount"], moved["by_hand"]) == (other, row["amount"], True)
    assert await sums_follow(firm)
    async with acting(firm, "owner"):
        await JudgedCash.delete(force=True)
    assert await sums_follow(firm)
    assert same(await told(firm, client, voucher.period), judged)


async def test_what_was_posted_while_nobody_judged_is_judged_at_night(
    firm: TestFirm, monkeypatch: pytest.MonkeyPatch
) -> None:
    month = next(m for m in ours() if m.name.startswith("商贸公司"))
    client = await booked(firm, month)
    live = await told(firm, client, month.period)
    with in_scope(system_scope(firm.id)):
        await judged_cash.judge_the_rest()
    assert await whole_months(firm, client, month.period)
    assert same(await told(firm, client, month.period), live)
    monkeypatch.setattr(judged_cash, "METHOD", 2)
    judged_cash.rules_of.cache_clear()
    try:
        assert await whole_months(firm, client, month.period) == set(), "other rules: judged by nobody yet"
        with in_scope(system_scope(firm.id)):
            await judged_cash.judge_the_rest()
        assert same(await told(firm, client, month.period), live)
        async with acting(firm, "owner"):
            assert {r["rules"] for r in await JudgedCash.select(JudgedCash.rules).where(JudgedCash.client == client)} == {
                judged_cash.rules_of((await use(Clients).client(client)).standard)
            }
    finally:
        judged_cash.rules_of.cache_clear()
