"""税款: the returns that a month belongs to, each line with the way it was come by."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar.handlers import HTTPRouteHandler

from zhangfang_books.figures.service import PAYABLE, TITLES, Span, WorkedOut, known_facts, payable, spans_of
from zhangfang_books.statement_pages import months
from zhangfang_sdk import use
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import ReturnFigures
from zhangfang_sdk.web import CLIENT, Page, page


@dataclass(frozen=True, slots=True)
class Shown:
    """``payable`` in fen, None while it can't be told; ``is_running`` while its months are not over."""

    title: str
    span: Span
    found: ReturnFigures
    payable: int | None
    is_running: bool


@page("/books/taxes", of=CLIENT, permission="taxes.read")
async def taxes_page(period: str | None = None) -> Page:
    """Every return whose months hold ``period`` (the month before by default)."""
    client, month = client_in_scope(), Period.parse(period) if period else Period.current().plus(-1)
    refusal: Refusal | None = None
    shown: Sequence[Shown] = ()
    try:
        shown = await _shown(client, month)
    except Refusal as found:
        if found.code != "taxes.no_rules":
            raise
        refusal = found
    return Page(
        "books/taxes.html",
        title="税款",
        active="books-taxes",
        place="taxes",
        month=month,
        months=await months(client),
        shown=shown,
        refusal=refusal,
        strongest=PAYABLE,
        cards=await use(Cards).shown("taxes", client, month.key),
    )


async def _shown(client: int, month: Period) -> list[Shown]:
    facts, service, now = await known_facts(client, month), WorkedOut(), Period.current()
    found = []
    for span in spans_of(month, facts):
        figures = await service.figures(client, span.tax, span.first, span.last)
        found.append(Shown(TITLES[span.tax], span, figures, payable(figures), span.last >= now))
    return found


PAGES: list[HTTPRouteHandler] = [taxes_page]
