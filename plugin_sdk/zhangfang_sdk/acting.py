"""Whose code runs: the plugin that the host has called, and what its manifest lets it ask of services.

The host sets this around every call into a plugin (:mod:`zhangfang_core.modules.calling`); outside one, core itself acts.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from zhangfang_sdk.errors import Refusal

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Acting:
    """``allowed`` are the permissions that the manifest ``uses`` and those of its own."""

    plugin: str
    title: str
    allowed: frozenset[str]


_acting: ContextVar[Acting | None] = ContextVar("zhangfang_acting", default=None)
_caller: ContextVar[Acting | None] = ContextVar("zhangfang_caller", default=None)


def acting() -> Acting | None:
    """The plugin whose code runs, None for core."""
    return _acting.get()


def caller() -> Acting | None:
    """Inside a service: the plugin that called it, None for core."""
    return _caller.get()


@contextmanager
def as_host() -> Iterator[None]:
    """For the host: its own work in the middle of a plugin's call, such as the end of a transaction that a job opened."""
    running, calling = _acting.set(None), _caller.set(None)
    try:
        yield
    finally:
        _acting.reset(running)
        _caller.reset(calling)


class NotDeclared(Refusal):
    """A plugin asked for something that its manifest does not declare. ``plugin`` and ``wanted`` name both."""

    def __init__(self, by: Acting, wanted: str) -> None:
        super().__init__(
            "module.not_declared",
            f"模块“{by.title}”没有声明要使用“{wanted}”,这次操作已被拒绝。请联系管理员。",
            status=403,
            details={"module": by.plugin, "wanted": wanted},
        )


def declared(permission: str) -> bool:
    """Whether the plugin whose code runs has declared ``permission``; always for core."""
    running = _acting.get()
    return running is None or permission in running.allowed


def require_declared(permission: str) -> None:
    """Raises NotDeclared unless :func:`declared`."""
    running = _acting.get()
    if running is not None and permission not in running.allowed:
        raise NotDeclared(running, permission)


def needs(*permissions: str) -> Callable[[F], F]:
    """Marks a service's method with what a plugin that calls it must have declared; nothing for what any plugin may do.

    What the person must be allowed to do beside that, the method's docstring says.
    """

    def mark(method: F) -> F:
        method.__needs__ = permissions  # type: ignore[attr-defined]  # read by zhangfang_sdk.services
        return method

    return mark
