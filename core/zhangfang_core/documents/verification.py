"""Files counted again: each row against what the trail said when it was stored, and the bytes against their hash."""

from collections.abc import Mapping
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.storage.objects import object_store
from zhangfang_core.trail.parts import Fault, Part
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today

TURNS = 30
"""Days in which every file's bytes are read once when only a share is read each night."""

_ROWS = """with told as (
        select client, split_part(subject, ':', 2)::bigint as id, after ->> 'sha256' as sha256, after ->> 'name' as name, at
        from core_audit_entry where firm = $1 and action = 'documents.store'),
    kept as (
        select d.client, d.id, d.name, d.sha256, o.sha256 as stored from core_document d
        left join core_object o on o.firm = d.firm and o.id = d.object where d.firm = $1)
    select coalesce(k.client, t.client) as client, c.name as client_name, coalesce(k.id, t.id) as id, coalesce(k.name, t.name) as name,
        k.id is null as gone, t.id is null as untold, to_char(t.at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') as at
    from told t full join kept k on k.id = t.id join core_client c on c.firm = $1 and c.id = coalesce(k.client, t.client)
    where k.id is null or t.id is null or k.client <> t.client or k.sha256 <> t.sha256 or k.stored is distinct from t.sha256
    order by 3"""

_BYTES = """select d.id, d.client, d.name, d.object, c.name as client_name from core_document d
    join core_client c on c.firm = d.firm and c.id = d.client
    where d.firm = $1 and ($2 or d.id % $3 = $4 or d.stored_at > now() - interval '2 days') order by d.id"""


async def check_documents(whole: bool = False) -> Part:
    """Every document's row; and the bytes of every one, or those of a share that a month's nights read in turn."""
    async with transaction():
        rows = await connection().fetch(_ROWS, firm_in_scope())
        count: int = await connection().fetchval("select count(*) from core_document where firm = $1", firm_in_scope())
        turn = today().toordinal() % TURNS
        read = await connection().fetch(_BYTES, firm_in_scope(), whole, TURNS, turn)
    faults = [
        Fault(f"core_document:{row['id']}", f"{row['client_name']}:文件“{row['name']}”{_how(row)}", row["client"])
        for row in rows
    ]
    for row in read:
        if not await _intact(row["object"]):
            sentence = f"{row['client_name']}:文件“{row['name']}”的存储内容已损坏、丢失或被换过。"
            faults.append(Fault(f"core_document:{row['id']}", sentence, row["client"]))
    return Part.of("documents", "文件", f"{count:,} 个文件,读了其中 {len(read):,} 个的全部内容", faults)


def _how(told: Mapping[str, Any]) -> str:
    if told["gone"]:
        return f"于 {told['at']} 存入,现已不存在。"
    if told["untold"]:
        return "没有存入的记录,可能是绕过系统放进去的。"
    return f"与 {told['at']} 存入时的内容不同。"


async def _intact(object_id: int) -> bool:
    try:
        async with transaction():
            found = await object_store().open(object_id)
        async for _ in found.stream():
            pass
    except Refusal:
        return False
    return True
