"""Sums in capitals (大写金额), read by 《支付结算办法》附件一 正确填写票据和结算凭证的基本规定 (1997-12-01)."""

from __future__ import annotations

import re
from typing import Final

_DIGITS: Final = {digit: value for value, digit in enumerate("零壹贰叁肆伍陆柒捌玖")}
_VARIANTS: Final = str.maketrans({"元": "圆", "圓": "圆", "正": "整", "〇": "零", "两": "贰", "弍": "贰", "廿": "贰"})
_UNITS: Final = (("仟", 1000), ("佰", 100), ("拾", 10))
_SECTIONS: Final = (("亿", 10**8), ("万", 10**4), ("", 1))
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
    """A whole number in capitals: sections of 亿 and 万, each of 仟 佰 拾."""
    total = 0
    rest = text
    for name, factor in _SECTIONS:
        if name:
            head, found, tail = rest.partition(name)
            if not found:
                continue
            rest = tail
        else:
            head = rest
        section = _section(head, alone=not total and not name)
        if section is None or (name and section == 0):
            return None
        total += section * factor
    return total


def _section(text: str, *, alone: bool) -> int | None:
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
        return value if value or not alone or text == "零" or not text else None
    if len(last) != 1 or last not in _DIGITS:
        return None
    return value + _DIGITS[last]


def capitals_of_fen(fen: int) -> str:
    """A sum as invoices print it: `（负数）` before negative ones, 整 where no 分 follows."""
    yuan, rest = divmod(abs(fen), 100)
    jiao, single = divmod(rest, 10)
    digits = "零壹贰叁肆伍陆柒捌玖"
    words = _words_of(yuan) + "圆" if yuan or not rest else ""
    if jiao:
        words += digits[jiao] + "角"
    if single:
        words += ("零" if yuan and not jiao else "") + digits[single] + "分"
    else:
        words += "整"
    return ("（负数）" if fen < 0 else "") + words


def _words_of(yuan: int) -> str:
    digits = "零壹贰叁肆伍陆柒捌玖"
    if yuan == 0:
        return "零"
    words = ""
    gap = False
    for name, factor in _SECTIONS:
        section, yuan = divmod(yuan, factor)
        if section == 0:
            gap = bool(words)
            continue
        if words and (gap or section < 1000):
            words += "零"
        gap = False
        inner = False
        for unit, place in (*_UNITS, ("", 1)):
            digit, section = divmod(section, place)
            if digit:
                words += ("零" if inner else "") + digits[digit] + unit
                inner = False
            elif section and words and words[-1] != "零":
                inner = bool(words[-1] in "仟佰拾")
        words += name
    return words
