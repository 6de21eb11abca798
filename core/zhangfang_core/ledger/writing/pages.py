"""填制凭证: one page to write and to change a draft, and what it asks for while somebody types."""

from dataclasses import replace
from typing import Annotated, Any

from litestar import Request, Response
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_core.ledger.writing.beginning import date_and_word, files_without_voucher
from zhangfang_core.ledger.writing.finding import edition, finder
from zhangfang_core.ledger.writing.saving import book_of, make_item, remarks_of, save, tell
from zhangfang_core.ledger.writing.templates import kept_voucher, kept_vouchers
from zhangfang_core.ledger.writing.typed import (
    Book,
    Typed,
    TypedLine,
    draft_of,
    typed_in,
    typed_lines,
    typed_of,
    unknown_items,
)
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind, Ledger, Voucher, VoucherState
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.web import CLIENT, Page, action, go, page

ROWS = 6
"""Rows on an empty page; a script adds more as they are filled."""
SPARE_ROWS = 2

Req = Request[Any, Any, Any]


@page("/vouchers/new", of=CLIENT, permission="ledger.draft")
async def new_page(copy: int | None = None, template: int | None = None, after: int | None = None) -> Page:
    """An empty voucher, one like the voucher ``copy``, or one from a template; ``after`` is the one that was saved before."""
    client = client_in_scope()
    book = await book_of(client)
    date, word = await date_and_word(client)
    typed = Typed(date.isoformat(), word)
    if copy is not None:
        like = await _of_client(copy)
        typed = replace(typed, word=like.word, lines=typed_lines(like.lines, book))
    elif template is not None:
        kept = await kept_voucher(client, template)
        typed = replace(typed, word=kept.word, lines=typed_lines(kept.lines, book))
    saved = None if after is None else await _of_client(after)
    return await _form(typed, book, voucher=None, saved=saved)


@action("/vouchers/new", of=CLIENT, permission="ledger.draft")
async def new_form(request: Req) -> Redirect | Page:
    """Keeps the draft, then the next one or the voucher's own page; shows the form again where it is refused."""
    return await _save(request, None)


@page("/vouchers/{voucher_id:int}/edit", of=CLIENT, permission="ledger.draft")
async def edit_page(voucher_id: int) -> Page:
    """A draft to change. Raises Refusal ``ledger.not_a_draft``."""
    voucher, book = await _of_client(voucher_id), await book_of(client_in_scope())
    if voucher.state is not VoucherState.DRAFT:
        raise Refusal("ledger.not_a_draft", "这张凭证已经不是草稿,不能再改。", status=409)
    return await _form(typed_of(voucher, book), book, voucher=voucher)


@action("/vouchers/{voucher_id:int}/edit", of=CLIENT, permission="ledger.draft")
async def edit_form(request: Req, voucher_id: int) -> Redirect | Page:
    """As :func:`new_form`. Who comes second is told, keeps what they typed, and may save it over the other's."""
    return await _save(request, voucher_id)


@action("/vouchers/check", of=CLIENT, permission="ledger.draft")
async def check_part(request: Req) -> Page:
    """A fragment: what is odd about the voucher so far, and what would be refused."""
    form = await request.form()
    told = await tell(typed_in(_texts(form)), await book_of(client_in_scope()))
    return Page("ledger/voucher_remarks.html", fragment=True, told=told)


@page("/vouchers/finder", of=CLIENT, permission="ledger.draft")
async def finder_data(edition: Annotated[str, QueryParameter(name="edition")] = "") -> Response[dict[str, object]]:
    """Accounts and items, once: the browser searches them and keeps them while ``edition`` is the same."""
    book = await book_of(client_in_scope())
    kept = "private, max-age=86400" if edition else "private, no-store"
    return Response(finder([*book.accounts.values()], book.items), headers={"Cache-Control": kept})


@action("/vouchers/items", of=CLIENT, permission="ledger.draft")
async def item_form(data: Form) -> Response[dict[str, object]]:
    """Makes a customer, supplier … on the spot. Raises as ``Dimensions.add``, and ``ledger.dimension_kind``."""
    kind = written(data, "kind", 20)
    if kind not in {*DimensionKind}:
        raise Refusal("ledger.dimension_kind", "没有这种辅助核算。", status=400, field="kind")
    item = await make_item(client_in_scope(), DimensionKind(kind), written(data, "name", 120))
    return Response({"id": item.id, "kind": item.kind.value, "code": item.code, "name": item.name})


async def _save(request: Req, voucher_id: int | None) -> Redirect | Page:
    form = await request.form()
    texts = _texts(form)
    typed, book = typed_in(texts), await book_of(client_in_scope())
    try:
        saved = await save(
            typed, book, voucher=voucher_id, file=await sent_file(form), make_items="make_items" in texts
        )
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        voucher = None if voucher_id is None else await _of_client(voucher_id)
        if voucher is not None and refusal.code == "ledger.changed_meanwhile":
            typed = replace(typed, version=voucher.version)
        return await _form(typed, book, voucher=voucher, refusal=refusal, make_items="make_items" in texts)
    return go(here(f"/vouchers/new?after={saved}" if texts.get("then") == "next" else f"/vouchers/{saved}"))


async def _form(
    typed: Typed,
    book: Book,
    *,
    voucher: Voucher | None,
    saved: Voucher | None = None,
    refusal: Refusal | None = None,
    make_items: bool = False,
) -> Page:
    """``make_items`` is ticked too where a draft names parties that are no items yet."""
    accounts = [*book.accounts.values()]
    spare = SPARE_ROWS if typed.lines else ROWS
    try:
        remarks = await remarks_of(draft_of(typed, book), book, kept=voucher is not None) if typed.lines else ()
    except Refusal:
        remarks = ()
    words = (await choices()).words
    return Page(
        "ledger/voucher_write.html",
        title="修改草稿" if voucher else "填制凭证",
        active="vouchers",
        status_code=200 if refusal is None else refusal.status,
        typed=typed,
        rows=[*typed.lines, *[TypedLine()] * spare],
        voucher=voucher,
        saved=saved,
        refusal=refusal,
        remarks=remarks,
        words=[(word, word) for word in (words if typed.word in words else (typed.word, *words))],
        files=await files_without_voucher(book.client, typed.document),
        templates=await kept_vouchers(book.client),
        edition=edition(accounts, book.items),
        kinds={kind.value: title for kind, title in KIND_TITLES.items()},
        make_items=make_items or (voucher is not None and bool(unknown_items(typed, book))),
        with_quantity=any(DimensionKind.STOCK in account.dimensions for account in accounts)
        or any(line.quantity or line.unit_price for line in typed.lines),
    )


async def _of_client(voucher_id: int) -> Voucher:
    """Raises Refusal ``common.not_found`` for a voucher of another client."""
    voucher = await use(Ledger).voucher(voucher_id)
    if voucher.client != client_in_scope():
        raise not_found("凭证")
    return voucher


def _texts(form: Any) -> dict[str, str]:
    """Text fields; of a field sent twice the last counts."""
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


HANDLERS: list[HTTPRouteHandler] = [
    new_page,
    new_form,
    edit_page,
    edit_form,
    check_part,
    finder_data,
    item_form,
]
