"""Import of vouchers from other programs, and their export to them."""

from typing import Annotated

from litestar import Request, Response
from litestar.datastructures import State, UploadFile
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_books import reading
from zhangfang_books.export_pages import XLSX, as_file
from zhangfang_books.importing.exporting import HEADINGS, voucher_excel
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_books.importing.services import Source, bring_in, profiles, remember
from zhangfang_books.ledger_pages import months_of
from zhangfang_books.statement_pages import Form, months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Asked = Request[object, object, State]
Programs = Annotated[str, "kingdee_kis, yonyou or lemon"]


@page("/books/import", of=CLIENT, permission="books.import")
async def import_page() -> Page:
    """Choose a file and the program that it comes from."""
    return await _page(None)


@action("/books/import", of=CLIENT, permission="books.import", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def import_form(request: Asked) -> Page:
    """A dry run, or with ``really`` the import: all of the file or nothing. No transaction is open while the file is read."""
    client, form = client_in_scope(), await request.form()
    file, program = form.get("file"), form.get("program")
    if not isinstance(file, UploadFile) or not isinstance(program, str):
        raise Refusal("books.import_no_file", "请选择要导入的 Excel 文件。", field="file")
    dry = form.get("really") != "1"
    content = await file.read(MOST_BYTES + 1)
    async with rows_of(content) as rows, transaction():
        outcome = await bring_in(client, rows, program, dry=dry, source=Source.of(content, file.filename or ""))
        return await _page(outcome, program=program, done=outcome.clean and not dry)


@action("/books/import/accounts", of=CLIENT, permission="books.import")
async def mapping_form(data: Form) -> Redirect:
    """Keep which of the client's accounts the other program's codes mean: fields ``map:<code>``."""
    chosen = {k.removeprefix("map:")[:40]: str(v) for k, v in data.items() if k.startswith("map:") and v}
    await remember(client_in_scope(), chosen)
    return go(here("/books/import"))


@page("/books/vouchers/{program:str}", of=CLIENT, permission="books.import", examples={"program": "lemon"})
async def export_vouchers(program: Programs, period: str | None = None, to: str | None = None) -> Response[bytes]:
    """Posted vouchers of some months in another program's voucher Excel."""
    if program not in HEADINGS:
        raise Refusal("books.no_such_profile", "没有这种导出格式。", status=404)
    client, (first, last) = client_in_scope(), months_of(period, to)
    names = {a.code: a.full_name for a in await use(Ledger).accounts(client)}
    content = voucher_excel(program, await reading.posted_vouchers(client, first, last), names)
    return as_file(content, f"凭证 {first.key}.xlsx", XLSX)


async def _page(outcome: object, *, program: str = "", done: bool = False) -> Page:
    client = client_in_scope()
    accounts = await use(Ledger).accounts(client)
    return Page(
        "books/import.html",
        title="凭证导入导出",
        active="books",
        place="import",
        profiles=[(p.program, p.name) for p in await profiles()],
        program=program,
        outcome=outcome,
        done=done,
        month=Period.current(),
        months=await months(client),
        leaves=[("", "请选择")] + [(a.code, f"{a.code} {a.full_name}") for a in accounts if a.is_leaf],
    )


PAGES: list[HTTPRouteHandler] = [import_page, import_form, mapping_form, export_vouchers]
