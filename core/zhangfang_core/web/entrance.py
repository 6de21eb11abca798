"""The entrance, before the gate: which host is asked for, who asks, how many at once, and an answer that nobody fetches."""

import asyncio
import logging
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Send
from litestar.types import Scope as Connection

from zhangfang_core.settings import Settings
from zhangfang_core.web.limits import Place, UnderWay
from zhangfang_core.web.origins import refuse_foreign
from zhangfang_core.web.proxies import client_address, is_trusted
from zhangfang_core.web.streams import streams_closed
from zhangfang_sdk.errors import Refusal

SILENT_S = 10.0
"""A reader that takes nothing for so long is let go."""
PIECE = 32 * 1024
"""Bytes that the slowest reader takes in a part of that time."""

log = logging.getLogger("zhangfang.web")


class ReaderStopped(Exception):
    """The answer's reader takes no more of it."""


class Entrance(ASGIMiddleware):
    """Raises Refusal ``request.unknown_host`` (400), ``request.foreign_page`` (403), TooManyUnderWay."""

    def __init__(self, settings: Settings) -> None:
        self._proxies = settings.trusted_proxies
        self._hosts = settings.allowed_hosts and settings.allowed_hosts | {settings.host}
        self._public_url = settings.public_url
        self._under_way = UnderWay(settings.requests_per_address)

    async def handle(self, scope: Connection, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        if scope["type"] != ScopeType.HTTP:
            await next_app(scope, receive, send)
            return
        self._check_host(scope)
        refuse_foreign(scope["method"], _told(scope), self._public_url)
        self._see_through_proxies(scope)
        place = self._under_way.enter(scope["client"][0] if scope["client"] else "")
        sender = _Sender(send, place)
        try:
            async with streams_closed():
                await next_app(scope, receive, sender.send)
        except Exception:
            if not sender.reader_stopped:
                raise
            log.info("a reader of %s stopped and was let go", scope["path"])
        finally:
            place.leave()

    def _check_host(self, scope: Connection) -> None:
        if not self._hosts:
            return
        name = _without_port(next(_lines(scope, b"host"), ""))
        if name not in self._hosts and not _is_this_machine(name):
            raise Refusal("request.unknown_host", "这个网址不属于本系统,请用您的代账公司给您的网址打开。", status=400)

    def _see_through_proxies(self, scope: Connection) -> None:
        if not self._proxies or not scope["client"] or not is_trusted(scope["client"][0], self._proxies):
            return
        peer, port = scope["client"]
        scope["client"] = (client_address(peer, _lines(scope, b"x-forwarded-for"), self._proxies), port)
        schemes = [s.strip().lower() for line in _lines(scope, b"x-forwarded-proto") for s in line.split(",")]
        if schemes and schemes[-1] in ("http", "https"):
            scope["scheme"] = schemes[-1]


class _Sender:
    """Sends in pieces, waits for each with bounded patience, and gives an event stream's place free when it begins."""

    def __init__(self, send: Send, place: Place) -> None:
        self._send = send
        self._place = place
        self.reader_stopped = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_event_stream(message):
            self._place.leave()
        body = message.get("body", b"") if message["type"] == "http.response.body" else b""
        if len(body) <= PIECE:
            await self._patiently(message)
            return
        more: Any = message.get("more_body", False)
        for start in range(0, len(body), PIECE):
            end = start + PIECE
            await self._patiently(
                {"type": "http.response.body", "body": body[start:end], "more_body": more or end < len(body)}
            )

    async def _patiently(self, message: Message) -> None:
        try:
            async with asyncio.timeout(SILENT_S):
                await self._send(message)
        except TimeoutError as error:
            self.reader_stopped = True
            raise ReaderStopped from error


def _lines(scope: Connection, name: bytes) -> Iterator[str]:
    return (value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name)


def _told(scope: Connection) -> dict[str, str]:
    """What the browser says of the page that asks."""
    lines = {name: next(_lines(scope, name.encode()), None) for name in ("sec-fetch-site", "origin", "host")}
    return {name: line for name, line in lines.items() if line is not None}


def _without_port(host: str) -> str:
    name = host.strip().lower()
    return name[1:].partition("]")[0] if name.startswith("[") else name.partition(":")[0].rstrip(".")


def _is_event_stream(message: Any) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream") for name, value in message["headers"]
    )


def _is_this_machine(name: str) -> bool:
    """Health checks ask by address; a foreign page cannot make a browser send such a Host."""
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
