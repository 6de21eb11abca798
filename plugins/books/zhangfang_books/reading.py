"""What statements and ledgers are made from, read in the caller's transaction; amounts are fen."""

import datetime as dt
from collections.abc import Mapping, Sequence

from zhangfang_books.hand_figures import hand_figures
from zhangfang_books.judged_cash import judge_anew, judged_months
from zhangfang_books.statements.cash_flow import flows
from zhangfang_books.statements.equity import EquityStatement, equity_statement
from zhangfang_books.statements.equity_form import equity_form
from zhangfang_books.statements.forms import Kind, cash_rules, form, standards
from zhangfang_books.statements.gathering import Books, Brought, split_accounts
from zhangfang_books.statements.spans import Span
from zhangfang_books.statements.statements import Material, Statements, statements_of
from zhangfang_books.tables import BroughtCash, CashAssignment
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import Ledger, LedgerEntry, PartyBalance, Voucher, VoucherKind, VoucherState
from zhangfang_sdk.openings import Openings
from zhangfang_sdk.periods import Period

VOUCHERS_AT_ONCE = 500


async def books_of(client: int, until: Period, *, standard: str | None = None, ends: Sequence[Period] = ()) -> Books:
    """Chart and balances up to ``until``; with ``standard`` also what its balance sheet splits by party, at the opening and at ``ends``.

    With ``ends`` balances come summed up to each of them: nothing can be told of other months' ends.
    """
    ledger, parties = use(Ledger), list[PartyBalance]()
    if standard is not None:
        parties += await ledger.party_balances(
            client, split_accounts(form(standard, "balance_sheet")), (None, *ends)
        )
    balances = await ledger.balances(client, None, until, ends=ends or None)
    return Books(await ledger.accounts(client), balances, parties)


async def posted_vouchers(client: int, first: Period, last: Period) -> list[Voucher]:
    """All posted vouchers of the months, oldest first. An opening is none: what a client brings along did not happen in its months."""
    ledger, found = use(Ledger), list[Voucher]()
    month = first
    while month <= last:
        of_month: list[Voucher] = []
        before: int | None = None
        while True:
            page = await ledger.vouchers(
                client, period=month, state=VoucherState.POSTED, limit=VOUCHERS_AT_ONCE, before=before
            )
            of_month += page
            if len(page) < VOUCHERS_AT_ONCE:
                break
            before = page[-1].id
        ordinary = (v for v in of_month if v.kind is not VoucherKind.OPENING)
        found += sorted(ordinary, key=lambda v: (v.date, v.word, v.number or 0))
        month = month.plus(1)
    return found


async def statements(client: int, period: Period, span: Span = Span.MONTH) -> Statements:
    """The three statements of the span that holds ``period``. Raises Refusal ``books.no_forms`` for a standard without forms."""
    return statements_of(await _material(client, period, span), period, span)


async def equity(client: int, year: int) -> EquityStatement | None:
    """所有者权益变动表 of a year, None for a standard that has none. Raises Refusal ``books.no_forms``."""
    period, span = Period(year, 12), Span.YEAR
    material = await _material(client, period, span, every_voucher=True)
    found = equity_form(material.standard)
    if found is None:
        return None
    made = statements_of(material, period, span)
    return equity_statement(material, year, made.income, made.balance_sheet, found)


async def _material(client: int, period: Period, span: Span, *, every_voucher: bool = False) -> Material:
    about = await use(Clients).client(client)
    if about.standard not in standards():
        raise Refusal("books.no_forms", "这家企业适用的会计制度还没有报表格式,请联系管理员。", status=409)
    first, last = span.around(period)
    january, starts = Period(last.year, 1), Period.of(about.books_start)
    year_before = Period(last.year - 1, 1)
    since = max(year_before if span is Span.YEAR else january, starts)
    before = (year_before.plus(-1), january.plus(-1)) if span is Span.YEAR else (january.plus(-1),)
    judged = {} if every_voucher else await judged_months(client, about.standard, since, last)
    vouchers: list[Voucher] = []
    month = since
    while month <= last:
        vouchers += [] if month in judged else await posted_vouchers(client, month, month)
        month = month.plus(1)
    # What is judged was judged with what a person said of it.
    rows = await CashAssignment.select().where(CashAssignment.client == client) if vouchers else ()
    taken_over = starts.month > 1 and starts >= year_before
    return Material(
        about.standard,
        await books_of(
            client, last, standard=about.standard, ends=(*before, first.plus(-1), last)
        ),
        vouchers,
        starts,
        {(row["voucher"], row["place"]): row["line"] for row in rows},
        {starts.year: await brought_of(client, starts)} if taken_over else {},
        await hand_figures(client),
        judged,
    )


async def brought_of(client: int, starts: Period) -> Brought:
    """What a client taken over within the year ``starts`` brought along of it."""
    rows = await BroughtCash.select().where(BroughtCash.client == client)
    return Brought(await use(Openings).year_to_date(client), {row["line"]: row["amount"] for row in rows})


async def keep_brought_cash(client: int, cash: Mapping[int, int]) -> None:
    """Replace what the lines of the cash flow statement hold before the books start, as it shows them; needs ``books.note``.

    Raises Refusal ``books.no_such_line``.
    """
    require("books.note")
    about = await use(Clients).client(client)
    numbers = {line.number for line in form(about.standard, "cash_flow").lines if line.direction}
    if not cash.keys() <= numbers:
        raise Refusal("books.no_such_line", "现金流量表里没有这一行。", field="line")
    await BroughtCash.delete().where(BroughtCash.client == client)
    rows = [BroughtCash(client=client, line=line, amount=amount) for line, amount in cash.items() if amount]
    if rows:
        await BroughtCash.insert(*rows)
    await use(Audit).record("books.brought", f"core_client:{client}", client=client, after={"figures": len(rows)})


async def assign_cash(client: int, voucher: int, place: int, line: int) -> None:
    """The accountant's word on a voucher line's cash; needs ``books.note``. Raises Refusal ``books.no_such_line``, ``common.not_found``."""
    require("books.note")
    found = await voucher_of(client, voucher)
    about = await use(Clients).client(client)
    kind: Kind = "cash_flow"
    numbers = [each.number for each in form(about.standard, kind).lines if each.direction]
    if not 1 <= place <= len(found.lines) or line not in numbers:
        raise Refusal("books.no_such_line", "没有这一行,请刷新页面后再选。", field="line")
    row = (
        await CashAssignment.objects()
        .where(CashAssignment.client == client, CashAssignment.voucher == voucher, CashAssignment.place == place)
        .first()
    ) or CashAssignment(client=client, voucher=voucher, place=place)
    before = row.line
    row.line, row.assigned_by, row.assigned_at = line, scope().user_name, dt.datetime.now(dt.UTC)
    await row.save()
    await judge_anew(found, about.standard)
    await use(Audit).record(
        "books.cash_line", f"core_voucher:{voucher}", client=client,
        before={"place": place, "line": before}, after={"place": place, "line": line},
    )  # fmt: skip


def ordered(entries: Sequence[LedgerEntry]) -> list[LedgerEntry]:
    """Oldest first, as a ledger is read."""
    return list(reversed(entries))


async def voucher_of(client: int, voucher: int) -> Voucher:
    """A voucher of this client; raises Refusal ``common.not_found`` also for another client's."""
    found = await use(Ledger).voucher(voucher)
    if found.client != client:
        raise not_found("凭证")
    return found


async def flows_of_line(client: int, first: Period, last: Period, line: int) -> list[tuple[Voucher, int]]:
    """The months' vouchers whose cash stands on a line of the cash flow statement, with the amount (in positive)."""
    about = await use(Clients).client(client)
    rows = await CashAssignment.select().where(CashAssignment.client == client)
    assigned: dict[int, dict[int, int]] = {}
    for row in rows:
        assigned.setdefault(row["voucher"], {})[row["place"]] = row["line"]
    found = []
    for voucher in await posted_vouchers(client, first, last):
        own = flows(voucher, cash_rules(about.standard), assigned.get(voucher.id, {}))
        amount = sum(f.amount for f in own if f.line == line)
        if amount:
            found.append((voucher, amount))
    return found
