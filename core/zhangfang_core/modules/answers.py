"""What a plugin's part answers, held against what the SDK says that it answers: inside the call, so that a wrong one is that part's failure.

The types are read from the SDK itself: a hook's return annotation, or that of the coroutine in a field of ``Card``, ``Badge`` and the like.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError

from zhangfang_sdk.hookspecs import HookSpecs
from zhangfang_sdk.plain_values import unwritable

T = TypeVar("T")


class WrongAnswer(TypeError):
    """A part answered something else than it promised; the message says where and what."""


@dataclass(frozen=True, slots=True)
class _Promised:
    """What a part says that it answers. ``is_free``: values for its own template, of which what is written counts."""

    adapter: TypeAdapter[Any]
    is_free: bool


def from_hook(hook: str, answer: T) -> T:
    """The answer of a ``check_*`` or ``on_*``. Raises WrongAnswer."""
    return _fitting(_of_hook(hook), answer)


def from_part(kind: Any, field: str, answer: T) -> T:
    """The answer of the coroutine that stands in ``field`` of a ``kind`` (Badge, "count"). Raises WrongAnswer."""
    return _fitting(_of_part(kind, field), answer)


def from_method(protocol: Any, name: str, answer: T) -> T:
    """The answer of a method of a Protocol that a plugin provides. Raises WrongAnswer."""
    return _fitting(_of_method(protocol, name), answer)


def _fitting(promised: _Promised, answer: T) -> T:
    try:
        promised.adapter.validate_python((answer,))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"][1:])
        raise WrongAnswer(f"{where + ': ' if where else ''}{first['msg']}, got {first['input']!r:.80}") from None
    if not promised.is_free and (problem := unwritable(answer)):
        raise WrongAnswer(problem)
    return answer


@cache
def _of_hook(hook: str) -> _Promised:
    return _adapter(get_type_hints(getattr(HookSpecs, hook), include_extras=True)["return"])


@cache
def _of_method(protocol: Any, name: str) -> _Promised:
    return _adapter(get_type_hints(getattr(protocol, name), include_extras=True)["return"])


@cache
def _of_part(kind: Any, field: str) -> _Promised:
    hint = get_type_hints(kind, include_extras=True)[field]
    if type(None) in get_args(hint):  # a coroutine that a plugin may leave out
        hint = next(kind for kind in get_args(hint) if kind is not type(None))
    _, awaitable = get_args(hint)
    return _adapter(get_args(awaitable)[0])


def _adapter(hint: Any) -> _Promised:
    # Instances are looked into again: a dataclass takes whatever it is given. In a tuple, since one alone brings a configuration of its own.
    config = ConfigDict(arbitrary_types_allowed=True, strict=True, revalidate_instances="always")
    return _Promised(TypeAdapter(tuple[hint], config=config), is_free=_is_anything(hint))


def _is_anything(hint: Any) -> bool:
    return hint is Any or any(map(_is_anything, get_args(hint)))
