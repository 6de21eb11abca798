"""The state of a task: steps in order, each of one side. Pure; times are UTC.

The first open step says whose turn it is; without one the task is done. A step is done by hand, or because what it asks for arrived;
only the latter opens again when that is undone.
"""

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from zhangfang_sdk.tasks import AskedFor, Side

BY_ITSELF = frozenset(AskedFor) - {AskedFor.DONE, AskedFor.DOCUMENT, AskedFor.ANSWER}
"""Known kinds that a fact brings, and nobody has to tick."""


@dataclass(frozen=True, slots=True)
class Step:
    title: str
    side: Side
    asks: str = AskedFor.DONE
    done_at: dt.datetime | None = None
    done_by: str = ""
    arrived: bool = False


Steps = tuple[Step, ...]


def current(steps: Steps) -> int | None:
    """The place of the first open step, None when all are done."""
    return next((n for n, step in enumerate(steps) if step.done_at is None), None)


def turn(steps: Steps) -> Side | None:
    at = current(steps)
    return None if at is None else steps[at].side


def ticked(steps: Steps, place: int, by: str, now: dt.datetime) -> Steps:
    """That step done by hand; as it was when it is done already. Raises IndexError."""
    if steps[place].done_at is not None:
        return steps
    return _with(steps, place, replace(steps[place], done_at=now, done_by=by))


def opened(steps: Steps, place: int) -> Steps:
    """That step open again, and those after it, which stood on it. Raises IndexError."""
    if steps[place].done_at is None:
        return steps
    return steps[:place] + tuple(_open(step) for step in steps[place:])


def may_client_open(steps: Steps, place: int) -> bool:
    """Whether nobody but the client has done anything from that step on."""
    return all(step.done_at is None or step.side is Side.CLIENT for step in steps[place:])


def arrived(steps: Steps, kind: str, what: str, now: dt.datetime) -> Steps:
    """Open steps that ask for it are done."""
    return tuple(
        replace(s, done_at=now, done_by=what, arrived=True) if s.asks == kind and s.done_at is None else s for s in steps
    )


def undone(steps: Steps, kind: str, *, ticked_until: dt.datetime | None = None) -> Steps:
    """Steps that an arrival of this kind closed are open again, those too that a person ticked before ``ticked_until``, and all after the first."""

    def is_undone(step: Step) -> bool:
        by_hand = ticked_until is not None and step.done_at is not None and step.done_at < ticked_until
        return step.asks == kind and (step.arrived or by_hand)

    place = next((n for n, step in enumerate(steps) if is_undone(step)), None)
    return steps if place is None else opened(steps, place)


def all_done(steps: Steps, by: str, now: dt.datetime) -> Steps:
    return tuple(step if step.done_at is not None else replace(step, done_at=now, done_by=by) for step in steps)


def _open(step: Step) -> Step:
    return replace(step, done_at=None, done_by="", arrived=False)


def _with(steps: Steps, place: int, step: Step) -> Steps:
    return (*steps[:place], step, *steps[place + 1 :])


def open_asking(kind: str) -> str:
    """What ``steps`` of a task's row contain (``@>``) while one that asks for this is open."""
    return json.dumps([{"asks": kind, "done_at": None}])


def written(steps: Sequence[Step]) -> str:
    """As a task's row keeps them."""
    found = [{**asdict(s), "done_at": None if s.done_at is None else s.done_at.isoformat()} for s in steps]
    return json.dumps(found, ensure_ascii=False)


def read(text: str) -> Steps:
    return tuple(
        Step(
            title=step["title"],
            side=Side(step["side"]),
            asks=step.get("asks", AskedFor.DONE),
            done_at=None if not step.get("done_at") else dt.datetime.fromisoformat(step["done_at"]),
            done_by=step.get("done_by", ""),
            arrived=step.get("arrived", False),
        )
        for step in json.loads(text)
    )
