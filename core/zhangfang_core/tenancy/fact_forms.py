"""Forms of facts: what a field of each kind is called, and reading what was sent."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from zhangfang_core.identity.forms import as_sent
from zhangfang_core.identity.phones import phone_written
from zhangfang_core.tenancy.small_low_profit import quarter_of
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.industries import INDUSTRIES
from zhangfang_sdk.money import fen, yuan
from zhangfang_sdk.profile import (
    VALUE_TYPES,
    ContactPerson,
    ContactRole,
    FactKind,
    FactSource,
    FactValue,
    NewFact,
    QuarterEnds,
    RegisteredAddress,
    TaxpayerKind,
    YearAmount,
)

_WAN = re.compile(r"(\d[\d,]{0,20}(?:\.\d{1,4})?)\s*万元?", re.ASCII)


def fact_in(kind: FactKind, data: dict[str, Any]) -> NewFact:
    """The fact that a form tells. Raises Refusal ``profile.value_wrong``, ``profile.date_wrong`` ..., each with its field."""
    source = as_sent(data, "source")
    return NewFact(
        kind,
        _value(kind, data),
        _quarter(data) if VALUE_TYPES[kind] is QuarterEnds else day_in(data, "valid_from"),
        FactSource(source) if source in list(FactSource) else FactSource.TYPED,
    )


def _value(kind: FactKind, data: dict[str, Any]) -> FactValue:
    text = as_sent(data, "value")
    made = VALUE_TYPES[kind]
    if made is TaxpayerKind:
        return TaxpayerKind(_one_of(text, list(TaxpayerKind)))
    if made is bool:
        return _one_of(text, ("yes", "no")) == "yes"
    if made is dt.date:
        return day_in(data, "value")
    if made is QuarterEnds:
        ends = [_figure(kind, data, name) for name in ("start", "end")]
        return QuarterEnds(*ends)
    if made is YearAmount:
        return YearAmount(_whole(data, "year"), money_in(data, "value"))
    if made is RegisteredAddress:
        return RegisteredAddress(text, as_sent(data, "area"))
    if made is ContactPerson:
        phone = as_sent(data, "phone")
        return ContactPerson(
            ContactRole(_one_of(as_sent(data, "role"), list(ContactRole), "role")),
            as_sent(data, "name"),
            phone_written(phone) if phone else "",
            as_sent(data, "email"),
        )
    return money_in(data, "value") if made is int else _one_of(text, INDUSTRIES) if kind is FactKind.INDUSTRY else text


def money_in(data: dict[str, Any], name: str) -> int:
    """Fen, from yuan ("3,000,000") or 万元 ("300万")."""
    text = as_sent(data, name)
    ten_thousands = _WAN.fullmatch(text.replace("\uff0c", ","))
    try:
        if ten_thousands is None:
            return fen(text.removesuffix("元"))
        return fen(Decimal(ten_thousands[1].replace(",", "")) * 10_000)
    except Refusal as refusal:
        raise Refusal("profile.value_wrong", refusal.sentence, field=name) from refusal


def day_in(data: dict[str, Any], name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(as_sent(data, name))
    except ValueError as error:
        raise Refusal("profile.date_wrong", "请填写日期,例如 2026-11-01。", field=name) from error


def _figure(kind: FactKind, data: dict[str, Any], name: str) -> int:
    return _whole(data, name) if kind is FactKind.EMPLOYEES else money_in(data, name)


def _whole(data: dict[str, Any], name: str) -> int:
    text = as_sent(data, name)
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise Refusal("profile.value_wrong", "请填写整数。", field=name)
    return int(text)


def _quarter(data: dict[str, Any]) -> dt.date:
    found = re.fullmatch(r"(20\d\d)-Q([1-4])", as_sent(data, "quarter"), re.ASCII)
    if found is None:
        raise Refusal("profile.quarter_wrong", "请选择一个季度。", field="quarter")
    return dt.date(int(found[1]), int(found[2]) * 3 - 2, 1)


def _one_of(text: str, known: Any, field: str = "value") -> str:
    if text not in known:
        raise Refusal("profile.value_wrong", "请选择一项。", field=field)
    return text


def fields_of(value: FactValue | None, valid_from: dt.date) -> dict[str, str]:
    """What a form shows at first: the value that holds, from the day on that a new one would."""
    fields = {"value": "", "valid_from": valid_from.isoformat(), "quarter": quarter_key(valid_from), "source": "typed"}
    fields |= dict.fromkeys(("start", "end", "year", "area", "role", "name", "phone", "email"), "")
    return fields | _fields(value)


def fields_of_quarter(kind: FactKind, ends: QuarterEnds, first: dt.date) -> dict[str, str]:
    """Of a quarter, by its first day, that is corrected."""
    start, end = (str(each) if kind is FactKind.EMPLOYEES else yuan(each) for each in (ends.start, ends.end))
    return {"quarter": quarter_key(first), "start": start, "end": end}


def _fields(value: FactValue | None) -> dict[str, str]:
    if isinstance(value, RegisteredAddress):
        return {"value": value.text, "area": value.area}
    if isinstance(value, YearAmount):
        return {"year": str(value.year), "value": yuan(value.amount)}
    if isinstance(value, ContactPerson):
        return {"role": value.role.value, "name": value.name, "phone": value.phone, "email": value.email}
    if isinstance(value, bool):
        return {"value": "yes" if value else "no"}
    if isinstance(value, int):
        return {"value": yuan(value)}
    # A new quarter has figures of its own: nothing is filled in.
    return {} if value is None or isinstance(value, QuarterEnds) else {"value": str(value)}


def quarter_key(day: dt.date) -> str:
    return f"{day.year}-Q{quarter_of(day)}"


def quarters_until(day: dt.date, count: int = 8) -> list[dt.date]:
    """First days of the quarter of ``day`` and those before it, newest first."""
    index = day.year * 4 + quarter_of(day) - 1
    return [dt.date((index - n) // 4, (index - n) % 4 * 3 + 1, 1) for n in range(count)]
