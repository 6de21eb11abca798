"""Vouchers and entries as they are read. Every query carries the firm and stands behind row-level security."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.auditing.reach import other_year
from zhangfang_core.ledger.records import kind_called, voucher_of
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import LedgerEntry, Voucher, VoucherState
from zhangfang_sdk.periods import Period

_VOUCHER = """select v.*, (select r.id from core_voucher r where r.firm = v.firm and r.reverses = v.id and r.state <> 'discarded')
    as reversed_by from core_voucher v where v.firm = $1"""

# Lateral with a limit: a range of ids is walked for each voucher, where a join by range would walk every line of the deployment for each.
_LINES = """select l.voucher, l.account, l.summary, l.debit, l.credit, l.counterparty, d.items, d.quantity, d.unit_price, d.due from unnest($2::bigint[]) v (id)
    cross join lateral (select * from core_voucher_line where firm = $1 and id between v.id * 1000 and v.id * 1000 + 999
        order by id limit 999) l
    left join lateral (select * from core_line_detail where firm = $1 and id = l.id limit 1) d on true order by l.id"""

# A code followed by ':' sorts after all codes below it, since codes are digits and ':' is the byte after '9'.
_ENTRIES = """select l.voucher, v.word, v.number, l.date, case l.summary when '' then v.summary else l.summary end, l.account, l.debit, l.credit,
    l.counterparty, v.document, v.kind{}
    from core_voucher_line l cross join lateral (select * from core_voucher where id = l.voucher and firm = $1 limit 1) v{}
    where l.firm = $1 and l.client = $2 and l.account >= $3 and l.account < $3 || ':' and l.date between $4 and $5
    order by l.date desc, l.id desc limit $6"""

_WITH_ITEM = """
    join core_line_detail d on d.id = l.id and d.firm = l.firm and exists (select from jsonb_each(d.items) e where e.value = to_jsonb($7::bigint))"""
_ALL_ENTRIES, _ENTRIES_OF_ITEM = _ENTRIES.format("", ""), _ENTRIES.format(", d.quantity, d.unit_price", _WITH_ITEM)


# Numbers run without gaps, so that the counters know how many were posted. Openings, which have numbers too, are all dated before the
# month in which the books begin, and nothing else is.
_COUNTS = """select k.period, sum(k.last) as vouchers from core_client c join core_voucher_counter k on k.firm = c.firm and k.client = c.id
    where c.firm = $1 and c.id = $2 and k.period between greatest($3, to_char(c.books_start, 'YYYYMM')::int) and $4 group by k.period"""


def see(client: int) -> None:
    """Raise ``common.not_found`` for a client that the actor may not see, and ``access.forbidden`` without ``ledger.read``."""
    require("ledger.read")
    if not scope().sees(client):
        raise not_found("客户企业")


def see_accounts(client: int) -> None:
    """As ``see``, for what ``accounts.read`` shows of the accounts that the role is kept to."""
    if not scope().may("accounts.read"):
        require("ledger.read")
    if not scope().sees(client):
        raise not_found("客户企业")


async def voucher(id_: int) -> Voucher:
    """See ``Ledger.voucher``; needs ``ledger.read``."""
    require("ledger.read")
    row = await connection().fetchrow(f"{_VOUCHER} and v.id = $2", firm_in_scope(), id_)
    if row is None or not _seen(row):
        raise not_found("凭证")
    return (await _with_lines([row]))[0]


async def vouchers(
    client: int | None,
    *,
    period: Period | None = None,
    state: VoucherState | None = None,
    words: str = "",
    limit: int = 50,
    before: int | None = None,
) -> Sequence[Voucher]:
    """See ``Ledger.vouchers``; needs ``ledger.read``. ``words`` are looked for in the summary and the label ("记-0012").

    With None as client, those of all clients that the actor sees. Opening balances are no vouchers to any reader.
    """
    require("ledger.read")
    values: list[object] = [firm_in_scope()]
    conditions = ["and v.kind <> 'opening'"]

    def where(sql: str, value: object) -> None:
        values.append(value)
        conditions.append(f"and {sql.format(f'${len(values)}')}")

    newest_first = "v.id desc"
    if client is not None:
        see(client)
        if period is None and state is None:
            # As a range, so that the order is that of the index by client and id alone: walked by its id, a firm's index
            # passes the vouchers of all its clients.
            where("v.client between {0} and {0}", client)
            newest_first = "v.client desc, v.id desc"
        else:
            where("v.client = {}", client)
    elif (allowed := scope().clients) is not None:
        where("v.client = any({}::bigint[])", sorted(allowed))
    if (years := scope().years) is not None:
        where("v.period / 100 = any({}::int[]) and v.state = 'posted'", sorted(years))
    if period is not None:
        where("v.period = {}", period.number)
    if state is not None:
        where("v.state = {}", state.value)
    if before is not None:
        where("v.id < {}", before)
    if words:
        escaped = words.replace("\x00", "").replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        where("(v.summary ilike {0} or v.word || '-' || lpad(v.number::text, 4, '0') ilike {0})", f"%{escaped}%")
    values.append(limit)
    rows = await connection().fetch(
        f"{_VOUCHER} {' '.join(conditions)} order by {newest_first} limit ${len(values)}", *values
    )
    return await _with_lines(rows)


async def neighbours(voucher: Voucher) -> tuple[int | None, int | None]:
    """Ids of the client's vouchers before and after it, in the order in which they were drafted; discarded ones left out."""
    row = await connection().fetchrow(
        """select (select max(id) from core_voucher where firm = $1 and client = $2 and id < $3 and state <> 'discarded'
            and ($4::int[] is null or (period / 100 = any($4) and state = 'posted'))) as before,
        (select min(id) from core_voucher where firm = $1 and client = $2 and id > $3 and state <> 'discarded'
            and ($4::int[] is null or (period / 100 = any($4) and state = 'posted'))) as after""",
        firm_in_scope(),
        voucher.client,
        voucher.id,
        _years(),
    )
    return (None, None) if row is None else (row["before"], row["after"])


async def vouchers_called(client: int, ids: Sequence[int]) -> Sequence[Voucher]:
    """Those of ``ids`` that are the client's; needs ``ledger.read``."""
    see(client)
    rows = await connection().fetch(
        f"{_VOUCHER} and v.client = $2 and v.id = any($3::bigint[])", firm_in_scope(), client, list(ids)
    )
    return await _with_lines([row for row in rows if _seen(row)])


async def vouchers_of_firm(ids: Sequence[int]) -> Sequence[Voucher]:
    """Those of ``ids`` that the actor's clients have; needs ``ledger.read``."""
    require("ledger.read")
    rows = await connection().fetch(f"{_VOUCHER} and v.id = any($2::bigint[])", firm_in_scope(), list(ids))
    return await _with_lines([row for row in rows if _seen(row)])


def _seen(row: Mapping[str, Any]) -> bool:
    """Drafts are the firm's own work: an auditor reads what is posted, of the years of the link."""
    posted_for_auditor = scope().years is None or row["state"] == VoucherState.POSTED
    return scope().sees(row["client"]) and scope().sees_year(row["period"] // 100) and posted_for_auditor


def _years() -> list[int] | None:
    years = scope().years
    return None if years is None else sorted(years)


def see_months(first: Period, last: Period) -> None:
    """Raises Refusal ``auditor.year`` where an auditor's sign-in does not reach to every year of these months."""
    years = scope().years
    if years is not None and not all(year in years for year in range(first.year, last.year + 1)):
        raise other_year(years)


# Up each chain of reversals from a voucher's own: the voucher stands again where the number of posted ones behind that is odd.
_STANDING_AGAIN = """with recursive chain as (
        select v.id as voucher, v.id as reversal, 0 as depth from unnest($2::bigint[]) v (id)
        union all select c.voucher, r.id, c.depth + 1 from chain c join core_voucher r
        on r.firm = $1 and r.reverses = c.reversal and r.state = 'posted' and c.depth < 100)
    select voucher from chain group by voucher having max(depth) % 2 = 1"""


async def _taken_back(rows: Sequence[Mapping[str, Any]]) -> frozenset[int]:
    """Those of the ``reversed_by`` that have themselves been reversed."""
    reversals = [row["reversed_by"] for row in rows if row["reversed_by"] is not None]
    gone = await connection().fetch(_STANDING_AGAIN, firm_in_scope(), reversals) if reversals else ()
    return frozenset(row["voucher"] for row in gone)


async def posted_counts(client: int, first: Period, last: Period) -> Mapping[Period, int]:
    """See ``Ledger.posted_counts``; needs ``ledger.read``."""
    see(client)
    rows = await connection().fetch(_COUNTS, firm_in_scope(), client, first.number, last.number)
    return {Period.from_number(period): vouchers for period, vouchers in rows}


async def _with_lines(rows: Sequence[Mapping[str, Any]]) -> list[Voucher]:
    taken_back = await _taken_back(rows)
    lines: dict[int, list[Iterable[Any]]] = {row["id"]: [] for row in rows if row["state"] == VoucherState.POSTED}
    if lines:
        for line in await connection().fetch(_LINES, firm_in_scope(), list(lines)):
            lines[line[0]].append(line)
    return [
        voucher_of(row, lines.get(row["id"], ()), None if row["reversed_by"] in taken_back else row["reversed_by"])
        for row in rows
    ]


async def entries(client: int, account: str, first: Period, last: Period, *, limit: int = 200) -> Sequence[LedgerEntry]:
    """See ``Ledger.entries``."""
    return await entries_of(client, account, first, last, limit=limit, item=None)


async def entries_of(
    client: int, account: str, first: Period, last: Period, *, limit: int, item: int | None
) -> Sequence[LedgerEntry]:
    """As ``entries``; only lines that carry the dimension ``item`` where one is given. Needs ``accounts.read`` or ``ledger.read``."""
    see_accounts(client)
    if not scope().sees_account(account):
        raise not_found("科目")
    see_months(first, last)
    return await lines_of(client, account, first, last, limit=limit, item=item)


async def lines_of(
    client: int, account: str, first: Period, last: Period, *, limit: int, item: int | None = None
) -> Sequence[LedgerEntry]:
    """As ``entries_of``, where the caller knows that the actor may see them."""
    rows = await connection().fetch(
        _ALL_ENTRIES if item is None else _ENTRIES_OF_ITEM,
        firm_in_scope(),
        client,
        account.replace("\x00", ""),
        first.first_day,
        last.last_day,
        limit,
        *(() if item is None else (item,)),
    )
    return [
        LedgerEntry(voucher, f"{word}-{number:04d}", date, summary, code, debit, credit, party, document, kind_called(kind), *more)
        for voucher, word, number, date, summary, code, debit, credit, party, document, kind, *more in rows
    ]
