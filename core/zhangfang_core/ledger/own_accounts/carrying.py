"""What stands on an account is carried somewhere else by vouchers, one in each open month in which the account has anything of it.

Posted lines stay as they are; what the account and all beside it moved in the month stays too (:mod:`moves`). In the caller's transaction,
which holds the client's books against other postings.
"""

import datetime as dt
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import drafts, periods, posting, rules
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.open_items.carrying import settle_carried
from zhangfang_core.ledger.own_accounts.moves import MOST_PAIRS, Part, lines_of, parts_of
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.open_items import Match
from zhangfang_sdk.periods import Period, today

LOCK = "select pg_advisory_xact_lock(hashtextextended('ledger:' || $1::bigint, 0))"
"""Exclusive against postings of the client, which hold the same lock shared."""

_SUMS = """select extract(year from l.date)::int * 100 + extract(month from l.date)::int as month, d.items, max(l.date) as latest,
    sum(l.debit - l.credit)::bigint as amount, sum(case when l.debit <> 0 then d.quantity else -d.quantity end) as quantity
    from core_voucher_line l left join lateral (select * from core_line_detail where firm = $1 and id = l.id limit 1) d on true
    where l.firm = $1 and l.client = $2 and l.account = $3 group by 1, 2"""

_OPEN = """select extract(year from o.date)::int * 100 + extract(month from o.date)::int as month, d.items, o.id, o.open as amount,
    coalesce(o.due, o.date) as due, l.counterparty, coalesce(nullif(l.summary, ''), v.summary) as summary from core_open_item o
    join core_voucher_line l on l.id = o.id and l.firm = o.firm join core_voucher v on v.id = l.voucher and v.firm = l.firm
    left join lateral (select * from core_line_detail where firm = $1 and id = o.id limit 1) d on true
    where o.firm = $1 and o.client = $2 and o.account = $3 and o.open <> 0 order by o.id"""


@dataclass(frozen=True, slots=True)
class Carrying:
    """Where to: ``move`` turns a line on the old place into that on the new one; ``summary`` and ``reason`` stand on the vouchers.

    ``settles_at_once``: the new place is on the same account, which has open items; what is no single open item is settled by its own pair.
    """

    client: int
    move: Callable[[Line], Line]
    summary: str
    reason: str
    source: str
    settles_at_once: bool = False


@dataclass(frozen=True, slots=True)
class Stands:
    """What stands on an account: its parts by open month, and the day of the last entry of each month."""

    parts: Sequence[Part]
    latest: Mapping[Period, dt.date]


async def standing(client: int, code: str) -> Stands:
    """Parts of the account itself, open items one by one."""
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
            summary=row["summary"],
        )
        for row in await connection().fetch(_OPEN, *values)
    ]
    return Stands(parts_of(list(sums.values()), open_items), latest)


async def first_open(client: int) -> Period:
    """The first month that takes entries."""
    closed = await periods.closed_through(client)
    if closed is not None:
        return closed.plus(1)
    start: dt.date = await connection().fetchval(
        "select books_start from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    return Period.of(start)


@asynccontextmanager
async def asking_nothing(client: int, accounts: Sequence[Mapping[str, Any]], parts: Iterable[Part]) -> AsyncIterator[None]:
    """What an account (rows of ``core_account``) asks of its lines binds new ones; what stands is moved as it is."""
    update = "update core_account set required = $4, dimensions = $5 where firm = $1 and client = $2 and code = $3"
    offered = ",".join(sorted({kind for part in parts for kind in part.items}))
    for account in accounts:
        await connection().execute(update, firm_in_scope(), client, account["code"], "", offered)
    yield
    for account in accounts:
        await connection().execute(
            update, firm_in_scope(), client, account["code"], account["required"], account["dimensions"]
        )


async def carry(how: Carrying, code: str, stands: Stands) -> list[int]:
    """Carry what ``stands`` on ``code``: the vouchers, posted, oldest month first. Raises what posting raises.

    Open items are settled with the lines that take them over.
    """
    made: list[int] = []
    for month in sorted({part.month for part in stands.parts}):
        parts = [part for part in stands.parts if part.month == month]
        date = min(month.last_day, max(today(), stands.latest[month]))
        for start in range(0, len(parts), MOST_PAIRS):
            some = parts[start : start + MOST_PAIRS]
            lines = tuple(lines_of(some, code, how.move, how.summary))
            word = (await choices()).words[0]
            draft = rules.readable(
                VoucherDraft(how.client, date, how.summary, lines, word, source=how.source, reasons=(how.reason,))
            )
            # Items stay as they stood, closed ones too: nothing is looked up by name.
            voucher = await drafts.insert(draft, rules.check_draft(draft))
            await posting.post(voucher)
            await settle_carried(how.client, _taken_over(voucher, some, pairs=how.settles_at_once))
            made.append(voucher)
    return made


def _taken_over(voucher: int, parts: Iterable[Part], *, pairs: bool) -> list[Match]:
    found = []
    for place, part in enumerate(parts):
        red = voucher * 1000 + 2 * place + 1
        stood = part.open_item or (red + 1 if pairs else None)
        if stood is not None:
            debit, credit = (stood, red) if part.amount > 0 else (red, stood)
            found.append(Match(debit, credit, abs(part.amount)))
    return found


def _items(text: str | None) -> dict[str, int]:
    return json.loads(text) if text else {}
