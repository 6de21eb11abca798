"""Monthly balances: the sums of posted lines, kept by posting, from which every figure is read."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see_accounts, see_months
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.periods import Period

OPENING = 0
"""The month under which opening balances are kept."""

_MONTHLY = """select account, period, debit, credit, closing_debit, closing_credit from core_balance
    where firm = $1 and client = $2 and period between $3 and $4 order by period, account"""

# $5 is sorted: the place of the first end that is not before the month.
_BY_END = """select account, ($5::int[])[width_bucket(period - 1, $5::int[]) + 1] as period, sum(debit)::bigint as debit, sum(credit)::bigint as credit,
    sum(closing_debit)::bigint as closing_debit, sum(closing_credit)::bigint as closing_credit from core_balance
    where firm = $1 and client = $2 and period between $3 and $4 group by 1, 2 order by 2, 1"""


async def balances(
    client: int, first: Period | None, last: Period, ends: Sequence[Period] | None = None
) -> Sequence[Balance]:
    """See ``Ledger.balances``."""
    see_accounts(client)
    see_months(last, last)
    given = [firm_in_scope(), client, OPENING if first is None else first.number, last.number]
    if ends is None:
        rows = await connection().fetch(_MONTHLY, *given)
    else:
        rows = await connection().fetch(_BY_END, *given, sorted({OPENING, *(e.number for e in ends), last.number}))
    seen = scope().sees_account
    months = {number: Period.from_number(number) if number else None for number in {row["period"] for row in rows}}
    return [
        Balance(account, months[period], debit, credit, closing_debit, closing_credit)
        for account, period, debit, credit, closing_debit, closing_credit in rows
        if seen(account)
    ]
