"""A posting whose connection dies in the middle leaves nothing behind (LEDG-1)."""

import asyncio
import datetime as dt

import asyncpg
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import DATABASE_FAILED, connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft, VoucherState
from zhangfang_sdk.services import use

TABLES = (
    *("core_voucher_line", "core_voucher_counter", "core_balance", "core_audit_entry"),
    *("core_voucher", "procrastinate_jobs"),
)
TERMINATE_WAITING = """select count(pg_terminate_backend(pid)) from pg_stat_activity
    where datname = $1 and wait_event_type = 'Lock' and usename = 'zhangfang_app'"""


def sale(client: int, day: int) -> VoucherDraft:
    lines = (Line("1002", "销售", debit=88_00), Line("5001", "销售", credit=88_00))
    return VoucherDraft(client, dt.date(2025, 3, day), "销售", lines)


@pytest_asyncio.fixture(loop_scope="session")
async def reviewer(firm: TestFirm) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await make_member(
            login="reviewer@fault.example", name="复核人", password="a long enough secret", role="reviewer"
        )


async def drafted_and_posted(firm: TestFirm, reviewer: int) -> int:
    """A posted voucher, so that counters and balances exist, and a second one's draft."""
    async with acting(firm, "accountant"):
        first = await use(Ledger).draft(sale(firm.restaurant, 5))
        second = await use(Ledger).draft(sale(firm.restaurant, 6))
    async with acting(firm, "reviewer", user=reviewer):
        await use(Ledger).post(first)
    return second


async def everything(superuser: asyncpg.Connection) -> dict[str, list[str]]:
    """All rows of what a posting touches, walls or not."""
    return {
        table: [row["r"] for row in await superuser.fetch(f"select t::text as r from {table} t order by 1")]  # noqa: S608  # our own names
        for table in TABLES
    }


@pytest.mark.parametrize("moment", ["within the statement", "before the commit"])
async def test_nothing_half_done(
    moment: str, firm: TestFirm, reviewer: int, database: str, test_server: TestServer
) -> None:
    """Lines, balances, counter, trail and jobs stand as before; posted again, the voucher has the next number."""
    second = await drafted_and_posted(firm, reviewer)
    superuser = await asyncpg.connect(test_server.superuser(database))
    try:
        before = await everything(superuser)
        lose = post_and_lose if moment == "before the commit" else post_while_locked
        with pytest.raises(DATABASE_FAILED):
            await lose(firm, reviewer, second, superuser, database)
        assert await everything(superuser) == before
    finally:
        await superuser.close()
    async with acting(firm, "reviewer", user=reviewer):
        assert (await use(Ledger).voucher(second)).state is VoucherState.DRAFT
        assert (await use(Ledger).post(second)).number == 2


async def post_and_lose(
    firm: TestFirm, reviewer: int, voucher: int, superuser: asyncpg.Connection, database: str
) -> None:
    """The server process is ended when the posting is done and not yet committed."""
    async with acting(firm, "reviewer", user=reviewer):
        assert (await use(Ledger).post(voucher)).number == 2
        pid = await connection().fetchval("select pg_backend_pid()")
        assert await superuser.fetchval(
            "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and pid = $2",
            database,
            pid,
        )


async def post_while_locked(
    firm: TestFirm, reviewer: int, voucher: int, superuser: asyncpg.Connection, database: str
) -> None:
    """The statement that posts has taken the number and waits for the balances when its server process is ended."""

    async def post() -> None:
        async with acting(firm, "reviewer", user=reviewer):
            await use(Ledger).post(voucher)

    holder = superuser.transaction()
    await holder.start()
    await superuser.execute("lock table core_balance in share mode")
    posting = asyncio.create_task(post())
    try:
        async with asyncio.timeout(10):
            while not await superuser.fetchval(TERMINATE_WAITING, database):
                await asyncio.sleep(0.01)
        await posting
    finally:
        await holder.rollback()
        await asyncio.gather(posting, return_exceptions=True)
