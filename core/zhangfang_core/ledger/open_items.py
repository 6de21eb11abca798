"""Open items (往来核销, LEDG-6). Posting makes them; settling pairs a debit with a credit, so that their sum stays the account's balance."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.open_items import AgeRow, Match, OpenItem, Settlement
from zhangfang_sdk.services import use

BUCKETS = (0, 30, 60, 90, 180)
"""The last day past due of each bucket of an ageing but the last."""

_COLUMNS = """o.id, o.id / 1000 as voucher, v.word || '-' || lpad(v.number::text, 4, '0') as label, o.date, o.due, o.account, o.item,
    coalesce(i.name, l.counterparty) as counterparty, o.amount"""
_JOINS = """join core_voucher_line l on l.id = o.id and l.firm = o.firm join core_voucher v on v.id = o.id / 1000 and v.firm = o.firm
    left join core_dimension_item i on i.id = o.item and i.firm = o.firm
    where o.firm = $1 and o.client = $2 and o.account >= $3 and o.account < $3 || ':'"""

_NOW = f"select {_COLUMNS}, o.open from core_open_item o {_JOINS} and o.open <> 0 order by o.date, o.id"  # noqa: S608 - our own names

# As it was at a day: what was posted until then, less what was settled by items that both stood until then.
_THEN = f"""with settled as (
        select item, sum(part)::bigint as part from (
            select debit_item as item, amount as part from core_settlement
            where firm = $1 and client = $2 and undone_at is null and date <= $4
            union all select credit_item, -amount from core_settlement
            where firm = $1 and client = $2 and undone_at is null and date <= $4) s group by item)
    select * from (select {_COLUMNS}, o.amount - coalesce(s.part, 0) as open from core_open_item o
        left join settled s on s.item = o.id {_JOINS} and o.date <= $4) found where open <> 0 order by date, id"""  # noqa: S608

_LOCK = """select id, account, date, amount, open from core_open_item where firm = $1 and client = $2 and id = any($3::bigint[])
    order by id for update"""

_MOVE = """update core_open_item o set open = o.open + m.part
    from (select id, sum(part)::bigint as part from unnest($3::bigint[], $4::bigint[]) t (id, part) group by id) m
    where o.firm = $1 and o.client = $2 and o.id = m.id"""

_SETTLE = """insert into core_settlement (firm, client, debit_item, credit_item, amount, date, settled_by, settled_at)
    select $1, $2, t.*, $7, now() from unnest($3::bigint[], $4::bigint[], $5::bigint[], $6::date[]) t returning id"""


class LedgerOpenItems:
    """The SDK's ``OpenItems`` on PostgreSQL."""

    async def items(self, client: int, account: str, *, at: dt.date | None = None) -> Sequence[OpenItem]:
        see(client)
        values: list[Any] = [firm_in_scope(), client, account.replace("\x00", "")]
        rows = await connection().fetch(_NOW if at is None else _THEN, *values, *(() if at is None else (at,)))
        return [OpenItem(**dict(row)) for row in rows]

    async def proposals(self, client: int, account: str) -> Sequence[Match]:
        found: list[Match] = []
        ordered = sorted(await self.items(client, account), key=_party)
        for _, group in groupby(ordered, key=_party):
            found += proposed(list(group))
        return found

    async def settle(self, client: int, matches: Sequence[Match]) -> Sequence[int]:
        require("ledger.post")
        if not scope().sees(client):
            raise not_found("客户企业")
        made = await _settle(client, matches)
        for id_, match in zip(made, matches, strict=True):
            await use(Audit).record(
                "open_items.settle",
                f"core_settlement:{id_}",
                client=client,
                after={"debit": match.debit, "credit": match.credit, "amount": match.amount},
            )
        await use(Live).announce("ledger", client)
        return made

    async def settlements(self, client: int, account: str) -> Sequence[Settlement]:
        see(client)
        rows = await connection().fetch(
            """select s.id, s.debit_item, s.credit_item, s.amount, s.date, s.undone_at from core_settlement s
            join core_open_item o on o.id = s.debit_item and o.firm = s.firm
            where s.firm = $1 and s.client = $2 and o.account >= $3 and o.account < $3 || ':' order by s.id desc""",
            firm_in_scope(),
            client,
            account.replace("\x00", ""),
        )
        return [
            Settlement(r["id"], r["debit_item"], r["credit_item"], r["amount"], r["date"], r["undone_at"] is not None)
            for r in rows
        ]

    async def undo(self, settlement: int, reason: str) -> None:
        require("ledger.post")
        reason = reason.strip()
        if not reason:
            raise Refusal("ledger.reason_missing", "请写明取消核销的原因。", field="reason")
        row = await connection().fetchrow(
            "select * from core_settlement where firm = $1 and id = $2", firm_in_scope(), settlement
        )
        if row is None or not scope().sees(row["client"]):
            raise not_found("核销记录")
        await connection().fetch(_LOCK, firm_in_scope(), row["client"], [row["debit_item"], row["credit_item"]])
        done = await connection().execute(
            "update core_settlement set undone_at = now() where firm = $1 and id = $2 and undone_at is null",
            firm_in_scope(),
            settlement,
        )
        if done != "UPDATE 1":
            raise Refusal("open_items.undone", "这笔核销已经取消过了。", status=409)
        await _move(row["client"], [Match(row["debit_item"], row["credit_item"], -row["amount"])])
        await use(Audit).record(
            "open_items.undo",
            f"core_settlement:{settlement}",
            client=row["client"],
            before={"debit": row["debit_item"], "credit": row["credit_item"], "amount": row["amount"]},
            after={"reason": reason},
        )
        await use(Live).announce("ledger", row["client"])

    async def ageing(self, client: int, account: str, at: dt.date) -> Sequence[AgeRow]:
        rows: list[AgeRow] = []
        ordered = sorted(await self.items(client, account, at=at), key=_party)
        for (code, item, name), group in groupby(ordered, key=_party):
            buckets = [0] * (len(BUCKETS) + 1)
            for found in group:
                late = (at - (found.due or found.date)).days
                buckets[sum(late > last for last in BUCKETS)] += found.open
            rows.append(AgeRow(code, item or None, name, tuple(buckets)))
        return rows


def _party(item: OpenItem) -> tuple[str, int, str]:
    return item.account, item.item or 0, item.counterparty


def proposed(items: Sequence[OpenItem]) -> list[Match]:
    """Matches within one account and counterparty: equal amounts first, then the oldest debit against the oldest credit."""
    debits = [[i.id, i.open] for i in items if i.open > 0]
    credits_ = [[i.id, -i.open] for i in items if i.open < 0]
    found: list[Match] = []
    for debit in debits:
        equal = next((c for c in credits_ if c[1] == debit[1]), None)
        if equal is not None:
            found.append(Match(debit[0], equal[0], debit[1]))
            credits_.remove(equal)
            debit[1] = 0
    waiting = iter(credits_)
    credit = next(waiting, None)
    for debit in debits:
        while debit[1] and credit is not None:
            amount = min(debit[1], credit[1])
            found.append(Match(debit[0], credit[0], amount))
            debit[1] -= amount
            credit[1] -= amount
            if not credit[1]:
                credit = next(waiting, None)
    return found


async def settle_reversal(client: int, original: int, reversal: int) -> None:
    """When a reversal posts: its red items take away what is still open of the items that it reverses."""
    rows = await connection().fetch(
        _LOCK,
        firm_in_scope(),
        client,
        [voucher * 1000 + place for voucher in (original, reversal) for place in range(1, 1000)],
    )
    by_id = {row["id"]: row for row in rows}
    matches = []
    for id_, row in by_id.items():
        red = by_id.get(reversal * 1000 + id_ % 1000)
        if id_ // 1000 == original and red is not None and row["open"]:
            debit, credit = (id_, red["id"]) if row["amount"] > 0 else (red["id"], id_)
            matches.append(Match(debit, credit, min(abs(row["open"]), abs(red["open"]))))
    await _settle(client, matches)


async def _settle(client: int, matches: Sequence[Match]) -> list[int]:
    if not matches:
        return []
    ids = sorted({id_ for match in matches for id_ in (match.debit, match.credit)})
    if not all(0 < id_ < 2**63 for id_ in ids):
        raise not_found("往来明细")
    rows = await connection().fetch(_LOCK, firm_in_scope(), client, ids)
    found = {row["id"]: row for row in rows}
    left = {row["id"]: abs(row["open"]) for row in rows}
    for match in matches:
        _check(match, found, left)
    await _move(client, matches)
    made = await connection().fetch(
        _SETTLE,
        firm_in_scope(),
        client,
        [m.debit for m in matches],
        [m.credit for m in matches],
        [m.amount for m in matches],
        [max(found[m.debit]["date"], found[m.credit]["date"]) for m in matches],
        scope().user,
    )
    return [row["id"] for row in made]


def _check(match: Match, found: Mapping[int, Mapping[str, Any]], left: dict[int, int]) -> None:
    if match.debit not in found or match.credit not in found:
        raise Refusal("open_items.unknown", "要核销的往来明细不存在。", status=404)
    debit, credit = found[match.debit], found[match.credit]
    if debit["amount"] < 0 or credit["amount"] > 0:
        raise Refusal("open_items.sides", "核销的两笔应是一借一贷。")
    if debit["account"] != credit["account"]:
        raise Refusal("open_items.accounts_differ", "只能核销同一科目的往来;不同科目请先做转账凭证。")
    if type(match.amount) is not int or match.amount <= 0 or match.amount > min(left[match.debit], left[match.credit]):
        raise Refusal(
            "open_items.too_much", "核销金额应大于零,且不能超过两笔的未核销余额。", field="amount", status=409
        )
    left[match.debit] -= match.amount
    left[match.credit] -= match.amount


async def _move(client: int, matches: Iterable[Match]) -> None:
    parts = [part for m in matches for part in ((m.debit, -m.amount), (m.credit, m.amount))]
    await connection().execute(_MOVE, firm_in_scope(), client, [i for i, _ in parts], [p for _, p in parts])
