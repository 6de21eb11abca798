"""Control characters: cleaned at every text of the desk, and no export breaks on one that came by a door we do not know."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any
from urllib.parse import unquote

import httpx
import pypdfium2
import pytest
from defusedxml.ElementTree import fromstring
from openpyxl import load_workbook
from piccolo.columns import Text, Varchar

from tests.isolation.test_routes import ROUTES, rightful_ids
from zhangfang_core.admin.catalogue import screens
from zhangfang_sdk.texts import seen
from zhangfang_sdk.web import CLIENT, FIRM

TEXTS = [
    (placed.item.table._meta.tablename, column._meta.name)
    for placed in screens()
    if placed.item.writable
    for column in placed.item.table._meta.columns
    if isinstance(column, Varchar | Text) and column._meta.name != "firm"
]
LINK = re.compile(r'href="([^"]+)"')
KIND = re.compile(r"\d+")
"""Addresses that differ in numbers alone are one door."""
CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
BAD = "甲\x00\x0b\x1f\u202e\ufeff乙"


@pytest.mark.parametrize(("table", "column"), TEXTS)
async def test_the_desk_keeps_none(world: Any, table: str, column: str) -> None:
    row = world.ids[table]
    answer = await world.visitors["owner"].ask(
        "PATCH", f"/admin/{world.mine.firm}/api/tables/{table}/{row}/", json={column: BAD}
    )
    assert answer.status_code < 500, answer.text[:300]
    kept = await world.superuser.fetchval(f"select {column} from {table} where id = $1", row)  # noqa: S608
    assert kept is None or kept == seen(kept)
    if answer.status_code == 200:
        assert kept == "甲乙"


async def test_no_export_breaks(world: Any) -> None:
    """As stored by a door that let it through, in every text that a firm keeps: each file that leaves is what it says, and opens."""
    doors = await doors_out(world)
    assert {ending for _, ending in doors.values()} >= {"xlsx", "pdf", "xml"}, doors
    await soiled(world)
    broken = []
    for path, (status, ending) in doors.items():
        answer = await world.visitors["owner"].get(path)
        if answer.status_code != status or ending_of(answer) != ending:
            broken.append(f"{path}: {answer.status_code} {answer.headers.get('content-type')}")
        else:
            broken += [f"{path}: {text!r}" for text in texts_in(answer.content, ending) if CONTROLS.search(text)]
    assert broken == []


async def doors_out(world: Any) -> dict[str, tuple[int, str]]:
    """Addresses, found on the pages and among the routes, that give a file to save: with the status and the file's ending."""
    owner, boss, here = world.visitors["owner"], world.actors["boss"], f"/f/{world.mine.firm}/c/{world.mine.client}"
    asked: dict[str, str] = {}
    for route in ROUTES.values():
        if route.method == "GET" and route.place in (CLIENT, FIRM) and not route.is_stream:
            own = route.address(rightful_ids(world, boss, route))
            asked.setdefault(KIND.sub("#", own), own)
    doors: dict[str, tuple[int, str]] = {}
    for own in list(asked.values()):
        answer = await owner.get(own)
        keep(doors, own, answer)
        for link in LINK.findall(answer.text) if "text/html" in answer.headers.get("content-type", "") else ():
            address = unescape(link).partition("#")[0]
            if address.startswith((here, f"/f/{world.mine.firm}/")) and KIND.sub("#", address) not in asked:
                asked[KIND.sub("#", address)] = address
                keep(doors, address, await owner.get(address))
    return doors


def keep(doors: dict[str, tuple[int, str]], address: str, answer: httpx.Response) -> None:
    if answer.headers.get("content-disposition", "").startswith("attachment"):
        doors[address] = (answer.status_code, ending_of(answer))


def ending_of(answer: httpx.Response) -> str:
    return unquote(answer.headers.get("content-disposition", "")).rstrip('";').rpartition(".")[2].lower()


async def soiled(world: Any) -> None:
    """Every text column holds planted words somewhere: a control stands in each of them now, and in names and summaries."""
    columns = await world.superuser.fetch(
        """select table_name, column_name, data_type from information_schema.columns where table_schema = 'public'
        and table_name = any($1) and data_type in ('text', 'character varying', 'jsonb')""",
        [*world.ids],
    )
    await world.superuser.execute("set session_replication_role = replica")
    for table, column, kind in columns:
        sign = "\\u000b" if kind == "jsonb" else "\x0b"
        changed = f"replace({column}::text, '机密', '机{sign}密')" + ("::jsonb" if kind == "jsonb" else "")
        await world.superuser.execute(f"update {table} set {column} = {changed} where {column}::text like '%机密%'")  # noqa: S608
    for statement in (
        "update core_account set name = left(name, 20) || E'\\x0b\\x01' where firm = $1",
        "update core_voucher_line set counterparty = left(counterparty, 20) || E'\\x0c' where firm = $1",
        "update core_client set name = left(name, 20) || E'\\x0b' where firm = $1",
    ):
        await world.superuser.execute(statement, world.mine.firm)
    await world.superuser.execute("set session_replication_role = origin")


def texts_in(content: bytes, ending: str) -> Iterator[str]:
    """Of a file that opens. Raises what its reader raises for one that does not."""
    if ending == "xlsx":
        book = load_workbook(io.BytesIO(content), read_only=True)
        yield from (str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
    elif ending == "pdf":
        with pypdfium2.PdfDocument(content) as printed:
            assert len(printed) > 0
    elif ending == "zip":
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            assert parts.testzip() is None
            for name in parts.namelist():
                yield name
                yield from texts_in(parts.read(name), name.rpartition(".")[2].lower())
    elif ending == "xml":
        yield from (
            text for element in fromstring(content).iter() for text in (element.text, *element.attrib.values()) if text
        )
    elif ending in ("csv", "txt"):
        yield content.decode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else "gb18030")
