"""Balances party by party: from sums by dimension item, and for lines that name nobody's item from those lines themselves."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.balances import OPENING
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import PartyBalance
from zhangfang_sdk.periods import Period

# An account that offers customers and suppliers is split by customers. The last part is what is left of the account's own balance, so
# that the parties add up to it whatever its lines say.
_BALANCES = """with asked as (
        select a.code, u.until, case when 'customer' = any(string_to_array(a.dimensions, ',')) then 'customer' else 'supplier' end as kind
        from core_account a cross join unnest($4::int[]) u (until) where a.firm = $1 and a.client = $2
        and exists (select from core_balance b where b.firm = $1 and b.client = $2 and b.account = a.code)
        and exists (select from unnest($3::varchar[]) p (prefix) where a.code >= p.prefix and a.code < p.prefix || ':')
    ), named as (
        select q.code, q.until, i.name as party, sum(b.debit - b.credit)::bigint as balance from asked q
        join core_dimension_balance b on b.firm = $1 and b.client = $2 and b.account = q.code and b.period <= q.until
        join core_dimension_item i on i.firm = $1 and i.id = b.item and i.kind = q.kind group by 1, 2, 3
    ), said as (
        select q.code, q.until, l.counterparty as party, sum(o.amount)::bigint as balance from asked q
        join core_client c on c.firm = $1 and c.id = $2
        join core_open_item o on o.firm = $1 and o.client = $2 and o.account = q.code and o.said
            and case when o.date < c.books_start then 0 else extract(year from o.date)::int * 100 + extract(month from o.date)::int end <= q.until
        cross join lateral (select counterparty from core_voucher_line where firm = $1 and id = o.id limit 1) l group by 1, 2, 3
    ), whole as (
        select q.code, q.until, sum(b.debit - b.credit + b.closing_debit - b.closing_credit)::bigint as balance from asked q
        join core_balance b on b.firm = $1 and b.client = $2 and b.account = q.code and b.period <= q.until group by 1, 2
    ), known as (select * from named union all select * from said)
    select code, until, party, sum(balance)::bigint as balance from (
        select * from known union all
        select w.code, w.until, '', w.balance - coalesce((select sum(k.balance) from known k where k.code = w.code and k.until = w.until), 0)
        from whole w
    ) every group by 1, 2, 3 having sum(balance) <> 0 order by 1, 2, 3"""


async def party_balances(
    client: int, accounts: Sequence[str], until: Sequence[Period | None]
) -> Sequence[PartyBalance]:
    """See ``Ledger.party_balances``; needs ``ledger.read``."""
    see(client)
    months = sorted({OPENING if month is None else month.number for month in until})
    rows = await connection().fetch(
        _BALANCES, firm_in_scope(), client, [code.replace("\x00", "") for code in accounts], months
    )
    return [
        PartyBalance(
            row["code"], row["party"], Period.from_number(row["until"]) if row["until"] else None, row["balance"]
        )
        for row in rows
    ]
