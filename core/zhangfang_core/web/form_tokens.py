"""The token that every change carries: it belongs to the session that was given it, and to no other.

Signed double-submit cookies as OWASP's Cross-Site Request Forgery Prevention Cheat Sheet describes them. Signed in, a token is a
random value with an HMAC over it and the session's own token. Signed out, where there is no session, it must come twice, in the
form and in the cookie, and none that was given to a session is taken.
"""

import hashlib
import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Message, Receive, Send
from litestar.types import Scope as Connection
from litestar.utils.scope.state import ScopeState

from zhangfang_core.identity.presence import asking, own_cookie
from zhangfang_core.settings import Settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_core.web.origins import SAFE_METHODS
from zhangfang_core.web.typed_texts import FORMS
from zhangfang_sdk.errors import Refusal

FORM_COOKIE = "zf_csrf"
FIELD, HEADER = "_csrf_token", "x-csrf-token"
SCRIPTS_COOKIE, SCRIPTS_HEADER = "csrftoken", "x-csrftoken"
"""Of a mounted application (``token_by_script`` in its ``opt``) whose script reads the token from a cookie and sends it in a header."""
_RANDOM_DIGITS = 32


class FormTokens(ASGIMiddleware):
    """Behind the gate, which says whose session it is. Raises Refusal ``request.stale_page`` (403)."""

    def __init__(self, settings: Settings) -> None:
        self._key = derived_key(settings, "csrf")
        self._secure = settings.secure_cookies

    async def handle(self, scope: Connection, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        entered = asking()
        if scope["type"] != ScopeType.HTTP or entered is None:
            await next_app(scope, receive, send)
            return
        session = entered.presence.token or ""
        by_script = bool(scope["route_handler"].opt.get("token_by_script"))
        name = SCRIPTS_COOKIE if by_script else own_cookie(FORM_COOKIE)
        cookie: str = entered.connection.cookies.get(name, "")
        if scope["method"] in SAFE_METHODS:
            if self._is_of(session, cookie):
                token = cookie
            else:
                token = self._made(session)
                send = self._giving(self._cookie(name, token, by_script=by_script), send)
                if by_script:
                    _replace_cookie(scope, name, token)
        else:
            token = await _sent(scope, receive, SCRIPTS_HEADER if by_script else HEADER)
            if not self._is_of(session, token) or (
                not session and not hmac.compare_digest(token.encode(), cookie.encode())
            ):
                raise Refusal("request.stale_page", "这个页面已经失效,这次没有执行。请刷新页面后再做一次。", status=403)
        ScopeState.from_scope(scope).csrf_token = token
        await next_app(scope, receive, send)

    def _made(self, session: str) -> str:
        random = secrets.token_hex(_RANDOM_DIGITS // 2)
        return random + self._signature(session, random)

    def _is_of(self, session: str, token: str) -> bool:
        random, signature = token[:_RANDOM_DIGITS], token[_RANDOM_DIGITS:]
        return token.isascii() and hmac.compare_digest(signature, self._signature(session, random))

    def _signature(self, session: str, random: str) -> str:
        # A session's token has one length and neither part a "!": no two pairs read alike.
        return hmac.new(self._key, f"{session}!{random}".encode(), hashlib.sha256).hexdigest()

    def _cookie(self, name: str, token: str, *, by_script: bool) -> Cookie:
        return Cookie(key=name, value=token, path="/", httponly=not by_script, samesite="lax", secure=self._secure)

    @staticmethod
    def _giving(cookie: Cookie, send: Send) -> Send:
        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableScopeHeaders.from_message(message).add("set-cookie", cookie.to_header(header=""))
            await send(message)

        return answer


async def _sent(scope: Connection, receive: Receive, header: str) -> str:
    """ "" without one. A form that is read for it is kept for the handler."""
    request = Request[Any, Any, Any](scope, receive=receive)
    found = request.headers.get(header)
    if not found and request.content_type[0] in FORMS:
        found = (await request.form()).get(FIELD)
    return found if isinstance(found, str) and found.isascii() else ""


def _replace_cookie(scope: Connection, name: str, value: str) -> None:
    """For an application inside that would give out a token of its own."""
    cookies = dict(Request[Any, Any, Any](scope).cookies) | {name: value}
    told = "; ".join(f"{key}={text}" for key, text in cookies.items()).encode("latin-1", "replace")
    scope["headers"] = [*((key, text) for key, text in scope["headers"] if key.lower() != b"cookie"), (b"cookie", told)]
