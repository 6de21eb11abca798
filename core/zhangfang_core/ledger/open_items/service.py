"""The SDK's ``OpenItems`` on PostgreSQL (往来核销, LEDG-6). Posting makes items; settling pairs a debit with a credit."""

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items import settling
from zhangfang_core.ledger.open_items.proposing import proposed, rule_of
from zhangfang_core.ledger.open_items.standing import (
    FOREVER,
    ControlAccount,
    ages_at,
    codes_of,
    control_accounts,
    items_at,
)
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.open_items import AgeRow, Match, OpenItem, Proposal, Rule, Settlement
from zhangfang_sdk.services import use

_SETTLEMENTS = """select s.*, coalesce(u.name, '') as by from core_settlement s
    join core_open_item o on o.id = s.debit_item and o.firm = s.firm left join core_user u on u.id = s.settled_by
    where s.firm = $1 and s.client = $2 and o.account = any($3::varchar[])"""

_OF_PARTY = f"""{_SETTLEMENTS} and exists (select from core_voucher_line l left join core_dimension_item i on i.id = o.item and i.firm = o.firm
    where l.firm = o.firm and l.id = o.id and coalesce(i.name, l.counterparty) = $4) order by s.id desc limit $5"""

# How this person settled the last payment of each counterparty.
_REMEMBERED = """select distinct on (o.account, party) o.account, coalesce(i.name, l.counterparty) as party, s.rule
    from core_settlement s join core_open_item o on o.id = s.debit_item and o.firm = s.firm
    join core_voucher_line l on l.id = o.id and l.firm = o.firm left join core_dimension_item i on i.id = o.item and i.firm = o.firm
    where s.firm = $1 and s.client = $2 and o.account = any($3::varchar[]) and s.settled_by = $4 and s.undone_at is null
    and s.rule = any($5::varchar[]) order by o.account, party, s.id desc"""

_STEP = """select * from core_settlement where firm = $1 and coalesce(step, id) = $2 order by id"""

REMEMBERED_RULES = (Rule.NAMED, Rule.EQUAL, Rule.SUM, Rule.OLDEST, Rule.LATEST)


class LedgerOpenItems:
    """See ``OpenItems``."""

    async def items(self, client: int, account: str, *, at: dt.date | None = None) -> Sequence[OpenItem]:
        return await items_at(client, await _codes(client, account), FOREVER if at is None else at)

    async def proposals(self, client: int, account: str) -> Sequence[Proposal]:
        chosen = [a for a in await control_accounts(client) if a.code.startswith(account)]
        return await proposals(client, chosen)

    async def settle(self, client: int, matches: Sequence[Match]) -> int:
        require("ledger.post")
        if not scope().sees(client):
            raise not_found("客户企业")
        found = await settling.lock(client, [id_ for match in matches for id_ in (match.debit, match.credit)])
        settling.check(matches, found)
        rule = await _rule(client, matches, found)
        step = await settling.make(client, matches, rule, found)
        await use(Audit).record(
            "open_items.settle",
            f"core_settlement:{step}",
            client=client,
            after={"rule": rule.value, "matches": [[m.debit, m.credit, m.amount] for m in matches]},
        )
        await use(Live).announce("ledger", client)
        return step

    async def settlements(self, client: int, account: str) -> Sequence[Settlement]:
        rows = await connection().fetch(f"{_SETTLEMENTS} order by s.id desc", firm_in_scope(), client, await _codes(client, account))
        return [settlement_of(row) for row in rows]

    async def undo(self, step: int, reason: str) -> None:
        require("ledger.post")
        reason = reason.strip()
        if not reason:
            raise Refusal("ledger.reason_missing", "请写明取消核销的原因。", field="reason")
        rows = await connection().fetch(_STEP, firm_in_scope(), step)
        if not rows or not scope().sees(rows[0]["client"]):
            raise not_found("核销记录")
        client = rows[0]["client"]
        if rows[0]["rule"] == Rule.CARRIED:
            raise Refusal("open_items.carried", "这是余额转到下级科目或合并往来单位时自动核销的,不能单独取消。", status=409)
        if rows[0]["rule"] == Rule.CORRECTED:
            raise Refusal("open_items.corrected", "这是更正期初时自动核销的,不能单独取消。", status=409)
        if rows[0]["rule"] == Rule.REVERSAL:
            raise Refusal(
                "open_items.of_reversal", "这是红冲时自动核销的;要恢复,请红冲那张红字凭证。", status=409
            )
        standing = [row for row in rows if row["undone_at"] is None]
        if not standing:
            raise Refusal("open_items.undone", "这笔核销已经取消过了。", status=409)
        await settling.lock(client, [row[name] for row in standing for name in ("debit_item", "credit_item")])
        await settling.unmake(client, standing, None)
        await use(Audit).record(
            "open_items.undo",
            f"core_settlement:{step}",
            client=client,
            before={"matches": [[r["debit_item"], r["credit_item"], r["amount"]] for r in standing]},
            after={"reason": reason},
        )
        await use(Live).announce("ledger", client)

    async def ageing(self, client: int, account: str, at: dt.date) -> Sequence[AgeRow]:
        return await ages_at(client, await _codes(client, account), at)


async def proposals(
    client: int, accounts: Sequence[ControlAccount], *, party: str | None = None, most: int | None = None
) -> list[Proposal]:
    """See ``OpenItems.proposals``; of one ``party`` and at most ``most`` payments each where they are given."""
    sides = {a.code: a.is_debit for a in accounts}
    items = await items_at(client, list(sides), party=party)
    remembered = await _remembered(client, list(sides)) if items else {}
    found: list[Proposal] = []
    for key, group in groupby(sorted(items, key=_party), key=_party):
        found += proposed(list(group), sides[key[0]], remembered.get(key), most)
    return found


async def settlements_of_party(client: int, codes: Sequence[str], party: str, most: int) -> list[Settlement]:
    """Newest first, undone ones too; ``codes`` are accounts that the actor may read."""
    named = party.replace("\x00", "")
    rows = await connection().fetch(_OF_PARTY, firm_in_scope(), client, list(codes), named, most)
    return [settlement_of(row) for row in rows]


async def client_of(step: int) -> int | None:
    """Whose settlement it is."""
    found: int | None = await connection().fetchval(
        "select client from core_settlement where firm = $1 and coalesce(step, id) = $2 limit 1", firm_in_scope(), step
    )
    return found


def settlement_of(row: Mapping[str, Any]) -> Settlement:
    """A row of ``core_settlement`` with the name of who made it as ``by``."""
    return Settlement(
        row["id"],
        row["debit_item"],
        row["credit_item"],
        row["amount"],
        row["date"],
        row["undone_at"] is not None,
        row["step"] or row["id"],
        Rule(row["rule"] or Rule.CHOSEN),
        row["undone_from"],
        row["by"],
        row["settled_at"],
    )


def _party(item: OpenItem) -> tuple[str, str]:
    return item.account, item.counterparty


async def _codes(client: int, account: str) -> list[str]:
    return codes_of(await control_accounts(client), account)


async def _remembered(client: int, codes: Sequence[str]) -> dict[tuple[str, str], Rule]:
    user = scope().user
    if user is None:
        return {}
    rules = [rule.value for rule in REMEMBERED_RULES]
    rows = await connection().fetch(_REMEMBERED, firm_in_scope(), client, list(codes), user, rules)
    return {(row["account"], row["party"]): Rule(row["rule"]) for row in rows}


async def _rule(client: int, matches: Sequence[Match], found: Mapping[int, Mapping[str, Any]]) -> Rule:
    """By which rule the person settled, read off what was open: the next proposals for this counterparty follow it."""
    one = found[matches[0].debit]
    account = next(a for a in await control_accounts(client) if a.code == one["account"])
    items = await items_at(client, [account.code], party=one["party"])
    for proposal in proposed(items, account.is_debit):
        if set(proposal.matches) == set(matches):
            return proposal.rule
    settled: dict[int, int] = {}
    for match in matches:
        for id_ in (match.debit, match.credit):
            settled[id_] = settled.get(id_, 0) + match.amount
    sign = 1 if account.is_debit else -1
    payments = [i for i in items if i.open * sign < 0 and i.id in settled]
    return rule_of(payments, [i for i in items if i.open * sign > 0], settled)
