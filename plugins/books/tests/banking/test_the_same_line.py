"""Which lines of two files are the same one, and whose they are."""

from collections.abc import AsyncIterator
from importlib import import_module
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from banking.drawing import FILES, OWN, abc, ccb, csv, icbc, xlsx
from banking.test_bringing import brought, kept
from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.tables import BankLineRow
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal


def of_month(month: str) -> bytes:
    """建行, whose serials begin anew each month."""
    return xlsx(ccb(times=(f"2026{month}05 10:11:12", f"2026{month}06 09:00:00")))


async def test_a_serial_comes_again_on_another_day(firm: TestFirm) -> None:
    assert (await brought(firm, of_month("03"))).new == 2
    later = await brought(firm, of_month("04"))
    assert (later.new, later.brought) == (2, True)
    assert (await brought(firm, of_month("03"))).new == 0
    assert len(await kept(firm)) == 4


async def test_a_later_month_first_then_both(firm: TestFirm) -> None:
    await brought(firm, of_month("04"))
    heads, one, two = ccb(times=("20260305 10:11:12", "20260306 09:00:00"))
    three, four = ccb(times=("20260405 10:11:12", "20260406 09:00:00"))[1:]
    for row, balance in ((three, "12,229.50"), (four, "12,199.00")):
        row[5] = balance  # type: ignore[index]  # drawn as a list
    both = await brought(firm, xlsx([heads, one, two, three, four]))
    assert (both.new, both.statements[0].known) == (2, 2)
    assert sorted(str(row.date) for row in await kept(firm)) == ["2026-03-05", "2026-03-06", "2026-04-05", "2026-04-06"]


async def test_the_same_line_in_another_form_of_file(firm: TestFirm) -> None:
    """One form has serials, another says other words: day, amount and balance are the same."""
    assert (await brought(firm, xlsx(icbc()))).new == 2
    again = await brought(firm, xlsx(ccb()))
    assert (again.new, again.statements[0].known) == (0, 2)
    odd = [list(row) for row in icbc()]
    odd[2][3] = "甲示?公司"
    assert (await brought(firm, csv(odd, "gbk"))).new == 0
    assert len(await kept(firm)) == 2


async def test_other_times_of_day_are_other_lines(firm: TestFirm) -> None:
    """Paid, taken back, paid again: the balance after the first and the third is the same."""
    head = icbc()[:2]
    rows = [
        [f"2026-03-05 {hour}:00:00", OWN, "", "甲示例公司", "", amount, balance, words, "", "", ""]
        for hour, amount, balance, words in (("09", "100", "200", "甲"), ("10", "-100", "100", "乙"), ("11", "100", "200", "丙"))
    ]
    assert (await brought(firm, xlsx([*head, rows[0]]))).new == 1
    assert (await brought(firm, xlsx([*head, *rows[1:]]))).new == 2


async def test_another_clients_account_is_refused(firm: TestFirm) -> None:
    await brought(firm, FILES["建行 xlsx"], client=firm.restaurant)
    with pytest.raises(Refusal, match="another_clients"):
        await brought(firm, FILES["建行 xlsx"])
    assert await kept(firm) == []


async def test_another_holder_is_named(firm: TestFirm) -> None:
    tried = await brought(firm, FILES["建行 xlsx"], really=False, client=firm.restaurant)
    assert "嘉喜商贸有限公司" in tried.statements[0].foreign
    own = await brought(firm, FILES["建行 xlsx"], really=False)
    assert own.statements[0].foreign == ""
    nameless = await brought(firm, xlsx(icbc()), really=False)
    assert nameless.statements[0].foreign == ""


async def test_the_number_above_the_headings_after_either_colon(firm: TestFirm) -> None:
    told = [[str(cell).replace(":", "\uff1a") for cell in row] for row in abc()[:2]]
    found = await brought(firm, xlsx([*told, *abc()[2:]]))
    assert found.statements[0].statement.number == OWN


async def test_an_account_that_was_brought_without_its_number_learns_it(firm: TestFirm) -> None:
    await brought(firm, xlsx(abc()[2:]))
    again = await brought(firm, xlsx(abc()))
    assert (again.new, again.statements[0].known) == (0, 2)
    async with scoped_transaction(system_scope(firm.id)):
        assert [account.number for account in await accounts_of(firm.trading)] == [OWN]


async def test_a_day_that_has_not_come_is_a_fault(firm: TestFirm) -> None:
    wrong = [list(row) for row in icbc()]
    wrong[3][0] = "2062-03-06 09:00:00"
    found = await brought(firm, xlsx(wrong))
    (fault,) = found.read.faults
    assert (fault.row, fault.column) == (4, "A 列(交易时间)")
    assert await kept(firm) == []


@pytest_asyncio.fixture(loop_scope="session")
async def superuser(test_server: TestServer, database: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    connection = await asyncpg.connect(test_server.superuser(database))
    yield connection
    await connection.close()


async def test_the_migration_makes_the_keys_that_reading_makes(firm: TestFirm, superuser: "asyncpg.Connection[Any]") -> None:
    await brought(firm, of_month("03"))
    now = {row.id: row.key for row in await kept(firm)}
    async with scoped_transaction(system_scope(firm.id)):
        for id_ in now:
            await BankLineRow.update({BankLineRow.key: f"as before {id_}"}).where(BankLineRow.id == id_)
    await superuser.execute(import_module("zhangfang_books.migrations.books_0044_serials_by_day").KEYS)
    assert {row.id: row.key for row in await kept(firm)} == now
