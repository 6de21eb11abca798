"""Check digits of taxpayer ids.

Sources: GB 32100-2015 统一社会信用代码 (in force 2015-10-01), GB 11714-1997 组织机构代码, GB 11643-1999 公民身份号码. Ids of
15 digits (region + organisation) from before the unified code carry no check digit of the whole; those of 20
are an identity number and two digits.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)}
_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PERSON_CHECKS: Final = "10X98765432"
_UNIFIED: Final = re.compile(rf"[{_ALPHABET}]{{2}}\d{{6}}[{_ALPHABET}]{{10}}")
_PERSON: Final = re.compile(r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX]")
_OLD: Final = re.compile(r"\d{6}[0-9A-Z]{9}")
_OLD_PERSON: Final = re.compile(r"\d{17}[\dX]\d{2}")
_TEMPORARY: Final = re.compile(r"[LFJT][0-9A-Z]{14,19}")


class IdVerdict(StrEnum):
    """What the form of an id says of it."""

    RIGHT = "right"
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NO_CHECK_DIGIT = "no_check_digit"
    WRONG_FORM = "wrong_form"


def check_tax_id(tax_id: str) -> IdVerdict:
    """Judge one id by its form and check digits; letters are expected upper case, as printed."""
    if len(tax_id) == 18:
        if _UNIFIED.fullmatch(tax_id) and unified_check(tax_id[:17]) == tax_id[17]:
            agrees = organisation_check(tax_id[8:16]) == tax_id[16]
            return IdVerdict.RIGHT if agrees else IdVerdict.WRONG_CHECK_DIGIT
        if _PERSON.fullmatch(tax_id) and person_check(tax_id[:17]) == tax_id[17]:
            return IdVerdict.RIGHT
        looks_right = _UNIFIED.fullmatch(tax_id) or _PERSON.fullmatch(tax_id)
        return IdVerdict.WRONG_CHECK_DIGIT if looks_right else IdVerdict.WRONG_FORM
    if len(tax_id) == 20 and _OLD_PERSON.fullmatch(tax_id):
        right = person_check(tax_id[:17]) == tax_id[17]
        return IdVerdict.RIGHT if right else IdVerdict.WRONG_CHECK_DIGIT
    if (len(tax_id) == 15 and _OLD.fullmatch(tax_id)) or _TEMPORARY.fullmatch(tax_id):
        return IdVerdict.NO_CHECK_DIGIT
    return IdVerdict.WRONG_FORM


def unified_check(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100-2015, 4.3)."""
    total = sum(_VALUES[char] * weight for char, weight in zip(first17, _WEIGHTS, strict=True))
    return _ALPHABET[(31 - total % 31) % 31]


def organisation_check(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714-1997): letters count from A = 10."""
    total = sum(int(char, 36) * weight for char, weight in zip(first8, _ORGANISATION_WEIGHTS, strict=True))
    check = (11 - total % 11) % 11
    return "X" if check == 10 else str(check)


def person_check(first17: str) -> str:
    """The 18th character of an identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    total = sum(int(char) * weight for char, weight in zip(first17, _PERSON_WEIGHTS, strict=True))
    return _PERSON_CHECKS[total % 11]
