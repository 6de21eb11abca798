"""``/messages``: a person's own."""

import datetime as dt
from typing import Annotated, Any

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, written
from zhangfang_core.notices import opt_outs
from zhangfang_core.notices.badges import unread_count, urgent_unread
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import OwnPlace, at_each_place, here, portal
from zhangfang_sdk.services import use
from zhangfang_sdk.web import ANYWHERE, CLIENT, FIRM, PERSON, SIGNED_IN, Page, action, go, page

MESSAGES_SHOWN = 100


Before = Annotated[int, QueryParameter(name="before", ge=0, le=2**63 - 1)]
"""The id of the last message of the page before this one; 0 begins with the newest."""


@page("/messages", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def messages(unread: bool = False, older_than: Before = 0) -> Page:
    """The person's own messages of this place, newest first."""
    return _messages(await _messages_here(unread, older_than), await unread_count(), unread, older_than)


@page("/messages", of=PERSON, permission=SIGNED_IN)
async def all_messages(unread: bool = False, older_than: Before = 0) -> Page:
    """The person's own messages of all their places, newest first."""

    async def of(place: OwnPlace) -> tuple[list[dict[str, Any]], list[int]]:
        unread_ids = await NoticeRow.select(NoticeRow.id).where(NoticeRow.read_at.is_null())
        return await _messages_here(unread, older_than), [row["id"] for row in unread_ids]

    found = await at_each_place(of)
    # Who is staff and boss in one firm sees a message at both places: it counts once.
    rows = {row["id"]: row for rows, _ in found for row in rows}
    waiting = {id_ for _, ids in found for id_ in ids}
    newest = sorted(rows.values(), key=lambda row: int(row["id"]), reverse=True)
    return _messages(newest, len(waiting), unread, older_than)


async def _messages_here(unread: bool, older_than: int) -> list[dict[str, Any]]:
    """One more than is shown, where there are more."""
    query = NoticeRow.select().order_by(NoticeRow.id, ascending=False).limit(MESSAGES_SHOWN + 1)
    if unread:
        query = query.where(NoticeRow.read_at.is_null())
    if older_than:
        query = query.where(NoticeRow.id < older_than)
    clients = {client.id: client.name for client in await use(Clients).clients()}
    return [{**row, "client_name": clients.get(row["client"], "")} for row in await query]


def _messages(rows: list[dict[str, Any]], waiting: int, unread: bool, older_than: int) -> Page:
    shown = rows[:MESSAGES_SHOWN]
    return Page(
        "notices/messages.html",
        title="消息",
        active="messages",
        messages=shown,
        waiting=waiting,
        unread=unread,
        older_than=older_than,
        older=shown[-1]["id"] if len(rows) > MESSAGES_SHOWN else None,
    )


@action("/messages/{notice_id:int}", of=ANYWHERE, permission=SIGNED_IN)
async def open_message(notice_id: int) -> Redirect:
    """Mark a message as read and go where it leads."""

    async def read(place: OwnPlace | None) -> str | None:
        found = await NoticeRow.select(NoticeRow.link).where(NoticeRow.id == notice_id).first()
        if found is None:
            return None
        await _mark_read(notice_id)
        return str(found["link"])

    links = await at_each_place(read) if scope().firm is None else [await read(None)]
    link = next((link for link in links if link is not None), None)
    if link is None:
        raise not_found("消息")
    return go(portal(link))


@action("/messages/read", of=ANYWHERE, permission=SIGNED_IN)
async def read_all() -> Redirect:
    """Mark all of the person's messages of this place as read; at their own page, of all places."""

    async def read(place: OwnPlace | None) -> None:
        await _mark_read(None)

    await (at_each_place(read) if scope().firm is None else read(None))
    return go(here("/messages"))


async def _mark_read(only: int | None) -> None:
    update = NoticeRow.update({NoticeRow.read_at: dt.datetime.now(dt.UTC)}).where(NoticeRow.read_at.is_null())
    await (update if only is None else update.where(NoticeRow.id == only))


@page("/messages/urgent", of=ANYWHERE, permission=SIGNED_IN)
async def urgent_part() -> Page:
    """The window of what is urgent and not seen yet, at a person's own pages of all their places; empty where there is none."""
    return await _urgent_window()


@action("/messages/{notice_id:int}/seen", of=ANYWHERE, permission=SIGNED_IN)
async def mark_seen(request: Request[object, object, State], notice_id: int) -> Page | Redirect:
    """The person has seen it: the window goes, or shows the next one."""

    async def read(place: OwnPlace | None) -> bool:
        found = await NoticeRow.exists().where(NoticeRow.id == notice_id)
        if found:
            await _mark_read(notice_id)
        return bool(found)

    if not any(await at_each_place(read) if scope().firm is None else [await read(None)]):
        raise not_found("消息")
    return await _urgent_window() if "hx-request" in request.headers else go(here("/messages"))


async def _urgent_window() -> Page:
    async def waiting(place: OwnPlace | None) -> list[dict[str, Any]]:
        return await urgent_unread()

    found = await at_each_place(waiting) if scope().firm is None else [await waiting(None)]
    # Who is staff and boss in one firm sees a message at both places: it stands there once.
    urgent = {row["id"]: row for rows in found for row in rows}
    return Page("notices/urgent.html", fragment=True, urgent=[urgent[id_] for id_ in sorted(urgent)])


@page("/messages/choices", of=ANYWHERE, permission=SIGNED_IN)
async def choices_page() -> Page:
    """Of which kinds the person wants e-mail and SMS; on the screen all of them stay."""
    return Page(
        "notices/choices.html",
        title="接收哪些通知",
        active="account",
        back=here("/account/contacts"),
        kinds=await opt_outs.closable_kinds(),
        closed=await opt_outs.closed(),
    )


@action("/messages/choices", of=ANYWHERE, permission=SIGNED_IN)
async def choices_form(data: Form) -> Redirect:
    shown = await opt_outs.closable_kinds()
    await opt_outs.close_and_open(shown, [kind for kind in shown if written(data, f"kind_{kind}") == "1"])
    return go(here("/messages/choices"))


HANDLERS: list[HTTPRouteHandler] = [
    messages,
    all_messages,
    read_all,
    urgent_part,
    choices_page,
    choices_form,
    open_message,
    mark_seen,
]
