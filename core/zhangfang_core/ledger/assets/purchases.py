"""Vouchers that bought something and have no card yet."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope

MOST = 20

# Lines of the asset accounts alone; a disposal or a transfer debits none of them.
_BOUGHT = """select l.voucher, l.account, l.debit as cost, l.date, coalesce(nullif(l.summary, ''), v.summary) as summary
    from core_voucher_line l join core_voucher v on v.firm = l.firm and v.id = l.voucher
    where l.firm = $1 and l.client = $2 and l.debit > 0 and l.date >= $4 and v.kind = 'normal'
    and exists (select from unnest($3::varchar[]) code where starts_with(l.account, code))
    and not exists (select from core_fixed_asset a where a.firm = l.firm and a.voucher = l.voucher)
    and not exists (select from core_voucher r where r.firm = v.firm and r.reverses = v.id and r.state = 'posted')
    order by l.id desc limit $5"""


@dataclass(frozen=True, slots=True)
class Purchase:
    """One posted line: ``cost`` is fen."""

    voucher: int
    account: str
    cost: int
    date: dt.date
    summary: str


async def purchases(client: int, accounts: Sequence[str], since: dt.date) -> list[Purchase]:
    """Of ``accounts`` with all below them, newest first."""
    see(client)
    rows = await connection().fetch(_BOUGHT, firm_in_scope(), client, list(accounts), since, MOST)
    return [Purchase(**dict(row)) for row in rows]
