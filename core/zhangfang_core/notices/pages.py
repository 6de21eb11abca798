"""``/messages``: a person's own."""

import datetime as dt
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.notices.badges import unread_count
from zhangfang_core.notices.tables import NoticeRow
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import OwnPlace, at_each_place, here, portal
from zhangfang_sdk.services import use
from zhangfang_sdk.web import ANYWHERE, CLIENT, FIRM, PERSON, SIGNED_IN, Page, action, go, page

MESSAGES_SHOWN = 100


@page("/messages", of=(FIRM, CLIENT), permission=SIGNED_IN)
async def messages(unread: bool = False) -> Page:
    """The person's own messages of this place, newest first."""
    rows, waiting = await _messages_here(unread)
    return _messages(rows, waiting, unread)


@page("/messages", of=PERSON, permission=SIGNED_IN)
async def all_messages(unread: bool = False) -> Page:
    """The person's own messages of all their places, newest first."""

    async def of(place: OwnPlace) -> tuple[list[dict[str, Any]], list[int]]:
        unread_ids = await NoticeRow.select(NoticeRow.id).where(NoticeRow.read_at.is_null())
        return (await _messages_here(unread))[0], [row["id"] for row in unread_ids]

    found = await at_each_place(of)
    # Who is staff and boss in one firm sees a message at both places: it counts once.
    rows = {row["id"]: row for rows, _ in found for row in rows}
    waiting = {id_ for _, ids in found for id_ in ids}
    newest = sorted(rows.values(), key=lambda row: int(row["id"]), reverse=True)
    return _messages(newest[:MESSAGES_SHOWN], len(waiting), unread)


async def _messages_here(unread: bool) -> tuple[list[dict[str, Any]], int]:
    query = NoticeRow.select().order_by(NoticeRow.id, ascending=False).limit(MESSAGES_SHOWN)
    if unread:
        query = query.where(NoticeRow.read_at.is_null())
    rows = await query
    clients = {client.id: client.name for client in await use(Clients).clients()}
    return [{**row, "client_name": clients.get(row["client"], "")} for row in rows], await unread_count()


def _messages(rows: list[dict[str, Any]], waiting: int, unread: bool) -> Page:
    return Page("notices/messages.html", title="消息", active="messages", messages=rows, waiting=waiting, unread=unread)


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


HANDLERS: list[HTTPRouteHandler] = [messages, all_messages, read_all, open_message]
