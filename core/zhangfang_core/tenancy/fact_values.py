"""What a fact's value may be, kind by kind, and how the database keeps it: pure, no database."""

import datetime as dt
import unicodedata
from dataclasses import asdict
from typing import Any

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.periods import today
from zhangfang_sdk.profile import (
    LONGEST_AHEAD,
    VALUE_TYPES,
    ContactPerson,
    ContactRole,
    FactKind,
    FactValue,
    NewFact,
    QuarterEnds,
    RegisteredAddress,
    TaxpayerKind,
    YearAmount,
)

LONGEST = {FactKind.BUSINESS_SCOPE: 3000, FactKind.LEGAL_REPRESENTATIVE: 80, FactKind.SERVICE_PACKAGE: 80}
LONGEST_ADDRESS = 200
MOST_PEOPLE = 1_000_000
FIRST_DAY, FIRST_YEAR = dt.date(1949, 10, 1), 2000
PROVINCES = frozenset(
    [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82]
)
"""The first two digits of an area's code (GB/T 2260)."""


def checked(fact: NewFact) -> NewFact:
    """The fact with its text tidied. Raises Refusal ``profile.value_wrong``, ``profile.date_wrong``, ``profile.quarter_wrong``.

    TypeError for a value of another type than its kind's: a programming error.
    """
    if type(fact.value) is not VALUE_TYPES[fact.kind]:
        raise TypeError(f"{fact.kind} takes {VALUE_TYPES[fact.kind].__name__}, not {type(fact.value).__name__}")
    if not FIRST_DAY <= fact.valid_from <= today() + LONGEST_AHEAD:
        raise Refusal("profile.date_wrong", "生效日期不对:不早于 1949 年 10 月 1 日,最多比今天晚一年。", field="valid_from")
    value = fact.value
    if isinstance(value, QuarterEnds):
        if (fact.valid_from.month % 3, fact.valid_from.day) != (1, 1):
            raise Refusal("profile.quarter_wrong", "请选择一个季度。", field="valid_from")
        if fact.valid_from > today():
            raise Refusal("profile.quarter_wrong", "这个季度还没有开始,请核对年份和季度。", field="valid_from")
        most = MOST_PEOPLE if fact.kind is FactKind.EMPLOYEES else LARGEST_FEN
        if not all(0 <= figure <= most for figure in (value.start, value.end)):
            raise _wrong("季初数和季末数应为 0 或更大,请检查是否多输了位数。")
    return NewFact(fact.kind, _tidy(fact.kind, value), fact.valid_from, fact.source)


def _tidy(kind: FactKind, value: FactValue) -> FactValue:
    if kind is FactKind.INDUSTRY and value not in INDUSTRIES:
        raise _wrong("请选择行业。")
    if kind is FactKind.REGISTERED_CAPITAL and not (isinstance(value, int) and 0 <= value <= LARGEST_FEN):
        raise _wrong("注册资本不对,请填写 0 或更大的金额。")
    if kind is FactKind.FOUNDED_ON and not (isinstance(value, dt.date) and FIRST_DAY <= value <= today()):
        raise _wrong("成立日期不对,应与营业执照一致,不晚于今天。")
    if isinstance(value, YearAmount):
        if not FIRST_YEAR <= value.year <= today().year:
            raise _wrong(f"年份不对,请填写 {FIRST_YEAR} 年到今年之间的年份。", "year")
        if abs(value.amount) > LARGEST_FEN or (kind is FactKind.LOSS and value.amount < 0):
            raise _wrong("金额不对;亏损额请填正数,已弥补完填 0。")
    if isinstance(value, RegisteredAddress):
        return RegisteredAddress(written(value.text, LONGEST_ADDRESS), _area(value.area))
    if isinstance(value, ContactPerson):
        return _person(value)
    if type(value) is str and kind is not FactKind.INDUSTRY:
        return written(value, LONGEST[kind], lines=kind is FactKind.BUSINESS_SCOPE)
    return value


def _person(person: ContactPerson) -> ContactPerson:
    email = person.email.strip()
    if email and (email.count("@") != 1 or len(email) > 120 or not email.isprintable() or " " in email):
        raise _wrong("邮箱不对,请检查。", "email")
    phone = person.phone
    if phone and not (phone.startswith("+") and phone[1:].isascii() and phone[1:].isdigit() and len(phone) <= 16):
        raise _wrong("电话号码不对,请检查。", "phone")
    return ContactPerson(person.role, written(person.name, 80, field="name"), phone, email)


def _area(code: str) -> str:
    tidy = code.strip()
    if tidy and not (tidy.isascii() and tidy.isdigit() and len(tidy) == 6 and int(tidy[:2]) in PROVINCES):
        raise _wrong("行政区划代码不对,应为 6 位数字,例如 330106。", "area")
    return tidy


def written(text: str, longest: int, *, lines: bool = False, field: str = "value") -> str:
    """Without outer spaces and characters that nobody sees. Raises Refusal when nothing or too much is left."""
    shown = "".join(
        c if unicodedata.category(c)[0] != "C" or (lines and c == "\n") else " " for c in text.replace("\r\n", "\n")
    ).strip()
    if not shown or len(shown) > longest:
        raise _wrong(f"请填写内容,不超过 {longest} 个字。", field)
    return shown


def _wrong(sentence: str, field: str = "value") -> Refusal:
    return Refusal("profile.value_wrong", sentence, field=field)


def kept(value: FactValue) -> Any:
    """What JSON keeps of a value."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return asdict(value) if isinstance(value, RegisteredAddress | QuarterEnds | YearAmount | ContactPerson) else value


def read(kind: FactKind, value: Any) -> FactValue:
    """The value again from what :func:`kept` gave."""
    made = VALUE_TYPES[kind]
    if made is dt.date:
        return dt.date.fromisoformat(value)
    if made is ContactPerson:
        return ContactPerson(**{**value, "role": ContactRole(value["role"])})
    if made in (RegisteredAddress, QuarterEnds, YearAmount):
        return made(**value)
    return TaxpayerKind(value) if made is TaxpayerKind else value

