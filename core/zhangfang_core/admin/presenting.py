"""Rows and their descriptions as people read them: yuan, Shanghai time, names in place of numbers, titles in place of codes."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from piccolo.columns import JSON, JSONB

from zhangfang_core.admin.choices import SHARED_CHOICES
from zhangfang_core.admin.shape import Shape, is_yes_or_no
from zhangfang_sdk.admin import Titles
from zhangfang_sdk.labels import HELP
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, Period

_CHINESE = re.compile("[\u4e00-\u9fff]")
YES_NO = {True: "是", False: "否"}


async def rows_for_people(
    shape: Shape, rows: Sequence[dict[str, Any]], shown: Mapping[str, str]
) -> list[dict[str, Any]]:
    """``shown`` are titles of the screens that the actor has, by table: only their rows are linked by key."""
    names = {name: await _names(table, name, rows) for name, table in shape.screen.references.items()}
    return [_row(shape, row, names, shown) for row in rows]


async def _names(table: Any, column: str, rows: Sequence[Mapping[str, Any]]) -> dict[Any, str]:
    """What rows of another table are called, for those that ``column`` names; behind that table's walls."""
    wanted = {row[column] for row in rows if row.get(column)}
    if not wanted:
        return {}
    key = table._meta.primary_key
    found = await table.select(key, table.get_readable()).where(key.is_in(list(wanted)))
    return {row[key._meta.name]: row["readable"] for row in found}


def _row(
    shape: Shape, row: dict[str, Any], names: Mapping[str, Mapping[Any, str]], shown: Mapping[str, str]
) -> dict[str, Any]:
    answer = {name: _written(shape, name, row[name]) for name in shape.sent if name in row}
    for name, table in shape.keys.items():
        if name not in row:
            continue
        readable = names[name].get(row[name], "") if name in names else row.get(f"{name}_readable")
        if table in shown:
            answer[f"{name}_readable"] = readable
        else:
            answer[name] = readable or None
    for name, write in shape.screen.words.items():
        if name in row:
            answer[name] = write(row)
    return answer


def _written(shape: Shape, name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in shape.money:
        return yuan(int(value))
    if name in shape.periods:
        return Period.from_number(int(value)).key
    if name in shape.instants:
        return dt.datetime.fromisoformat(value).astimezone(BUSINESS_TIME_ZONE).strftime("%Y-%m-%d %H:%M:%S")
    return value


async def described(shape: Shape, schema: dict[str, Any], shown: Mapping[str, str]) -> dict[str, Any]:
    """The schema of a table, from which piccolo-admin draws list, filters and form."""
    extra = schema["extra"]
    schema["title"] = shape.screen.title
    schema["properties"] = {
        name: await _property(shape, name, described, shown)
        for name, described in schema["properties"].items()
        if name in shape.sent
    }
    schema["required"] = [name for name in schema.get("required", ()) if shape.can_be_written(name)]
    extra["help_text"] = _head(shape)
    extra["read_only"] = not shape.screen.writable
    extra["visible_fields_options"] = list(shape.sent)
    extra["visible_column_names"] = [name for name in extra["visible_column_names"] if name in shape.sent]
    extra["visible_filter_names"] = [name for name in extra["visible_filter_names"] if shape.can_be_asked(name, shown)]
    return schema


def _head(shape: Shape) -> str:
    """The line at a screen's head."""
    better = shape.screen.better
    only_seen = "" if shape.screen.writable else "这里只能查看。"
    return only_seen + (f"日常办理请到账房的“{better.title}”页,左侧“链接”里可以打开。" if better else "")


async def _property(shape: Shape, name: str, given: dict[str, Any], shown: Mapping[str, str]) -> dict[str, Any]:
    extra = given.get("extra") or {}
    answer = {**given, "title": shape.label(name), "extra": extra}
    extra["help_text"] = _help(shape, name, extra.get("help_text"))
    extra["choices"] = await _choices(shape, name)
    extra.pop("foreign_key", None)
    if name in shape.screen.words or isinstance(shape.sent[name], JSON | JSONB):
        return {**_typed(answer, "string"), "extra": {**extra, "widget": "text-area", "nullable": True}}
    if name in shape.keys:
        if shape.keys[name] not in shown:
            return _typed(answer, "string")
        extra["foreign_key"] = {"to": shown[shape.keys[name]], "target_column": "id"}
    if name in shape.money:
        return _typed(answer, "number")
    if name in shape.periods:
        return _typed(answer, "string")
    if name in shape.instants:
        # A widget for zones would offer six hundred of them; all here is Shanghai.
        extra.pop("widget", None)
    return answer


def _typed(given: dict[str, Any], kind: str) -> dict[str, Any]:
    """The same description with another type, nothing said of its shape."""
    return {key: value for key, value in given.items() if key not in ("anyOf", "format", "maxLength")} | {"type": kind}


def _help(shape: Shape, name: str, own: str | None) -> str | None:
    if name in shape.money:
        return "单位:元"
    if name in shape.periods:
        return "写成 2026-11"
    if own is None or not _CHINESE.search(own) or name in shape.screen.choices or own == shape.label(name):
        own = None
    return HELP.get(name, own)


async def _choices(shape: Shape, name: str) -> dict[str, Any] | None:
    if is_yes_or_no(shape.sent[name]):
        return {title: {"display_name": title, "value": value} for value, title in YES_NO.items()}
    found = await titles_of(shape, name)
    return None if found is None else {code: {"display_name": title, "value": code} for code, title in found.items()}


async def titles_of(shape: Shape, name: str) -> Titles | None:
    """Titles of the codes of a column for the firm in scope; None for a column that holds no codes."""
    given = shape.screen.choices.get(name, SHARED_CHOICES.get(name))
    return given if given is None or isinstance(given, Mapping) else await given()
