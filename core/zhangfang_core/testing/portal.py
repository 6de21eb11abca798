"""The whole portal in process: pages asked over ASGI by people with sessions of their own, and event streams read as they flow."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import httpx
from litestar import Litestar

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.presence import COOKIE, own_cookie
from zhangfang_core.identity.sessions import open_session
from zhangfang_core.identity.tokens import hash_of
from zhangfang_core.settings import Settings
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import Scope

ORIGIN = "http://portal.test"
CSRF_COOKIE, CSRF_HEADER = "zf_csrf", "x-csrf-token"
ADMIN_CSRF_COOKIE, ADMIN_CSRF_HEADER = "csrftoken", "X-CSRFToken"


async def session_for(person: int) -> str:
    """A session as sign-in makes it, its second factor given; returns its token."""
    async with scoped_transaction(Scope(user=person)):
        token = await open_session(person, address="127.0.0.1", user_agent="test")
        await connection().execute("update core_session set mfa_done = true where token_hash = $1", hash_of(token))
    return token


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser with one person's session, or nobody's. Forms carry the token against forged requests, as pages do.

    Addresses are written from ``place`` on: with "/f/1/c/2" the page "/notes" is that client's. Whole ones, as redirects and
    links give them, are taken as they are.
    """

    http: httpx.AsyncClient
    place: str = ""

    async def ask(
        self,
        method: str,
        path: str,
        *,
        form: Mapping[str, str] | Mapping[str, str | list[str]] | None = None,
        json: object | None = None,
        content: str | bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """One request, redirects not followed. A page is asked for as a browser does unless ``json`` is sent; ``content`` is sent as it stands."""
        sent = {"accept": "application/json" if json is not None else "text/html", **(headers or {})}
        if method not in ("GET", "HEAD"):
            sent |= await self._tokens(path)
        body: dict[str, Any] = {"json": json} if json is not None else {"data": dict(form or {})} if form else {}
        if content is not None:
            body = {"content": content.encode() if isinstance(content, str) else content}
        whole = path if self.place == "" or path.startswith(f"{self.place}/") else self.place + path
        return await self.http.request(method, whole, headers=sent, **body)

    async def get(self, path: str) -> httpx.Response:
        return await self.ask("GET", path)

    async def post(self, path: str, **form: str | list[str]) -> httpx.Response:
        return await self.ask("POST", path, form=form)

    async def _tokens(self, path: str) -> dict[str, str]:
        admin = path.startswith("/admin/")
        cookie, header = (ADMIN_CSRF_COOKIE, ADMIN_CSRF_HEADER) if admin else (CSRF_COOKIE, CSRF_HEADER)
        if not admin:
            cookie = own_cookie(cookie)
        if self.http.cookies.get(cookie) is None:
            firm = path.split("/")[2] if admin else ""
            await self.http.get(f"/admin/{firm}/public/meta/" if admin else "/healthz")
        token = self.http.cookies.get(cookie)
        return {} if token is None else {header: token}


@dataclass(frozen=True, slots=True)
class Portal:
    """A running app. The pool is the test's own."""

    app: Litestar

    @asynccontextmanager
    async def visitor(self, token: str | None, place: str = "", origin: str = ORIGIN) -> AsyncIterator[Visitor]:
        """Somebody with a session's token; None is signed out. ``place`` is where their pages are: "/f/1/c/2", "/f/1", "/me".

        ``origin`` is the address by which they reach the portal.
        """
        transport = httpx.ASGITransport(cast(Any, self.app), raise_app_exceptions=False)
        cookies = {} if token is None else {COOKIE: token}
        async with httpx.AsyncClient(
            transport=transport, base_url=origin, cookies=cookies, headers={"accept-encoding": "identity"}
        ) as http:
            yield Visitor(http, place)

    @asynccontextmanager
    async def events(self, token: str | None, place: str) -> AsyncIterator["EventStream"]:
        """``/events`` of a place open for somebody; at the end the browser goes away."""
        stream = EventStream(f"{place}/events")
        task = asyncio.create_task(self.app(stream.request(token), stream.receive, stream.send))
        try:
            yield stream
        finally:
            stream.gone.set()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


class EventStream:
    """One open ``/events``, spoken to as a server speaks to an app: httpx's ASGI transport would wait for its end."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.status: int | None = None
        self.gone = asyncio.Event()
        self._asked = False
        self._pieces: asyncio.Queue[str | None] = asyncio.Queue()
        self._rest = ""

    def request(self, token: str | None) -> Any:
        cookie = [] if token is None else [(b"cookie", f"{COOKIE}={token}".encode())]
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": self.path,
            "raw_path": self.path.encode(),
            "query_string": b"",
            "root_path": "",
            "headers": [(b"host", b"portal.test"), (b"accept", b"text/event-stream"), *cookie],
            "client": ("127.0.0.1", 1),
            "server": ("portal.test", 80),
        }

    async def receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            return
        self._pieces.put_nowait(message.get("body", b"").decode())
        if not message.get("more_body"):
            self._pieces.put_nowait(None)

    async def next(self, timeout_s: float = 5.0) -> str | None:
        """The next event as it stands on the wire ("event: ledger\\ndata: ..."), None at the stream's end. Raises TimeoutError."""
        while "\n\n" not in self._rest:
            piece = await asyncio.wait_for(self._pieces.get(), timeout_s)
            if piece is None:
                return None
            self._rest += piece
        event, _, self._rest = self._rest.partition("\n\n")
        return event


@asynccontextmanager
async def running_portal(settings: Settings) -> AsyncIterator[Portal]:
    """The app between its start and its end; ``settings.dsn`` names the test's database, and its pool is open.

    The app starts and ends in a task of its own: a fixture's set-up and its end are not the same task, and Litestar minds.
    """
    app = create_app(settings)
    started, ending = asyncio.Event(), asyncio.Event()

    async def run() -> None:
        async with app.lifespan():
            started.set()
            await ending.wait()

    life = asyncio.create_task(run())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({life, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if life.done():
        await life
    try:
        yield Portal(app)
    finally:
        ending.set()
        await life
