"""How amounts and ratios are written for people. Pure functions on integers; amounts are fen."""

from __future__ import annotations

MINUS = "\u2212"

_FEN_PER_YUAN = 100
_FEN_PER_THOUSAND_YUAN = 100_000
_FEN_PER_WAN = 1_000_000


def fen(amount: int) -> str:
    """Writes an amount of fen as yuan: thousands separated, two decimals, a true minus sign.

    >>> fen(128643052)
    '1,286,430.52'
    """
    _require_integer(amount)
    yuan, rest = divmod(abs(amount), _FEN_PER_YUAN)
    return f"{_sign(amount)}{yuan:,}.{rest:02d}"


def thousand(amount: int) -> str:
    """Writes an amount of fen in thousands of yuan, rounded half up, for the axis of a chart.

    >>> thousand(68420000)
    '684'
    """
    _require_integer(amount)
    rounded = _round_half_up(abs(amount), _FEN_PER_THOUSAND_YUAN)
    return f"{_sign(amount) if rounded else ''}{rounded:,}"


def wan(amount: int) -> str:
    """Writes an amount of fen in 万元 with one decimal, where room is short.

    >>> wan(128643052)
    '128.6 万'
    """
    _require_integer(amount)
    tenths = _round_half_up(abs(amount) * 10, _FEN_PER_WAN)
    return f"{_sign(amount) if tenths else ''}{tenths // 10:,}.{tenths % 10} 万"


def change(now: int, before: int) -> str | None:
    """Writes the change from `before` to `now` in per cent with one decimal and its sign.

    Answers None when `before` is zero, where no ratio exists. A loss that shrinks counts as a rise: the change is
    measured against the size of `before`.

    >>> change(11260, 10000)
    '+12.6%'
    """
    _require_integer(now)
    _require_integer(before)
    if before == 0:
        return None
    difference = now - before
    permille = _round_half_up(abs(difference) * 1000, abs(before))
    if permille == 0:
        return "0.0%"
    return f"{'+' if difference > 0 else MINUS}{permille // 10:,}.{permille % 10}%"


def percent(part: int, whole: int) -> str:
    """Writes `part` of `whole` in per cent with one decimal; an empty whole has no part.

    >>> percent(1, 3)
    '33.3%'
    """
    _require_integer(part)
    _require_integer(whole)
    if whole == 0:
        return "0.0%"
    permille = _round_half_up(abs(part) * 1000, abs(whole))
    negative = permille and (part < 0) != (whole < 0)
    return f"{MINUS if negative else ''}{permille // 10:,}.{permille % 10}%"


def _sign(amount: int) -> str:
    return MINUS if amount < 0 else ""


def _round_half_up(dividend: int, divisor: int) -> int:
    return (2 * dividend + divisor) // (2 * divisor)


def _require_integer(amount: object) -> None:
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise TypeError(f"amounts are integers of fen, not {type(amount).__name__}")
