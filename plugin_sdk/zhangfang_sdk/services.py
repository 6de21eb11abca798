"""Services: described here as Protocols, provided by core or by a plugin, reached by ``use(Ledger)``.

Behind ``use`` stands a proxy made from the Protocol. Each method asks what the calling plugin has declared (:func:`zhangfang_sdk.acting.needs`)
and then runs as its provider, so that core's work for a plugin is not held to the plugin's own declarations.
"""

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar, cast

from zhangfang_sdk.acting import Acting, NotDeclared, _acting, _caller
from zhangfang_sdk.handed_over import DATA, handed_over

T = TypeVar("T")

_providers: dict[type[Any], Any] = {}


class ServiceMissing(LookupError):
    """Nothing that is installed provides this service; the manifest's ``requires`` should name it."""


def provide(protocol: type[T], implementation: T, provider: Acting | None = None) -> None:
    """Called by the host at start for every service of core (``provider`` None) and of the plugins' ``register_services``."""
    _providers[protocol] = guarded(protocol, implementation, provider)


def use(protocol: type[T]) -> T:
    """The implementation in force; raises ServiceMissing."""
    try:
        return cast(T, _providers[protocol])
    except KeyError:
        raise ServiceMissing(protocol.__name__) from None


@contextmanager
def replaced(protocol: type[T], implementation: T) -> Iterator[T]:
    """For tests: put a fake in place, and the old one back."""
    before = dict(_providers)
    _providers[protocol] = implementation
    try:
        yield implementation
    finally:
        _providers.clear()
        _providers.update(before)


def methods_of(protocol: type[Any]) -> dict[str, Callable[..., Any]]:
    """The methods that a service promises, by name."""
    return {
        name: method
        for base in reversed(protocol.__mro__)
        for name, method in vars(base).items()
        if not name.startswith("_") and inspect.isfunction(method)
    }


def guarded(protocol: type[T], implementation: T, provider: Acting | None) -> T:
    """``implementation`` behind the declared permissions of whoever calls it; it runs as ``provider``."""
    guards = {
        name: _guard(getattr(implementation, name), getattr(method, "__needs__", ()), provider)
        for name, method in methods_of(protocol).items()
    }
    made = type(protocol.__name__, (), {"__slots__": (), "__doc__": protocol.__doc__, **guards})()
    return cast(T, made)


def _guard(method: Callable[..., Any], needed: Sequence[str], provider: Acting | None) -> Callable[..., Any]:
    shown = getattr(method, "__func__", method)
    if inspect.iscoroutinefunction(method):

        @wraps(shown)
        async def ask(self: object, *args: Any, **kwargs: Any) -> Any:
            asking = _acting.get()
            if asking is provider and _caller.get() is asking:
                return await method(*args, **kwargs)
            if asking is not provider:
                _check(asking, needed)
                if kwargs or not DATA.issuperset(map(type, args)):
                    args, kwargs = handed_over(args, kwargs, asking, _caller.get())
            as_provider, for_whom = _acting.set(provider), _caller.set(asking)
            try:
                return await method(*args, **kwargs)
            finally:
                _acting.reset(as_provider)
                _caller.reset(for_whom)

        return ask

    @wraps(shown)
    def ask_at_once(self: object, *args: Any, **kwargs: Any) -> Any:
        asking = _acting.get()
        if asking is not provider:
            _check(asking, needed)
            if kwargs or not DATA.issuperset(map(type, args)):
                args, kwargs = handed_over(args, kwargs, asking, _caller.get())
        as_provider, for_whom = _acting.set(provider), _caller.set(asking)
        try:
            return method(*args, **kwargs)
        finally:
            _acting.reset(as_provider)
            _caller.reset(for_whom)

    return ask_at_once


def _check(asking: Acting | None, needed: Sequence[str]) -> None:
    if asking is not None:
        for permission in needed:
            if permission not in asking.allowed:
                raise NotDeclared(asking, permission)
