"""Every form that takes a table takes a broken one too: it is told what is wrong, keeps all or nothing, and takes a good file after it (LEDG-3).

``ZHANGFANG_DIRTY_FILES=100`` sends as many to each form; without it a few of every kind.
"""

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from dirty_files import good_files
from dirty_files.breaking import KINDS
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import CSRF_COOKIE, CSRF_HEADER, Visitor
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

FILES = int(os.environ.get("ZHANGFANG_DIRTY_FILES", str(len(KINDS))))
SEED = 20261127
KEPT = ("已带入:", "已导入")
ANSWERED = ("notice", "fold", "再看一次")
"""A sentence, a list of faults by row, or a question whose answer is wanted."""


@dataclass(frozen=True)
class Door:
    """A form, what it takes, and what is filled in beside the file."""

    path: str
    good: bytes
    form: Mapping[str, str] = field(default_factory=dict)


DOORS = (
    Door("import", good_files.vouchers()),
    Door("take-over", good_files.balances()),
    Door("payroll/import", good_files.payroll(), {"period": "2026-09"}),
    Door("sales/import", good_files.invoices()),
    Door(
        "bank/import", good_files.bank_lines(), {"number:1": good_files.OWN, "account:1": "1002", "bank:1": "示例银行"}
    ),
)


async def rows_of_every_table() -> dict[str, int]:
    names = [
        row["table_name"]
        for row in await connection().fetch(
            """select distinct table_name from information_schema.columns where table_schema = 'public' and column_name = 'client'
            and (table_name like 'books\\_%' or table_name like 'core\\_%' and table_name <> 'core_audit_entry') order by 1"""
        )
    ]
    union = " union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in names)  # noqa: S608 - the catalogue's own
    return {row["name"]: row["rows"] for row in await connection().fetch(union)}


async def send(visitor: Visitor, door: Door, name: str, content: bytes) -> tuple[int, str]:
    await visitor.http.get("/healthz")
    answer = await visitor.http.post(
        f"{visitor.place}/books/{door.path}",
        data={**door.form, "really": "1"},
        files={"file": (name, content)},
        headers={CSRF_HEADER: visitor.http.cookies[CSRF_COOKIE], "accept": "text/html"},
    )
    return answer.status_code, answer.text


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.path)
async def test_broken_files_are_told_and_keep_nothing(firm: TestFirm, visit: Visit, door: Door) -> None:
    visitor = await visit("owner")
    for turn in range(FILES):
        dice = random.Random(f"{SEED} {door.path} {turn}")  # noqa: S311  # files of a test
        kind = KINDS[turn % len(KINDS)]
        name, content = kind(door.good, dice)
        async with scoped_transaction(system_scope(firm.id)):
            before = await rows_of_every_table()
        status, page = await send(visitor, door, name, content)
        async with scoped_transaction(system_scope(firm.id)):
            after = await rows_of_every_table()
        at = f"{door.path}, turn {turn}: {kind.__name__}, {status}"
        assert status in (200, 409, 413, 422), at
        said = page.partition('id="found"')[2].partition("</form>")[0]
        was_kept = any(word in said for word in KEPT)
        assert (after != before) <= was_kept, (at, {n: (before[n], after[n]) for n in after if before[n] != after[n]})
        assert was_kept or any(sign in said for sign in ANSWERED), (at, said[:500])
        assert "Traceback" not in page, at
    status, page = await send(visitor, door, "好.xlsx", door.good)
    assert status == 200
    assert any(word in page for word in (*KEPT, "已经", "以前导入过")), page.partition('id="found"')[2][:1500]
