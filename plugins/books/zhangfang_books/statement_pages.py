"""会计报表: the three statements of a month, each line with its accounts behind it."""

from typing import Annotated, Any, cast

from litestar.enums import RequestEncodingType
from litestar.handlers import HTTPRouteHandler
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books import reading
from zhangfang_books.statements.forms import Kind
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]
KINDS = (("balance_sheet", "资产负债表"), ("income", "利润表"), ("cash_flow", "现金流量表"))
MONTHS_OFFERED = 36


@page("/books/statements", of=CLIENT, permission="books.read")
async def statements_page(period: str | None = None, kind: str = "balance_sheet") -> Page:
    """One statement of a month of the open client (LEDG-2)."""
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    _known(kind)
    found = await reading.statements(client, month)
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
        months=await months(client),
        client=await use(Clients).client(client),
        vouchers=vouchers,
        cash_lines=[(line.number, line.name) for line in found.cash_flow.form.lines if line.direction],
    )


@page(
    "/books/statements/{kind:str}/{number:int}",
    of=CLIENT,
    permission="books.read",
    examples={"kind": "income", "number": "1"},
)
async def line_sheet(kind: str, number: int, period: str | None = None) -> Page:
    """What a statement's line is made of: its accounts with their amounts, each leading to its entries."""
    client = client_in_scope()
    month = Period.parse(period) if period else Period.current()
    _known(kind)
    found = await reading.statements(client, month)
    statement = found.of(cast(Kind, kind))
    line = next((each for each in statement.form.lines if each.number == number), None)
    if line is None:
        raise Refusal("common.not_found", "报表里没有这一行。", status=404)
    books = await reading.books_of(client, month)
    amounts = books.closing(month) if kind == "balance_sheet" else books.turnover(month, month)
    parts = [
        (account, sum(v for code, v in amounts.items() if code.startswith(account.code)))
        for account in books.accounts
        if account.code in {t.key for t in line.terms if t.take in ("d", "c", "dd", "cc")}
    ]
    return Page(
        "books/line_sheet.html",
        title=line.name,
        active="books",
        fragment=True,
        line=line,
        statement=statement,
        parts=parts,
        lines=[(t.sign, statement.form.line(int(t.key))) for t in line.terms if t.take == "L"],
        values=statement.columns[0 if kind == "balance_sheet" else 1][1],
        flows=await reading.flows_of_line(client, month, number) if kind == "cash_flow" else [],
        month=month,
    )


@action("/books/cash/{voucher_id:int}", of=CLIENT, permission="books.note")
async def assign_form(voucher_id: int, data: Form) -> Redirect:
    """Say which line of the cash flow statement a voucher line's cash belongs to."""
    # The voucher is asked for first: what one may not see is not there, whatever else is wrong.
    period = (await use(Ledger).voucher(voucher_id)).period
    place, line = _number(data, "place"), _number(data, "line")
    await reading.assign_cash(client_in_scope(), voucher_id, place, line)
    return go(here(f"/books/statements?kind=cash_flow&period={period.key}"))


async def months(client: int) -> list[tuple[str, str]]:
    """Months to choose from, newest first: from the start of the books to now, three years at most."""
    start = Period.of((await use(Clients).client(client)).books_start)
    offered = [Period.current().plus(-back) for back in range(MONTHS_OFFERED)]
    return [(month.key, month.label) for month in offered if month >= start]


def _known(kind: str) -> None:
    if kind not in dict(KINDS):
        raise Refusal("books.no_such_statement", "没有这张报表。", status=404)


def _number(data: dict[str, Any], name: str) -> int:
    text = str(data.get(name, ""))
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        raise Refusal("books.no_such_line", "请选择现金流量项目。", field=name)
    return int(text)


PAGES: list[HTTPRouteHandler] = [statements_page, line_sheet, assign_form]
