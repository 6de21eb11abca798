"""Accounts counted again: each client's chart against what the trail says of it.

Runs in the scope of a firm with no transaction open and opens its own; it reads as somebody who sees every client.
"""

from collections.abc import Mapping
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.chart_digests import account_digest, keep_chart
from zhangfang_core.trail.parts import Fault, Part
from zhangfang_sdk.context import firm_in_scope, transaction

_UNKEPT = """select c.id from core_client c where c.firm = $1 and not exists (select from core_audit_entry e
    where e.firm = c.firm and e.action = 'ledger.keep_chart' and e.subject = 'core_client:' || c.id) order by c.id"""

# One statement, so that chart and trail are of one moment. The first whole chart of a client counts, and what changed since;
# an account that was added while the chart was put on the trail has an entry before it, and none in it.
_COMPARED = """with first as (
        select min(id) as id from core_audit_entry where firm = $1 and action = 'ledger.keep_chart' group by client),
    told as (
        select distinct on (e.client, t.key) e.client, t.key as code, t.value as digest, e.at
        from core_audit_entry e cross join lateral jsonb_each_text(e.after -> 'chart') t
        where e.firm = $1 and (e.action in ('ledger.add_account', 'ledger.change_account') or e.id in (select id from first))
        order by e.client, t.key, e.id desc),
    kept as (
        select a.client, a.code, a.name, a.category, a.normal_balance, a.retired,
            a.full_name = coalesce(p.full_name || '-', '') || a.name as named_in_full
        from core_account a left join core_account p on p.firm = a.firm and p.client = a.client and p.code = a.parent
        where a.firm = $1)
    select client, c.name as client_name, code, k.name, k.category, k.normal_balance, k.retired, k.named_in_full, t.digest,
        to_char(t.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as at
    from told t full join kept k using (client, code) join core_client c on c.firm = $1 and c.id = client
    order by client, code"""


async def check_accounts(whole: bool = False) -> Part:
    """Every account's name, category, side and standing; clients whose chart nobody put on the trail yet have it put there now."""
    async with transaction():
        for row in await connection().fetch(_UNKEPT, firm_in_scope()):
            await keep_chart(row["id"])
    async with transaction():
        rows = await connection().fetch(_COMPARED, firm_in_scope())
    faults = [
        Fault(f"core_account:{row['code']}", f"{row['client_name']}:{sentence}", row["client"])
        for row in rows
        if (sentence := _fault(row)) is not None
    ]
    return Part.of("accounts", "会计科目", f"{len(rows):,} 个科目", faults)


def _fault(row: Mapping[str, Any]) -> str | None:
    code, name = row["code"], row["name"]
    if name is None:
        return f"科目 {code} 于 {row['at']} 记在科目表里,现已不存在或编码被改动。"
    if row["digest"] is None:
        return f"科目 {code} {name}没有增设的记录,可能是绕过系统放进去的。"
    if row["digest"] != account_digest(code, name, row["category"], row["normal_balance"], row["retired"]):
        return f"科目 {code} {name}的名称、类别、余额方向或停用状态与 {row['at']} 的记录不同。"
    return None if row["named_in_full"] else f"科目 {code} {name}的全称与上级科目和名称不符。"
