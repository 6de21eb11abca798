"""Control characters: cleaned at every text of the desk, and no export breaks on one that came by a door we do not know."""

import re
from typing import Any

import pytest
from piccolo.columns import Text, Varchar

from zhangfang_core.admin.catalogue import screens
from zhangfang_sdk.texts import seen

TEXTS = [
    (placed.item.table._meta.tablename, column._meta.name)
    for placed in screens()
    if placed.item.writable
    for column in placed.item.table._meta.columns
    if isinstance(column, Varchar | Text) and column._meta.name != "firm"
]
BAD = "甲\x00\x0b\x1f\u202e\ufeff乙"
EXPORTS = (
    *(f"/books/export/{report}/{fmt}" for report in ("statements", "balances", "journal") for fmt in ("xlsx", "pdf")),
    *(f"/books/export/{report}/{fmt}?account={{account}}" for report in ("general", "detail") for fmt in ("xlsx", "pdf")),
    "/books/export/vouchers/pdf",
    *(f"/books/vouchers/{program}" for program in ("kingdee_kis", "yonyou", "lemon", "gbt24589_2010")),
)


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
    """As stored by a door that let it through: names of accounts and clients, summaries, counterparties."""
    firm = world.mine.firm
    await world.superuser.execute("set session_replication_role = replica")
    for statement in (
        "update core_account set name = left(name, 20) || E'\\x0b\\x01' where firm = $1",
        "update core_voucher set summary = left(summary, 20) || E'\\x0b\\x1f' where firm = $1",
        "update core_voucher_line set counterparty = left(counterparty, 20) || E'\\x0c', summary = left(summary, 20) || E'\\x02' where firm = $1",
        "update core_client set name = left(name, 20) || E'\\x0b' where firm = $1",
    ):
        await world.superuser.execute(statement, firm)
    await world.superuser.execute("set session_replication_role = origin")
    line = await world.superuser.fetchrow(
        "select account, date from core_voucher_line where client = $1 order by id limit 1", world.mine.client
    )
    for path in EXPORTS:
        asked = path.format(account=line["account"])
        asked += f"{'&' if '?' in asked else '?'}period={line['date']:%Y-%m}"
        answer = await world.visitors["owner"].get(f"/f/{firm}/c/{world.mine.client}{asked}")
        assert answer.status_code == 200, (asked, answer.status_code, answer.text[:200])
        if "gbt" in path:
            assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", answer.text)
