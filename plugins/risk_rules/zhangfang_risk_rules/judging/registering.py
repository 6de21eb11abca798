"""Functions by the id of their rule, and how figures are compared."""

from collections.abc import Callable

from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.money import yuan
from zhangfang_sdk.risk import Finding, Judging, Lacking, Material, Unit, Verdict
from zhangfang_sdk.risk_books import Sum

FUNCTIONS: dict[str, Judging] = {}
WHOLE = 10_000
"""Basis points in all."""


def judges(rule: str) -> Callable[[Judging], Judging]:
    def note(function: Judging) -> Judging:
        FUNCTIONS[rule] = function
        return function

    return note


def share_of(part: int, whole: int) -> int:
    """Basis points, rounded half away from zero; ``whole`` is more than zero."""
    sign = -1 if part < 0 else 1
    return sign * ((2 * abs(part) * WHOLE + whole) // (2 * whole))


def change_of(now: tuple[int, int], before: tuple[int, int]) -> int:
    """By how much one share (part, whole) changed from another, in basis points of that; from the amounts, which rounded shares would bend."""
    return share_of(now[0] * before[1] - before[0] * now[1], before[0] * now[1])


def percent(basis_points: int) -> str:
    """257 → "2.57%"."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def ten_thousands(fen: int) -> str:
    """Fen → "402.8 万元", as people say it; below ten thousand in yuan."""
    if abs(fen) < 10_000_00:
        return f"{yuan(fen)} 元"
    whole, tenth = divmod(round(abs(fen) / 10_000_00 * 10), 10)
    return f"{'-' if fen < 0 else ''}{whole}{f'.{tenth}' if tenth else ''} 万元"


def short_of(m: Material, months: int) -> Lacking | None:
    """What is missing when the books do not reach back so many months."""
    return None if m.has_months(months) else Lacking(f"账套还不满 {months} 个月,没有可比的数。")


def over(figure: int, limit: int, unit: Unit, *sums: Sum, severity: Severity | None = None, **values: str) -> Verdict:
    """A finding when ``figure`` is more than ``limit``."""
    return [Finding(figure, unit, sums, values=values, limit=limit, severity=severity)] if figure > limit else ()
