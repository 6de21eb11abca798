"""The page of imports (LEDG-3): what it answers, and that nobody waits for it."""

import asyncio
import contextlib
import dataclasses
import time

import asyncpg

from months.importing.files import excel, sale
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import CSRF_COOKIE, CSRF_HEADER, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

VOUCHERS = 10_000
LONGEST_IDLE_S = 1.0
IDLE = """select coalesce(max(extract(epoch from clock_timestamp() - state_change)), 0)::float from pg_stat_activity
    where datname = $1 and state like 'idle in transaction%'"""


async def longest_idle(test_server: TestServer, database: str, found: list[float]) -> None:
    superuser = await asyncpg.connect(test_server.superuser(database))
    try:
        while True:
            found.append(await superuser.fetchval(IDLE, database))
            await asyncio.sleep(0.05)
    finally:
        await superuser.close()


async def bring(visitor: Visitor, path: str, content: bytes, status: int = 200, **form: str) -> str:
    await visitor.get("/healthz")
    answer = await visitor.http.post(
        path,
        data=form,
        files={"file": ("凭证.xlsx", content)},
        headers={CSRF_HEADER: visitor.http.cookies[CSRF_COOKIE], "accept": "text/html"},
    )
    assert answer.status_code == status, answer.text
    return answer.text


async def test_no_transaction_waits_while_a_file_is_read(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    """A dry run of 20,000 rows, then a small import: the page stands in its layout, and the vouchers are there."""
    token, page_of_imports = await session_for(firm.owner), f"/f/{firm.id}/c/{firm.trading}/books/import"
    content = excel([row for number in range(VOUCHERS) for row in sale(number + 1, 12.5)])
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    idle: list[float] = []
    async with running_portal(chosen) as portal, portal.visitor(token) as visitor:
        watching = asyncio.create_task(longest_idle(test_server, database, idle))
        started = time.monotonic()
        page = await bring(visitor, page_of_imports, content)
        print(f"read in {time.monotonic() - started:.1f} s, longest idle in a transaction {max(idle):.2f} s")  # noqa: T201  # figures of the run
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        assert f"{VOUCHERS:,}" in page or str(VOUCHERS) in page
        assert "退出" in page
        await bring(visitor, page_of_imports, excel(sale(1, 5)), really="1")
    assert max(idle) < LONGEST_IDLE_S
    async with scoped_transaction(system_scope(firm.id)):
        assert await connection().fetchval("select count(*) from core_voucher where client = $1", firm.trading) == 1


async def test_an_empty_file_is_not_said_to_have_a_heading(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> None:
    chosen = dataclasses.replace(settings, dsn=test_server.addresses(database).application)
    async with running_portal(chosen) as portal, portal.visitor(await session_for(firm.owner)) as visitor:
        page = await bring(visitor, f"/f/{firm.id}/c/{firm.restaurant}/books/import", b"", status=422)
    assert "文件是空的" in page
    assert "认出了表头" not in page
