"""会计报表: the statements of a month, quarter or year, each line with its accounts behind it."""

from typing import Annotated, Any, cast

from litestar import Request
from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books import reading
from zhangfang_books.hand_figures import fill, hand_figures
from zhangfang_books.statements.by_hand import fillable, sources
from zhangfang_books.statements.forms import Kind, form
from zhangfang_books.statements.spans import TITLES, Span
from zhangfang_sdk import use
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Req = Request[Any, Any, Any]
Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
EQUITY = "equity"
KINDS = (("balance_sheet", "资产负债表"), ("income", "利润表"), ("cash_flow", "现金流量表"), (EQUITY, "所有者权益变动表"))
MONTHS_OFFERED = 36


@page("/books/statements", of=CLIENT, permission="books.read", seen_as="books.statements_seen", for_auditors="months")
async def statements_page(period: str | None = None, kind: str = "balance_sheet", span: str = "month") -> Page | Redirect:
    """One statement of a month, quarter or year of the open client (LEDG-2); changes in equity have a page of their own."""
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    if kind == EQUITY:
        return go(here(f"/books/equity?period={month.key}"))
    _known(kind)
    time = span_called(span)
    found = await reading.statements(client, month, time)
    statement = found.of(cast(Kind, kind))
    vouchers = {f.voucher: await use(Ledger).voucher(f.voucher) for f in found.unassigned[:30]}
    return Page(
        "books/statement.html",
        title=statement.form.title,
        active="books",
        kinds=KINDS,
        kind=kind,
        found=found,
        statement=statement,
        month=month,
        span=time,
        spans=list(TITLES.items()),
        label=time.label(month),
        times=_times(await months(client), time, month),
        client=await use(Clients).client(client),
        vouchers=vouchers,
        cards=await use(Cards).shown("statement", client, month.key),
        taken_over=found.starts.year == found.last.year and found.starts.month > 1,
        cash_lines=[(line.number, line.name) for line in found.cash_flow.form.lines if line.direction],
    )


@page(
    "/books/statements/{kind:str}/{number:int}",
    of=CLIENT,
    permission="books.read",
    examples={"kind": "income", "number": "1"},
    for_auditors="months",
)
async def line_page(request: Req, kind: str, number: int, period: str | None = None, span: str = "month") -> Page:
    """What a statement's line is made of: its accounts with their amounts, each leading to its entries; a line without accounts is filled here.

    Asked from the statement, to be shown over it, it has no layout.
    """
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    _known(kind)
    time = span_called(span)
    found = await reading.statements(client, month, time)
    statement = found.of(cast(Kind, kind))
    line = next((each for each in statement.form.lines if each.number == number), None)
    if line is None:
        raise Refusal("common.not_found", "报表里没有这一行。", status=404)
    books = await reading.books_of(client, found.last)
    amounts = books.closing(found.last) if kind == "balance_sheet" else books.turnover(found.first, found.last)
    parts = [
        (account, sum(v for code, v in amounts.items() if code.startswith(account.code)))
        for account in books.accounts
        if account.code in {t.key for t in line.terms if t.take in ("d", "c", "dd", "cc", "dp", "cp")}
    ]
    in_sheet = "hx-request" in request.headers
    return Page(
        "books/line_sheet.html" if in_sheet else "books/line.html",
        title=line.name,
        active="books",
        fragment=in_sheet,
        span=time,
        line=line,
        statement=statement,
        parts=parts,
        lines=[(t.sign, statement.form.line(int(t.key))) for t in line.terms if t.take == "L"],
        values=statement.values,
        flows=await reading.flows_of_line(client, found.first, found.last, number) if kind == "cash_flow" else [],
        month=month,
        label=time.label(month),
        fillable=line in fillable(statement.form) and time is Span.MONTH,
        sources=[(each.number, each.name) for each in sources(statement.form, line)],
        written=[f for f in await hand_figures(client) if f.kind == kind and f.line == number],
        names={each.number: each.name for each in statement.form.lines},
    )


@action("/books/cash/{voucher_id:int}", of=CLIENT, permission="books.note")
async def assign_form(voucher_id: int, data: Form) -> Redirect:
    """Say which line of the cash flow statement a voucher line's cash belongs to."""
    # The voucher is asked for first: what one may not see is not there, whatever else is wrong.
    period = (await use(Ledger).voucher(voucher_id)).period
    place, line = _number(data, "place"), _number(data, "line")
    await reading.assign_cash(client_in_scope(), voucher_id, place, line)
    return go(here(f"/books/statements?kind=cash_flow&period={period.key}"))


@action(
    "/books/statements/{kind:str}/{number:int}/fill",
    of=CLIENT,
    permission="books.note",
    examples={"kind": "income", "number": "24"},
)
async def fill_form(kind: str, number: int, data: Form) -> Redirect:
    """Fill a line that no account tells, with the reason."""
    _known(kind)
    month = Period.parse(str(data.get("period", "")))
    source = str(data.get("from_line", "")).strip()
    if source and not (source.isascii() and source.isdigit() and len(source) < 4):
        raise Refusal("books.no_source_line", "请选择这笔金额从报表的哪一行转来。", field="from_line")
    amount = fen(str(data.get("amount", "")))
    await fill(
        client_in_scope(), cast(Kind, kind), number, month, amount, int(source) if source else None, str(data.get("why", ""))
    )
    return go(here(f"/books/statements?kind={kind}&period={month.key}"))


@page("/books/brought", of=CLIENT, permission="books.note")
async def brought_page(saved: bool = False) -> Page:
    """What the cash flow statement holds of the year before the books start."""
    client = client_in_scope()
    about = await use(Clients).client(client)
    kept = await reading.brought_of(client, Period.of(about.books_start))
    found = form(about.standard, "cash_flow")
    return Page(
        "books/brought.html",
        title="建账前的现金流量",
        active="books",
        month=Period.of(about.books_start),
        client=about,
        lines=[(line, kept.cash.get(line.number, 0)) for line in found.lines if line.direction],
        saved=saved,
    )


@action("/books/brought", of=CLIENT, permission="books.note")
async def brought_form(data: Form) -> Redirect:
    """``line-7``: the amount of a line in yuan."""
    amounts: dict[int, int] = {}
    for name, text in data.items():
        number = name.removeprefix("line-")
        if number != name and number.isascii() and number.isdigit() and len(number) < 4 and str(text).strip():
            amounts[int(number)] = fen(str(text))
    await reading.keep_brought_cash(client_in_scope(), amounts)
    return go(here("/books/brought?saved=true"))


async def months(client: int) -> list[tuple[str, str]]:
    """Months to choose from, newest first: from the start of the books to now, three years at most."""
    start = Period.of((await use(Clients).client(client)).books_start)
    offered = [Period.current().plus(-back) for back in range(MONTHS_OFFERED)]
    if (years := scope().years) is not None:
        told = [Period(year, month) for year in sorted(years, reverse=True) for month in range(12, 0, -1)]
        offered = [month for month in told if month <= Period.current()]
    return [(month.key, month.label) for month in offered if month >= start]


def span_called(text: str) -> Span:
    try:
        return Span(text)
    except ValueError:
        raise Refusal("books.no_such_statement", "没有这张报表。", status=404) from None


def _times(months: list[tuple[str, str]], span: Span, chosen: Period) -> list[tuple[str, str]]:
    """The choices of a span, newest first: a quarter or year is called by one of its months."""
    found: dict[str, str] = {}
    for key, _ in [(chosen.key, ""), *months]:
        found.setdefault(span.label(Period.parse(key)), key)
    return sorted(((key, label) for label, key in found.items()), reverse=True)


def _known(kind: str) -> None:
    if kind not in dict(KINDS) or kind == EQUITY:
        raise Refusal("books.no_such_statement", "没有这张报表。", status=404)


def _number(data: dict[str, Any], name: str) -> int:
    text = str(data.get(name, ""))
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Refusal("books.no_such_line", "请选择现金流量项目。", field=name)
    return int(text)


PAGES: list[HTTPRouteHandler] = [statements_page, line_page, assign_form, fill_form, brought_page, brought_form]
