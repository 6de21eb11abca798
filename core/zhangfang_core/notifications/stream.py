"""``/events``: what changed, told to an open screen as server-sent events. It carries topics and ids, never data, and holds no transaction."""

import json
import logging
import time
from collections.abc import AsyncIterator

import asyncpg
from litestar import Request
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from zhangfang_core.database.engine import DB
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.presence import asking
from zhangfang_core.modules.registry import registry
from zhangfang_core.notifications.badges import CORE_BADGES
from zhangfang_core.notifications.live import HUB, RESYNC, Ended, LiveEvent
from zhangfang_sdk.context import Scope, scope
from zhangfang_sdk.web import SIGNED_IN, page

log = logging.getLogger("zhangfang.live")

CHECK_S = 15.0
"""How often the session behind an open stream is looked at again; also the pace of the heartbeat."""

BADGES = "badges"
_RETRY_MS = 2000


@page("/events", permission=SIGNED_IN, stream=True)
async def events(request: Request[object, object, State]) -> Stream:
    """Named events: the topic as name, ``{"client": id}`` as data. ``badges`` says that red dots may have moved.

    Ends when the session ends or what the person may see changes; and after ``resync``, so that the browser connects and
    fetches anew.
    """
    asked = asking()
    token = None if asked is None else asked.presence.token
    address = "" if request.client is None else request.client.host
    return Stream(
        _told(scope(), token or "", address),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _told(seen: Scope, token: str, address: str) -> AsyncIterator[str]:
    dots = _topics_of_badges()
    with HUB.subscribed(seen.firm, seen.clients) as subscription:
        yield f"retry: {_RETRY_MS}\n\n"
        due = time.monotonic() + CHECK_S
        while True:
            try:
                event = await subscription.next(max(0.0, due - time.monotonic()))
            except Ended:
                return
            if time.monotonic() >= due:
                if not await _still_sees(seen, token, address):
                    return
                yield ":\n\n"
                due = time.monotonic() + CHECK_S
            if event is None:
                continue
            yield _written(event)
            if event.topic == RESYNC:
                return
            if event.topic in dots:
                yield f"event: {BADGES}\ndata: {{}}\n\n"


async def _still_sees(seen: Scope, token: str, address: str) -> bool:
    """Whether the session still stands and sees the same clients; a short transaction of its own."""
    try:
        async with DB.transaction():
            entered = await enter(token, address)
    except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("a stream ends, its session cannot be looked at: %s", error)
        return False
    if entered is None or entered.pending_second_factor:
        return False
    now = entered.scope
    return (now.firm, now.clients, now.user) == (seen.firm, seen.clients, seen.user)


def _topics_of_badges() -> frozenset[str]:
    badges = [*CORE_BADGES, *(b for module in registry().modules.values() for b in module.badges)]
    return frozenset(topic for badge in badges for topic in badge.topics)


def _written(event: LiveEvent) -> str:
    # A topic comes from code, but a line break in it would forge an event.
    topic = "".join(event.topic.split())
    return f"event: {topic}\ndata: {json.dumps({'client': event.client})}\n\n"


HANDLERS: list[HTTPRouteHandler] = [events]
