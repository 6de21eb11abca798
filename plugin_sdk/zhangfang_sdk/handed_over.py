"""What somebody hands to a service to be called or read there: it runs as whoever handed it over, not as the service's provider."""

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

from zhangfang_sdk.acting import Acting, _acting, _caller

DATA: set[type[Any]] = {int, str, bytes, bool, type(None)}
"""Types whose values only hold data, as far as they were met: those need no binding."""
Wrap = Callable[[Any, Acting | None, Acting | None], Any]


def handed_over(
    args: tuple[Any, ...], kwargs: dict[str, Any], by: Acting | None, caller: Acting | None
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments, with each callable, iterator and awaitable among them bound to run as ``by``, whose own caller is ``caller``."""
    bound = tuple(_bound(value, by, caller) for value in args)
    return bound, {name: _bound(value, by, caller) for name, value in kwargs.items()}


def _bound(value: Any, by: Acting | None, caller: Acting | None) -> Any:
    if type(value) in DATA:
        return value
    wrap = _wrap_of(type(value))
    if wrap is None:
        DATA.add(type(value))
        return value
    return wrap(value, by, caller)


def _wrap_of(kind: type[Any]) -> Wrap | None:
    """How values of a type are bound; None for what only holds data, and for classes."""
    if issubclass(kind, type):
        return None
    if hasattr(kind, "__aiter__"):
        return _AsyncPieces
    if hasattr(kind, "__next__"):
        return _Pieces
    if hasattr(kind, "__await__"):
        return _awaited
    return _called if any("__call__" in vars(base) for base in kind.__mro__) else None


@contextmanager
def _as(by: Acting | None, caller: Acting | None) -> Iterator[None]:
    running, for_whom = _acting.set(by), _caller.set(caller)
    try:
        yield
    finally:
        _acting.reset(running)
        _caller.reset(for_whom)


def _called(function: Callable[..., Any], by: Acting | None, caller: Acting | None) -> Callable[..., Any]:
    if inspect.iscoroutinefunction(function):

        async def called(*args: Any, **kwargs: Any) -> Any:
            with _as(by, caller):
                return await function(*args, **kwargs)

        return called

    def called_at_once(*args: Any, **kwargs: Any) -> Any:
        with _as(by, caller):
            answer = function(*args, **kwargs)
        return _bound(answer, by, caller) if hasattr(type(answer), "__await__") else answer

    return called_at_once


async def _awaited(awaitable: Awaitable[Any], by: Acting | None, caller: Acting | None) -> Any:
    with _as(by, caller):
        return await awaitable


class _AsyncPieces(AsyncIterator[Any]):
    def __init__(self, pieces: Any, by: Acting | None, caller: Acting | None) -> None:
        self._by, self._caller = by, caller
        with _as(by, caller):
            self._pieces = aiter(pieces)

    async def __anext__(self) -> Any:
        with _as(self._by, self._caller):
            return await anext(self._pieces)

    def __getattr__(self, name: str) -> Any:
        return _bound(getattr(self._pieces, name), self._by, self._caller)


class _Pieces(Iterator[Any]):
    def __init__(self, pieces: Iterator[Any], by: Acting | None, caller: Acting | None) -> None:
        self._pieces, self._by, self._caller = pieces, by, caller

    def __next__(self) -> Any:
        with _as(self._by, self._caller):
            return next(self._pieces)

    def __getattr__(self, name: str) -> Any:
        # An open file is an iterator too, and is read by its methods.
        return _bound(getattr(self._pieces, name), self._by, self._caller)
