"""Sums in capitals (大写金额), read by 《支付结算办法》附件一 正确填写票据和结算凭证的基本规定 (1997-12-01)."""

from __future__ import annotations

import re
from typing import Final

_NUMERALS: Final = "零壹贰叁肆伍陆柒捌玖"
_DIGITS: Final = {digit: value for value, digit in enumerate(_NUMERALS)}
_VARIANTS: Final = str.maketrans({"元": "圆", "圓": "圆", "正": "整", "〇": "零", "两": "贰", "弍": "贰", "廿": "贰"})
_UNITS: Final = (("仟", 1000), ("佰", 100), ("拾", 10))
_SECTIONS: Final = (("亿", 10**8), ("万", 10**4))
_SHAPE: Final = re.compile(
    r"(?P<minus>\(?负数?\)?)?(?:(?P<yuan>[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+)圆)?"
    r"(?:零?(?P<jiao>[零壹贰叁肆伍陆柒捌玖])角)?(?:零?(?P<fen>[零壹贰叁肆伍陆柒捌玖])分)?整?"
)
_NOISE: Final = re.compile(r"[\s⊗ⓧⅩ×人民币:：]")


def fen_of_capitals(text: str) -> int | None:
    """The sum in fen; None for anything that is not a well-formed sum in capitals."""
    plain = _NOISE.sub("", text.translate(_VARIANTS)).replace("（", "(").replace("）", ")")
    match = _SHAPE.fullmatch(plain)
    if match is None or not any(match[name] for name in ("yuan", "jiao", "fen")):
        return None
    yuan = _whole(match["yuan"]) if match["yuan"] else 0
    if yuan is None:
        return None
    fen = yuan * 100 + _DIGITS[match["jiao"] or "零"] * 10 + _DIGITS[match["fen"] or "零"]
    return -fen if match["minus"] else fen


def _whole(text: str) -> int | None:
    """A whole number in capitals: parts of 亿 and 万, each of 仟 佰 拾; 亿 may count 万 (万亿)."""
    for name, factor in _SECTIONS:
        head, found, tail = text.partition(name)
        if found:
            many = _whole(head)
            rest = _whole(tail) if tail else 0
            return many * factor + rest if many and rest is not None else None
    return _section(text)


def _section(text: str) -> int | None:
    """Up to 9999. Zeros may stand between places; 拾 without a digit is ten."""
    value = 0
    rest = text
    for name, factor in _UNITS:
        head, found, tail = rest.partition(name)
        if not found:
            continue
        head = head.lstrip("零")
        if head == "" and factor == 10:
            digit = 1
        elif len(head) == 1 and head in _DIGITS:
            digit = _DIGITS[head]
        else:
            return None
        value += digit * factor
        rest = tail
    last = rest.lstrip("零")
    if last == "":
        return value
    return value + _DIGITS[last] if len(last) == 1 and last in _DIGITS else None


def capitals_of_fen(fen: int) -> str:
    """A sum as invoices print it: `（负数）` before negative ones, 整 where no 分 follows."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, single = divmod(rest, 10)
    words = _words_of(yuan) + "圆" if yuan or not rest else ""
    if jiao:
        words += _NUMERALS[jiao] + "角"
    if single:
        words += ("零" if yuan and not jiao else "") + _NUMERALS[single] + "分"
    else:
        words += "整"
    return ("（负数）" if fen < 0 else "") + words


def _words_of(yuan: int) -> str:
    for name, factor in _SECTIONS:
        if yuan >= factor:
            many, rest = divmod(yuan, factor)
            zero = "零" if 0 < rest < factor // 10 else ""
            return _words_of(many) + name + zero + (_words_of(rest) if rest else "")
    words = ""
    rest = yuan
    for name, factor in (*_UNITS, ("", 1)):
        digit, rest = divmod(rest, factor)
        if digit:
            words += _NUMERALS[digit] + name
        elif rest and words and not words.endswith("零"):
            words += "零"
    return words or "零"
