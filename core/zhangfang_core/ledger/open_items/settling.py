"""Settlements as rows: made and undone in steps, under the locks of their items, so that what is open never passes what there was."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.open_items import Match, Rule

_LOCK = """select o.id, o.account, o.date, o.amount, o.open, coalesce(i.name, l.counterparty) as party
    from core_open_item o cross join lateral (select counterparty from core_voucher_line where firm = $1 and id = o.id limit 1) l
    left join lateral (select name from core_dimension_item where firm = $1 and id = o.item limit 1) i on true
    where o.firm = $1 and o.client = $2 and o.id = any($3::bigint[]) order by o.id for update of o"""

_MOVE = """update core_open_item o set open = o.open + m.part
    from (select id, sum(part)::bigint as part from unnest($3::bigint[], $4::bigint[]) t (id, part) group by id) m
    where o.firm = $1 and o.client = $2 and o.id = m.id"""

# A settlement counts from the day on which both items stood and what settled them before was undone.
_SETTLE = """with step as (select nextval('core_settlement_id_seq') as id)
    insert into core_settlement (firm, client, step, debit_item, credit_item, amount, date, rule, settled_by, settled_at)
    select $1, $2, step.id, t.debit, t.credit, t.amount, greatest(t.date, (select max(u.undone_from) from core_settlement u
        where u.firm = $1 and u.client = $2 and u.undone_from is not null
        and (u.debit_item in (t.debit, t.credit) or u.credit_item in (t.debit, t.credit)))), $7, $8, now()
    from step, unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::date[]) t (debit, credit, amount, date) returning step"""

_LIVE = """select id, step, debit_item, credit_item, amount, rule from core_settlement
    where firm = $1 and client = $2 and undone_at is null and (debit_item = any($3::bigint[]) or credit_item = any($3::bigint[]))"""

_UNDO = """update core_settlement set undone_at = now(), undone_from = $4
    where firm = $1 and client = $2 and id = any($3::bigint[]) and undone_at is null"""


async def lock(client: int, ids: Iterable[int]) -> dict[int, Mapping[str, Any]]:
    """The client's items, held to the end of the transaction, in the order of their ids."""
    wanted = sorted(set(ids))
    if not all(0 < id_ < 2**63 for id_ in wanted):
        raise not_found("往来明细")
    return {row["id"]: row for row in await connection().fetch(_LOCK, firm_in_scope(), client, wanted)}


async def make(client: int, matches: Sequence[Match], rule: Rule, found: Mapping[int, Mapping[str, Any]]) -> int:
    """Write a step, which was checked; ``found`` are its items, locked."""
    await _move(client, matches)
    step: int = await connection().fetchval(
        _SETTLE,
        firm_in_scope(),
        client,
        [m.debit for m in matches],
        [m.credit for m in matches],
        [m.amount for m in matches],
        [max(found[m.debit]["date"], found[m.credit]["date"]) for m in matches],
        rule.value,
        scope().user,
    )
    return step


async def live(client: int, items: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    """Settlements that count and have one of ``items`` on either side."""
    rows: Sequence[Mapping[str, Any]] = await connection().fetch(_LIVE, firm_in_scope(), client, list(items))
    return rows


async def unmake(client: int, rows: Sequence[Mapping[str, Any]], since: dt.date | None) -> None:
    """Undo settlements whose items are locked: from the day ``since`` on, or at every day. Raises ``open_items.undone`` (409)."""
    done = await connection().execute(_UNDO, firm_in_scope(), client, [row["id"] for row in rows], since)
    if done != f"UPDATE {len(rows)}":
        raise Refusal("open_items.undone", "这笔核销已经取消过了。", status=409)
    await _move(client, [Match(row["debit_item"], row["credit_item"], -row["amount"]) for row in rows])


def check(
    matches: Sequence[Match], found: Mapping[int, Mapping[str, Any]], *, across_parties: bool = False
) -> None:
    """Raises the refusals of ``OpenItems.settle``."""
    if not matches:
        raise Refusal("open_items.nothing", "请先选择要核销的往来。")
    if any(id_ not in found for m in matches for id_ in (m.debit, m.credit)):
        raise Refusal("open_items.unknown", "要核销的往来明细不存在。", status=404)
    left = {id_: abs(row["open"]) for id_, row in found.items()}
    for match in matches:
        debit, credit = found[match.debit], found[match.credit]
        if debit["amount"] < 0 or credit["amount"] > 0:
            raise Refusal("open_items.sides", "核销的两笔应是一借一贷。")
        if debit["account"] != credit["account"]:
            raise Refusal("open_items.accounts_differ", "只能核销同一科目的往来;不同科目请先做转账凭证。")
        if debit["party"] != credit["party"] and not across_parties:
            raise Refusal(
                "open_items.parties_differ", "只能核销同一单位的往来;记错了单位的,请红冲后重做,或做一张调整凭证。"
            )
        most = min(left[match.debit], left[match.credit])
        if type(match.amount) is not int or not 0 < match.amount <= most:
            raise Refusal(
                "open_items.too_much", "核销金额应大于零,且不能超过两笔的未核销余额。", field="amount", status=409
            )
        left[match.debit] -= match.amount
        left[match.credit] -= match.amount


async def _move(client: int, matches: Iterable[Match]) -> None:
    parts = [part for m in matches for part in ((m.debit, -m.amount), (m.credit, m.amount))]
    await connection().execute(_MOVE, firm_in_scope(), client, [i for i, _ in parts], [p for _, p in parts])
