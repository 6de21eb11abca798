"""Statements of random books tie in every state (LEDG-2). Pure: thousands of months, no database."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfang_books.ledgers import balance_rows, detail, general
from zhangfang_books.statements.cash_flow import flows
from zhangfang_books.statements.equity import equity_statement
from zhangfang_books.statements.equity_form import equity_form
from zhangfang_books.statements.forms import CashRules, cash_rules, form
from zhangfang_books.statements.gathering import Books, split_accounts
from zhangfang_books.statements.spans import Span
from zhangfang_books.statements.statements import Material, statements_of
from zhangfang_core.ledger.charts import load_chart
from zhangfang_sdk.ledger import (
    Account,
    Balance,
    LedgerEntry,
    Line,
    PartyBalance,
    Voucher,
    VoucherKind,
    VoucherState,
)
from zhangfang_sdk.periods import Period

PROFIT = {"small_business_2013": "3103", "enterprise_2006": "4103"}


def chart(standard: str) -> list[Account]:
    found = load_chart(standard).accounts.values()
    parents = {a.parent for a in found}
    return [
        Account(a.code, a.name, a.name, a.parent or None, a.category.value, a.normal_balance.value, a.code not in parents)
        for a in found
    ]


CHARTS = {standard: chart(standard) for standard in PROFIT}
LEAVES = {standard: [a.code for a in accounts if a.is_leaf] for standard, accounts in CHARTS.items()}
EARNED = {
    code for accounts in CHARTS.values() for code in (a.code for a in accounts if a.is_leaf and a.category == "profit_and_loss")
}
ENDS = [Period(2024, 12).plus(n) for n in range(25)]
MONTHS = [Period(2025, 11), Period(2025, 12), Period(2026, 1), Period(2026, 2)]

Pair = tuple[str, str, int, str, bool]
Drawn = list[tuple[Period, list[Pair]]]


def drawn_of(standard: str) -> st.SearchStrategy[tuple[str, Drawn]]:
    pair = st.tuples(
        st.sampled_from(LEAVES[standard]),
        st.sampled_from(LEAVES[standard]),
        st.integers(1, 10**9),
        st.sampled_from(["", "甲公司", "乙公司"]),
        st.booleans(),
    )
    months = st.lists(st.tuples(st.sampled_from(MONTHS), st.lists(pair, min_size=1, max_size=3)), max_size=12)
    return st.tuples(st.just(standard), months)


books_drawn = st.sampled_from(sorted(PROFIT)).flatmap(drawn_of)


def made(drawn: Drawn) -> list[Voucher]:
    """Vouchers of pairs of lines; a red pair is negative on both sides."""
    found = []
    for number, (month, pairs) in enumerate(drawn, 1):
        booked: list[Line] = []
        for debit, credit, amount, party, red in pairs:
            signed = -amount if red else amount
            booked += [Line(debit, "借", debit=signed, counterparty=party), Line(credit, "贷", credit=signed)]
        found.append(voucher(number, month, tuple(booked), VoucherKind.NORMAL))
    return found


def voucher(number: int, month: Period, booked: tuple[Line, ...], kind: VoucherKind) -> Voucher:
    day = dt.date(month.year, month.month, 15)
    return Voucher(number, 1, month, day, "记", number, "随机", kind, VoucherState.POSTED, booked, 0)


def closing(found: list[Voucher], month: Period, number: int, profit: str) -> Voucher | None:
    """结转损益 of a month as the books do it."""
    sums: dict[str, int] = {}
    for each in found:
        for line in each.lines:
            if each.period <= month and line.account in EARNED:
                sums[line.account] = sums.get(line.account, 0) + line.debit - line.credit
    booked = [Line(code, "结转", credit=amount) for code, amount in sums.items() if amount]
    whole = sum(sums.values())
    if whole:
        booked.append(Line(profit, "结转", debit=whole))
    return voucher(number, month, tuple(booked), VoucherKind.CLOSING) if booked else None


def books_of(standard: str, found: list[Voucher]) -> Books:
    sums: dict[tuple[Period, str], list[int]] = {}
    owed: dict[tuple[Period, str, str], int] = {}
    split = split_accounts(form(standard, "balance_sheet"))
    for each in found:
        offset = 2 if each.kind is VoucherKind.CLOSING else 0
        for line in each.lines:
            row = sums.setdefault((each.period, line.account), [0] * 4)
            row[offset] += line.debit
            row[offset + 1] += line.credit
            if line.account.startswith(split):
                for until in (m for m in ENDS if m >= each.period):
                    key = (until, line.account, line.counterparty)
                    owed[key] = owed.get(key, 0) + line.debit - line.credit
    parties = [PartyBalance(code, party, until, amount) for (until, code, party), amount in owed.items()]
    return Books(CHARTS[standard], [Balance(code, month, *row) for (month, code), row in sums.items()], parties)


def entry(of: Voucher, line: Line) -> LedgerEntry:
    return LedgerEntry(
        of.id, of.label, of.date, "", line.account, line.debit, line.credit, line.counterparty, None, of.kind
    )


@settings(max_examples=1000, deadline=None)
@given(books_drawn, st.booleans(), st.booleans())
def test_statements_tie_in_every_state(chosen: tuple[str, Drawn], closed: bool, reversed_: bool) -> None:
    """LEDG-2: with and without 结转损益, with a reversal, over a year's end: every check holds and no account is left out."""
    standard, drawn = chosen
    found = made(drawn)
    if closed:
        for month in MONTHS[:-1]:
            carried = closing(found, month, len(found) + 1, PROFIT[standard])
            found += [carried] if carried else []
    if reversed_ and found:
        first = found[0]
        red = tuple(Line(x.account, "红冲", -x.debit, -x.credit, x.counterparty) for x in first.lines)
        found.append(voucher(len(found) + 1, MONTHS[-1], red, VoucherKind.REVERSAL))
    books = books_of(standard, found)
    for month in MONTHS:
        for span in Span:
            statements = statements_of(Material(standard, books, found, MONTHS[0]), month, span)
            assert [c.title for c in statements.checks if not c.holds] == []
            assert not statements.left_out
        top = [r for r in balance_rows(books, month, month) if r.level == 1]
        assert sum(r.closing for r in top) == 0
        for row in top:
            assert general(books, row.account.code, month, month).rows[-1].balance == row.closing
            own = [
                entry(v, x)
                for v in found
                if v.period == month
                for x in v.lines
                if x.account.startswith(row.account.code)
            ]
            assert detail(books, row.account.code, month, own).closing == row.closing


@settings(max_examples=500, deadline=None)
@given(drawn_of("enterprise_2006"), st.booleans())
def test_changes_in_equity_end_where_the_balance_sheet_does(chosen: tuple[str, Drawn], closed: bool) -> None:
    """LEDG-2: whatever moves equity, red vouchers and 以前年度损益调整 too, stands on a row: both years tie, column by column."""
    standard, drawn = chosen
    found = made(drawn)
    if closed:
        for month in MONTHS[:-1]:
            carried = closing(found, month, len(found) + 1, PROFIT[standard])
            found += [carried] if carried else []
    equity = equity_form(standard)
    assert equity is not None
    books = books_of(standard, found)
    years = []
    for year in (2025, 2026):
        material = Material(standard, books, found, MONTHS[0])
        statements = statements_of(material, Period(year, 12), Span.YEAR)
        moved = equity_statement(material, year, statements.income, statements.balance_sheet, equity)
        assert [(c.title, c.left, c.right) for c in moved.checks if not c.holds] == []
        years.append(moved)
    for column in equity.columns:
        assert years[1].this_year.values[column.key][1] == years[0].this_year.values[column.key][25]
    assert years[1].year_before is not None
    assert years[1].year_before.values == years[0].this_year.values


@settings(max_examples=1000, deadline=None)
@given(books_drawn)
def test_flows_of_a_voucher_are_what_its_cash_moved(chosen: tuple[str, Drawn]) -> None:
    """LEDG-2: classified or not, a voucher's flows sum to the movement of its cash accounts."""
    rules: CashRules = cash_rules(chosen[0])
    for each in made(chosen[1]):
        moved = sum(x.debit - x.credit for x in each.lines if x.account.startswith(rules.cash))
        assert sum(f.amount for f in flows(each, rules, {})) == moved
