"""How a person, and a program, is told that something cannot be done."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as attribute

_FAILURES = range(400, 600)


@dataclass(slots=True)
class Refusal(Exception):
    """A request that is refused, with its reason.

    ``code`` is stable and dotted (``ledger.period_closed``); programs may rely on it. ``sentence`` is one
    plain Chinese sentence for the person who asked: what happened and what to do. ``status`` is the HTTP status of
    the answer (never 500). ``field`` names the input at fault, ``details`` carries figures for programs.
    The transaction in which it is raised is rolled back. Raises ValueError for a status that tells no failure: what is answered with less
    than 400 would be saved.
    """

    code: str
    sentence: str
    status: int = 422
    field: str | None = None
    details: Mapping[str, object] = attribute(default_factory=dict)

    def __post_init__(self) -> None:
        if self.status not in _FAILURES:
            raise ValueError(f"{self.status!r} is no status of a refusal")

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence}"


def not_found(what: str = "内容") -> Refusal:
    """The same answer for what does not exist and for what belongs to somebody else."""
    return Refusal("common.not_found", f"没有找到这个{what},可能已被删除,或者您没有查看权限。", status=404)


class ScopeMissing(RuntimeError):
    """A firm's table was queried with no firm in scope: a programming error, never shown to a person."""


class ScopeMismatch(RuntimeError):
    """A row of one firm was about to be written in the scope of another."""
