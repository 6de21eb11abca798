"""Two items that are one: what stands with the twin moves to the other, and from then on its name and code mean the other.

Posted lines stay as they are (财会〔2024〕12号): balances move by vouchers in the open months, open items along. What profit and loss accounts
earned or spent under the twin's name stays there, else the months' figures of departments and projects would be made anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.own_accounts.carrying import LOCK, Carrying, Stands, asking_nothing, carry, standing
from zhangfang_core.ledger.reversal import MERGER
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_core.ledger.search_source import item_renamed
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.services import use

_ITEM = "select * from core_dimension_item where firm = $1 and id = any($2::bigint[]) order by id for update"

_ACCOUNTS = """select * from core_account a where firm = $1 and client = $2 and is_leaf and category <> 'profit_and_loss'
    and exists (select from core_dimension_balance b where b.firm = $1 and b.client = $2 and b.account = a.code and b.item = $3) order by code"""

# $3: the twin, $4: the other, $5: their kind.
_LINES = """(select jsonb_agg(case when l -> 5 -> 'items' ->> $5 = $3::bigint::text then jsonb_set(l, array['5', 'items', $5], to_jsonb($4::bigint))
    else l end order by n) from jsonb_array_elements({0}) with ordinality t (l, n))"""
_HAS = "exists (select from jsonb_array_elements({0}) l where l -> 5 -> 'items' ->> $5 = $3::bigint::text)"
_FOLLOW = (
    f"""update core_voucher set draft_lines = {_LINES.format("draft_lines")}, version = version + 1, reviewed_by = null, reviewed_by_name = null
    where firm = $1 and client = $2 and state = 'draft' and {_HAS.format("draft_lines")}""",  # noqa: S608 - our own names
    f"update core_voucher_template set lines = {_LINES.format('lines')} where firm = $1 and client = $2 and {_HAS.format('lines')}",  # noqa: S608
)

# The opening sheet names parties by their names. $3: the twin's name, $4: the other's, $5: their kind.
_OFFERS = """exists (select from core_account a where a.firm = $1 and a.client = $2 and a.code = t.account
    and $5 = any(string_to_array(a.dimensions, ',')))"""
_SHEET = (
    f"""update core_opening_line o set amount = o.amount + t.amount, year_debit = o.year_debit + t.year_debit,
    year_credit = o.year_credit + t.year_credit from core_opening_line t where o.firm = $1 and o.client = $2 and t.firm = $1 and t.client = $2
    and t.account = o.account and t.due is not distinct from o.due and t.party = $3 and o.party = $4 and {_OFFERS}""",  # noqa: S608
    f"""delete from core_opening_line t where t.firm = $1 and t.client = $2 and t.party = $3 and {_OFFERS} and exists (select from core_opening_line o
    where o.firm = $1 and o.client = $2 and o.account = t.account and o.due is not distinct from t.due and o.party = $4)""",  # noqa: S608
    f"update core_opening_line t set party = $4 where t.firm = $1 and t.client = $2 and t.party = $3 and {_OFFERS}",  # noqa: S608
)


@dataclass(frozen=True, slots=True)
class Merged:
    """Vouchers that carried the twin's balances over, and how many drafts now name the other."""

    vouchers: tuple[int, ...]
    drafts: int


async def merge(twin: int, into: int) -> Merged:
    """Make ``twin`` one with ``into``: closed, with nothing left on it. Needs ``ledger.draft`` and ``ledger.post``; on the trail.

    Raises Refusal ``common.not_found``, ``ledger.items_differ`` (another kind, or the same item), ``ledger.item_closed`` (``into`` is), and
    what posting raises.
    """
    require("ledger.draft")
    require("ledger.post")
    one, other = await _pair(twin, into)
    client = one["client"]
    await connection().execute(LOCK, client)
    drafts = await _follow(one, other)
    vouchers: list[int] = []
    for account in await connection().fetch(_ACCOUNTS, firm_in_scope(), client, twin):
        vouchers += await _carry(account, one, other)
    await connection().execute(
        """update core_dimension_item set retired = retired or id = $2, merged_into = $3
        where firm = $1 and (id = $2 or client = $4 and merged_into = $2)""",
        firm_in_scope(),
        twin,
        into,
        client,
    )
    await item_renamed(client, twin)
    await use(Audit).record(
        "ledger.merge_dimensions",
        f"core_dimension_item:{twin}",
        client=client,
        before={"name": one["name"]},
        after={"into": into, "name": other["name"], "vouchers": vouchers, "drafts": drafts},
    )
    return Merged(tuple(vouchers), drafts)


async def _pair(twin: int, into: int) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    rows = {}
    if 0 < twin < 2**63 and 0 < into < 2**63:
        rows = {row["id"]: row for row in await connection().fetch(_ITEM, firm_in_scope(), [twin, into])}
    if not {twin, into} <= rows.keys() or not all(scope().sees(row["client"]) for row in rows.values()):
        raise not_found("辅助核算项目")
    one, other = rows[twin], rows[into]
    if twin == into or (one["client"], one["kind"]) != (other["client"], other["kind"]):
        raise Refusal("ledger.items_differ", "只能把同一家企业、同一类的两个项目合并成一个。", field="into", status=409)
    if other["retired"]:
        raise Refusal("ledger.item_closed", f"“{other['name'][:20]}”已经停用,请合并到在用的项目。", field="into", status=409)
    return one, other


async def _follow(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    values = (firm_in_scope(), one["client"], one["id"], other["id"], one["kind"])
    done = [int((await connection().execute(sql, *values)).split()[-1]) for sql in _FOLLOW]
    for sql in _SHEET:
        await connection().execute(sql, firm_in_scope(), one["client"], one["name"], other["name"], one["kind"])
    return done[0]


async def _carry(account: Mapping[str, Any], one: Mapping[str, Any], other: Mapping[str, Any]) -> list[int]:
    kind, client = one["kind"], one["client"]
    every = await standing(client, account["code"])
    stands = Stands([part for part in every.parts if part.items.get(kind) == one["id"]], every.latest)
    what = f"{KIND_TITLES[DimensionKind(kind)]} {one['name']} 并入 {other['name']}"
    how = Carrying(
        client,
        lambda line: replace(line, counterparty=line.counterparty and other["name"], dimensions={**line.dimensions, kind: other["id"]}),
        what[:255],
        f"{what};科目金额不增不减",
        MERGER,
        settles_at_once=account["open_items"],
    )
    async with asking_nothing(client, [account], stands.parts):
        return await carry(how, account["code"], stands)
