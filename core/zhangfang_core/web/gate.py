"""The gate: every request passes sign-in, its place, permission, the firm's switches, both walls and its one transaction here."""

from contextlib import AsyncExitStack
from typing import Any
from urllib.parse import quote

from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Send
from litestar.types import Scope as Connection
from litestar.utils.scope.state import ScopeState

from zhangfang_core.database.engine import DATABASE_FAILED, DB, PortalTransaction, run_before_commit, scoped_transaction
from zhangfang_core.identity.auditing.reach import check_reach
from zhangfang_core.identity.enter import OWN, Asked, Entered, enter
from zhangfang_core.identity.places import open_somewhere
from zhangfang_core.identity.presence import COOKIE, Asking, Presence, answering, own_cookie
from zhangfang_core.modules.calling import part_of
from zhangfang_core.modules.switches import know_enabled
from zhangfang_core.modules.translations import speaking
from zhangfang_core.modules.troubles import worked
from zhangfang_core.web.asked_places import ADMIN, asked_place
from zhangfang_core.web.leaving import leaving, told
from zhangfang_core.web.receiving import STRANGERS_MOST, announced, largest, received_whole
from zhangfang_sdk.context import Scope, in_scope, scope_or_none
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.web import PERSON, PUBLIC, SIGNED_IN

SIGN_IN = "/sign-in"
SECOND_FACTOR = "/sign-in/code"


class SignInNeeded(Exception):
    """Answered with the sign-in page (GET of a page) or 401; ``where`` is the page to go to."""

    def __init__(self, where: str) -> None:
        super().__init__(where)
        self.where = where


BY_ITSELF = b"x-by-itself"
"""Header of what the script of a page asks when a live event says that something changed (live.js). Who leaves it out loses nothing."""

LARGEST_ID = 2**63 - 1
"""Of the database's ids: nothing stands behind an address with a larger one, and no query could ask for it."""


class DatabaseGone(Exception):
    """No transaction could be opened for the request; nothing of it was done."""


class Gate(ASGIMiddleware):
    async def handle(self, scope: Connection, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        handler = scope.get("route_handler")
        opt: dict[str, Any] = {} if handler is None else handler.opt
        if scope["type"] != ScopeType.HTTP or opt.get("static"):
            await next_app(scope, receive, send)
            return
        size, most = announced(scope), largest(handler, opt)
        if size is None or size > STRANGERS_MOST:
            await self._admit_briefly(scope, opt)
        async with received_whole(receive, size, most) as repeat:
            if opt.get("stream"):
                request, language = await self._admit_briefly(scope, opt)
                with in_scope(request.presence.scope or Scope()), answering(request), speaking(language):
                    await next_app(scope, repeat, _telling(scope, opt, request.presence.scope or Scope(), send))
                return
            await self._in_transaction(scope, opt, repeat, send, next_app)

    async def _in_transaction(
        self, scope: Connection, opt: dict[str, Any], receive: Receive, send: Send, next_app: ASGIApp
    ) -> None:
        transaction = OneTransaction()
        await transaction.open()
        not_committed: Exception | None = None
        try:
            request, language = await admit(scope, opt)
            with in_scope(request.presence.scope or Scope()), answering(request), speaking(language):

                async def answer(message: Message) -> None:
                    nonlocal not_committed
                    if message["type"] == "http.response.start":
                        try:
                            if (left := leaving(message, scope, opt)) is not None:
                                await told(scope, left)
                            await transaction.close(commit=message["status"] < 400)
                        except Exception as error:
                            not_committed = error
                            raise
                        if message["status"] < 400 and request.module is not None:
                            _well(scope, request.module)
                    await send(message)

                await next_app(scope, receive, answer)
        except Exception:
            if not_committed is None:
                raise
            # Litestar takes the answer for begun, but nothing of it has left: the error may still be told.
            ScopeState.from_scope(scope).response_started = False
            raise not_committed from None
        finally:
            await transaction.close(commit=False)

    async def _admit_briefly(self, scope: Connection, opt: dict[str, Any]) -> tuple[Asking, str]:
        async with AsyncExitStack() as stack:
            stack.push_async_exit(await begun())
            return await admit(scope, opt)


def _telling(connection: Connection, opt: dict[str, Any], actor: Scope, send: Send) -> Send:
    """Of a page without a transaction: what leaves is told in one of its own, before it leaves."""

    async def answer(message: Message) -> None:
        if message["type"] == "http.response.start" and (left := leaving(message, connection, opt)) is not None:
            async with scoped_transaction(actor):
                await told(connection, left)
        await send(message)

    return answer


def _well(scope: Connection, module: str) -> None:
    """A page of a plugin answered: what failed of it before is forgotten."""
    entered, handler = scope_or_none(), scope.get("route_handler")
    if entered is not None and entered.firm is not None and isinstance(handler, HTTPRouteHandler):
        worked(module, part_of(handler))


async def begun() -> PortalTransaction:
    """A transaction that was entered. Whatever stands in the way, the socket's file gone included, means that the database is away.

    Raises DatabaseGone.
    """
    transaction = DB.transaction()
    try:
        await transaction.__aenter__()
    except DATABASE_FAILED as error:
        raise DatabaseGone(str(error)) from error
    return transaction


class OneTransaction:
    """The request's transaction: closed once, before the first byte of the answer leaves."""

    def __init__(self) -> None:
        self._transaction: PortalTransaction | None = None

    async def open(self) -> None:
        self._transaction = await begun()

    async def close(self, *, commit: bool) -> None:
        transaction = self._transaction
        if transaction is None:
            return
        try:
            if commit:
                await run_before_commit()
            else:
                await transaction.rollback()
        except BaseException as error:
            self._transaction = None
            await transaction.__aexit__(type(error), error, error.__traceback__)
            raise
        self._transaction = None
        await transaction.__aexit__(None, None, None)


async def admit(scope: Connection, opt: dict[str, Any]) -> tuple[Asking, str]:
    """Find out who asks, in which place and language, and whether they may.

    Raises SignInNeeded, Refusal ``access.forbidden``, and ``common.not_found`` for a place that is not the person's and for
    pages of a module that the firm has off.
    """
    asked = asked_place(scope["raw_path"], opt)
    presence, language, entered = await _presence(scope, asked)
    permission, module = opt.get("permission", SIGNED_IN), opt.get("module")
    actor = presence.scope
    enabled: frozenset[str] = frozenset()
    if entered is not None and actor is not None and actor.firm is not None:
        enabled = know_enabled(actor.firm, entered.switches, entered.parts_off)
    request = Asking(ASGIConnection(scope), presence, enabled, asked, module, permission)
    if permission == PUBLIC:
        return request, language
    if actor is not None and actor.years is not None:
        check_reach(actor.years, scope["method"] if scope["type"] == ScopeType.HTTP else "", scope["query_string"].decode("latin-1"), opt)
    if actor is None or presence.pending:
        raise SignInNeeded(f"{SECOND_FACTOR if presence.pending else SIGN_IN}?next={quote(_address_of(scope))}")
    if any(isinstance(value, int) and value > LARGEST_ID for value in scope["path_params"].values()):
        raise not_found("页面")
    if opt.get("place") == PERSON:
        if module is not None and not await open_somewhere(presence.token or "", asked, module, permission):
            raise not_found("页面")
        return request, language
    if opt.get("place") == ADMIN and asked == OWN:
        return request, language
    if (actor.firm, actor.client) != (asked.firm, asked.client) or (module is not None and module not in enabled):
        raise not_found("页面")
    if permission != SIGNED_IN and not actor.may(permission):
        raise Refusal("access.forbidden", "您的角色没有这项权限,需要的话请联系管理员开通。", status=403)
    return request, language


async def _presence(scope: Connection, asked: Asked) -> tuple[Presence, str, Entered | None]:
    cookies, client = _cookies(scope), scope.get("client")
    token = cookies.get(own_cookie(COOKIE))
    entered = await enter(token, client[0] if client else "", asked, attended=not by_itself(scope))
    if entered is None:
        return Presence(None, None), cookies.get("lang", "zh"), None
    return Presence(token, entered.scope, entered.pending_second_factor), entered.language, entered


def by_itself(scope: Connection) -> bool:
    """Whether a page asks without its person, who may have left: an open stream, and what its script says so of."""
    return bool(scope["raw_path"].endswith(b"/events")) or any(name == BY_ITSELF for name, _ in scope["headers"])


def _cookies(scope: Connection) -> dict[str, str]:
    return dict(ASGIConnection[Any, Any, Any, Any](scope).cookies)


def _address_of(scope: Connection) -> str:
    if scope["type"] != ScopeType.HTTP or scope["method"] != "GET":
        return "/"
    # As it was sent: within a mount "path" has lost its beginning.
    path = scope["raw_path"].decode("latin-1").partition("?")[0]
    query = scope["query_string"].decode("latin-1")
    return path + (f"?{query}" if query else "")
