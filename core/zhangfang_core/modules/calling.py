"""The one place through which a plugin's code is called: hooks, jobs, pages, cards, badges, vendors, commands, admin forms.

Whoever calls has entered the scope and asked the firm's switch. Here the acting plugin is named, which limits services to what its
manifest declares; failures are logged at once and counted, time too. ``ZHANGFANG_TRACE_PLUGINS=1`` logs every call.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextvars import Token
from dataclasses import dataclass
from functools import partial, wraps
from types import TracebackType
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.response import Stream

from zhangfang_core.modules.afterwards import afterwards
from zhangfang_core.modules.reasons import reason_of
from zhangfang_sdk.acting import Acting, NotDeclared, _acting
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope_or_none, system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.services import use

log = logging.getLogger("zhangfang.plugins")
TRACED = os.environ.get("ZHANGFANG_TRACE_PLUGINS", "") == "1"

class PartEnded(RuntimeError):
    """A part raised what is no Exception (SystemExit, a cancellation that nobody asked for): here it fails like any other."""


def asked_to_stop(error: BaseException) -> bool:
    """Whether ``error`` comes from whoever may end this work: a person's Ctrl-C, a coroutine being closed, a task that was cancelled.

    A process that handles the signal itself (web, worker) is never told of Ctrl-C by an exception: there it is some code's own.
    """
    if isinstance(error, asyncio.CancelledError):
        try:
            task = asyncio.current_task()
        except RuntimeError:
            return False
        return task is not None and task.cancelling() > 0
    if isinstance(error, KeyboardInterrupt):
        handler = signal.getsignal(signal.SIGINT)
        return handler is signal.default_int_handler or isinstance(handler, partial)  # asyncio.run's own
    return isinstance(error, GeneratorExit)


TOLD_AGAIN_S = 60.0
"""The same undeclared permission of the same plugin and firm stands on the trail once in that time."""


@dataclass(slots=True)
class Tally:
    """Calls of one part of a plugin in this process; seconds in all and of the longest."""

    calls: int = 0
    failures: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    last_failure: str = ""


_known: dict[str, Acting] = {}
_tallies: dict[tuple[str, str], Tally] = {}
_told: dict[tuple[int | None, str, str], float] = {}


def know(manifest: Manifest) -> Acting:
    """The plugin as it acts: called once when it is loaded."""
    allowed = frozenset(manifest.uses) | {permission.id for permission in manifest.permissions}
    return _known.setdefault(manifest.id, Acting(manifest.id, manifest.title, allowed))


def tallies() -> Mapping[tuple[str, str], Tally]:
    """By plugin and part ("page /notes", "card notes.open"), of this process since its start."""
    return _tallies


class calling:
    """``with calling(plugin, part):`` around a plugin's code. What it raises goes on to whoever called it: always an Exception,
    unless somebody asked for the end (:func:`asked_to_stop`).

    ``answers`` are exceptions that are no failure. ``silent``: what is raised may hold a secret, so that its type alone is logged.
    """

    __slots__ = ("_answers", "_began", "_part", "_plugin", "_silent", "_token")

    def __init__(
        self, plugin: str, part: str, *, answers: tuple[type[Exception], ...] = (), silent: bool = False
    ) -> None:
        self._plugin = plugin
        self._part = part
        self._answers: tuple[type[Exception], ...] = (Refusal, *answers)
        self._silent = silent

    def __enter__(self) -> None:
        self._token: Token[Acting | None] = _acting.set(_known[self._plugin])
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        took = time.perf_counter() - self._began
        _acting.reset(self._token)
        tally = _tallies.get((self._plugin, self._part))
        if tally is None:
            tally = _tallies.setdefault((self._plugin, self._part), Tally())
        tally.calls += 1
        tally.seconds += took
        if took > tally.longest:
            tally.longest = took
        if TRACED:
            raised = "" if error is None else f", {type(error).__name__ if self._silent else reason_of(error)}"
            log.info("%s %s: %.1f ms%s", self._plugin, self._part, took * 1000, raised)
        if error is None or asked_to_stop(error):
            return
        if isinstance(error, NotDeclared):
            _on_the_trail(error, self._part)
        # A Refusal tells a person something.
        if isinstance(error, NotDeclared) or not isinstance(error, self._answers):
            self._note(tally, error)
        if not isinstance(error, Exception):
            raise PartEnded(type(error).__name__ if self._silent else reason_of(error)) from error

    def _note(self, tally: Tally, error: BaseException) -> None:
        tally.failures += 1
        told, tally.last_failure = tally.last_failure, type(error).__name__ if self._silent else reason_of(error)
        if isinstance(error, NotDeclared):
            return  # told already, as what it is
        if told == tally.last_failure or self._silent:
            log.warning("plugin %s, %s: failed (%s)", self._plugin, self._part, tally.last_failure)
        else:
            log.error("plugin %s, %s: failed", self._plugin, self._part, exc_info=error)


def _on_the_trail(error: NotDeclared, part: str) -> None:
    plugin, wanted = str(error.details["module"]), str(error.details["wanted"])
    log.error("plugin %s, %s: asked for %r, which its manifest does not declare", plugin, part, wanted)
    entered = scope_or_none()
    firm = None if entered is None else entered.firm
    key, now = (firm, plugin, wanted), time.monotonic()
    if firm is None or now - _told.get(key, -TOLD_AGAIN_S) < TOLD_AGAIN_S:
        return
    _told[key] = now

    async def record() -> None:
        await use(Audit).record("module.not_declared", f"module:{plugin}", after={"wanted": wanted, "part": part})

    afterwards(system_scope(firm), record)


def part_of(handler: HTTPRouteHandler) -> str:
    """What a page is called among the parts of its plugin: "page /notes"."""
    return f"page {min(handler.paths, default='/')}"


def as_plugin(handler: HTTPRouteHandler, plugin: str) -> HTTPRouteHandler:
    """The page with its function called as ``plugin``. Layout, badges and template are the host's and run as the person."""
    inner: Callable[..., Any] = handler.fn
    if getattr(inner, "__zhangfang_plugin__", None) == plugin:
        return handler
    part = part_of(handler)

    @wraps(inner)
    async def answer(*args: Any, **kwargs: Any) -> Any:
        with calling(plugin, part):
            response = await inner(*args, **kwargs)
        if isinstance(response, Stream):
            response.iterator = _pieces(response.iterator, plugin, part)
        return response

    answer.__zhangfang_plugin__ = plugin  # type: ignore[attr-defined]  # a handler loaded again is not wrapped again
    handler._fn = answer  # Litestar reads the signature through ``__wrapped__``
    return handler


async def _pieces(stream: Any, plugin: str, part: str) -> AsyncIterator[Any]:
    """A streamed answer is made after its page has returned: each piece as the plugin too."""
    iterator = stream() if callable(stream) else stream
    is_async = hasattr(iterator, "__anext__") or hasattr(iterator, "__aiter__")
    pieces = aiter(iterator) if is_async else iter(iterator)
    try:
        while True:
            with calling(plugin, part):
                try:
                    piece = await anext(pieces) if is_async else next(pieces)
                except (StopAsyncIteration, StopIteration):
                    return
            yield piece
    finally:
        close = getattr(pieces, "aclose", None) or getattr(pieces, "close", None)
        if close is not None:
            closing = close()
            if is_async:
                await closing
