"""所有者权益变动表 of a year, with the year before, and what a person moved between its rows."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books import reading
from zhangfang_books.hand_figures import fill, hand_figures
from zhangfang_books.statement_pages import KINDS, months
from zhangfang_books.statements.by_hand import fillable
from zhangfang_books.statements.forms import Kind
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
KIND: Kind = "equity"


@page("/books/equity", of=CLIENT, permission="books.read", for_auditors="months")
async def equity_page(period: str | None = None) -> Page:
    """The statement of the year that holds ``period``; a standard without one says so (LEDG-2)."""
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    found = await reading.equity(client, month.year)
    written = [f for f in await hand_figures(client) if f.kind == KIND and f.amount and f.period.year in (month.year, month.year - 1)]
    years = {Period.parse(key).year: key for key, _ in [(month.key, ""), *await months(client)]}
    return Page(
        "books/equity.html",
        title="所有者权益变动表",
        active="books",
        kinds=KINDS,
        found=found,
        years=[year for year in (found.this_year, found.year_before) if year] if found else [],
        month=month,
        times=[(key, f"{year}年度") for year, key in sorted(years.items(), reverse=True)],
        client=await use(Clients).client(client),
        rows=[(line.number, line.name) for line in fillable(found.form.rows)] if found else [],
        columns=[(c.key, c.name) for c in found.form.columns] if found else [],
        written=written,
        names={line.number: line.name for line in found.form.rows.lines} if found else {},
    )


@action("/books/equity/fill", of=CLIENT, permission="books.note")
async def move_form(data: Form) -> Redirect:
    """Moves an amount from one row to another within a column, for a year, with the reason."""
    year = _number(data, "year", 4)
    if not 2000 <= year <= 2999:
        raise Refusal("period.unreadable", "请选择年度。", field="year")
    source, line = _number(data, "from_line", 3), _number(data, "line", 3)
    amount, part = fen(str(data.get("amount", ""))), str(data.get("part", ""))
    await fill(client_in_scope(), KIND, line, Period(year, 12), amount, source, str(data.get("why", "")), part=part)
    return go(here(f"/books/equity?period={Period(year, 12).key}"))


def _number(data: dict[str, Any], name: str, longest: int) -> int:
    text = str(data.get(name, ""))
    if not text.isascii() or not text.isdigit() or len(text) > longest:
        raise Refusal("books.no_such_line", "请选择报表的行。", field=name)
    return int(text)


PAGES: list[HTTPRouteHandler] = [equity_page, move_form]
