"""The SDK's ``MonthStates`` on PostgreSQL: grouped queries, however many clients there are."""

from collections import Counter
from collections.abc import Mapping, Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.month_states import MonthState
from zhangfang_sdk.periods import Period

_CLIENTS = "select id from core_client where firm = $1 order by id"
_VOUCHERS = """select client, count(*) filter (where state = 'draft') as drafts, count(*) filter (where state = 'posted') as posted
    from core_voucher where firm = $1 and period = $2 group by client"""
_CLOSED = (
    "select client, max(period) as period from core_period where firm = $1 and closed_at is not null group by client"
)

# A file is booked by a voucher of any month: one that was stored in November may belong to October.
_UNBOOKED = """select d.client, d.id from core_document d where d.firm = $1 and ($2::bigint is null or d.client = $2)
    and d.stored_at >= $3::date::timestamp at time zone 'Asia/Shanghai'
    and d.stored_at < $4::date::timestamp at time zone 'Asia/Shanghai' and not exists (
        select from core_voucher v where v.firm = d.firm and v.document = d.id and v.state <> 'discarded') order by d.id"""
_OPEN = """select client, count(*)::int as accounts from (
        select b.client, b.account from core_balance b
        join core_account a on a.client = b.client and a.firm = b.firm and a.code = b.account
        where b.firm = $1 and b.period <= $2 and a.category = 'profit_and_loss' group by 1, 2
        having sum(b.debit - b.credit + b.closing_debit - b.closing_credit) <> 0) o group by client"""


class PostgresMonthStates:
    async def month_states(self, period: Period) -> Sequence[MonthState]:
        require("ledger.read")
        firm, db = firm_in_scope(), connection()
        counted = {r["client"]: (r["drafts"], r["posted"]) for r in await db.fetch(_VOUCHERS, firm, period.number)}
        closed = {r["client"]: Period.from_number(r["period"]) for r in await db.fetch(_CLOSED, firm)}
        results = {r["client"]: r["accounts"] for r in await db.fetch(_OPEN, firm, period.number)}
        unbooked = Counter(r["client"] for r in await _unbooked(None, period))
        return [
            MonthState(id_, *counted.get(id_, (0, 0)), closed.get(id_), unbooked.get(id_, 0), results.get(id_, 0))
            for id_ in (r["id"] for r in await db.fetch(_CLIENTS, firm))
            if scope().sees(id_)
        ]

    async def unbooked(self, client: int, period: Period) -> Sequence[int]:
        see(client)
        return [r["id"] for r in await _unbooked(client, period)]


async def _unbooked(client: int | None, period: Period) -> Sequence[Mapping[str, int]]:
    rows: Sequence[Mapping[str, int]] = await connection().fetch(
        _UNBOOKED, firm_in_scope(), client, period.first_day, period.plus(1).first_day
    )
    return rows
