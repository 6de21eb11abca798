"""Services: described here as Protocols, provided by core or by a plugin, reached by ``use(Ledger)``."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, cast

T = TypeVar("T")

_providers: dict[type[Any], Any] = {}


class ServiceMissing(LookupError):
    """Nothing that is installed provides this service; the manifest's ``requires`` should name it."""


def provide(protocol: type[T], implementation: T) -> None:
    """Called by the host at start for every service of core and of the plugins' ``register_services``."""
    _providers[protocol] = implementation


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
