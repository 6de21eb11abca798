"""Of what is open, what a smaller payment may be a part of. Pure."""

from collections.abc import Sequence

from zhangfang_books.bank.matching.kinds import Line, Target

HELD = ("保证金", "押金", "定金", "订金", "预付", "预收", "借款", "备用金")
"""Money that is no payment of what is owed."""
SHARES = (10, 15, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95)
"""Hundredths that contracts have people pay first."""
ROUND_OFF = 100
"""A share is rounded to the yuan at most."""


def larger_than(line: Line, targets: Sequence[Target]) -> list[Target]:
    """What the line may be a part of; nothing for a deposit or an advance."""
    if any(word in line.text for word in HELD):
        return []
    return [t for t in targets if abs(t.amount) > abs(line.amount)]


def is_usual_share(amount: int, whole: int) -> bool:
    return any(abs(whole * share - amount * 100) < ROUND_OFF * 100 for share in SHARES)
