"""A client's balances as a month's end is counted from: posted vouchers, and the month's drafts as though they were posted."""

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.balances import balances
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period

# A draft's lines are arrays: account, summary, debit, credit.
_DRAFTED = """select line ->> 0 as account, v.kind = 'closing' as closing,
    sum((line ->> 2)::bigint)::bigint as debit, sum((line ->> 3)::bigint)::bigint as credit
    from core_voucher v, jsonb_array_elements(v.draft_lines) line
    where v.firm = $1 and v.client = $2 and v.period = $3 and v.state = 'draft' group by 1, 2"""


async def month_books(client: int, period: Period) -> MonthBooks:
    drafted = await connection().fetch(_DRAFTED, firm_in_scope(), client, period.number)
    waiting = [
        Balance(r["account"], period, 0, 0, r["debit"], r["credit"])
        if r["closing"]
        else Balance(r["account"], period, r["debit"], r["credit"])
        for r in drafted
    ]
    return MonthBooks(client, period, [*await balances(client, None, period), *waiting])
