"""公民身份号码 (GB 11643-1999): seventeen digits and a check character, ISO 7064 MOD 11-2. Pure."""

import datetime as dt

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
LENGTH = 18


def problem_of(number: str) -> str:
    """What is wrong with an id number, as a sentence; empty where nothing is. Papers other than the id card are not judged."""
    if len(number) > LENGTH:
        return "证件号码超过了 18 位"
    if len(number) != LENGTH or not (number[:17].isascii() and number[:17].isdigit()):
        return "" if not number.isdigit() or len(number) < 15 else "身份证号要有 18 位"
    try:
        dt.date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return "身份证号里的出生日期不存在"
    if check_of(number[:17]) != number[17].upper():
        return "身份证号的校验位不对,可能抄错了一位"
    return ""


def check_of(digits: str) -> str:
    """The check character of the first seventeen digits."""
    return _CHECKS[sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11]


def masked(number: str) -> str:
    return f"{number[:3]}{'*' * max(len(number) - 7, 0)}{number[-4:]}" if len(number) > 7 else number
