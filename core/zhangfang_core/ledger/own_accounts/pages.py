"""科目表: a client's whole chart, and what accountants do to it: add, divide, rename, retire, take up again."""

from dataclasses import dataclass

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.ledger.accounts import accounts, change_account
from zhangfang_core.ledger.charts.chart import CATEGORY_TITLES
from zhangfang_core.ledger.own_accounts import codes
from zhangfang_core.ledger.own_accounts.adding import (
    add_account,
    add_first_level,
    code_lengths,
    has_entries,
    set_code_lengths,
)
from zhangfang_core.ledger.own_accounts.carrying import first_open
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page


@dataclass(frozen=True, slots=True)
class Below:
    """What a new account below one would be. ``divides``: what stands on it moves, from the month ``since`` on; ``code`` is empty where
    there is no room."""

    code: str
    step: int
    divides: bool
    since: str


async def below(client: int, account: Account, chart: dict[str, Account]) -> Below:
    step = codes.step_below(account, chart.values(), await code_lengths(client))
    divides = account.is_leaf and await has_entries(client, account.code)
    return Below(
        codes.next_code(account.code, step, chart), step, divides, (await first_open(client)).label if divides else ""
    )


@page("/chart", of=CLIENT, permission="ledger.read")
async def chart_page(q: str = "", saved: str = "") -> Page:
    """Every account, with figures or without; ``q`` is part of a code or name."""
    return await _chart(q=q.strip()[:40], saved=saved)


@action("/chart", of=CLIENT, permission="ledger.draft")
async def first_level_form(data: Form) -> Redirect | Page:
    """A new account of the first level."""
    typed = {name: written(data, name, 80) for name in ("code", "name", "normal_balance")}
    try:
        made = await add_first_level(client_in_scope(), typed["code"], typed["name"], typed["normal_balance"])
    except Refusal as refusal:
        return await _chart(refusal=refusal, typed=typed)
    return go(here(f"/accounts/{made.code}"))


@action("/chart/code-rule", of=CLIENT, permission="ledger.draft")
async def code_rule_form(data: Form) -> Redirect | Page:
    lengths = written(data, "lengths", 20)
    try:
        await set_code_lengths(client_in_scope(), codes.lengths_of(lengths))
    except Refusal as refusal:
        return await _chart(refusal=refusal, typed={"lengths": lengths})
    return go(here("/chart?saved=rule"))


@action("/accounts/{code:str}/add", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def add_form(code: str, data: Form) -> Redirect:
    """``divide`` "1" says that the balance may move."""
    added = await add_account(
        client_in_scope(),
        code,
        written(data, "code", 20),
        written(data, "name", 80),
        divide_used=written(data, "divide", 1) == "1",
    )
    vouchers = added.division.vouchers
    return go(here(f"/vouchers/{vouchers[0]}" if vouchers else f"/accounts/{added.account.code}"))


@action("/accounts/{code:str}/rename", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def rename_form(code: str, data: Form) -> Redirect:
    await change_account(client_in_scope(), code, name=written(data, "name", 80))
    return go(here(f"/accounts/{code}"))


@action("/accounts/{code:str}/retire", of=CLIENT, permission="ledger.draft", examples={"code": "1002"})
async def retire_form(code: str, data: Form) -> Redirect:
    """``retired`` "1" retires, anything else takes the account up again."""
    await change_account(client_in_scope(), code, retired=written(data, "retired", 1) == "1")
    return go(here(f"/accounts/{code}"))


async def _chart(
    q: str = "", saved: str = "", refusal: Refusal | None = None, typed: dict[str, str] | None = None
) -> Page:
    client = client_in_scope()
    every = await accounts(client)
    levels: dict[str, int] = {}
    for account in every:
        levels[account.code] = 1 if account.parent is None else levels[account.parent] + 1
    shown = [a for a in every if a.code.startswith(q) or q in a.full_name]
    groups = [(title, [a for a in shown if a.category == key]) for key, title in CATEGORY_TITLES.items()]
    return Page(
        "ledger/chart.html",
        title="科目表",
        active="accounts",
        status_code=200 if refusal is None else refusal.status,
        groups=[(title, group) for title, group in groups if group],
        levels=levels,
        q=q,
        saved=saved,
        refusal=refusal,
        typed={"code": "", "name": "", "normal_balance": "debit", "lengths": ""} | (typed or {}),
        kind_titles=KIND_TITLES,
        lengths=codes.text_of(await code_lengths(client)),
    )


HANDLERS: list[HTTPRouteHandler] = [
    chart_page,
    first_level_form,
    code_rule_form,
    add_form,
    rename_form,
    retire_form,
]
