"""The session cookie, and what a request knows of its session."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from litestar.connection import ASGIConnection

from zhangfang_core.identity.enter import OWN, Asked
from zhangfang_core.settings import is_reached_by_tls
from zhangfang_sdk.context import Scope
from zhangfang_sdk.web import SIGNED_IN

COOKIE = "zf_session"


def own_cookie(name: str) -> str:
    """The cookie's name: behind TLS with ``__Host-``, so that no neighbour under the same domain can set it (RFC 6265bis, 4.1.3)."""
    return f"__Host-{name}" if is_reached_by_tls() else name


@dataclass(frozen=True, slots=True)
class Presence:
    """Who a request comes from: ``scope`` is None when nobody is signed in; ``pending`` when the second factor is still owed."""

    token: str | None
    scope: Scope | None
    pending: bool = False


@dataclass(frozen=True, slots=True)
class Asking:
    """The request in hand, for what is rendered after the handler returned.

    ``asked`` is the place that its address names; ``module`` and ``permission`` those of the page that answers.
    """

    connection: ASGIConnection[Any, Any, Any, Any]
    presence: Presence
    enabled: frozenset[str]
    asked: Asked = OWN
    module: str | None = None
    permission: str = SIGNED_IN


_asking: ContextVar[Asking | None] = ContextVar("zhangfang_asking", default=None)


def asking() -> Asking | None:
    """None outside a request that passed the gate."""
    return _asking.get()


def token_of_request() -> str:
    """The session's token, "" without one."""
    request = asking()
    return "" if request is None else request.presence.token or ""


@contextmanager
def answering(request: Asking) -> Iterator[None]:
    token = _asking.set(request)
    try:
        yield
    finally:
        _asking.reset(token)
