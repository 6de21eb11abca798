"""Books counted again: vouchers against the trail, balances against lines, numbers without gaps, months as they were closed.

Each check runs in the scope of a firm with no transaction open and opens its own; it reads as somebody who sees every client.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.digests import altered
from zhangfang_core.trail.parts import Fault, Part
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period

_CLIENTS = "select id, name from core_client where firm = $1 order by id"

_STRAY_LINES = """select l.client, c.name, l.voucher, count(*) as lines from core_voucher_line l
    join core_client c on c.firm = l.firm and c.id = l.client
    left join core_voucher v on v.firm = l.firm and v.client = l.client and v.id = l.voucher and v.state = 'posted'
    where l.firm = $1 and v.id is null group by 1, 2, 3 order by 1, 3"""

# One statement, so that sums and lines are of one moment.
_BALANCES = """with sums as (
        select l.client, case when v.kind = 'opening' then 0 else v.period end as period, l.account,
            coalesce(sum(l.debit) filter (where v.kind <> 'closing'), 0)::bigint as debit,
            coalesce(sum(l.credit) filter (where v.kind <> 'closing'), 0)::bigint as credit,
            coalesce(sum(l.debit) filter (where v.kind = 'closing'), 0)::bigint as closing_debit,
            coalesce(sum(l.credit) filter (where v.kind = 'closing'), 0)::bigint as closing_credit
        from core_voucher_line l join core_voucher v on v.firm = l.firm and v.id = l.voucher and v.state = 'posted'
        where l.firm = $1 group by 1, 2, 3),
    kept as (select client, period, account, debit, credit, closing_debit, closing_credit from core_balance where firm = $1)
    select client, c.name, period, account, coalesce(s.debit + s.closing_debit, 0) as debit,
        coalesce(s.credit + s.closing_credit, 0) as credit, coalesce(k.debit + k.closing_debit, 0) as kept_debit,
        coalesce(k.credit + k.closing_credit, 0) as kept_credit
    from sums s full join kept k using (client, period, account) join core_client c on c.firm = $1 and c.id = client
    where (coalesce(s.debit, 0), coalesce(s.credit, 0), coalesce(s.closing_debit, 0), coalesce(s.closing_credit, 0))
        <> (coalesce(k.debit, 0), coalesce(k.credit, 0), coalesce(k.closing_debit, 0), coalesce(k.closing_credit, 0))
    order by client, period, account"""

# Summed as the database does when details come (migration 15).
_ITEM_BALANCES = """with sums as (
        select l.client, case when v.kind = 'opening' then 0 else v.period end as period, l.account, i.value::bigint as item,
            sum(l.debit)::bigint as debit, sum(l.credit)::bigint as credit,
            sum(coalesce(case l.debit when 0 then -d.quantity else d.quantity end, 0)) as quantity
        from core_line_detail d cross join lateral jsonb_each_text(d.items) i
        join core_voucher_line l on l.firm = d.firm and l.id = d.id
        join core_voucher v on v.firm = l.firm and v.id = l.voucher and v.state = 'posted'
        where d.firm = $1 group by 1, 2, 3, 4),
    kept as (select client, period, account, item, debit, credit, quantity from core_dimension_balance where firm = $1)
    select client, c.name, period, account,
        (select n.name from core_dimension_item n where n.firm = $1 and n.id = item) as item_name
    from sums s full join kept k using (client, period, account, item) join core_client c on c.firm = $1 and c.id = client
    where (coalesce(s.debit, 0), coalesce(s.credit, 0), coalesce(s.quantity, 0))
        <> (coalesce(k.debit, 0), coalesce(k.credit, 0), coalesce(k.quantity, 0))
    order by client, period, account, item"""

_NUMBERS = """with given as (
        select client, period, word, count(*)::int as vouchers, count(distinct number)::int as numbers, min(number) as first,
            max(number) as last
        from core_voucher where firm = $1 and state = 'posted' group by 1, 2, 3),
    counters as (select client, period, word, last from core_voucher_counter where firm = $1)
    select client, c.name, period, word, coalesce(g.vouchers, 0) as vouchers, g.last, k.last as counted
    from given g full join counters k using (client, period, word) join core_client c on c.firm = $1 and c.id = client
    where coalesce(g.vouchers, 0) <> coalesce(k.last, 0) or g.numbers <> g.vouchers or g.first <> 1 or g.last <> k.last
    order by client, period, word"""

_MONTHS = """with told as (
        select distinct on (client, after ->> 'period') client, replace(after ->> 'period', '-', '')::int as period,
            action = 'ledger.close_period' as closed, at
        from core_audit_entry where firm = $1 and action in ('ledger.close_period', 'ledger.reopen_period')
        order by client, after ->> 'period', id desc),
    kept as (select client, period, closed_at is not null as closed from core_period where firm = $1)
    select client, c.name, period, coalesce(t.closed, false) as told, coalesce(k.closed, false) as closed,
        to_char(t.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as at
    from told t full join kept k using (client, period) join core_client c on c.firm = $1 and c.id = client
    where coalesce(t.closed, false) <> coalesce(k.closed, false) order by client, period"""

_SIZES = """select (select count(*) from core_voucher where firm = $1 and state = 'posted') as vouchers,
    (select count(*) from core_balance where firm = $1) as balances,
    (select count(*) from core_voucher_counter where firm = $1) as counters,
    (select count(*) from core_period where firm = $1 and closed_at is not null) as months"""


async def check_vouchers(whole: bool = False) -> Part:
    """Every posted voucher against its digest on the trail, and lines that belong to none."""
    faults: list[Fault] = []
    async with _reading_all():
        sizes = await connection().fetchrow(_SIZES, firm_in_scope())
        clients = await connection().fetch(_CLIENTS, firm_in_scope())
        for row in await connection().fetch(_STRAY_LINES, firm_in_scope()):
            sentence = f"{row['name']}:有 {row['lines']} 行分录不属于任何已记账凭证(凭证编号 {row['voucher']})。"
            faults.append(Fault(f"core_voucher:{row['voucher']}", sentence, row["client"]))
    for client in clients:
        async with transaction():
            for fault in await altered(client["id"]):
                faults.append(Fault(fault.subject, f"{client['name']}:{fault.sentence}", client["id"]))
    return Part.of("vouchers", "凭证与分录", f"{sizes['vouchers'] if sizes else 0:,} 张凭证", faults)


async def check_balances(whole: bool = False) -> Part:
    """Every monthly balance summed again from its lines, those by item (辅助核算) too."""
    rows, sizes = await _asked(_BALANCES)
    faults = [
        Fault(
            f"core_balance:{row['account']}",
            f"{row['name']}:{_month(row['period'])}科目 {row['account']} 的余额与分录不符,"
            f"分录合计借 {yuan(row['debit'])}、贷 {yuan(row['credit'])},"
            f"余额表记的是借 {yuan(row['kept_debit'])}、贷 {yuan(row['kept_credit'])}。",
            row["client"],
        )
        for row in rows
    ]
    by_item, _ = await _asked(_ITEM_BALANCES)
    faults += [
        Fault(
            f"core_dimension_balance:{row['account']}",
            f"{row['name']}:{_month(row['period'])}科目 {row['account']} 里“{row['item_name'] or ''}”的辅助核算余额与分录不符。",
            row["client"],
        )
        for row in by_item
    ]
    return Part.of("balances", "科目余额", f"{sizes['balances']:,} 个月度发生额", faults)


async def check_numbers(whole: bool = False) -> Part:
    """Numbers of each month and word run from 1 without gaps up to the counter."""
    rows, sizes = await _asked(_NUMBERS)
    faults = [
        Fault(
            f"core_voucher_counter:{row['period']}",
            f"{row['name']}:{_month(row['period'])}“{row['word']}”字凭证号不连续,发出过 {row['counted'] or 0} 个号,"
            f"现有 {row['vouchers']} 张凭证,最大号 {row['last'] or 0}。",
            row["client"],
        )
        for row in rows
    ]
    return Part.of("numbers", "凭证号", f"{sizes['counters']:,} 组连续编号", faults)


async def check_months(whole: bool = False) -> Part:
    """Months are closed exactly where the trail says so."""
    rows, sizes = await _asked(_MONTHS)
    faults = [
        Fault(
            f"core_period:{row['period']}",
            f"{row['name']}:{_month(row['period'])}"
            + (
                f"于 {row['at']} 结账,结账记录现已被删除或改动。"
                if row["told"]
                else "显示为已结账,但操作日志里没有这次结账。"
            ),
            row["client"],
        )
        for row in rows
    ]
    return Part.of("months", "结账月份", f"{sizes['months']:,} 个已结账月份", faults)


@asynccontextmanager
async def _reading_all() -> AsyncIterator[None]:
    """A transaction whose plans are made for whole tables: right after a large import nothing is known of their sizes, and one made for a
    few rows compares each line with each voucher.
    """
    async with transaction():
        await connection().execute("set local enable_nestloop = off")
        yield


async def _asked(statement: str) -> tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]]:
    async with _reading_all():
        rows = await connection().fetch(statement, firm_in_scope())
        (sizes,) = await connection().fetch(_SIZES, firm_in_scope())
    return rows, sizes


def _month(period: int) -> str:
    return f"{Period.from_number(period).label} " if period else "期初 "
