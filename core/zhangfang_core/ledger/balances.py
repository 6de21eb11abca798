"""Monthly balances: the sums of posted lines, kept by posting, from which every figure is read."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.periods import Period

_BALANCES = """select account, period, debit, credit, closing_debit, closing_credit from core_balance
    where firm = $1 and client = $2 and period between $3 and $4 order by period, account"""


async def balances(client: int, first: Period | None, last: Period) -> Sequence[Balance]:
    """See ``Ledger.balances``; needs ``ledger.read``."""
    see(client)
    start = 0 if first is None else first.number
    rows = await connection().fetch(_BALANCES, firm_in_scope(), client, start, last.number)
    return [
        Balance(
            row["account"],
            Period.from_number(row["period"]) if row["period"] else None,
            row["debit"],
            row["credit"],
            row["closing_debit"],
            row["closing_credit"],
        )
        for row in rows
    ]
