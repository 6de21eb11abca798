"""Money is an integer number of fen (分, 1/100 yuan). Floats are refused."""

import re
from decimal import Decimal

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import half_width

LARGEST_FEN = 10**15  # ten trillion yuan: beyond any client of a bookkeeping firm, and well inside BIGINT sums


def fen(value: int | str | Decimal) -> int:
    """Yuan written as text or Decimal ("1,286,430.52", "¥12.3") → fen; an int is taken as fen already.

    Raises TypeError for a float or bool, Refusal ``money.unreadable`` or ``money.too_large`` for bad input.
    """
    if isinstance(value, bool | float):
        raise TypeError("money is never a float")
    amount = value if isinstance(value, int) else _from_yuan(value)
    if abs(amount) > LARGEST_FEN:
        raise Refusal("money.too_large", "金额太大,请检查是否多输了位数。")
    return amount


def _from_yuan(value: str | Decimal) -> int:
    text = half_width(str(value)).strip().replace(",", "").replace("\u2212", "-").lstrip("\u00a5").strip()
    if not re.fullmatch(r"-?\d{1,18}(\.\d{1,2}0*)?", text):
        raise Refusal("money.unreadable", f"金额“{str(value)[:30]}”看不懂,请写成 1234.56 这样的形式。")
    return int(Decimal(text) * 100)


def yuan(amount: int) -> str:
    """Fen → "1,286,430.52" (a hyphen-minus for negatives), for documents and plain sentences."""
    sign = "-" if amount < 0 else ""
    whole, cents = divmod(abs(amount), 100)
    return f"{sign}{whole:,}.{cents:02d}"
