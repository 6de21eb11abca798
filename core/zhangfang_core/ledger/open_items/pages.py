"""往来账龄 at any day, from counterparty to item to voucher, and 核销: proposals accepted by a key, choices by hand, undoing."""

import datetime as dt
from collections.abc import Sequence
from urllib.parse import urlencode

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, day_in, number, numbers_in, written
from zhangfang_core.ledger.open_items.choosing import all_of, chosen_by_hand, parts_of
from zhangfang_core.ledger.open_items.service import client_of, proposals, settlements_of_party
from zhangfang_core.ledger.open_items.sheets import item_sheet, party_sheet
from zhangfang_core.ledger.open_items.standing import (
    ControlAccount,
    ages_at,
    codes_of,
    control_accounts,
    items_at,
    page_of_ages,
    ties_at,
    whole_at,
)
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.downloads import XLSX, download
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.excel import MOST_ROWS, excel
from zhangfang_sdk.open_items import OpenItems, Rule
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, Page, action, go, page

ROWS = 50
PROPOSALS_SHOWN = 20
SETTLEMENTS_SHOWN = 20
MOST_AT_ONCE = 100
EXACT = (Rule.EQUAL, Rule.SUM)
"""Rules by which nothing is left of either side."""
LATE = ("未到期", "1-30 天", "31-60 天", "61-90 天", "91-180 天", "181-365 天", "1-2 年", "2 年以上")
RULES = {
    Rule.NAMED: "摘要写明了",
    Rule.EQUAL: "金额相同",
    Rule.SUM: "几笔合计相同",
    Rule.OLDEST: "先核销最早的",
    Rule.LATEST: "先核销最近的",
    Rule.CHOSEN: "手工选择",
    Rule.REVERSAL: "红冲",
    Rule.CARRIED: "余额转移",
    Rule.CORRECTED: "更正期初",
}


@page("/open-items", of=CLIENT, permission="parties.read")
async def ages_page(account: str = "", at: str = "", q: str = "", number: int = 1) -> Page:
    """账龄: who owes how much for how long, the largest first, beside the account's balance."""
    client, day = client_in_scope(), _day(at)
    offered = await control_accounts(client)
    shown = _account(offered, account)
    codes = codes_of(offered, shown.code) if shown else []
    at_page = max(number, 1)
    ages = await page_of_ages(client, codes, day, words=q.strip()[:60], limit=ROWS, offset=(at_page - 1) * ROWS)
    buckets, items = await whole_at(client, codes, day)
    ties = await ties_at(client, codes, day)
    waiting = await proposals(client, [a for a in offered if a.code in codes]) if scope().may("ledger.post") else []
    return Page(
        "ledger/open_items.html",
        title="往来账龄",
        active="open-items",
        account=shown,
        accounts=_top(offered),
        at_day=day,
        today=today(),
        words=q.strip()[:60],
        ages=ages,
        late=LATE,
        buckets=buckets,
        items=items,
        balance=sum(tie.balance for tie in ties),
        differing=[tie for tie in ties if tie.difference],
        waiting=len(waiting),
        number=at_page,
        pages=-(-ages.parties // ROWS),
    )


@page("/open-items/party", of=CLIENT, permission="parties.read")
async def party_page(account: str = "", party: str = "", at: str = "", number: int = 1) -> Page:
    """Open items of one counterparty, each leading to voucher and original; choosing by hand; what was settled before."""
    client, day, at_page = client_in_scope(), _day(at), max(number, 1)
    offered = await control_accounts(client)
    shown = next((a for a in offered if a.code == account), None) or _account(offered, "")
    codes = [shown.code] if shown else []
    items = await items_at(client, codes, day, party=party, limit=ROWS + 1, offset=(at_page - 1) * ROWS)
    row = next((r for r in await ages_at(client, codes, day) if r.counterparty == party), None)
    return Page(
        "ledger/open_items_party.html",
        title=party or "没有写明单位的",
        active="open-items",
        account=shown,
        party=party,
        at_day=day,
        today=today(),
        items=items[:ROWS],
        more=len(items) > ROWS,
        row=row,
        late=LATE,
        rules=RULES,
        made=await settlements_of_party(client, codes, party, SETTLEMENTS_SHOWN),
        may_settle=scope().may("ledger.post") and day == today(),
        number=at_page,
    )


@page("/open-items/settle", of=CLIENT, permission="ledger.post")
async def settle_page(account: str = "", n: int = 0) -> Page:
    """Proposals one by one: accepted by a key, in part or whole, or passed over. ``n``: how many were passed over."""
    client = client_in_scope()
    offered = await control_accounts(client)
    found = await proposals(client, [a for a in offered if a.code.startswith(account)])
    place = min(max(n, 0), len(found))
    exact = [p for p in found if p.rule in EXACT][:MOST_AT_ONCE]
    return Page(
        "ledger/open_items_settle.html",
        title="往来核销",
        active="open-items",
        account=account,
        accounts=_top(offered),
        names={a.code: a.name for a in offered},
        queue=found[place : place + PROPOSALS_SHOWN],
        left=len(found) - place,
        exact=exact,
        exact_sum=sum(abs(p.payment.open) for p in exact),
        n=place,
        rules=RULES,
    )


@action("/open-items/settle", of=CLIENT, permission="ledger.post")
async def settle_form(data: Form) -> Redirect:
    """``payment`` and its charges: ``part`` (ids) with ``amount-<id>`` in yuan, empty ones left out. Goes to the next."""
    client, account = client_in_scope(), written(data, "account", 20)
    payment, charges = number(data.get("payment")), numbers_in(data, "part")
    items = await all_of(client, [id_ for id_ in (payment, *charges) if id_ is not None])
    typed = {id_: written(data, f"amount-{id_}", 20) for id_ in charges}
    await use(OpenItems).settle(client, parts_of(items, payment, typed))
    return go(here(f"/open-items/settle?account={account}&n={number(data.get('n')) or 0}"))


@action("/open-items/settle-exact", of=CLIENT, permission="ledger.post")
async def settle_exact_form(data: Form) -> Redirect:
    """Those of the page (``payment``: ids) that still come out exactly, each a step of its own."""
    client, account, seen = client_in_scope(), written(data, "account", 20), set(numbers_in(data, "payment"))
    found = await proposals(client, [a for a in await control_accounts(client) if a.code.startswith(account)])
    for proposal in [p for p in found if p.payment.id in seen and p.rule in EXACT][:MOST_AT_ONCE]:
        await use(OpenItems).settle(client, proposal.matches)
    return go(here(f"/open-items/settle?account={account}"))


@action("/open-items/chosen", of=CLIENT, permission="ledger.post")
async def chosen_form(data: Form) -> Redirect:
    """``item``: ids of both sides, settled the oldest first, as far as they go; ``amount`` in yuan where less is meant."""
    client = client_in_scope()
    items = await all_of(client, numbers_in(data, "item"))
    await use(OpenItems).settle(client, chosen_by_hand(items, written(data, "amount", 20)))
    return go(_of_party(items[0].account, items[0].counterparty))


@action("/open-items/undo", of=CLIENT, permission="ledger.post")
async def undo_form(data: Form) -> Redirect:
    """Undoes a whole step; back to its counterparty."""
    step = number(data.get("step"))
    if step is None:
        raise Refusal("open_items.nothing", "请选择要取消的核销记录。", field="step")
    if await client_of(step) != client_in_scope():
        raise not_found("核销记录")
    await use(OpenItems).undo(step, written(data, "reason", 200))
    return go(_of_party(written(data, "account", 20), written(data, "party", 120)))


@page("/open-items/export", of=CLIENT, permission="parties.read")
async def export(account: str = "", at: str = "") -> Response[bytes]:
    """账龄表 and every open item as .xlsx."""
    client, day = client_in_scope(), _day(at)
    offered = await control_accounts(client)
    shown = _account(offered, account)
    codes = codes_of(offered, shown.code) if shown else []
    sign = 1 if shown is None or shown.is_debit else -1
    name = (await use(Clients).client(client)).name
    title = shown.name if shown else "往来"
    about = (f"{title}账龄表", name, f"{day:%Y年%m月%d日}", scope().user_name)
    ties = await ties_at(client, codes, day)
    ages = party_sheet(await ages_at(client, codes, day), ties, sign, LATE, about)
    items = await items_at(client, codes, day, limit=MOST_ROWS)
    return download(excel([ages, item_sheet(items, sign, day, about)]), f"{name} {title}账龄 {day}.xlsx", XLSX)


def _of_party(account: str, party: str) -> Address:
    return here(f"/open-items/party?{urlencode({'account': account, 'party': party})}")


def _account(offered: Sequence[ControlAccount], code: str) -> ControlAccount | None:
    """The one that was asked for, else the first."""
    return next((a for a in offered if a.code == code), offered[0] if offered else None)


def _top(offered: Sequence[ControlAccount]) -> list[tuple[str, str]]:
    """Accounts to choose from: those that no other of them stands above."""
    codes = {a.code for a in offered}
    return [
        (a.code, f"{a.code} {a.name}")
        for a in offered
        if not any(a.code.startswith(above) for above in codes if above != a.code)
    ]


def _day(text: str) -> dt.date:
    return day_in(text, "at") if text else today()


HANDLERS: list[HTTPRouteHandler] = [
    ages_page,
    party_page,
    settle_page,
    settle_form,
    settle_exact_form,
    chosen_form,
    undo_form,
    export,
]
