"""Lines of an issued invoice as JSON, and the rate of a line as lists write it. Pure."""

import json
import re
from collections.abc import Iterable
from decimal import Decimal

from zhangfang_sdk.invoices import InvoiceLine

_RATE = re.compile(r"(\d{1,2}(?:\.\d+)?)\s*[%%]")
_SHARE = re.compile(r"0?\.\d{1,3}")
UNTAXED = ("免税", "不征税", "出口零税率")


def packed(lines: Iterable[InvoiceLine]) -> str:
    return json.dumps(
        [
            [x.name, x.amount, x.tax, x.rate, x.model, x.unit, _text(x.quantity), _text(x.unit_price)]
            for x in lines
        ],
        ensure_ascii=False,
    )


def unpacked(text: str) -> tuple[InvoiceLine, ...]:
    return tuple(
        InvoiceLine(name, amount, tax, rate, model, unit, _number(quantity), _number(price))
        for name, amount, tax, rate, model, unit, quantity, price in json.loads(text)
    )


def rate_called(text: str) -> str | None:
    """ "13%" for "13%", "0.13" and "13"; "免税" and the like as they stand; "" for none or stars; None for what is no rate."""
    word = text.strip()
    if not word.strip("*-—/"):
        return ""
    if match := _RATE.fullmatch(word):
        return _percent(Decimal(match[1]))
    if _SHARE.fullmatch(word):
        return _percent(Decimal(word) * 100)
    if re.fullmatch(r"\d{1,2}(\.\d+)?", word):
        return _percent(Decimal(word))
    return next((known for known in UNTAXED if known in word), None)


def _percent(number: Decimal) -> str:
    return f"{number.normalize():f}%"


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(number)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None
