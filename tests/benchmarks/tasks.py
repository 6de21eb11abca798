"""Measures the month's list of many clients, made and made again, and the firm's board against a trivial page of the same run.

    python tests/benchmarks/tasks.py [CLIENTS]

The last line is one JSON object; the exit status is 1 when 5,000 clients take more than 60 s, the second time more than 10 s, or a board more
than three times a trivial page.
"""

import asyncio
import json
import logging
import os
import statistics
import sys
import tempfile
import time

from zhangfang_collab import making, moving
from zhangfang_core.database.engine import close_pool, connection, open_pool, scoped_transaction
from zhangfang_core.services import provide_services
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.periods import Period

BARS = {"first_s": 60.0, "again_s": 10.0, "board_ratio": 3.0}
PERIODS = (Period.current(), Period.current().plus(1))
ROUNDS = 15


async def clients(firm: TestFirm, count: int) -> None:
    """Copies of the trading company and its facts; half of them are small-scale, as the restaurant."""
    async with scoped_transaction(system_scope(firm.id)):
        for source, first, last in ((firm.trading, 1, count // 2), (firm.restaurant, count // 2 + 1, count)):
            await copies(firm.id, source, first, last)


async def copies(firm: int, source: int, first: int, last: int) -> None:
    columns = await _columns("core_client", {"id", "name", "tax_id"})
    made = await connection().fetch(
        f"""insert into core_client (name, tax_id, {columns}) select '客户' || n, 'T' || lpad(n::text, 17, '0'), {columns}
        from core_client, generate_series($2::int, $3::int) n where id = $1 returning id""",  # noqa: S608  # names of columns
        source,
        first,
        last,
    )
    facts = await _columns("core_client_fact", {"id", "client"})
    await connection().execute(
        f"insert into core_client_fact (client, {facts}) select c, {facts} from core_client_fact, unnest($2::bigint[]) c "  # noqa: S608
        "where client = $1",
        source,
        [row["id"] for row in made],
    )


async def _columns(table: str, but: set[str]) -> str:
    rows = await connection().fetch(
        "select column_name from information_schema.columns where table_name = $1 and table_schema = 'public'", table
    )
    return ", ".join(f'"{row["column_name"]}"' for row in rows if row["column_name"] not in but)


async def made(firm: TestFirm) -> tuple[float, int]:
    """Seconds and tasks of one run for this month."""
    began = time.perf_counter()
    with in_scope(system_scope(firm.id)):
        count = await making.make_everywhere(PERIODS[0])
    return time.perf_counter() - began, count


async def followed(firm: TestFirm) -> float:
    """Seconds to see that no due day has moved."""
    began = time.perf_counter()
    with in_scope(system_scope(firm.id)):
        await moving.follow_everywhere()
    return time.perf_counter() - began


async def page(visitor: Visitor, path: str) -> float:
    """The median of milliseconds."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        answer = await visitor.get(path)
        times.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}")
    return statistics.median(times[2:])


async def measure(count: int) -> dict[str, float]:
    provide_services()
    server = await prepare()
    found: dict[str, float] = {"clients": count}
    async with fresh(server) as name:
        await open_pool(server.addresses(name).application)
        try:
            firm = await make_test_firm("基准")
            await clients(firm, count)
            found["first_s"], found["tasks"] = await made(firm)
            found["again_s"], found["new_again"] = await made(firm)
            found["followed_s"] = await followed(firm)
            portal = Portal(create_app(read_settings()))
            async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
                found["trivial_ms"] = await page(visitor, "/calendar")
                found["board_ms"] = await page(visitor, "/tasks/board")
            found["board_ratio"] = found["board_ms"] / found["trivial_ms"]
        finally:
            await close_pool()
    return {key: round(value, 2) for key, value in found.items()}


def main() -> None:
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZHANGFANG_DATA_DIR"] = folder
        found = asyncio.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 5000))
    sys.stdout.write(json.dumps(found) + "\n")
    if found["new_again"] or any(found[key] > bar for key, bar in BARS.items()):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
