"""Money at hand: what cash and bank accounts had, received and paid in a month, for people who handle it without reading the books.

Needs ``funds.read``. Which accounts hold money, the chart's measure ``money_funds`` says. Amounts are fen.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.charts import load_measures
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import Period

MEASURE = "money_funds"
MOST = 300
"""Movements of a month that are shown."""

_ACCOUNTS = """select b.account as code, a.full_name as name,
        coalesce(sum(b.debit + b.closing_debit - b.credit - b.closing_credit) filter (where b.period < $3), 0)::bigint as opening,
        coalesce(sum(b.debit + b.closing_debit) filter (where b.period = $3), 0)::bigint as received,
        coalesce(sum(b.credit + b.closing_credit) filter (where b.period = $3), 0)::bigint as paid
    from core_balance b join core_account a on a.firm = b.firm and a.client = b.client and a.code = b.account
    where b.firm = $1 and b.client = $2 and b.period <= $3
    and exists (select from unnest($4::varchar[]) p (code) where starts_with(b.account, p.code)) group by 1, 2 order by 1"""

_MOVEMENTS = """select l.date, l.account, l.debit, l.credit, coalesce(nullif(l.counterparty, ''), '') as party,
        coalesce(nullif(l.summary, ''), v.summary) as summary
    from core_voucher_line l cross join lateral (select * from core_voucher where id = l.voucher and firm = $1 limit 1) v
    where l.firm = $1 and l.client = $2 and l.account = any($3::varchar[]) and l.date between $4 and $5 and v.kind <> 'opening'
    order by l.date desc, l.id desc limit $6"""


@dataclass(frozen=True, slots=True)
class FundAccount:
    code: str
    name: str
    opening: int
    received: int
    paid: int

    @property
    def closing(self) -> int:
        return self.opening + self.received - self.paid


@dataclass(frozen=True, slots=True)
class Movement:
    """What came in (``debit``) or went out (``credit``); of the other side only the party and the words are known here."""

    date: dt.date
    account: str
    debit: int
    credit: int
    party: str
    summary: str


@dataclass(frozen=True, slots=True)
class Funds:
    """A month's money, newest movement first, at most MOST of them."""

    accounts: Sequence[FundAccount]
    movements: Sequence[Movement]


async def funds(client: int, period: Period) -> Funds:
    """In the caller's transaction. Raises Refusal ``access.forbidden``, ``common.not_found``."""
    require("funds.read")
    standard = await connection().fetchval(
        "select standard from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    if standard is None or not scope().sees(client):
        raise not_found("客户企业")
    measures = load_measures(standard)
    prefixes = [term.account for _, term in measures.terms(MEASURE)]
    rows = await connection().fetch(_ACCOUNTS, firm_in_scope(), client, period.number, prefixes)
    accounts = [FundAccount(**dict(row)) for row in rows if scope().sees_account(row["code"])]
    moved = await connection().fetch(
        _MOVEMENTS, firm_in_scope(), client, [a.code for a in accounts], period.first_day, period.last_day, MOST
    )
    return Funds([a for a in accounts if a.opening or a.received or a.paid], [Movement(**dict(row)) for row in moved])
