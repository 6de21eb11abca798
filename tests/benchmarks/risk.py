"""Measures early warning: a full scan of many clients over 12 months, the scan that follows one posting, an arriving invoice, a back-test.

    python -m tests.benchmarks.risk [CLIENTS] [INVOICES] [VOUCHERS]

Each client is a copy of one whose books and INVOICES were written through the product: its monthly balances, which is what rules read of any
number of vouchers, and its issued invoices. With VOUCHERS no balance is copied: so many vouchers in all are imported through the ledger's
checks, as many for each client. The last line is one JSON object; the exit status is 1 when, for 1,000 clients, a full scan takes more
than 5 minutes, a back-test of one rule more than 20 s, an incremental scan is not 50 times cheaper, or an arrival takes more than 50 ms.
"""

import asyncio
import datetime as dt
import json
import logging
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import asyncpg

from tests.benchmarks.tasks import _columns, copies
from zhangfang_core.database.engine import close_pool, connection, open_pool, scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.services import provide_services
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_risk_rules.scanning import scanning
from zhangfang_risk_rules.trying import try_rule
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import RiskRules
from zhangfang_sdk.services import use
from zhangfang_sdk.walls import beyond_walls

BARS = {"full_s_per_1000": 300.0, "backtest_s_per_1000": 20.0, "incremental_ratio": 50.0, "arrival_ms": 50.0}
MONTHS = 12
ROUNDS = 9
COPIED = ("core_account", "core_balance", "books_issued_invoice")
AT_ONCE = 2
TRIED = "risk_rules.V26"
_INVOICE = """insert into books_issued_invoice (firm, client, code, number, kind, issued_on, seller_name, seller_tax_id, buyer_name, buyer_tax_id,
    amount, tax, total, reverses, voided, lines, booked, read_by, read_at)
    select $1, $2, '', lpad((n * 7)::text, 20, '2'), '数电专票', date '2026-09-28' - (n * 360 / $3)::int, '本公司', '91330106MA2TEXT24J', '客户' || n % 40,
    'B' || lpad((n % 40)::text, 17, '0'), 800000, 104000, 904000, '', false,
    '[["*家具*实木餐桌", 800000, 104000, "13%", "", "", null, null]]', false, '', now() from generate_series(1, $3::int) n"""


EXPENSES = ("5401", "560101", "560102", "560104", "560105", "560201", "560202", "560205", "560206", "560210", "560211", "560301", "5403")
PAIRS = (
    ("1122", "5001", 900_000_00), ("1122", "22210107", 117_000_00), ("1002", "1122", 950_000_00), ("1405", "2202", 700_000_00),
    *((account, "1002", 9_000_00 + 100 * n) for n, account in enumerate(EXPENSES)),
    ("560101", "221101", 60_000_00), ("221101", "224101", 6_000_00), ("22210104", "222102", 20_000_00),
)  # fmt: skip
"""A month's sales, cost, wages, VAT and expenses: debit, credit and fen."""


def told(client: int, times: int = 1) -> Iterator[VoucherDraft]:
    """Twelve months, each entry of PAIRS in so many vouchers."""
    for back in range(MONTHS, 0, -1):
        first = Period.current().plus(-back).first_day
        for n in range(times):
            for debit, credit, fen in PAIRS:
                lines = (Line(debit, "记", debit=fen // times), Line(credit, "记", credit=fen // times))
                yield VoucherDraft(client, first + dt.timedelta(days=n * 28 // times), "记账", lines)


async def books(firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.trading, told(firm.trading))


async def post(firm: TestFirm, clients: Sequence[int], times: int) -> None:
    """The same vouchers for each client, a transaction each."""
    shared, turn = list(told(0, times)), asyncio.Semaphore(AT_ONCE)

    async def one(client: int) -> None:
        async with turn, scoped_transaction(system_scope(firm.id)):
            await import_posted(client, (replace(draft, client=client) for draft in shared))

    await asyncio.gather(*(one(client) for client in clients))


async def fill(firm: TestFirm, clients: int, invoices: int, owner: str, copied: Sequence[str] = COPIED) -> None:
    """Balances are the database's to write: its owner copies them."""
    async with scoped_transaction(system_scope(firm.id)):
        await copies(firm.id, firm.trading, 1, clients)
        await connection().execute(_INVOICE, firm.id, firm.trading, invoices)
        made = [r["id"] for r in await connection().fetch("select id from core_client where id > $1", firm.trading)]
        columns = {table: await _columns(table, {"id", "client"}) for table in copied}
    owns = await asyncpg.connect(owner)
    try:
        for table, names in columns.items():
            copy = f"insert into {table} (client, {names}) select c, {names} from {table}, unnest(array{made}::bigint[]) c where client = {firm.trading};"  # noqa: S608
            await owns.execute(beyond_walls(copy, table))
    finally:
        await owns.close()


async def full(firm: TestFirm, clients: list[int]) -> float:
    events = [Period.current().plus(-back) for back in range(MONTHS)]
    began = time.perf_counter()
    for client in clients:
        async with scoped_transaction(system_scope(firm.id)):
            await scanning.scan(client, events=events)
    return time.perf_counter() - began


async def incremental(firm: TestFirm, client: int) -> float:
    """What one posting in the last month leads to, the median of some; and the least."""
    took = []
    for _ in range(ROUNDS):
        async with scoped_transaction(system_scope(firm.id)):
            await scanning.mark(client, scanning.OF_BOOKS, [Period.current().plus(-1)])
        began = time.perf_counter()
        async with scoped_transaction(system_scope(firm.id)):
            await scanning.scan_marked(client)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def arrival(firm: TestFirm, client: int) -> float:
    took = []
    async with scoped_transaction(system_scope(firm.id)):
        id_ = await connection().fetchval("select max(id) from books_issued_invoice where client = $1", client)
    for _ in range(ROUNDS):
        began = time.perf_counter()
        async with scoped_transaction(system_scope(firm.id)):
            await scanning.invoices_read([f"books.issued:{id_}"])
        took.append(time.perf_counter() - began)
    return statistics.median(took) * 1000


async def backtest(firm: TestFirm) -> tuple[float, int]:
    began = time.perf_counter()
    async with scoped_transaction(system_scope(firm.id)):
        clients = await use(Clients).clients()
        rule = (await use(RiskRules).known())[TRIED]
        tried = await try_rule(TRIED, rule, {}, clients)
    return time.perf_counter() - began, tried.asked


async def measure(count: int, invoices: int, vouchers: int = 0) -> dict[str, float]:
    times = vouchers // (count * MONTHS * len(PAIRS))
    server = await prepare()
    async with fresh(server) as name:
        await open_pool(server.addresses(name).application, smallest=1, largest=8)
        try:
            firm = await make_test_firm("快慢")
            await books(firm)
            await fill(firm, count, invoices, server.addresses(name).owner, [t for t in COPIED if t != "core_balance" or not times])
            async with scoped_transaction(system_scope(firm.id)):
                clients = [c.id for c in await use(Clients).clients() if c.id > firm.trading]
            began = time.perf_counter()
            await post(firm, clients if times else [], times)
            posted = time.perf_counter() - began
            whole = await full(firm, clients)
            once = await incremental(firm, clients[0])
            tried, asked = await backtest(firm)
            return {
                "clients": len(clients),
                "vouchers": len(clients) * MONTHS * len(PAIRS) * times,
                "posted_s": round(posted, 1),
                "full_s_per_1000": round(whole * 1000 / len(clients), 1),
                "incremental_ms": round(once * 1000, 1),
                "incremental_ratio": round(whole / once * 1000 / len(clients), 0),
                "arrival_ms": round(await arrival(firm, clients[0]), 1),
                "backtest_s_per_1000": round(tried * 1000 / asked, 1),
            }
        finally:
            await close_pool()


def main() -> int:
    logging.disable(logging.WARNING)
    provide_services()
    count, invoices, vouchers = (int(sys.argv[n]) if len(sys.argv) > n else default for n, default in ((1, 1000), (2, 500), (3, 0)))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZHANGFANG_DATA_DIR"] = folder
        read_settings()
        found = asyncio.run(measure(count, invoices, vouchers))
    missed = [
        name for name, bar in BARS.items() if (found[name] < bar if name == "incremental_ratio" else found[name] > bar)
    ]
    sys.stdout.write(json.dumps({**found, "missed": missed}) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
