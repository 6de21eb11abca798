"""The SDK's ``MonthStates`` on PostgreSQL: three grouped queries, however many clients there are."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.month_states import MonthState
from zhangfang_sdk.periods import Period

_CLIENTS = "select id from core_client where firm = $1 order by id"
_VOUCHERS = """select client, count(*) filter (where state = 'draft') as drafts, count(*) filter (where state = 'posted') as posted
    from core_voucher where firm = $1 and period = $2 group by client"""
_CLOSED = (
    "select client, max(period) as period from core_period where firm = $1 and closed_at is not null group by client"
)


class PostgresMonthStates:
    async def month_states(self, period: Period) -> Sequence[MonthState]:
        require("ledger.read")
        firm, db = firm_in_scope(), connection()
        counted = {r["client"]: (r["drafts"], r["posted"]) for r in await db.fetch(_VOUCHERS, firm, period.number)}
        closed = {r["client"]: Period.from_number(r["period"]) for r in await db.fetch(_CLOSED, firm)}
        return [
            MonthState(r["id"], *counted.get(r["id"], (0, 0)), closed.get(r["id"]))
            for r in await db.fetch(_CLIENTS, firm)
            if scope().sees(r["id"])
        ]
