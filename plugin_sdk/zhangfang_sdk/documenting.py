"""``python -m zhangfang_sdk.documenting > docs/hooks.md``: the page of all hooks, from their specifications.

Signature and sentences come from :mod:`zhangfang_sdk.hookspecs`; when a hook is called, in which transaction, and what a failure does
follow from the hook's kind (its name's first word). A test asserts that the page in the repository is this text.
"""

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from zhangfang_sdk import hookspecs


@dataclass(frozen=True, slots=True)
class Kind:
    """What holds for every hook whose name begins with ``prefix``."""

    prefix: str
    heading: str
    explanation: str
    when: str
    transaction: str
    failure: str


KINDS = (
    Kind(
        "register",
        "Declarations",
        "Ordinary functions, called once in every process when it starts. They must not touch the database.",
        "once at start, in dependency order of the plugins",
        "none",
        "the plugin is skipped with the reason, and so it is when `zhangfang_sdk.fitting` finds something in the answer that cannot be "
        "used (a permission that nobody declares, a name of somebody else's, a cron line that is none); everything else runs",
    ),
    Kind(
        "check",
        "Objections",
        "Coroutines that may object to what is about to be done, with a stable code and one plain Chinese sentence. "
        "Asked in dependency order, only of plugins that the firm has on; the first objection ends it.",
        "before the thing is done, in the scope of the person who does it",
        "the caller's own; what the hook writes commits or goes with it",
        "an objection is a refusal (409, with the plugin's name); an exception or 2 s refuse too (503, naming the plugin), "
        "and everything rolls back; after three in a row the firm's admin is offered to switch the plugin off",
    ),
    Kind(
        "on",
        "Facts",
        "Coroutines that are told what happened. One job for each implementation and transaction, with all ids of "
        "that transaction, in the firm's system scope, only for plugins that the firm has on.",
        "after the commit, in a worker",
        "one that the host opened, committed when the hook returns; opening another inside is refused",
        "everything rolls back and is logged at once; the job is tried again five times with growing pauses (two seconds, then twice as long "
        "each), then it stands on the operator's page with the reason, from where it can be run again. A hook has 60 s; what runs for "
        "longer than 5 s is named in the log every 5 s. A worker tells a plugin four facts at a time, one for each quarter of the firms (by number), "
        "and runs two of its jobs, two more for each lane that its jobs ask for: what hangs holds up its own plugin, and its facts of a quarter of the firms. "
        "Be ready to be told twice",
    ),
)

INTRODUCTION = """# Hooks

<!-- Written by `python -m zhangfang_sdk.documenting > docs/hooks.md`; change zhangfang_sdk/hookspecs.py instead. -->

A plugin's `plugin` object implements those that it needs, each marked with `@hook` of `zhangfang_sdk`. The host awaits every
implementation; `firstresult` is not used. The fields of what they answer with, and of what they are given, are in [values.md](values.md).
"""


def hooks(kind: Kind) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Hooks of one kind, in the order of the specification."""
    for name, function in vars(hookspecs.HookSpecs).items():
        if hasattr(function, f"{hookspecs.PROJECT}_spec") and name.partition("_")[0] == kind.prefix:
            yield name, function


def signature(name: str, function: Callable[..., Any]) -> str:
    """The function as a plugin writes it, with the names of types and without their modules."""
    described = inspect.signature(function)
    parameters: list[str] = []
    for parameter in described.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and "*" not in parameters:
            parameters.append("*")
        shown = f"*{parameter.name}" if parameter.kind is parameter.VAR_POSITIONAL else parameter.name
        typed = shown if shown == "self" else f"{shown}: {_type(parameter.annotation)}"
        parameters.append(typed if parameter.default is parameter.empty else f"{typed} = {default(parameter.default)}")
    define = "async def" if inspect.iscoroutinefunction(function) else "def"
    return f"{define} {name}({', '.join(parameters)}) -> {_type(described.return_annotation)}"


def default(value: object) -> str:
    """As somebody would write it; a function by "…"."""
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, frozenset):
        return f"frozenset({{{', '.join(sorted(map(default, value)))}}})" if value else "frozenset()"
    return "…" if inspect.isroutine(value) else repr(value)


def _type(annotation: object) -> str:
    text = "None" if annotation is None else inspect.formatannotation(annotation)
    for module in sorted({part for part in _modules(annotation) if part}, key=len, reverse=True):
        text = text.replace(f"{module}.", "")
    return text.replace("~", "")  # of a TypeVar


def _modules(annotation: object) -> Iterator[str]:
    yield getattr(annotation, "__module__", "")
    for argument in getattr(annotation, "__args__", ()):
        yield from _modules(argument)
    origin = getattr(annotation, "__origin__", None)
    if origin is not None:
        yield getattr(origin, "__module__", "")


def as_markdown(sentence: str) -> str:
    """A docstring's marks as Markdown has them."""
    return re.sub(r":\w+:`([^`]+)`", r"`\1`", sentence).replace("``", "`")


def page() -> str:
    """The whole page as Markdown. Raises ValueError when a hook is of no known kind or says nothing of itself."""
    parts = [INTRODUCTION]
    told = 0
    for kind in KINDS:
        parts.append(
            f"## {kind.heading}: `{kind.prefix}_*`\n\n{kind.explanation}\n\n"
            f"- When: {kind.when}.\n- Transaction: {kind.transaction}.\n- Failure: {kind.failure}.\n"
        )
        for name, function in hooks(kind):
            told += 1
            sentence = inspect.getdoc(function)
            if not sentence:
                raise ValueError(f"{name} has no docstring")
            parts.append(f"### `{name}`\n\n```python\n{signature(name, function)}\n```\n\n{as_markdown(sentence)}\n")
    specified = sum(hasattr(f, f"{hookspecs.PROJECT}_spec") for f in vars(hookspecs.HookSpecs).values())
    if told != specified:
        raise ValueError(f"{specified} hooks are specified and {told} are of a known kind")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(page())
