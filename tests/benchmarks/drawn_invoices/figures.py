"""Amounts as invoices print them. Amounts are fen."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿")


def yuan(fen: int) -> str:
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def grouped(fen: int) -> str:
    """ "1,234.50"."""
    return f"{Decimal(fen) / 100:,.2f}"


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def plain(value: Decimal) -> str:
    """Without an exponent and without closing zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def capital(fen: int, *, yuan_word: str = "圆") -> str:
    """In words, by the rules for filling in bills (支付结算办法, annex 1); red ones begin with "(负数)"."""
    whole, cents = divmod(abs(fen), 100)
    jiao, odd = divmod(cents, 10)
    words = _whole(whole) + yuan_word if whole else ""
    if not cents:
        words = (words or DIGITS[0] + yuan_word) + "整"
    else:
        words += DIGITS[jiao] + "角" if jiao else (DIGITS[0] if words else "")
        words += DIGITS[odd] + "分" if odd else ("整" if jiao else "")
    return ("(负数)" if fen < 0 else "") + words


def _whole(value: int) -> str:
    words, gap = "", False
    for group in reversed(range(len(GROUPS))):
        part = value // 10_000**group % 10_000
        if not part:
            gap = bool(words)
            continue
        for place in reversed(range(4)):
            digit = part // 10**place % 10
            if digit:
                words += (DIGITS[0] if gap else "") + DIGITS[digit] + PLACES[place]
                gap = False
            elif words:
                gap = True
        words += GROUPS[group]
        gap = False if part % 10 else gap
    return words
