"""``/events``: what changed, told to an open screen as server-sent events. It carries topics and ids, never data, and holds no transaction."""

import json
import logging
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from zhangfang_core.database.engine import DATABASE_FAILED, DB
from zhangfang_core.identity.enter import Asked, enter
from zhangfang_core.identity.places import own_places
from zhangfang_core.identity.presence import asking
from zhangfang_core.live.hub import HUB, RESYNC, Ended, LiveEvent, View
from zhangfang_core.modules.registry import registry
from zhangfang_core.web.core_badges import CORE_BADGES
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.live import ACCESS
from zhangfang_sdk.web import ANYWHERE, SIGNED_IN, page

log = logging.getLogger("zhangfang.live")

CHECK_S = 15.0
"""How often the session behind an open stream is looked at again; also the pace of the heartbeat."""

BADGES = "badges"
_RETRY_MS = 2000


@page("/events", of=ANYWHERE, permission=SIGNED_IN, stream=True)
async def events(request: Request[object, object, State]) -> Stream:
    """Named events: the topic as name, ``{"client": id}`` as data. ``badges`` says that red dots may have moved.

    A client's pages hear of this client, a firm's of all that the person may see there, the person's own of all their places.
    Ends when the session ends or what the person may see changes (at once, by ACCESS); and after ``resync``, so that the browser
    connects and fetches anew.
    """
    asked = asking()
    if asked is None or asked.presence.token is None:
        raise not_found("页面")
    address = "" if request.client is None else request.client.host
    screen = Screen(asked.presence.token, address, asked.asked)
    return Stream(
        _told(screen, await screen.views() or ()),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


@dataclass(frozen=True, slots=True)
class Screen:
    """An open page of somebody at a place."""

    token: str
    address: str
    asked: Asked

    async def views(self) -> Sequence[View] | None:
        """What it may show now; None when the session does not stand. A short transaction of its own."""
        async with DB.transaction():
            entered = await enter(self.token, self.address, self.asked, attended=False)
            if entered is None or entered.pending_second_factor:
                return None
            if self.asked.firm is not None:
                return _view(entered.scope)
            with in_scope(entered.scope):
                places = await own_places()
            found = [
                await enter(self.token, self.address, Asked(place.firm, place.client), attended=False) for place in places
            ]
        return [view for each in found if each is not None for view in _view(each.scope)]


def _view(seen: Scope) -> list[View]:
    if seen.firm is None:
        return []
    return [View(seen.firm, seen.clients, (seen.permissions, seen.measures, seen.accounts, seen.years))]


async def _told(screen: Screen, views: Sequence[View]) -> AsyncIterator[str]:
    dots = _topics_of_badges()
    with HUB.subscribed(views) as subscription:
        yield f"retry: {_RETRY_MS}\n\n"
        due = time.monotonic() + CHECK_S
        while True:
            try:
                event = await subscription.next(max(0.0, due - time.monotonic()))
            except Ended:
                return
            if time.monotonic() >= due:
                if not await _still_shows(screen, views):
                    return
                yield ":\n\n"
                due = time.monotonic() + CHECK_S
            if event is None:
                continue
            if event.topic == ACCESS:
                if await _still_shows(screen, views):
                    continue
                yield _written(LiveEvent(RESYNC))
                return
            yield _written(event)
            if event.topic == RESYNC:
                return
            if event.topic in dots:
                yield f"event: {BADGES}\ndata: {{}}\n\n"


async def _still_shows(screen: Screen, views: Sequence[View]) -> bool:
    """Whether the session still stands and sees the same."""
    try:
        return await screen.views() == views
    except DATABASE_FAILED as error:
        log.warning("a stream ends, its session cannot be looked at: %s", error)
        return False


def _topics_of_badges() -> frozenset[str]:
    modules = registry().modules.values()
    counted = [badge.topics for m in modules for badge in m.badges]
    listed = [source.topics for m in modules for source in m.waiting if source.nav]
    return frozenset(topic for topics in (*(b.topics for b in CORE_BADGES), *counted, *listed) for topic in topics)


def _written(event: LiveEvent) -> str:
    # A topic comes from code, but a line break in it would forge an event.
    topic = "".join(event.topic.split())
    return f"event: {topic}\ndata: {json.dumps({'client': event.client})}\n\n"


HANDLERS: list[HTTPRouteHandler] = [events]
