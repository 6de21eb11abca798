"""What the admin desk may be asked for and told, checked before piccolo-admin sees it.

Everything else is refused with a sentence: an unknown column, an operator that a column does not have, a number that the
database cannot hold. Amounts come in yuan and go on in fen, months as "2026-11", instants without an offset are of Asia/Shanghai.
"""

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from piccolo.columns import Column, Timestamptz

from zhangfang_core.admin.shape import Shape, bits_of, is_day, is_text, is_yes_or_no
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period
from zhangfang_sdk.texts import seen

Pairs = Sequence[tuple[str, str]]

MOST_ROWS = 1000
LAST_PAGE = 1_000_000
MOST_ORDERS = 5
LONGEST_WORD = 200
_YEARS = range(1900, 3000)
_OPERATORS = ("e", "ne", "lt", "lte", "gt", "gte", "is_null", "not_null")
_MATCHES = ("contains", "exact", "starts", "ends")
_TRUE, _FALSE = ("true", "1", "t"), ("false", "0", "f")


def asked_of_list(shape: Shape, given: Pairs, shown_tables: Mapping[str, str]) -> list[tuple[str, str]]:
    """Filters, order and page of a list. Raises Refusal ``admin.asked``; so do the functions below."""
    own = [(name, _ON_LISTS[name](shape, value)) for name, value in _once(given) if name in _ON_LISTS]
    return own + _filters(shape, [(name, value) for name, value in given if name not in _ON_LISTS], shown_tables)


def asked_of_count(shape: Shape, given: Pairs, shown_tables: Mapping[str, str]) -> list[tuple[str, str]]:
    return _filters(shape, [(name, value) for name, value in _once(given) if name != "__page_size"], shown_tables)


def asked_of_ids(given: Pairs) -> list[tuple[str, str]]:
    """Search words and a part of the list: where another table's row is chosen."""
    checks: dict[str, Callable[[str], str]] = {
        "search": _word,
        "limit": lambda value: _number(value, 1, MOST_ROWS),
        "offset": lambda value: _number(value, 0, MOST_ROWS * LAST_PAGE),
    }
    for name, _ in given:
        if name not in checks:
            raise _unknown(name)
    asked = {name: checks[name](value) for name, value in _once(given)}
    return list({"limit": str(MOST_ROWS), **asked}.items())


def asked_of_row(shape: Shape, given: Pairs) -> list[tuple[str, str]]:
    for name, _ in given:
        if name not in ("__readable", "__visible_fields"):
            raise _unknown(name)
    return [(name, _ON_LISTS[name](shape, value)) for name, value in _once(given)]


def row_number(shape: Shape, text: str) -> bool:
    """Whether it can be the key of a row."""
    whole = bits_of(shape.table._meta.primary_key) is not None
    return bool(re.fullmatch(r"[1-9][0-9]{0,18}", text)) and int(text) < 2**63 if whole else "\0" not in text


def told(shape: Shape, body: bytes) -> dict[str, Any]:
    """The values of a row that is to be written, as the table holds them; columns that are for reading only are left out."""
    try:
        given = json.loads(body, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _wrong("提交的内容读不懂,请刷新页面再试。") from error
    if not isinstance(given, dict):
        raise _wrong("提交的内容读不懂,请刷新页面再试。")
    for name in given:
        if name not in shape.sent:
            raise _unknown(name)
    return {name: _value(shape, name, value) for name, value in given.items() if shape.can_be_written(name)}


def _filters(shape: Shape, given: Pairs, shown_tables: Mapping[str, str]) -> list[tuple[str, str]]:
    whole = {name.removesuffix("__match") for name, value in given if name.endswith("__match") and value == "exact"}
    checked = [_filter(shape, name, value, shown_tables) for name, value in given]
    return [(name, _pattern(shape, name, value, whole)) for name, value in checked]


def _pattern(shape: Shape, name: str, value: str, whole: set[str]) -> str:
    """Text that is looked for in a column. Signs that ILIKE reads are meant as they stand; what is longer than the column is in no row."""
    column = shape.sent.get(name)
    if column is None or not is_text(column):
        return value
    text = value if name in whole else re.sub(r"([\\%_])", r"\\\1", value)
    if len(text) > (getattr(column, "length", None) or LONGEST_WORD):
        raise _wrong(f"“{shape.label(name)}”没有这么长的内容。")
    return text


def _filter(shape: Shape, name: str, value: str, shown_tables: Mapping[str, str]) -> tuple[str, str]:
    column_name, _, wanted = name.partition("__")
    if not shape.can_be_asked(column_name, shown_tables):
        raise _unknown(column_name or name)
    if not wanted:
        return name, _filtered_by(shape, column_name, shape.sent[column_name], value)
    # The page sends both with every filter, whatever the column; piccolo takes the one that fits.
    if value not in {"operator": _OPERATORS, "match": _MATCHES}.get(wanted, ()):
        raise _wrong(f"“{shape.label(column_name)}”不能这样查。")
    return name, value


def _filtered_by(shape: Shape, name: str, column: Column, value: str) -> str:
    if column._meta.choices and value not in {str(choice.value) for choice in column._meta.choices}:
        raise _wrong(f"“{shape.label(name)}”没有“{value[:30]}”这一项。")
    if name in shape.money:
        return str(_fen(value))
    if name in shape.periods:
        return str(_period(value))
    if name in shape.instants:
        return _instant(value).isoformat()
    if is_text(column):
        return _word(value)
    if is_day(column):
        return _day(value).isoformat()
    if is_yes_or_no(column):
        if value.lower() not in (*_TRUE, *_FALSE):
            raise _wrong(f"“{shape.label(name)}”只能是“是”或“否”。")
        return value.lower()
    bits = bits_of(column) or 0
    return _number(value, -(2**bits), 2**bits - 1)


def _value(shape: Shape, name: str, value: Any) -> Any:
    """One value of a row; what its kind is beyond that is checked by the table's own model."""
    column = shape.sent[name]
    if isinstance(value, str):
        value = seen(value)
    if value is None or value == "null":
        return None
    if name in shape.money:
        return _fen(value)
    if name in shape.periods:
        return _period(value)
    if isinstance(column, Timestamptz):
        return _instant(value).isoformat() if isinstance(value, str) else _refuse(shape, name)
    if is_day(column):
        return _day(value).isoformat() if isinstance(value, str) else _refuse(shape, name)
    bits = bits_of(column)
    if bits is not None:
        if isinstance(value, bool | list | dict):
            _refuse(shape, name)
        return int(_number(str(value), -(2**bits), 2**bits - 1))
    return value


def _refuse(shape: Shape, name: str) -> Any:
    raise _wrong(f"“{shape.label(name)}”填写得不对。")


def _once(given: Pairs) -> Pairs:
    names = [name for name, _ in given]
    if len(set(names)) != len(names):
        raise _wrong("同一个条件只能写一次。")
    return given


def _word(value: str) -> str:
    if "\0" in value or len(value) > LONGEST_WORD:
        raise _wrong(f"要找的文字不能超过 {LONGEST_WORD} 个字,也不能有特殊字符。")
    return value


def _number(value: str, least: int, most: int) -> str:
    if not re.fullmatch(r"-?[0-9]{1,20}", value) or not least <= int(value) <= most:
        raise _wrong(f"“{value[:30]}”不是合适的数字。")
    return str(int(value))


def _fen(value: Any) -> int:
    """Raises Refusal of :func:`zhangfang_sdk.money.fen` as well."""
    if isinstance(value, bool | list | dict):
        raise _wrong("金额请写成 1234.56 这样的形式。")
    return fen(str(value))


def _period(value: Any) -> int:
    try:
        return Period.parse(str(value)).number
    except Refusal as refusal:
        raise _wrong(refusal.sentence) from refusal


def _day(value: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError as error:
        raise _wrong(f"“{value[:30]}”不是日期。") from error
    return _usual(day)


def _instant(value: str) -> dt.datetime:
    try:
        at = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise _wrong(f"“{value[:30]}”不是时间。") from error
    _usual(at.date())
    return at if at.tzinfo else at.replace(tzinfo=BUSINESS_TIME_ZONE)


def _usual(day: dt.date) -> dt.date:
    if day.year not in _YEARS:
        raise _wrong(f"年份请在 {_YEARS[0]} 到 {_YEARS[-1]} 之间。")
    return day


def _order(shape: Shape, value: str) -> str:
    names = value.split(",")
    for name in names:
        if name.removeprefix("-") not in shape.sent:
            raise _unknown(name)
    if len(names) > MOST_ORDERS:
        raise _wrong(f"最多按 {MOST_ORDERS} 列排序。")
    return value


def _columns(shape: Shape, value: str) -> str:
    names = value.split(",")
    for name in names:
        if name not in shape.sent:
            raise _unknown(name)
    own = dict.fromkeys(names)
    return ",".join({shape.primary: None, **own})


def _yes(_: Shape, value: str) -> str:
    if value.lower() not in _TRUE:
        raise _wrong("这一项只能是 true。")
    return "true"


def _heading(_: Shape, value: str) -> str:
    """It goes into a header of the answer."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,60}", value):
        raise _wrong("这一项只能是英文字母和数字。")
    return value


_ON_LISTS: Mapping[str, Callable[[Shape, str], str]] = {
    "__order": _order,
    "__page": lambda _, value: _number(value, 1, LAST_PAGE),
    "__page_size": lambda _, value: _number(value, 1, MOST_ROWS),
    "__visible_fields": _columns,
    "__readable": _yes,
    "__range_header": _yes,
    "__range_header_name": _heading,
}


def _unknown(name: str) -> Refusal:
    return _wrong(f"没有“{name[:40]}”这一项。")


def _wrong(sentence: str) -> Refusal:
    return Refusal("admin.asked", sentence, status=422)


def _no_number(word: str) -> Any:
    raise ValueError(word)
