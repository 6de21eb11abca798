"""PLAT-7: what stands on the admin desk is written for people: Chinese titles, yuan, names, the time of Shanghai."""

import re
from typing import Any

import pytest

from zhangfang_core.admin.catalogue import screens

TABLES = {placed.item.table._meta.tablename: placed.item for placed in screens()}
CHINESE = re.compile(r"[一-鿿]")
CODE = re.compile(r"[a-z]+(_[a-z]+)*")
FREE_TEXT = {"media_type", "account", "address", "subject", "rule", "user", "owner_firm", "owner_client"}
"""Text columns whose words may well be English: people of the tests are called as their roles."""
DECLARED_BY_TESTS = {"archive.seen"}


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_every_column_has_a_chinese_title(world: Any, table: str) -> None:
    base = f"/admin/{world.mine.firm}/api/tables/{table}/"
    schema = (await world.visitors["owner"].get(f"{base}schema/")).json()
    assert schema["title"] == TABLES[table].title
    assert "firm" not in schema["properties"]
    titles = {name: column["title"] for name, column in schema["properties"].items() if name != "id"}
    assert {name for name, title in titles.items() if not CHINESE.search(title)} == set()
    helps = [column["extra"]["help_text"] for column in schema["properties"].values() if column["extra"]["help_text"]]
    assert [text for text in helps if not CHINESE.search(text) or "分)" in text] == []
    assert set(schema["extra"]["visible_column_names"]) <= {"id", *titles}
    links = [column["extra"]["foreign_key"]["to"] for column in schema["properties"].values() if column["extra"].get("foreign_key")]
    assert set(links) <= {screen.title for screen in TABLES.values()}


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_values_are_written_for_people(world: Any, table: str) -> None:
    base = f"/admin/{world.mine.firm}/api/tables/{table}/"
    visitor = world.visitors["owner"]
    schema = (await visitor.get(f"{base}schema/")).json()["properties"]
    rows = (await visitor.get(f"{base}?__page_size=100")).json()["rows"]
    assert rows
    for name, value in ((name, value) for row in rows for name, value in row.items() if value not in (None, "")):
        if name.endswith("_readable"):
            assert not re.fullmatch(r"[0-9]+", str(value)), (name, value)
            continue
        column = schema["id" if name == "id" else name] if name in schema else {"extra": {}}
        choices = column["extra"].get("choices")
        if choices and value not in DECLARED_BY_TESTS:
            assert value in {choice["value"] for choice in choices.values()}, (name, value)
        elif not choices and isinstance(value, str) and name not in FREE_TEXT:
            assert not CODE.fullmatch(value), (name, value)
        if name.endswith("_at"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", str(value)), (name, value)
        if name == "period":
            assert re.fullmatch(r"20\d\d-\d\d", value), value
        if name in {c._meta.name for c in TABLES[table].money}:
            assert re.fullmatch(r"-?[\d,]+\.\d\d", str(value)), (name, value)


async def test_a_price_is_entered_and_found_in_yuan(world: Any) -> None:
    visitor, row = world.visitors["owner"], world.ids["marketplace_service"]
    base = f"/admin/{world.mine.firm}/api/tables/marketplace_service/"
    for entered in ("1,280.50", 1280.5, "1280.5"):
        saved = await visitor.ask("PATCH", f"{base}{row}/", json={"price": entered})
        assert saved.status_code == 200, saved.text
        assert saved.json()["price"] == "1,280.50"
        assert await world.superuser.fetchval("select price from marketplace_service where id = $1", row) == 128050
    for operator, number in (("e", 1), ("lt", 0), ("gte", 1)):
        counted = await visitor.get(f"{base}count/?price=1280.50&price__operator={operator}&id={row}")
        assert counted.json()["count"] == number, operator
    refused = await visitor.ask("PATCH", f"{base}{row}/", json={"price": "12.345"})
    assert refused.status_code == 422
    assert "看不懂" in refused.json()["custom_form_error"]


async def test_a_month_is_found_as_it_is_written(world: Any) -> None:
    visitor, base = world.visitors["owner"], f"/admin/{world.mine.firm}/api/tables/core_voucher/"
    shown = (await visitor.get(f"{base}{world.ids['core_voucher']}/")).json()["period"]
    found = (await visitor.get(f"{base}?period={shown}&id={world.ids['core_voucher']}")).json()["rows"]
    assert [row["period"] for row in found] == [shown]
    refused = await visitor.get(f"{base}?period=2026-13")
    assert refused.status_code == 422
    assert "2026-11 这样的形式" in refused.json()["custom_form_error"]


async def test_every_change_is_on_the_trail_whatever_the_verb(world: Any) -> None:
    row = world.ids["marketplace_service"]
    path = f"/admin/{world.mine.firm}/api/tables/marketplace_service/{row}/"
    asked = "select count(*) from core_audit_entry where action = 'admin.change' and subject = $1"
    for verb in ("PATCH", "PUT"):
        before = await world.superuser.fetchval(asked, f"marketplace_service:{row}")
        assert (await world.visitors["owner"].ask(verb, path, json={"days": 3})).status_code < 300
        assert await world.superuser.fetchval(asked, f"marketplace_service:{row}") == before + 1, verb


async def test_times_are_those_of_shanghai(world: Any) -> None:
    row = world.ids["core_client"]
    path = f"/admin/{world.mine.firm}/api/tables/core_client/{row}/"
    shown = (await world.visitors["owner"].get(path)).json()["created_at"]
    kept = await world.superuser.fetchval(
        "select to_char(created_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI:SS') from core_client where id = $1", row
    )
    assert shown == kept


async def test_the_firm_s_own_pages_are_linked(world: Any) -> None:
    links = (await world.visitors["owner"].get(f"/admin/{world.mine.firm}/api/links/")).json()
    assert {"人员与权限", "功能模块", "操作日志", "票据审核"} <= set(links)
    for title, path in links.items():
        answer = await world.visitors["owner"].get(path)
        assert answer.status_code in (200, 303, 307), (title, path, answer.status_code)
