"""What is open on the accounts of receivables and payables at the end of a day, by item and by counterparty, beside what the accounts say."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.rules import kinds_of
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.open_items import DAYS_LATE, AgeRow, OpenItem
from zhangfang_sdk.texts import seen

READS = "parties.read"
OF_SIDE = {"receivable": "receivables.read", "payable": "payables.read"}
FOREVER = dt.date(9999, 1, 1)
"""A day after every voucher: what is open now."""

_ACCOUNTS = """select code, full_name, normal_balance, dimensions from core_account a where firm = $1 and client = $2 and (open_items
    or exists (select from core_open_item o where o.firm = $1 and o.client = $2 and o.account = a.code and o.open <> 0)) order by code"""

# What was posted until that day, less what was settled until then and not undone by a reversal of then. Added up rather than joined, and
# lines looked up one by one: on tables that have just grown the planner knows no better.
_STANDING = """with moved as (
        select id, account, date, due, item, amount, amount as part from core_open_item
        where firm = $1 and client = $2 and account = any($3::varchar[]) and date <= $4
        union all select debit_item, null, null, null, null, null, -amount from core_settlement
        where firm = $1 and client = $2 and date <= $4 and (undone_at is null or undone_from > $4)
        union all select credit_item, null, null, null, null, null, amount from core_settlement
        where firm = $1 and client = $2 and date <= $4 and (undone_at is null or undone_from > $4)
    ), left_open as (
        select id, max(account) as account, max(date) as date, max(due) as due, max(item) as item, max(amount) as amount,
            sum(part)::bigint as open from moved group by id having sum(part) <> 0 and max(account) is not null
    ), standing as (
        select o.*, l.summary, coalesce(i.name, l.counterparty) as party from left_open o
        cross join lateral (select summary, counterparty from core_voucher_line where firm = $1 and id = o.id limit 1) l
        left join lateral (select name from core_dimension_item where firm = $1 and id = o.item limit 1) i on true
    )"""

_ITEMS = f"""{_STANDING} select s.id, s.id / 1000 as voucher, v.word || '-' || lpad(v.number::text, 4, '0') as label, s.date, s.due,
        s.account, s.item, s.party as counterparty, s.amount, s.open, coalesce(nullif(s.summary, ''), v.summary) as summary, v.document
    from standing s cross join lateral (select * from core_voucher where firm = $1 and id = s.id / 1000 limit 1) v
    where ($5::varchar is null or s.party = $5) and ($8::bigint[] is null or s.id = any($8)) order by s.date, s.id limit $6 offset $7"""  # noqa: S608 - our own names

_LATE = "$4 - coalesce(due, date)"
_SUMS = ", ".join(
    f"coalesce(sum(open) filter (where {_LATE} > {after} and {_LATE} <= {last}), 0)::bigint"
    for after, last in zip((-(10**7), *DAYS_LATE), (*DAYS_LATE, 10**7), strict=True)
)
_AGES = f"""{_STANDING} select account, max(item) as item, party, array[{_SUMS}] as buckets, count(*) as items from standing
    group by account, party"""  # noqa: S608
_BY_PARTY = f"{_AGES} order by account, party"
# The largest first: who opens the page asks who owes most.
_PAGE_OF_PARTIES = f"""select *, count(*) over () as parties from ({_AGES}) a where $5 = '' or strpos(lower(party), lower($5)) > 0
    order by abs((select sum(b) from unnest(buckets) b)) desc, account, party limit $6 offset $7"""  # noqa: S608
_WHOLE = f"{_STANDING} select array[{_SUMS}] as buckets, count(*) as items from standing"  # noqa: S608

# Whole months from the monthly balances (0 is the opening, of the day before the books start), the running one line by line.
_CONTROL = """select a.code, coalesce((select sum(b.debit + b.closing_debit - b.credit - b.closing_credit) from core_balance b
        where b.firm = $1 and b.client = $2 and b.account = a.code and b.period < $5 and (b.period > 0 or c.books_start - 1 <= $4)), 0)::bigint
    + coalesce((select sum(l.debit - l.credit) from core_voucher_line l where l.firm = $1 and l.client = $2 and l.account = a.code
        and l.date between greatest($6, c.books_start) and $4), 0)::bigint as balance
    from unnest($3::varchar[]) a (code) join core_client c on c.firm = $1 and c.id = $2 order by 1"""

_WITHOUT_ITEM = """select l.voucher, v.word || '-' || lpad(v.number::text, 4, '0') as label, l.date, l.account, l.debit - l.credit as amount,
        coalesce(nullif(l.summary, ''), v.summary) as summary
    from core_voucher_line l join core_voucher v on v.id = l.voucher and v.firm = l.firm
    where l.firm = $1 and l.client = $2 and l.account = any($3::varchar[]) and l.date <= $4
    and not exists (select from core_open_item o where o.firm = l.firm and o.id = l.id) order by l.date, l.id limit $5"""


class Side(StrEnum):
    """An account that offers customers holds receivables, any other payables."""

    RECEIVABLE = "receivable"
    PAYABLE = "payable"


@dataclass(frozen=True, slots=True)
class ControlAccount:
    """An account whose lines are open items. ``is_debit``: its charges (invoices) are debits, its payments credits."""

    code: str
    name: str
    side: Side
    is_debit: bool


@dataclass(frozen=True, slots=True)
class LineWithoutItem:
    """A posted line that is no open item, because its account had none when it was posted."""

    voucher: int
    label: str
    date: dt.date
    account: str
    amount: int
    summary: str


@dataclass(frozen=True, slots=True)
class Tie:
    """The open items of an account beside its balance, in fen; ``lines`` are why they differ."""

    account: str
    open: int
    balance: int
    lines: tuple[LineWithoutItem, ...] = ()

    @property
    def difference(self) -> int:
        return self.balance - self.open


@dataclass(frozen=True, slots=True)
class Ages:
    """``rows`` of one page with the number of items in each; ``parties`` is how many rows there are on all pages."""

    rows: tuple[tuple[AgeRow, int], ...]
    parties: int


async def control_accounts(client: int) -> list[ControlAccount]:
    """Those that the actor may read, in the order of their codes; without ``ledger.read`` those of the sides that they may see.

    Raises Refusal ``access.forbidden``, ``common.not_found``.
    """
    reads_all = scope().may("ledger.read")
    if not reads_all:
        require(READS)
    if not scope().sees(client):
        raise not_found("客户企业")
    rows = await connection().fetch(_ACCOUNTS, firm_in_scope(), client)
    found = [
        ControlAccount(
            row["code"],
            row["full_name"],
            Side.RECEIVABLE if DimensionKind.CUSTOMER in kinds_of(row["dimensions"]) else Side.PAYABLE,
            row["normal_balance"] == "debit",
        )
        for row in rows
    ]
    return [a for a in found if scope().sees_account(a.code) and (reads_all or scope().may(OF_SIDE[a.side]))]


async def items_at(
    client: int,
    accounts: Collection[str],
    at: dt.date = FOREVER,
    *,
    party: str | None = None,
    ids: Sequence[int] | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> list[OpenItem]:
    """Items of ``accounts`` (which the actor may read) that were open at the end of ``at``, oldest first.

    ``party`` by name, "" for nobody's; ``ids`` where only some are asked for.
    """
    named = None if party is None else seen(party)
    values = (firm_in_scope(), client, list(accounts), at, named, limit, offset, None if ids is None else list(ids))
    rows = await connection().fetch(_ITEMS, *values)
    return [OpenItem(**dict(row)) for row in rows]


async def ages_at(client: int, accounts: Collection[str], at: dt.date) -> list[AgeRow]:
    """By account and counterparty."""
    rows = await connection().fetch(_BY_PARTY, firm_in_scope(), client, list(accounts), at)
    return [AgeRow(r["account"], r["item"], r["party"], tuple(r["buckets"])) for r in rows]


async def page_of_ages(
    client: int, accounts: Collection[str], at: dt.date, *, words: str = "", limit: int, offset: int = 0
) -> Ages:
    """Counterparties whose name holds ``words``, the largest first."""
    rows = await connection().fetch(
        _PAGE_OF_PARTIES, firm_in_scope(), client, list(accounts), at, seen(words), limit, offset
    )
    found = tuple((AgeRow(r["account"], r["item"], r["party"], tuple(r["buckets"])), int(r["items"])) for r in rows)
    return Ages(found, rows[0]["parties"] if rows else 0)


async def whole_at(client: int, accounts: Collection[str], at: dt.date) -> tuple[tuple[int, ...], int]:
    """Buckets of all counterparties together, and the number of items."""
    row = await connection().fetchrow(_WHOLE, firm_in_scope(), client, list(accounts), at)
    return ((), 0) if row is None else (tuple(row["buckets"]), row["items"])


async def ties_at(client: int, accounts: Collection[str], at: dt.date, *, most_lines: int = 50) -> list[Tie]:
    """Each account's open items beside its balance at the end of ``at``; where they differ, with the lines that are no items."""
    sums = dict.fromkeys(accounts, 0)
    for row in await ages_at(client, accounts, at):
        sums[row.account] += row.total
    codes = list(accounts)
    balances = await connection().fetch(
        _CONTROL, firm_in_scope(), client, codes, at, at.year * 100 + at.month, at.replace(day=1)
    )
    ties = [Tie(row["code"], sums[row["code"]], row["balance"]) for row in balances]
    differing = [tie.account for tie in ties if tie.difference]
    if not differing:
        return ties
    rows = await connection().fetch(_WITHOUT_ITEM, firm_in_scope(), client, differing, at, most_lines)
    lines = [LineWithoutItem(**dict(row)) for row in rows]
    return [
        Tie(t.account, t.open, t.balance, tuple(x for x in lines if x.account == t.account) if t.difference else ())
        for t in ties
    ]


def codes_of(accounts: Sequence[ControlAccount], above: str = "", side: Side | None = None) -> list[str]:
    """Codes of ``above`` and all below it, of one side where one is named."""
    return [a.code for a in accounts if a.code.startswith(above) and side in (None, a.side)]
