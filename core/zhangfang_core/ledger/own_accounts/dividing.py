"""An account with entries gets accounts below it: what stands on it moves to the first of them, and posted lines stay as they are.

财会〔2024〕12号: posted vouchers are never altered. One voucher in each open month in which the account has anything carries its balance,
with items, quantities and open items, to the first account below; from then on only accounts below it take entries.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts, periods, posting, rules
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.open_items import LedgerOpenItems, proposed
from zhangfang_core.ledger.own_accounts.moves import MOST_PAIRS, Part, lines_of, parts_of
from zhangfang_core.ledger.reversal import DIVISION
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.ledger import VoucherDraft
from zhangfang_sdk.open_items import Match
from zhangfang_sdk.periods import Period, today

_SUMS = """select extract(year from l.date)::int * 100 + extract(month from l.date)::int as month, d.items, max(l.date) as latest,
    sum(l.debit - l.credit)::bigint as amount, sum(case when l.debit <> 0 then d.quantity else -d.quantity end) as quantity
    from core_voucher_line l left join lateral (select * from core_line_detail where firm = $1 and id = l.id limit 1) d on true
    where l.firm = $1 and l.client = $2 and l.account = $3 group by 1, 2"""

_OPEN = """select extract(year from o.date)::int * 100 + extract(month from o.date)::int as month, d.items, o.id, o.open as amount,
    coalesce(o.due, o.date) as due, l.counterparty from core_open_item o
    join core_voucher_line l on l.id = o.id and l.firm = o.firm
    left join lateral (select * from core_line_detail where firm = $1 and id = o.id limit 1) d on true
    where o.firm = $1 and o.client = $2 and o.account = $3 and o.open <> 0 order by o.id"""

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
    parts, latest = await _standing(client, code)
    # What an account asks of its lines binds new ones; what stands is moved as it is.
    offered = ",".join(sorted({kind for part in parts for kind in part.items}))
    both = [code, child]
    await connection().execute(
        "update core_account set required = '', dimensions = $4 where firm = $1 and client = $2 and code = any($3::varchar[])",
        firm,
        client,
        both,
        offered,
    )
    vouchers = [
        await _carry_over(client, account, child, month, [p for p in parts if p.month == month], latest[month])
        for month in sorted({part.month for part in parts})
    ]
    await connection().execute(
        """update core_account set required = $4, dimensions = $5, is_leaf = code <> $6, moved_to = case when code = $6 then $7 end
        where firm = $1 and client = $2 and code = any($3::varchar[])""",
        firm,
        client,
        both,
        account["required"],
        account["dimensions"],
        code,
        child,
    )
    made = tuple(id_ for ids in vouchers for id_ in ids)
    if account["open_items"] and made:
        await _settle_rest(client, both)
    return Division(made, followed[0])


async def _standing(client: int, code: str) -> tuple[list[Part], Mapping[Period, dt.date]]:
    """Parts by open month, and the day of the last entry of each."""
    values = (firm_in_scope(), client, code)
    first = await first_open(client)
    latest: dict[Period, dt.date] = {}
    sums: dict[tuple[Period, str], Part] = {}
    for row in await connection().fetch(_SUMS, *values):
        month = max(first, Period.from_number(row["month"]))
        latest[month] = max(latest.get(month, month.first_day), row["latest"])
        items, key = _items(row["items"]), (month, row["items"] or "")
        before = sums.get(key, Part(month, 0, items))
        quantity = before.quantity + (row["quantity"] or Decimal(0))
        sums[key] = Part(month, before.amount + row["amount"], items, quantity)
    open_items = [
        Part(
            max(first, Period.from_number(row["month"])),
            row["amount"],
            _items(row["items"]),
            counterparty=row["counterparty"],
            due=row["due"],
            open_item=row["id"],
        )
        for row in await connection().fetch(_OPEN, *values)
    ]
    return parts_of(list(sums.values()), open_items), latest


async def first_open(client: int) -> Period:
    """The first month that takes entries."""
    closed = await periods.closed_through(client)
    if closed is not None:
        return closed.plus(1)
    start: dt.date = await connection().fetchval(
        "select books_start from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    return Period.of(start)


async def _carry_over(
    client: int, account: Mapping[str, Any], child: str, month: Period, parts: Sequence[Part], latest: dt.date
) -> list[int]:
    """The month's vouchers, posted; open items are settled with the lines that take them over."""
    date = min(month.last_day, max(today(), latest))
    summary = f"科目 {account['code']} {account['name']} 余额转入 {child}"[:255]
    made: list[int] = []
    for start in range(0, len(parts), MOST_PAIRS):
        some = parts[start : start + MOST_PAIRS]
        lines = tuple(lines_of(some, account["code"], child, summary))
        reasons = (f"{account['code']} 增设下级科目,原有余额转入 {child};金额不增不减",)
        draft = VoucherDraft(client, date, summary, lines, (await choices()).words[0], source=DIVISION, reasons=reasons)
        # Items stay as they stood, closed ones too: nothing is looked up by name.
        voucher = await drafts.insert(draft, rules.check_draft(draft))
        await posting.post(voucher)
        await LedgerOpenItems().settle(client, _taken_over(voucher, some))
        made.append(voucher)
    return made


def _taken_over(voucher: int, parts: Iterable[Part]) -> list[Match]:
    found = []
    for place, part in enumerate(parts):
        if part.open_item is not None:
            line = voucher * 1000 + 2 * place + 1
            debit, credit = (part.open_item, line) if part.amount > 0 else (line, part.open_item)
            found.append(Match(debit, credit, abs(part.amount)))
    return found


async def _settle_rest(client: int, accounts: Sequence[str]) -> None:
    """What was settled across items or months left parts that are zero in all: on the divided account nothing stays open."""
    service = LedgerOpenItems()
    divided, child = accounts
    every = await service.items(client, divided)
    await service.settle(client, proposed([item for item in every if item.account == divided]))
    # Parts that are an open item have a day on which they fall due.
    unnamed = [item for item in every if item.account == child and item.due is None]
    await service.settle(client, proposed(unnamed))


def _items(text: str | None) -> dict[str, int]:
    return json.loads(text) if text else {}
