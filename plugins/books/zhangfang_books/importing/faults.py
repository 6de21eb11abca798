"""What is wrong in a file, told with row and column, and the first of very many. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, field

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen

MOST_FAULTS = 200


@dataclass(frozen=True, slots=True)
class Fault:
    """``row`` from 1 as Excel counts, of the sheet ``sheet``; ``column`` its letter with the heading."""

    row: int
    column: str
    sentence: str
    sheet: str = ""


@dataclass(slots=True)
class Faults:
    """What was read of a file, with its faults: all are counted, MOST_FAULTS are kept."""

    faults: list[Fault] = field(default_factory=list, kw_only=True)
    faults_found: int = field(default=0, kw_only=True)

    def fault(self, fault: Fault) -> None:
        self.faults_found += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(fault)


def amount_in(text: str, fault: Callable[[str], None]) -> int:
    """A cell in yuan as fen; 0 for an empty one, and for one that is no amount, after ``fault`` was told the sentence."""
    if not text:
        return 0
    try:
        return fen(text)
    except Refusal as refusal:
        fault(refusal.sentence)
        return 0
