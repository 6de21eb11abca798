"""The page that brings a bank's or a wallet's file in."""

import re
from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from zhangfang_books.bank.accounts import called, masked, money_accounts
from zhangfang_books.bank.bringing import BroughtFile, Chosen, bring_in
from zhangfang_books.bank.files import UnderstoodFile, understood
from zhangfang_books.bank.layouts import statement_layout
from zhangfang_books.importing import kept_layouts
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_sdk.context import client_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, Page, action, page

Asked = Request[object, object, State]
_COLUMN = re.compile(r"col:(\d{1,3})")


@page("/books/bank/import", of=CLIENT, permission="bank.write")
async def bank_import_page() -> Page:
    return await _page({})


@action("/books/bank/import", of=CLIENT, permission="bank.write", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def bank_import_form(request: Asked) -> Page:
    """What the file holds, or with ``really`` its new lines kept: all of them or none. No transaction waits for the file."""
    client, sent = client_in_scope(), await request.form()
    form = dict(sent)
    try:
        file = await sent_file(sent)
        if file is None:
            raise Refusal("books.import_no_file", "请选择银行、微信或支付宝的对账单文件。", field="file")
        content, name = await file.read(MOST_BYTES + 1), file.filename or ""
        async with transaction():
            own = await kept_layouts.kept(statement_layout().key)
        async with rows_of(content) as rows:
            read = await understood(rows, name, own, _columns(form))
        brought = await bring_in(client, read.read, _chosen(form), Source.of(content, name), really=form.get("really") == "1")
        if brought.brought and read.made:
            async with transaction():
                await kept_layouts.keep(statement_layout().key, name, read.made)
    except Refusal as refusal:
        async with transaction():
            return await _page(form, refusal=refusal)
    async with transaction():
        return await _page(form, read=read, brought=brought)


def _columns(form: Mapping[str, Any]) -> Mapping[int, str]:
    found = ((_COLUMN.fullmatch(name), str(value)) for name, value in form.items())
    return {int(match[1]): value for match, value in found if match and value in statement_layout().titles}


def _chosen(form: Mapping[str, Any]) -> Mapping[str, Chosen]:
    """Fields "account:N", "bank:N" and "opening:N" of the account number that "number:N" holds."""
    found = {}
    for name, number in form.items():
        if name.startswith("number:"):
            place = name.removeprefix("number:")
            said = [str(form.get(f"{field}:{place}", "")).strip() for field in ("account", "bank", "opening")]
            found[str(number)] = Chosen(said[0], said[1], fen(said[2]) if said[2] else None)
    return found


async def _page(
    form: Mapping[str, Any],
    *,
    read: UnderstoodFile | None = None,
    brought: BroughtFile | None = None,
    refusal: Refusal | None = None,
) -> Page:
    accounts = await money_accounts(client_in_scope())
    return Page(
        "books/bank_import.html",
        title="导入对账单",
        active="bank",
        status_code=200 if refusal is None else refusal.status,
        read=read,
        brought=brought,
        refusal=refusal,
        answers=form,
        fields=[("", "不用"), *statement_layout().titles.items()],
        accounts=[("", "请选择"), *((a.code, f"{a.code} {a.full_name}") for a in accounts)],
        called=called,
        masked=masked,
    )


PAGES: list[HTTPRouteHandler] = [bank_import_page, bank_import_form]
