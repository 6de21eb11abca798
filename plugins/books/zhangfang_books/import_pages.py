"""The page that brings voucher files in, and the export of vouchers to other programs."""

from collections.abc import Mapping
from typing import Annotated, Any

from litestar import Request, Response
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler

from zhangfang_books import reading
from zhangfang_books.importing import kept_profiles
from zhangfang_books.importing.exporting import HEADINGS, voucher_excel
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.gbt24589_writing import gbt24589_xml
from zhangfang_books.importing.items import TITLES
from zhangfang_books.importing.profiles import FIELDS
from zhangfang_books.importing.reading_rows import MOST_BYTES, rows_of
from zhangfang_books.importing.services import Choices, ReadFile, bring_in, read_file
from zhangfang_books.ledger_pages import months_of
from zhangfang_books.statement_pages import months
from zhangfang_sdk import use
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.downloads import XLSX, download
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, Ledger
from zhangfang_sdk.periods import Period
from zhangfang_sdk.uploads import sent_file
from zhangfang_sdk.voucher_import import VoucherImport
from zhangfang_sdk.web import CLIENT, Page, action, page

Asked = Request[object, object, State]
Answers = Mapping[str, Any]
GBT = "gbt24589_2010"
Programs = Annotated[str, "kingdee_kis, yonyou, lemon or gbt24589_2010"]
EXPORTS = (
    *(("kingdee_kis", "金蝶"), ("yonyou", "用友 T3、T+、好会计"), ("lemon", "柠檬云")),
    *((GBT, "国标 XML(GB/T 24589.1-2010)"),),
)


@page("/books/import", of=CLIENT, permission="books.import")
async def import_page(period: str | None = None, to: str | None = None) -> Page:
    """Choose a file; or the months that are exported."""
    return await _page({}, span=months_of(period, to))


@action("/books/import", of=CLIENT, permission="books.import", stream=True, request_max_body_size=MOST_BYTES + 2**20)
async def import_form(request: Asked) -> Page:
    """What the file holds and would do, or with ``really`` the import: all of it or nothing. No transaction waits for the file."""
    client, sent = client_in_scope(), await request.form()
    form = dict(sent)
    try:
        file = await sent_file(sent)
        if file is None:
            raise Refusal("books.import_no_file", "请选择要导入的凭证文件。", field="file")
        content, name = await file.read(MOST_BYTES + 1), file.filename or ""
        async with transaction():
            await kept_profiles.remember(client, mapping_in(form))
        async with rows_of(content) as rows:
            read = await read_file(
                client, rows, program=_text(form, "program"), columns=_columns(form), name=name or "自定格式"
            )
        choices = _choices(form)
        await bring_in(client, read, choices, Source.of(content, name))
        if read.made is not None and read.vouchers:
            async with transaction():
                await kept_profiles.keep(read.made, confirmed=bool(choices.really and read.outcome.brought))
    except Refusal as refusal:
        async with transaction():
            return await _page(form, refusal=refusal)
    async with transaction():
        return await _page(form, read=read)


@page("/books/vouchers/{program:str}", of=CLIENT, permission="books.import", examples={"program": "lemon"})
async def export_vouchers(program: Programs, period: str | None = None, to: str | None = None) -> Response[bytes]:
    """Posted vouchers of some months in another program's voucher Excel, or as GB/T 24589.1-2010 XML."""
    if program not in HEADINGS and program != GBT:
        raise Refusal("books.no_such_profile", "没有这种导出格式。", status=404)
    client, (first, last) = client_in_scope(), months_of(period, to)
    accounts = await use(Ledger).accounts(client)
    vouchers = await reading.posted_vouchers(client, first, last)
    if program == GBT:
        return download(gbt24589_xml(vouchers, accounts), f"总账 {first.key}.xml", "application/xml")
    content = voucher_excel(program, vouchers, {a.code: a.full_name for a in accounts})
    return download(content, f"凭证 {first.key}.xlsx", XLSX)


def _text(form: Answers, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def mapping_in(form: Answers) -> dict[str, str]:
    """The other program's code → the client's account, of the select boxes "map:…"."""
    return {
        k.removeprefix("map:")[:40]: v for k, v in form.items() if k.startswith("map:") and isinstance(v, str) and v
    }


def _columns(form: Answers) -> dict[int, str]:
    """Place → field, of the select boxes."""
    found = {k.removeprefix("col:"): v for k, v in form.items() if k.startswith("col:") and v in FIELDS}
    return {int(place): field for place, field in found.items() if place.isdecimal() and len(place) < 5}


def _choices(form: Answers) -> Choices:
    answers = {"make": True, "text": False, "leave": True, "all": False}
    return Choices(
        really=_text(form, "really") == "1",
        make_items=answers.get(_text(form, "items")),
        leave_standing=answers.get(_text(form, "twins")),
        again=_text(form, "again") == "1",
        straight=_text(form, "straight") == "1",
    )


async def _page(
    form: Answers,
    *,
    read: ReadFile | None = None,
    refusal: Refusal | None = None,
    span: tuple[Period, Period] | None = None,
) -> Page:
    client = client_in_scope()
    first, last = span or months_of(None, None)
    accounts = await use(Ledger).accounts(client)
    leaves = [a for a in accounts if a.is_leaf and not a.retired]
    return Page(
        "books/import.html",
        title="凭证导入导出",
        active="books",
        place="import",
        status_code=200 if refusal is None else refusal.status,
        profiles=[("", "自动识别")] + [(p.program, p.name) for p in await kept_profiles.profiles()],
        program=_text(form, "program"),
        answers=_choices(form),
        read=read,
        refusal=refusal,
        suggested={} if read is None else _suggested(read, leaves),
        fields=[("", "不带入"), *FIELDS.items()],
        kinds=TITLES,
        may_straight=scope().may("ledger.post") and await use(VoucherImport).taking_over(client),
        exports=EXPORTS,
        month=first,
        last=last,
        months=await months(client),
        leaves=[("", "请选择")] + [(a.code, f"{a.code} {a.full_name}") for a in leaves],
    )


def _suggested(read: ReadFile, leaves: list[Account]) -> dict[str, str]:
    """Unknown account → the client's whose name is the file's, where just one is: chosen beforehand, confirmed by the person."""
    found: dict[str, str] = {}
    for theirs, (name, _) in read.outcome.unknown.items():
        wanted = name.replace("_", "-").replace("/", "-").replace("\\", "-").strip()
        same = [a.code for a in leaves if wanted and wanted in (a.full_name, a.name)]
        if len(same) == 1:
            found[theirs] = same[0]
    return found


PAGES: list[HTTPRouteHandler] = [import_page, import_form, export_vouchers]
