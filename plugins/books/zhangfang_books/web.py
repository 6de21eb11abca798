"""The page of the month's trial balance."""

from typing import Annotated, Any

from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from zhangfang_books import services
from zhangfang_sdk.context import client_in_scope
from zhangfang_sdk.periods import Period
from zhangfang_sdk.places import here
from zhangfang_sdk.web import CLIENT, Page, action, go, page

Form = Annotated[dict[str, Any], Body(media_type=RequestEncodingType.URL_ENCODED)]


@page("/books", of=CLIENT, permission="books.read")
async def books_page(period: str | None = None) -> Page:
    """试算平衡表 of the open client ("2026-11"; the current month by default)."""
    month = Period.parse(period) if period else Period.current()
    client = client_in_scope()
    note = await services.note_of(client, month)
    return Page(
        "books/trial_balance.html",
        title="财务账表",
        active="books",
        period=month,
        balance=await services.trial_balance_of(client, month),
        note=note,
    )


@action("/books/{period:str}/note", of=CLIENT, permission="books.note", examples={"period": "2026-11"})
async def write_note(period: str, data: Form) -> Redirect:
    """Replace the accountant's note on a month."""
    month = Period.parse(period)
    await services.write_note(client_in_scope(), month, str(data.get("note", "")))
    return go(here(f"/books?period={month.key}"))


PAGES = [books_page, write_note]
