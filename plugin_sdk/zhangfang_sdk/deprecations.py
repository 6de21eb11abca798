"""What of this SDK goes with its next breaking version, and what stands in its place.

A name that plugins may use is never taken away at once. It is marked first, warns whoever calls it for at least one minor version
(`DeprecationWarning`, and mypy's error ``deprecated``), and goes when the major version moves (before 1.0: the minor).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from typing_extensions import deprecated as _warning

T = TypeVar("T", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Deprecation:
    """``since`` is the version whose users are warned first, ``gone_in`` the one that has it no more."""

    instead: str
    since: str
    gone_in: str


DEPRECATED: dict[str, Deprecation] = {}
"""What is deprecated, by its whole name ("zhangfang_sdk.walls.build")."""


def deprecated(instead: str, *, since: str, gone_in: str) -> Callable[[T], T]:
    """Mark a function or class: each call warns with ``instead``, which says in one sentence what to use."""

    def mark(thing: T) -> T:
        known = Deprecation(instead, since, gone_in)
        DEPRECATED[f"{thing.__module__}.{thing.__qualname__}"] = known
        marked: T = _warning(f"{thing.__qualname__} goes with zhangfang-sdk {gone_in}: {instead}")(thing)
        return marked

    return mark
