"""An account with entries gets accounts below it: what stands on it moves to the first of them, and posted lines stay as they are.

财会〔2024〕12号: posted vouchers are never altered. The balance goes with items, quantities and open items; from then on only accounts
below take entries.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items.carrying import paired, settle_carried
from zhangfang_core.ledger.open_items.service import LedgerOpenItems
from zhangfang_core.ledger.own_accounts.carrying import Carrying, asking_nothing, carry, standing
from zhangfang_core.ledger.reversal import DIVISION
from zhangfang_sdk.context import firm_in_scope, require

_LINES = """(select jsonb_agg(case when l ->> 0 = $3 then jsonb_set(l, '{{0}}', to_jsonb($4::text)) else l end order by n)
    from jsonb_array_elements({0}) with ordinality t (l, n))"""
_HAS = "exists (select from jsonb_array_elements({0}) l where l ->> 0 = $3)"

_FOLLOW = (
    f"""update core_voucher set draft_lines = {_LINES.format("draft_lines")}, version = version + 1, reviewed_by = null, reviewed_by_name = null
    where firm = $1 and client = $2 and state = 'draft' and {_HAS.format("draft_lines")}""",  # noqa: S608 - our own names
    f"update core_voucher_template set lines = {_LINES.format('lines')} where firm = $1 and client = $2 and {_HAS.format('lines')}",  # noqa: S608
    "update core_opening_line set account = $4 where firm = $1 and client = $2 and account = $3",
    "update core_fixed_asset set asset_account = $4 where firm = $1 and client = $2 and asset_account = $3",
    "update core_fixed_asset set accumulated_account = $4 where firm = $1 and client = $2 and accumulated_account = $3",
    "update core_fixed_asset set expense_account = $4 where firm = $1 and client = $2 and expense_account = $3",
)


@dataclass(frozen=True, slots=True)
class Division:
    """Vouchers that carried the balance over, and how many drafts now name the new account."""

    vouchers: tuple[int, ...] = ()
    drafts: int = 0


async def divide(client: int, account: Mapping[str, Any], child: str) -> Division:
    """Move what stands on ``account`` (a row of ``core_account``) to ``child``, both accounts of the lowest level; then only ``child`` is.

    Drafts, templates, the opening sheet and cards of assets that name it name ``child`` afterwards. Needs ``ledger.post``; in the caller's
    transaction, which holds the client's books against other postings. Raises what posting raises.
    """
    require("ledger.post")
    firm, code = firm_in_scope(), account["code"]
    followed = [int((await connection().execute(sql, firm, client, code, child)).split()[-1]) for sql in _FOLLOW]
    stands = await standing(client, code)
    how = Carrying(
        client,
        lambda line: replace(line, account=child),
        f"科目 {code} {account['name']} 余额转入 {child}"[:255],
        f"{code} 增设下级科目,原有余额转入 {child};金额不增不减",
        DIVISION,
    )
    async with asking_nothing(client, [account, {**account, "code": child}], stands.parts):
        made = await carry(how, code, stands)
    await connection().execute(
        "update core_account set is_leaf = false, moved_to = $4 where firm = $1 and client = $2 and code = $3", firm, client, code, child
    )
    if account["open_items"] and made:
        await _settle_rest(client, code, child)
    return Division(tuple(made), followed[0])


async def _settle_rest(client: int, divided: str, child: str) -> None:
    """What was settled across items or months left parts that are zero in all: on the divided account nothing stays open."""
    every = await LedgerOpenItems().items(client, divided)
    await settle_carried(client, paired([item for item in every if item.account == divided]))
    # Parts that are an open item have a day on which they fall due.
    unnamed = [item for item in every if item.account == child and item.due is None]
    await settle_carried(client, paired(unnamed))
