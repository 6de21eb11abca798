"""接手旧账: the page that brings a client's chart and opening balances in from another program's Excel."""

from collections.abc import Mapping
from typing import Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from zhangfang_books.import_pages import mapping_in
from zhangfang_books.importing import kept_profiles
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_books.taking_over.bringing import Brought, bring_in, read_table
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, Page, action, page

Asked = Request[object, object, State]
WHICH = {"": None, "closing": True, "opening": False}


@page("/books/take-over", of=CLIENT, permission="books.import")
async def take_over_page() -> Page:
    return await _page({})


@action("/books/take-over", of=CLIENT, permission="books.import", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def take_over_form(request: Asked) -> Page:
    """What the file holds and would do, or with ``really`` does it: all of it or nothing. No transaction waits for the file."""
    client, sent = client_in_scope(), await request.form()
    form = dict(sent)
    try:
        file = await sent_file(sent)
        if file is None:
            raise Refusal("books.import_no_file", "请选择科目表或科目余额表文件。", field="file")
        async with transaction():
            await kept_profiles.remember(client, mapping_in(form))
        content = await file.read(MOST_BYTES + 1)
        async with rows_of(content) as rows:
            table = await read_table(rows, closing=WHICH.get(str(form.get("which", ""))))
        found = await bring_in(client, table, really=form.get("really") == "1", source=Source.of(content, file.filename or ""))
    except Refusal as refusal:
        async with transaction():
            return await _page(form, refusal=refusal)
    async with transaction():
        return await _page(form, found=found)


async def _page(form: Mapping[str, Any], *, found: Brought | None = None, refusal: Refusal | None = None) -> Page:
    accounts = await use(Ledger).accounts(client_in_scope()) if found is not None and found.unknown else ()
    return Page(
        "books/take_over.html",
        title="科目与期初导入",
        active="books",
        place="take-over",
        status_code=200 if refusal is None else refusal.status,
        which=str(form.get("which", "")),
        found=found,
        refusal=refusal,
        month=Period.current(),
        accounts=[("", "请选择")] + [(a.code, f"{a.code} {a.full_name}") for a in accounts],
    )


PAGES: list[HTTPRouteHandler] = [take_over_page, take_over_form]
