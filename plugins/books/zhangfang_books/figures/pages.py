"""税款: the returns that a month belongs to, each line with the way it was come by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books.figures.service import PAYABLE, TITLES, Span, WorkedOut, known_facts, payable, spans_of
from zhangfang_books.filing.service import follow_facts
from zhangfang_books.statement_pages import months
from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.months_before import MonthBefore, quarter_of, tell
from zhangfang_sdk import use
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.tax_figures import ReturnFigures
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


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
    before: Sequence[tuple[Period, MonthBefore | None]] = ()
    try:
        facts = await known_facts(client, month)
        before, shown = months_asked(facts, month), await _shown(client, month, facts)
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
        before=before,
        starts=facts.starts if before else month,
        refusal=refusal,
        strongest=PAYABLE,
        cards=await use(Cards).shown("taxes", client, month.key),
    )


def months_asked(facts: TaxFacts, month: Period) -> list[tuple[Period, MonthBefore | None]]:
    """Months before the books of the quarter in which they start and ``month`` lies, with what was told of each."""
    first = quarter_of(month)
    if not first <= facts.starts <= first.plus(2):
        return []
    return [(each, facts.before.get(each)) for each in facts.elsewhere(first)]


@action("/books/taxes/before", of=CLIENT, permission="filings.write")
async def tell_month_before(data: Form) -> Redirect:
    """Keep what somebody tells of a month before the books; returns that are not filed are worked out anew with it."""
    client, month = client_in_scope(), Period.parse(str(data.get("month", "")))
    sales, special, purchases = (fen(str(data.get(name, "")).strip() or "0") for name in ("sales", "special", "purchases"))
    await tell(client, MonthBefore(month, sales, special, purchases))
    await follow_facts(client, month)
    return go(here(f"/books/taxes?period={Period.parse(str(data.get('period', ''))).key}"))


async def _shown(client: int, month: Period, facts: TaxFacts) -> list[Shown]:
    service, now = WorkedOut(), Period.current()
    found = []
    for span in spans_of(month, facts):
        figures = await service.figures(client, span.tax, span.first, span.last)
        found.append(Shown(TITLES[span.tax], span, figures, payable(figures), span.last >= now))
    return found


PAGES: list[HTTPRouteHandler] = [taxes_page, tell_month_before]
