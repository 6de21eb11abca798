"""The page of the reconciliation, and its file."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler

from zhangfang_books.bank.accounts import account_of, called
from zhangfang_books.bank.reconciliation import reconciled, reconciliation_sheet
from zhangfang_books.printing.pdf import pdf
from zhangfang_books.statement_pages import months
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope
from zhangfang_sdk.downloads import XLSX, download
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.excel import excel
from zhangfang_sdk.periods import Period
from zhangfang_sdk.web import CLIENT, Page, page


@page("/books/bank/{bank_account_id:int}/reconciliation", of=CLIENT, permission="bank.read")
async def reconciliation_page(bank_account_id: int, period: str | None = None) -> Page:
    """余额调节表 at the end of a month ("2026-11"; the current one by default)."""
    client = client_in_scope()
    account = await account_of(client, bank_account_id)
    month = Period.parse(period) if period else Period.current()
    return Page(
        "books/bank_reconciliation.html",
        title=called(account),
        active="bank",
        place="reconciliation",
        account=account,
        month=month,
        months=await months(client),
        found=await reconciled(account, month),
    )


@page(
    "/books/bank/{bank_account_id:int}/reconciliation/{fmt:str}",
    of=CLIENT,
    permission="bank.read",
    examples={"fmt": "xlsx"},
)
async def reconciliation_file(bank_account_id: int, fmt: str, period: str | None = None) -> Response[bytes]:
    if fmt not in ("xlsx", "pdf"):
        raise Refusal("books.no_such_format", "只能导出 Excel 或 PDF。", status=404)
    client = client_in_scope()
    account = await account_of(client, bank_account_id)
    month = Period.parse(period) if period else Period.current()
    about = await use(Clients).client(client)
    sheet = reconciliation_sheet(await reconciled(account, month), called(account), about.name, scope().user_name)
    name = f"{about.name} 余额调节表 {month.key}"
    if fmt == "pdf":
        return download(pdf([sheet]), f"{name}.pdf", "application/pdf")
    return download(excel([sheet]), f"{name}.xlsx", XLSX)


PAGES: list[HTTPRouteHandler] = [reconciliation_page, reconciliation_file]
