"""The life of an alert: open, seen, explained, assigned, until it is resolved, or accepted with a reason. Pure.

A person who accepts or resolves shuts it at its figure (``base``): it stays shut until the figure is worse by the rule's step. What is no longer
found is resolved by the scan; found again, it is as it was when a person shut it, or open.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from zhangfang_sdk.texts import translatable


class State(StrEnum):
    OPEN = "open"
    SEEN = "seen"
    EXPLAINED = "explained"
    ASSIGNED = "assigned"
    ACCEPTED = "accepted"
    RESOLVED = "resolved"


TITLES = {
    State.OPEN: translatable("待处理"),
    State.SEEN: translatable("已看过"),
    State.EXPLAINED: translatable("已说明"),
    State.ASSIGNED: translatable("已指派"),
    State.ACCEPTED: translatable("已接受"),
    State.RESOLVED: translatable("已解决"),
}
SHUT = frozenset({State.ACCEPTED, State.RESOLVED})
STANDING = frozenset(State) - SHUT
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Life:
    """``base`` and ``shut_as`` are what a person shut it at and as, None while nobody did."""

    state: State
    figure: int
    base: int | None = None
    shut_as: State | None = None


@dataclass(frozen=True, slots=True)
class Moved:
    """What a scan makes of it: ``words`` are a note for people, "" where nothing is worth one; ``opens`` when somebody should hear of it."""

    life: Life
    words: str = ""
    opens: bool = False


class WrongStep(ValueError):
    """The step cannot follow on that state."""


def is_worse(figure: int, base: int, worse_by: int, *, worse_is_less: bool) -> bool:
    """By more than ``worse_by`` basis points of ``base``."""
    more = base - figure if worse_is_less else figure - base
    return more > 0 and more * WHOLE > worse_by * abs(base)


def found(life: Life | None, figure: int, worse_by: int, *, worse_is_less: bool) -> Moved:
    """The scan found it, with this figure."""
    if life is None:
        return Moved(Life(State.OPEN, figure), "新发现", opens=True)
    if life.state in STANDING:
        return Moved(replace(life, figure=figure))
    if life.base is None or life.shut_as is None:
        return Moved(Life(State.OPEN, figure), "再次出现", opens=True)
    if is_worse(figure, life.base, worse_by, worse_is_less=worse_is_less):
        return Moved(Life(State.OPEN, figure), "比当时处理的数更严重,重新提醒", opens=True)
    back = replace(life, state=life.shut_as, figure=figure)
    return Moved(back, "再次出现,没有更严重,仍按当时的处理" if life.state is not life.shut_as else "")


def vanished(life: Life) -> Moved:
    """The scan looked, and it is not there."""
    return Moved(life) if life.state is State.RESOLVED else Moved(replace(life, state=State.RESOLVED), "原因已消失,自动关闭")


def stepped(life: Life, step: State) -> Life:
    """A person's step. Raises WrongStep."""
    if life.state in SHUT or step is State.OPEN:
        raise WrongStep(step)
    if step is State.SEEN:
        return replace(life, state=State.SEEN) if life.state is State.OPEN else life
    if step in SHUT:
        return replace(life, state=step, base=life.figure, shut_as=step)
    return replace(life, state=step)
