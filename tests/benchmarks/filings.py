"""Measures the board of all clients' returns against a trivial page of the same portal, turn about in one run.

    python tests/benchmarks/filings.py [ROUNDS] [CLIENTS]

Each client has five returns within the board's days. The counts by state, which the board fetches after itself, are told
apart. The test's server in memory is enough: pages only read. The last line is one JSON object;
the exit status is 1 when the board takes more than three times as long as the trivial page.
"""

import asyncio
import json
import logging
import statistics
import sys
import time

from zhangfang_core.database.engine import close_pool, connection, open_pool, scoped_transaction
from zhangfang_core.services import provide_services
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import Period, today

BAR = 3.0
TRIVIAL = "/books/import-profiles"
TAXES = ("vat", "surcharges", "iit", "cit", "stamp")


async def fill(firm: TestFirm, clients: int) -> None:
    """Clients that are copies of the first, and their returns of last month in every step."""
    month, day = Period.current().plus(-1).number, today()
    async with scoped_transaction(system_scope(firm.id)):
        columns = await connection().fetchval(
            "select string_agg(quote_ident(column_name), ', ') from information_schema.columns "
            "where table_name = 'core_client' and column_name not in ('id', 'name', 'tax_id')"
        )
        await connection().execute(
            f"insert into core_client (name, tax_id, {columns}) select '客户' || n, lpad(n::text, 18, '0'), {columns} "  # noqa: S608  # the catalogue's names
            "from core_client, generate_series(1, $1) n where id = $2",
            clients, firm.restaurant,
        )  # fmt: skip
        await connection().execute(
            """insert into books_filing (firm, client, tax, first, last, due, step, payable, lines, worked_by, confirmed_sha256, confirmed_by, number, filed_by)
            select firm, id, tax, $1, $1, $2::date + (id % 20)::int - 10, (id + length(tax)) % 5, 12300, '', '', '', '', '', ''
            from core_client, unnest($3::text[]) tax where firm = $4""",
            month, day, list(TAXES), firm.id,
        )  # fmt: skip


async def one(visitor: Visitor, path: str) -> float:
    """Milliseconds of the page."""
    began = time.perf_counter()
    answer = await visitor.get(path)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return took


async def measure(rounds: int, clients: int) -> dict[str, float]:
    provide_services()
    server = await prepare()
    async with fresh(server) as name:
        await open_pool(server.addresses(name).application)
        try:
            firm = await make_test_firm("基准")
            await fill(firm, clients)
            board = "/books/filings"
            paths = {"trivial": TRIVIAL, "board": board, "late": f"{board}?show=late", "last_part": f"{board}?part=99", "counts": f"{board}/counts"}
            times: dict[str, list[float]] = {key: [] for key in paths}
            async with Portal(create_app(read_settings())).visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
                for _ in range(3):
                    for path in paths.values():
                        await one(visitor, path)
                for _ in range(rounds):
                    for key, path in paths.items():
                        times[key].append(await one(visitor, path))
        finally:
            await close_pool()
    found = {f"{key}_ms": round(statistics.median(values), 2) for key, values in times.items()}
    worst = max(found[f"{key}_ms"] for key in paths if key not in ("trivial", "counts"))
    return {**found, "clients": clients, "ratio": round(worst / found["trivial_ms"], 3)}


def main() -> int:
    logging.disable(logging.INFO)
    rounds, clients = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 30), (2, 5000)))
    found = asyncio.run(measure(rounds, clients))
    sys.stdout.write(json.dumps(found) + "\n")
    return int(found["ratio"] > BAR)


if __name__ == "__main__":
    sys.exit(main())
