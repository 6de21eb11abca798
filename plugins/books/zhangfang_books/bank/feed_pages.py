"""Fetching a client's lines from the firm's bank-feed vendor."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from zhangfang_books.bank import feeding
from zhangfang_books.bank.accounts import accounts_of, money_accounts
from zhangfang_books.bank.bringing import BroughtFile, Chosen
from zhangfang_books.bank.reading_statements import LONGEST_NUMBER
from zhangfang_sdk.context import client_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.texts import seen
from zhangfang_sdk.web import CLIENT, Page, action, page

Asked = Request[object, object, State]
USUAL = 31


@page("/books/bank/fetch", of=CLIENT, permission="bank.write")
async def fetch_page() -> Page:
    return await _page({})


@action("/books/bank/fetch", of=CLIENT, permission="bank.write", stream=True)
async def fetch_form(request: Asked) -> Page:
    """No transaction waits for the vendor."""
    client, form = client_in_scope(), dict(await request.form())
    try:
        number = seen(str(form.get("number", ""))).strip()
        if not number or len(number) > LONGEST_NUMBER:
            raise Refusal("bank.number_missing", "请填写账号(微信支付是商户号)。", field="number")
        first, last = _day(form, "first"), _day(form, "last")
        brought = await feeding.fetch(client, number, first, last, Chosen(seen(str(form.get("account", "")))))
    except Refusal as refusal:
        async with transaction():
            return await _page(form, refusal=refusal)
    async with transaction():
        return await _page(form, brought=brought)


def _day(form: Mapping[str, Any], name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(form.get(name, "")))
    except ValueError as error:
        raise Refusal("bank.days_wrong", "请选择昨天以前的日期,起始不晚于结束。", field=name) from error


async def _page(form: Mapping[str, Any], *, brought: BroughtFile | None = None, refusal: Refusal | None = None) -> Page:
    client = client_in_scope()
    known = [a for a in await accounts_of(client) if a.number]
    return Page(
        "books/bank_fetch.html",
        title="取银行流水",
        active="bank",
        status_code=200 if refusal is None else refusal.status,
        offered=await feeding.is_offered(),
        brought=brought,
        refusal=refusal,
        number=str(form.get("number", known[0].number if len(known) == 1 else "")),
        first=str(form.get("first", today() - dt.timedelta(days=USUAL))),
        last=str(form.get("last", today() - dt.timedelta(days=1))),
        account=str(form.get("account", "")),
        accounts=[("", "已有账户,不用选"), *((a.code, f"{a.code} {a.full_name}") for a in await money_accounts(client))],
        lacking=brought is not None and brought.lacking,
    )


PAGES: list[HTTPRouteHandler] = [fetch_page, fetch_form]
