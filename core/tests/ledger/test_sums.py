"""Balances are the sums of the lines, whatever is posted; import in bulk gives what posting one by one gives (LEDG-1)."""

import datetime as dt
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import rules
from zhangfang_core.ledger.accounts import accounts, change_account
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.measures import LedgerMeasures
from zhangfang_core.ledger.own_accounts.adding import add_account
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherKind
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

LEAVES = ("1001", "1002", "1122", "1405", "2202", "3001", "5001", "5051", "5801", "5401")
amounts = st.integers(-(10**15), 10**15).filter(bool)


@given(st.lists(st.tuples(st.sampled_from(LEAVES), amounts, st.booleans()), max_size=12))
def test_a_draft_passes_exactly_when_its_sides_are_equal(rows: list[tuple[str, int, bool]]) -> None:
    """LEDG-1."""
    lines = tuple(Line(a, "", debit=n if left else 0, credit=0 if left else n) for a, n, left in rows)
    debit, credit = sum(x.debit for x in lines), sum(x.credit for x in lines)
    draft = VoucherDraft(1, dt.date(2026, 1, 1), "", lines)
    if rows and debit == credit and abs(debit) <= 10**15:
        assert rules.check_draft(draft) == debit
    else:
        with pytest.raises(Refusal):
            rules.check_draft(draft)


@given(st.lists(st.tuples(st.sampled_from(LEAVES), amounts, st.booleans())))
def test_a_voucher_and_its_reversal_leave_nothing(rows: list[tuple[str, int, bool]]) -> None:
    """LEDG-1: 红冲."""
    lines = tuple(Line(a, "", debit=n if left else 0, credit=0 if left else n) for a, n, left in rows)
    both = (*lines, *rules.reversed_lines(lines))
    for account in {line.account for line in lines}:
        assert sum(line.debit for line in both if line.account == account) == 0
        assert sum(line.credit for line in both if line.account == account) == 0


def test_money_is_never_a_float() -> None:
    lines = (Line("1002", "", debit=1.5), Line("5001", "", credit=1.5))  # type: ignore[arg-type]  # the wrong type is the point
    with pytest.raises(TypeError):
        rules.check_draft(VoucherDraft(1, dt.date(2026, 1, 1), "", lines))


def random_vouchers(client: int, count: int, seed: int) -> list[VoucherDraft]:
    """Balanced vouchers over fifteen months, some of them closing, some red."""
    dice = random.Random(seed)  # noqa: S311 - a test's dice
    found = []
    for _ in range(count):
        left, right = dice.sample(LEAVES, 2)
        amount, part = dice.randrange(2, 10**7), dice.choice((1, -1))
        lines = (
            Line(left, "摘要", debit=part * amount),
            Line(right, "其他", credit=part * (amount - 1), counterparty="乙"),
            Line("560201", "摘要", credit=part),
        )
        date = Period(2025, 1).plus(dice.randrange(15)).first_day.replace(day=dice.randrange(1, 29))
        kind = dice.choice((VoucherKind.NORMAL,) * 4 + (VoucherKind.CLOSING,))
        word = dice.choice(("记", "记", "转"))
        found.append(VoucherDraft(client, date, "摘要", lines, word=word, kind=kind, source="test", reasons=("因",)))
    return found


SUMS_DIFFER = """select count(*) from (
    select client, period, account, sum(debit + closing_debit) d, sum(credit + closing_credit) c from core_balance group by 1, 2, 3
    ) b full join (
    select client, extract(year from date)::int * 100 + extract(month from date)::int as period, account, sum(debit) d, sum(credit) c
    from core_voucher_line group by 1, 2, 3) l using (client, period, account)
    where (b.d, b.c) is distinct from (l.d, l.c)"""


async def contents(client: int) -> list[object]:
    """All that was posted for a client, without ids, names of clients and instants."""
    vouchers = await connection().fetch(
        """select period, date, word, number, summary, kind, state, total, document, source, reasons, draft_lines, posted_by
        from core_voucher where client = $1 order by period, word, number""",
        client,
    )
    lines = await connection().fetch(
        """select v.period, v.word, v.number, l.id % 1000 as place, l.account, l.date, l.debit, l.credit, l.counterparty, l.summary
        from core_voucher_line l join core_voucher v on v.id = l.voucher where l.client = $1 order by 1, 2, 3, 4""",
        client,
    )
    sums = await connection().fetch(
        """select period, account, debit, credit, closing_debit, closing_credit from core_balance
        where client = $1 order by 1, 2""",
        client,
    )
    counters = await connection().fetch(
        "select period, word, last from core_voucher_counter where client = $1 order by 1, 2", client
    )
    return [vouchers, lines, sums, counters]


async def test_import_gives_what_posting_one_by_one_gives(firm: TestFirm) -> None:
    """LEDG-1: same numbers, lines, balances; balances always equal the sums of lines."""
    async with acting(firm):
        for draft in random_vouchers(firm.trading, 120, seed=7):
            await use(Ledger).post(await use(Ledger).draft(draft))
    async with acting(firm):
        # the restaurant is small-scale: the same accounts are leaves there
        ids = await import_posted(firm.restaurant, random_vouchers(firm.restaurant, 120, seed=7))
        assert len(set(ids)) == 120
        assert await contents(firm.restaurant) == await contents(firm.trading)
        assert await connection().fetchval(SUMS_DIFFER) == 0
        more = await import_posted(firm.restaurant, random_vouchers(firm.restaurant, 40, seed=8))
        assert len(more) == 40
        assert await connection().fetchval(SUMS_DIFFER) == 0
        gaps = await connection().fetchval(
            """select count(*) from (select count(*) n, max(number) m, min(number) f from core_voucher
            where state = 'posted' group by client, period, word) g where n <> m or f <> 1"""
        )
        assert gaps == 0


async def test_an_import_with_one_bad_voucher_leaves_nothing_and_names_it(firm: TestFirm) -> None:
    """LEDG-1: all or nothing."""
    drafts = random_vouchers(firm.restaurant, 10, seed=1)
    lines = (Line("1002", "", debit=5), Line("5001", "", credit=4))
    drafts[6] = VoucherDraft(firm.restaurant, dt.date(2026, 1, 1), "错的", lines)
    with pytest.raises(Refusal) as refused:
        async with acting(firm):
            await import_posted(firm.restaurant, drafts)
    assert refused.value.code == "ledger.unbalanced"
    assert refused.value.sentence.startswith("第 7 张凭证")
    assert refused.value.details["place"] == 7
    async with acting(firm):
        assert await connection().fetchval("select count(*) from core_voucher") == 0
        await use(Ledger).close_period(firm.restaurant, Period(2025, 1))
    with pytest.raises(Refusal, match=r"ledger\.period_closed"):
        async with acting(firm):
            await import_posted(firm.restaurant, drafts[:6] + random_vouchers(firm.restaurant, 200, seed=2))


def voucher(
    client: int, month: int, left: str, right: str, amount: int, kind: VoucherKind = VoucherKind.NORMAL
) -> VoucherDraft:
    lines = (Line(left, "", debit=amount), Line(right, "", credit=amount))
    day = dt.date(2024, 12, 31) if month == 0 else dt.date(2026, month, 28)
    return VoucherDraft(client, day, "试", lines, source="test", kind=kind)


async def test_figures_of_the_business_read_from_balances(firm: TestFirm) -> None:
    """DASH-1, DASH-6: bank, sales, profit and taxes by month; closing vouchers leave the month's profit as it is."""
    c = firm.restaurant
    async with acting(firm):
        await import_posted(
            c,
            [
                voucher(c, 0, "1002", "3001", 50_000, kind=VoucherKind.OPENING),
                voucher(c, 1, "1002", "5001", 10_000),
                voucher(c, 2, "1122", "5001", 7_000),
                voucher(c, 2, "560201", "1002", 2_000),
                voucher(c, 2, "5401", "2202", 1_500),
                voucher(c, 2, "5001", "3103", 7_000, kind=VoucherKind.CLOSING),
                voucher(c, 2, "3103", "560201", 2_000, kind=VoucherKind.CLOSING),
                voucher(c, 3, "1002", "1122", 7_000),
            ],
        )
    async with acting(firm, "boss", client=c):
        keys = ("bank_balance", "sales", "net_profit", "receivables", "payables", "available_funds", "taxes_payable")
        series = await use(Measures).series(c, keys, Period(2025, 12), Period(2026, 3))
        assert series == {
            "bank_balance": [50_000, 60_000, 58_000, 65_000],
            "sales": [0, 10_000, 7_000, 0],
            "net_profit": [0, 10_000, 3_500, 0],
            "receivables": [0, 0, 7_000, 0],
            "payables": [0, 0, 1_500, 1_500],
            "available_funds": [50_000, 60_000, 56_500, 63_500],
            "taxes_payable": [0, 0, 0, 0],
        }
        days = [dt.date(2026, 1, 31), dt.date(2026, 2, 27), dt.date(2026, 2, 28), dt.date(2026, 3, 1)]
        on_days = await use(Measures).on_days(c, keys, days)
        assert {key: values[0] for key, values in on_days.items()} == {key: s[1] for key, s in series.items()}
        assert {key: values[2] for key, values in on_days.items()} == {key: s[2] for key, s in series.items()}
        assert on_days["sales"] == [10_000, 0, 7_000, 0], "closing vouchers are left out here too"
        assert on_days["bank_balance"] == [60_000, 60_000, 58_000, 58_000]
        assert await use(Measures).on_days(c, ["sales"], []) == {"sales": []}
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await use(Measures).on_days(firm.trading, ["sales"], days)
        shares = await use(Measures).by_account(c, "net_profit", Period(2026, 2))
        assert [(s.code, s.amount) for s in shares] == [("5001", 7_000), ("560201", -2_000), ("5401", -1_500)]
        bank = await use(Measures).by_account(c, "bank_balance", Period(2026, 3))
        assert [(s.code, s.name, s.amount) for s in bank] == [("1002", "银行存款", 65_000)]
        told = await use(Measures).definition("available_funds")
        assert told.basis == "parts"
        assert {"1002", "2202", "2221"} <= set(told.accounts)
        with pytest.raises(Refusal, match=r"measure\.unknown"):
            await use(Measures).series(c, ["profit"], Period(2026, 1), Period(2026, 1))
        with pytest.raises(Refusal, match=r"common\.not_found"):
            await use(Measures).series(firm.trading, ["sales"], Period(2026, 1), Period(2026, 1))
        assert await use(Measures).definition("sales") == await LedgerMeasures().definition("sales")


async def test_figures_of_empty_books_are_zero(firm: TestFirm) -> None:
    """DASH-1."""
    async with acting(firm):
        series = await use(Measures).series(firm.trading, ["sales", "bank_balance"], Period(2026, 1), Period(2026, 2))
        assert series == {"sales": [0, 0], "bank_balance": [0, 0]}


async def test_a_chart_is_extended_below_unused_accounts_unasked(firm: TestFirm) -> None:
    """LEDG-1: chart of accounts."""
    c = firm.restaurant
    async with acting(firm):
        made = (await add_account(c, "1002", "100201", "工商银行")).account
        assert (made.full_name, made.is_leaf) == ("银行存款-工商银行", True)
        await import_posted(c, [voucher(c, 1, "100201", "5001", 900)])
        assert (await use(Measures).series(c, ["bank_balance"], Period(2026, 1), Period(2026, 1)))["bank_balance"] == [
            900
        ]
        (entry,) = await use(Ledger).entries(c, "1002", Period(2026, 1), Period(2026, 1))
        assert entry.account == "100201"
    for code, parent, new in (
        ("ledger.account_in_use", "5001", "500101"),
        ("ledger.account_taken", "1002", "100201"),
        ("ledger.account_code", "1002", "1003"),
        ("ledger.account_unknown", "7777", "777701"),
    ):
        with pytest.raises(Refusal) as refused:
            async with acting(firm):
                await add_account(c, parent, new, "新科目")
        assert refused.value.code == code


async def test_an_account_is_renamed_with_all_below_it_and_retired_when_empty(firm: TestFirm) -> None:
    """LEDG-1: chart of accounts; a retired account takes no new lines."""
    c = firm.restaurant
    async with acting(firm):
        await add_account(c, "1002", "100201", "工商银行")
        await change_account(c, "1002", name="银行账户")
        names = {a.code: a.full_name for a in await accounts(c)}
        assert (names["1002"], names["100201"], names["1001"]) == ("银行账户", "银行账户-工商银行", "库存现金")
        await import_posted(c, [voucher(c, 1, "100201", "5001", 900)])
    with pytest.raises(Refusal, match=r"ledger\.account_has_balance"):
        async with acting(firm):
            await change_account(c, "100201", retired=True)
    async with acting(firm):
        await import_posted(c, [voucher(c, 1, "1001", "100201", 900)])
        assert (await change_account(c, "100201", retired=True)).retired
    with pytest.raises(Refusal, match=r"ledger\.account_retired"):
        async with acting(firm):
            await use(Ledger).draft(voucher(c, 1, "100201", "5001", 900))
    async with acting(firm):
        await change_account(c, "100201", retired=False)
        await use(Ledger).draft(voucher(c, 1, "100201", "5001", 900))


async def test_posted_vouchers_are_counted_as_the_rows_are(firm: TestFirm) -> None:
    """Openings have numbers and are none; drafts have none; words are counted together."""
    client, lines = firm.restaurant, (Line("1002", "", debit=5), Line("3001", "", credit=5))

    def draft(day: dt.date, word: str = "记", kind: VoucherKind = VoucherKind.NORMAL) -> VoucherDraft:
        return VoucherDraft(client, day, "收到", lines, word=word, kind=kind)

    async with acting(firm, "owner"):
        start = await connection().fetchval("select books_start from core_client where id = $1", client)
        later = start + dt.timedelta(days=62)
        await import_posted(client, [draft(start - dt.timedelta(days=1), kind=VoucherKind.OPENING)])
        await import_posted(client, [draft(start), draft(start), draft(start, "收"), draft(later)])
        await use(Ledger).draft(draft(start))
        rows = await connection().fetch(
            """select period, count(*) as vouchers from core_voucher where client = $1 and state = 'posted' and kind <> 'opening' group by 1""",
            client,
        )
        counted = {Period.from_number(row["period"]): row["vouchers"] for row in rows}
        assert counted == {Period.of(start): 3, Period.of(later): 1}
        first = Period.of(start).plus(-12)
        assert await use(Ledger).posted_counts(client, first, first.plus(36)) == counted
