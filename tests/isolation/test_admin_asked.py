"""Nothing that is asked of the admin desk, and nothing that is sent to it, is answered with an error of the server."""

import json
import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from zhangfang_core.admin.catalogue import forms, screens
from zhangfang_core.admin.shape import shape

TABLES = {placed.item.table._meta.tablename: placed.item for placed in screens()}
WRITABLE = sorted(name for name, screen in TABLES.items() if screen.writable)
VALUES = (
    "", "0", "-1", "1", "1.5", "1e400", "NaN", "Infinity", "99999999999999999999", "-9223372036854775809", "2147483648", "null", "None",
    "true", "是", "2026-11-03", "2026-13-40", "9999-12-31", "0001-01-01", "2026-11-03T10:00:00", "0001-01-01T00:00:00+14:00", "'", '"',
    "%", "\\", "%s", "{}", "[]", "{", "\0", "a\0b", "\ud7ff\uffff", "x" * 3000, "1,2", "posted", "';drop table core_client;--", "12:00", "1 day",
)  # fmt: skip
OPERATORS = ("e", "ne", "lt", "lte", "gt", "gte", "is_null", "not_null", "like", "", "\0")
MATCHES = ("contains", "exact", "starts", "ends", "?")
NAMES = ("id", "-id", "id,id,id,id,id,id,id", "client.name", "user.password_hash", "firm", "token_hash")
SPECIAL = (
    "__page", "__page_size", "__order", "__visible_fields", "__readable", "__range_header", "__range_header_name",
    "limit", "offset", "search", "no_such_column", "", "__", "id__", "__operator", "user.password_hash",
)  # fmt: skip
ENDS = ("", "ids/", "count/", "schema/", "new/", "references/")
BODIES: tuple[Any, ...] = (None, True, 0, 1.5, "text", [], [1], {}, {"a": 1}, "\0", 2**80, -(2**80), "x" * 5000, "null", "2026-02-30", {"$": "\0"})


def asked(name: str, value: str) -> str:
    return f"{quote(name, safe='')}={quote(value, safe='')}"


def queries(screen: Any) -> Iterator[str]:
    """Columns that are there, are hidden, or are nobody's, each with values of every kind: which ones, an own seed of the table decides."""
    chance = dice(screen.table._meta.tablename)
    columns = [c._meta.name for c in screen.table._meta.columns]
    for column in columns:
        for value in chance.sample(VALUES, 8):
            yield asked(column, value)
        yield f"{asked(f'{column}__operator', chance.choice(OPERATORS))}&{asked(column, chance.choice(VALUES))}"
        yield f"{asked(f'{column}__match', chance.choice(MATCHES))}&{asked(column, chance.choice(VALUES))}"
        yield f"{column}=1&{column}=2"
        yield f"{column}[]=1&{column}[]=2"
        yield asked("__order", f"-{column}")
        yield asked("__visible_fields", column)


def dice(seed: str) -> random.Random:
    """The same throws on every run."""
    return random.Random(seed)  # noqa: S311  (no secret)


def special_queries(chance: random.Random) -> Iterator[str]:
    for name in SPECIAL:
        for value in chance.sample((*VALUES, *NAMES), 6):
            yield asked(name, value)
    yield "__page=1000000&__page_size=1000"
    yield "__range_header=true&__range_header_name=a%0d%0aSet-Cookie:x=1"


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_no_question_is_an_error_of_the_server(world: Any, table: str) -> None:
    base = f"/admin/{world.mine.firm}/api/tables/{table}/"
    visitor, found = world.visitors["owner"], []
    chance = dice(f"of {table}")
    paths = [f"{chance.choice(('', '', 'count/'))}?{query}" for query in queries(TABLES[table])]
    paths += [f"{end}?{query}" for end in (*ENDS, f"{world.ids[table]}/") for query in special_queries(chance)]
    for path in paths:
        answer = await visitor.get(base + path)
        if answer.status_code not in (200, 404, 422):
            found.append((path[:120], answer.status_code, answer.text[:200]))
    for key in ("0", "-1", "x", "99999999999999999999", "1.5", "%00", "%E2%82%AC", "1%20", "..%2f1", "9" * 400):
        answer = await visitor.get(f"{base}{key}/")
        if answer.status_code not in (404, 422):
            found.append((key, answer.status_code, answer.text[:200]))
    assert not found, (len(found), found[:5])


@pytest.mark.parametrize("table", WRITABLE)
async def test_no_body_is_an_error_of_the_server(world: Any, table: str) -> None:
    base = f"/admin/{world.mine.firm}/api/tables/{table}/"
    columns = [c._meta.name for c in TABLES[table].table._meta.columns]
    chance = dice(f"into {table}")
    bodies: list[Any] = list(BODIES)
    bodies += [{column: value} for column in (*columns, "no_such_column") for value in chance.sample(BODIES, 6)]
    bodies += [dict.fromkeys(shape(TABLES[table]).sent, value) for value in BODIES]
    raw = [json.dumps(body) for body in bodies] + ["", "{", "[" * 2000, '{"id": NaN}', '{"a":1,"a":2}', "\xff\xfe", "x=1"]
    visitor, found = world.visitors["owner"], []
    for body in raw:
        one = f"{base}{world.ids[table]}/"
        for method, path in (("POST", base), ("PATCH", one), chance.choice((("PUT", one), ("DELETE", base)))):
            answer = await visitor.ask(method, path, content=body, headers={"content-type": "application/json"})
            if answer.status_code >= 500:
                found.append((method, body[:120], answer.status_code, answer.text[:300]))
    assert not found, (len(found), found[:5])


@pytest.mark.parametrize("form", sorted(placed.item.id for placed in forms()))
async def test_no_form_is_an_error_of_the_server(world: Any, form: str) -> None:
    path = f"/admin/{world.mine.firm}/api/forms/{form}/"
    fields = next(placed.item.fields for placed in forms() if placed.item.id == form).model_fields
    bodies = [*BODIES, *(dict.fromkeys(fields, value) for value in (*BODIES, *VALUES))]
    for body in [*(json.dumps(body) for body in bodies), "", "{", "\xff"]:
        answer = await world.visitors["owner"].ask("POST", path, content=body, headers={"content-type": "application/json"})
        assert answer.status_code < 500, (body[:200], answer.text[:300])
