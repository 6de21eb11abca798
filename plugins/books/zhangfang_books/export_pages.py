"""Statements, ledgers and vouchers as files."""

from typing import cast

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from zhangfang_books import reading, stock_pages
from zhangfang_books.ledger_pages import MONEY, detail_of, general_accounts, months_of
from zhangfang_books.ledgers import balance_rows, general
from zhangfang_books.printing.pdf import pdf
from zhangfang_books.printing.vouchers import vouchers_pdf
from zhangfang_books.sheets import (
    balance_sheet_of_accounts,
    detail_sheet,
    equity_sheets,
    general_sheet,
    statement_sheet,
)
from zhangfang_books.statement_pages import EQUITY, KINDS, span_called
from zhangfang_books.statements.equity import EquityStatement
from zhangfang_books.statements.forms import Kind
from zhangfang_books.statements.spans import Span
from zhangfang_books.stock_sheets import stock_item_sheet, stock_sheet
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.downloads import XLSX, download
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.excel import MOST_ROWS, excel
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.sheets import Sheet
from zhangfang_sdk.web import CLIENT, page

PRINTED_VOUCHERS = 2000


@page(
    "/books/export/{report:str}/{fmt:str}",
    of=CLIENT,
    permission="books.read",
    examples={"report": "balance_sheet", "fmt": "xlsx"},
    for_auditors="months",
)
async def export(
    report: str,
    fmt: str,
    period: str | None = None,
    to: str | None = None,
    account: str = "",
    columns: bool = False,
    span: str = "month",
    item: int | None = None,
) -> Response[bytes]:
    """``report``: a statement, "statements" (all of them), balances, general, detail, journal, stock (one ``item`` or all), vouchers; ``fmt``: xlsx or pdf."""
    if fmt not in ("xlsx", "pdf"):
        raise Refusal("books.no_such_format", "只能导出 Excel 或 PDF。", status=404)
    client, (first, last) = client_in_scope(), months_of(period, to)
    time = span_called(span)
    about = await use(Clients).client(client)
    if report == "vouchers" and fmt == "pdf":
        found = await reading.posted_vouchers(client, first, last)
        if not found or len(found) > PRINTED_VOUCHERS:
            raise Refusal(
                "books.nothing_to_print", f"请选择有凭证的月份,一次最多打印 {PRINTED_VOUCHERS} 张。", status=409
            )
        names = {a.code: a.full_name for a in await use(Ledger).accounts(client)}
        return download(vouchers_pdf(about.name, found, names), f"记账凭证 {first.label}.pdf", "application/pdf")
    if report == "stock":
        sheets = [await _stock(client, about.name, (first, last), account, item)]
    else:
        sheets = await _sheets(report, client, about.name, (first, last), account, columns=columns, time=time)
    name = f"{about.name} {sheets[0].title} {first.key}"
    if fmt == "pdf":
        return download(pdf(sheets), f"{name}.pdf", "application/pdf")
    return download(excel(sheets), f"{name}.xlsx", XLSX)


async def _sheets(
    report: str, client: int, name: str, months: tuple[Period, Period], account: str, *, columns: bool, time: Span
) -> list[Sheet]:
    first, last = months
    by = scope().user_name
    if report == EQUITY:
        return _equity(await reading.equity(client, last.year), name, last.year, by)
    if report in dict(KINDS) or report == "statements":
        found = await reading.statements(client, last, time)
        kinds = [k for k, _ in KINDS if k != EQUITY] if report == "statements" else [report]
        sheets = [statement_sheet(found.of(cast(Kind, k)), name, found.last, time.label(last), by) for k in kinds]
        if report == "statements" and time is Span.YEAR and (equity := await reading.equity(client, last.year)):
            sheets += equity_sheets(equity, name, last.year, by)
        return sheets
    books = await reading.books_of(client, last)
    if report == "balances":
        return [balance_sheet_of_accounts(balance_rows(books, first, last), name, first, last, by)]
    if report == "general":
        shown = [general(books, each.code, first, last) for each in general_accounts(books, account)]
        moved = [b for b in shown if b.opening or any(r.debit or r.credit for r in b.rows)]
        return [general_sheet(moved, name, first, last, by)]
    if report in ("detail", "journal"):
        code = account or "1002"
        if report == "journal" and not code.startswith(MONEY):
            raise Refusal("common.not_found", "没有找到这个现金或银行科目。", status=404)
        book = await detail_of(client, books, code, first, last, columns=columns, limit=MOST_ROWS)
        title = "日记账" if report == "journal" else "多栏账" if columns else "明细账"
        return [detail_sheet(book, title, name, first, last, by)]
    raise Refusal("books.no_such_report", "没有这张报表。", status=404)


def _equity(found: EquityStatement | None, name: str, year: int, by: str) -> list[Sheet]:
    if found is None:
        raise Refusal("books.no_such_statement", "小企业会计准则没有所有者权益变动表。", status=404)
    return equity_sheets(found, name, year, by)


async def _stock(client: int, name: str, months: tuple[Period, Period], account: str, item: int | None) -> Sheet:
    by = scope().user_name
    if item is None:
        return stock_sheet(await stock_pages.books_of(client, *months), name, *months, by)
    found = await stock_pages.entries_of(client, item, account, *months, limit=MOST_ROWS)
    return stock_item_sheet(*found, name, *months, by)


PAGES: list[HTTPRouteHandler] = [export]
