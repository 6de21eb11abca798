"""Random years taken over in any month read as if the books had held them from January (LEDG-2, LEDG-6). Pure: no database."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from months.test_random_months import CHARTS, EARNED, LEAVES, PROFIT, books_of, closing, voucher
from zhangfang_books.statements.cash_flow import UNASSIGNED, flows, totals
from zhangfang_books.statements.equity import equity_statement
from zhangfang_books.statements.equity_form import equity_form
from zhangfang_books.statements.forms import cash_rules, form
from zhangfang_books.statements.gathering import Books, Brought
from zhangfang_books.statements.spans import Span
from zhangfang_books.statements.statements import Material, statements_of
from zhangfang_core.ledger.rules import Standing, kind_of
from zhangfang_sdk.ledger import Balance, Line, PartyBalance, Voucher, VoucherDraft, VoucherKind
from zhangfang_sdk.periods import Period

YEAR = [Period(2025, month) for month in range(1, 13)]
MONTHS = [*YEAR, Period(2026, 1), Period(2026, 2)]
KEPT = {"small_business_2013": ("310415", "310402", "310101"), "enterprise_2006": ("410415", "410402", "410101")}

OTHER_MONEY = {"small_business_2013": (2, 6), "enterprise_2006": (3, 8)}

Opening = list[tuple[str, str, int]]
Pair = tuple[Period, str, str, int, bool]
Year = tuple[str, Opening, list[Pair], Period]


def years_of(standard: str) -> st.SearchStrategy[Year]:
    """本年利润 and 利润分配 move by 结转 and the year's end: of what else was posted there a sheet of the year's turnover cannot tell
    what it was."""
    undistributed = (PROFIT[standard], KEPT[standard][0][:4])
    leaf = st.sampled_from([code for code in LEAVES[standard] if not code.startswith(undistributed)])
    sheet = st.sampled_from([code for code in LEAVES[standard] if code not in EARNED])
    opened = st.lists(st.tuples(sheet, sheet, st.integers(1, 10**9)), max_size=4)
    pairs = st.lists(st.tuples(st.sampled_from(MONTHS), leaf, leaf, st.integers(1, 10**9), st.booleans()), max_size=14)
    return st.tuples(st.just(standard), opened, pairs, st.sampled_from(YEAR[1:]))


years_drawn = st.sampled_from(sorted(PROFIT)).flatmap(years_of)


def red_or_black(pair: Pair, number: int) -> Voucher:
    month, debit, credit, amount, red = pair
    signed = -amount if red else amount
    return voucher(number, month, (Line(debit, "", debit=signed), Line(credit, "", credit=signed)), VoucherKind.NORMAL)


def year_of(standard: str, pairs: list[Pair], *, closed: bool, imported: bool, reverses: bool) -> list[Voucher]:
    """Vouchers of the pairs; each month carried over, by the books or as a file brings it; the year carried on, and one voucher reversed."""
    found = [red_or_black(pair, n) for n, pair in enumerate(pairs, 1)]
    if reverses and found:
        first = found[0]
        red = tuple(Line(x.account, "红冲", -x.debit, -x.credit) for x in first.lines)
        found.append(voucher(len(found) + 1, MONTHS[-1], red, VoucherKind.REVERSAL))
    for month in YEAR if closed else []:
        carried = closing(found, month, len(found) + 1, PROFIT[standard])
        if carried is not None:
            found.append(as_imported(standard, carried) if imported else carried)
    if closed:
        found += carried_on(standard, found)
    return found


def as_imported(standard: str, carried: Voucher) -> Voucher:
    """As a file brings it: an ordinary voucher, known by its lines."""
    accounts = {line.account: Standing(is_leaf=True, is_result=line.account in EARNED) for line in carried.lines}
    draft = VoucherDraft(1, carried.date, "结转", carried.lines)
    return replace(carried, kind=kind_of(draft, accounts, PROFIT[standard]))


def carried_on(standard: str, found: list[Voucher]) -> list[Voucher]:
    """The year's end: profit to 未分配利润, a tenth of it to the reserve, 利润分配 among itself."""
    kept, taken, reserve = KEPT[standard]
    profit = -sum(x.debit - x.credit for v in found for x in v.lines if x.account == PROFIT[standard] and v.period in YEAR)
    if profit == 0:
        return []
    steps = [
        ([(PROFIT[standard], profit), (kept, -profit)], VoucherKind.CLOSING),
        ([(taken, profit // 10), (reserve, -(profit // 10))], VoucherKind.NORMAL),
        ([(kept, profit // 10), (taken, -(profit // 10))], VoucherKind.CLOSING),
    ]
    return [
        voucher(
            len(found) + n,
            YEAR[-1],
            tuple(Line(code, "年末", debit=max(v, 0), credit=max(-v, 0)) for code, v in amounts if v),
            kind,
        )
        for n, (amounts, kind) in enumerate(steps, 1)
        if any(v for _, v in amounts)
    ]


def with_opening(books: Books, balances: dict[str, int]) -> Books:
    opened = [Balance(code, None, max(v, 0), max(-v, 0)) for code, v in balances.items() if v]
    whole = Books(books.accounts, [*opened, *books.balances])
    return replace(whole, parties=parties_of(whole))


def parties_of(books: Books) -> list[PartyBalance]:
    """Nobody is named: each account stands as one."""
    ends = [None, Period(2024, 12), *MONTHS, Period(2026, 12)]
    return [PartyBalance(code, "", until, amount) for until in ends for code, amount in books.closing(until).items()]


@settings(max_examples=100, deadline=None)
@given(years_drawn, st.booleans(), st.booleans(), st.booleans())
def test_a_year_taken_over_reads_as_if_it_had_been_held(
    drawn: Year, closed: bool, imported: bool, reverses: bool
) -> None:
    """Balance sheets, profit and cash of every later month and of both years, with red letters, reversals, 结转 that a file brought, a year's end."""
    standard, opened, pairs, starts = drawn
    found = year_of(standard, pairs, closed=closed, imported=imported, reverses=reverses)
    begun: dict[str, int] = {}
    for debit, credit, amount in opened:
        begun[debit] = begun.get(debit, 0) + amount
        begun[credit] = begun.get(credit, 0) - amount
    held = Material(
        standard, with_opening(books_of(standard, found), begun), found, YEAR[0], by_the_accountant(standard, found)
    )
    taken = taken_over(held, starts)
    for month in {starts, YEAR[-1], MONTHS[-1]}:
        for span in (Span.MONTH, Span.YEAR):
            one, other = statements_of(held, month, span), statements_of(taken, month, span)
            assert [c.title for c in (*one.checks, *other.checks) if not c.holds] == []
            assert not one.left_out
            for kind in ("balance_sheet", "income", "cash_flow"):
                ours, theirs = one.of(kind), other.of(kind)
                assert [v for _, v in theirs.columns if v] == [v for _, v in ours.columns if v][: len(theirs.columns)], (kind, month)
    if (shape := equity_form(standard)) is not None:
        for year in (2025, 2026):
            both = []
            for material in (held, taken):
                made = statements_of(material, Period(year, 12), Span.YEAR)
                moved = equity_statement(material, year, made.income, made.balance_sheet, shape)
                assert [(c.title, c.left, c.right) for c in moved.checks if not c.holds] == []
                both.append([{n: rows[n] for n in (1, 3, 7, 25)} for rows in (*moved.this_year.values.values(), moved.this_year.total)])
            assert both[0] == both[1]


def by_the_accountant(standard: str, found: list[Voucher]) -> dict[tuple[int, int], int]:
    """What no rule places is put on the lines of other money: all that a statement brought along can hold stands on lines."""
    incoming, outgoing = OTHER_MONEY[standard]
    moved = [flow for v in found for flow in flows(v, cash_rules(standard), {}) if flow.line == UNASSIGNED]
    return {(f.voucher, f.place): incoming if f.amount > 0 else outgoing for f in moved}


def taken_over(held: Material, starts: Period) -> Material:
    """The same client, taken over at ``starts``: balances of the day before, turnover and cash flows of the year to date."""
    result, before = held.books.profit_and_loss(), starts.plus(-1)
    moved, earned = held.books.moved(YEAR[0], before), held.books.turnover(YEAR[0], before)
    turnover = {code: earned.get(code, 0) if code in result else v for code, v in moved.items()}
    rules, directions = cash_rules(held.standard), {x.number: x.direction for x in form(held.standard, "cash_flow").lines}
    flown = [
        flow
        for v in held.vouchers
        if v.period < starts
        for flow in flows(v, rules, {place: line for (id_, place), line in held.assigned.items() if id_ == v.id})
    ]
    balances = [b for b in held.books.balances if b.period is not None and b.period >= starts]
    books = with_opening(Books(CHARTS[held.standard], balances), held.books.closing(before))
    vouchers = [v for v in held.vouchers if v.period >= starts]
    return Material(
        held.standard, books, vouchers, starts, held.assigned, {starts.year: Brought(turnover, totals(flown, directions))}
    )
