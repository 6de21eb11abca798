"""What reading takes as the deployment grows: ``python -m tests.benchmarks.growing [VOUCHERS] [TIMES] [PAIRS]``.

VOUCHERS (100,000) of 20 clients come through the ledger's import into one database of a durable embedded server. Another has
TIMES (10) as many clients of the same firm, their books copied as rows. One voucher and 50 of a list are asked of both, turn about,
PAIRS (8) times: the ratio of the two. Then in the larger one the first page of 明细账 of a month, beside the trivial page behind the
same gate (of which every page has the cost) and the bare query for its rows by the tables' owner. The last line is one JSON
object; the exit status is 1 when a bar is missed.
"""

import asyncio
import json
import logging
import os
import random
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import httpx
from litestar import Litestar

from tests.benchmarks.cockpit import LAST, Books, behind_gate, load, make_books, reached, say, settle, signed_in
from zhangfang_core.database import embedded
from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.database.roles import APPLICATION, OWNER, make_database, make_roles
from zhangfang_core.modules.life import migrate
from zhangfang_core.modules.routes import mounted
from zhangfang_core.services import provide_services
from zhangfang_core.web.app import create_app
from zhangfang_core.web.gate import Gate
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.services import use

BARS = {"voucher": 1.3, "list_of_50": 1.3, "detail_page": 1.5}
ACCOUNT = "1002"

# Ids of copies: the client's by the thousand, the voucher's by ten millions; a line's is its voucher's by the thousand.
COPIES = {
    "core_client": {
        "id": "id + {k} * 1000",
        "name": "name || {k}",
        "tax_id": "'T' || lpad((id + {k} * 1000)::text, 17, '0')",
    },
    "core_account": {"id": "nextval('core_account_id_seq')", "client": "client + {k} * 1000"},
    "core_voucher": {"id": "id + {k} * 10000000", "client": "client + {k} * 1000"},
    "core_voucher_line": {
        "id": "id + {k} * 10000000000",
        "client": "client + {k} * 1000",
        "voucher": "voucher + {k} * 10000000",
    },
    "core_balance": {"id": "nextval('core_balance_id_seq')", "client": "client + {k} * 1000"},
    "core_voucher_counter": {"id": "nextval('core_voucher_counter_id_seq')", "client": "client + {k} * 1000"},
}
ROWS = """select l.date, v.word, v.number, l.summary, l.debit, l.credit from core_voucher_line l join core_voucher v on v.id = l.voucher
    where l.client = $1 and l.account >= $2 and l.account < $2 || ':' and l.date between $3 and $4 order by l.date, l.id"""


async def grow(superuser: str, times: int) -> None:
    """As rows, past triggers and walls: what is measured is reading."""
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute("set session_replication_role = replica")
        for table, changed in COPIES.items():
            columns = [
                row["column_name"]
                for row in await connection.fetch(
                    "select column_name from information_schema.columns where table_name = $1 and table_schema = 'public'",
                    table,
                )
            ]
            most = await connection.fetchval(f"select max(id) from {table}")  # noqa: S608  # a name from above
            for k in range(1, times):
                values = ", ".join(changed.get(c, f'"{c}"').format(k=k) for c in columns)
                names = ", ".join(f'"{c}"' for c in columns)
                copied = f"insert into {table} ({names}) select {values} from {table} where id <= {most}"  # noqa: S608
                await connection.execute(copied)
    finally:
        await connection.close()


async def median_of(work: Callable[[], Awaitable[object]], rounds: int) -> float:
    """Milliseconds."""
    for _ in range(5):
        await work()
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        found.append((time.perf_counter() - began) * 1000)
    return statistics.median(found)


async def read(books: Books, rounds: int) -> dict[str, float]:
    """Of the clients that both databases have; the pool is open."""
    dice = random.Random(3)  # noqa: S311  # the same each time
    ids: list[int] = []
    for client in books.clients[:5]:
        async with scoped_transaction(books.accountant):
            ids += [voucher.id for voucher in await use(Ledger).vouchers(client, limit=200)]

    async def voucher() -> None:
        async with scoped_transaction(books.accountant):
            await use(Ledger).voucher(dice.choice(ids))

    async def fifty() -> None:
        async with scoped_transaction(books.accountant):
            await use(Ledger).vouchers(dice.choice(books.clients))

    return {"voucher": await median_of(voucher, rounds * 4), "list_of_50": await median_of(fifty, rounds)}


async def growth(books: Books, small: str, large: str, pairs: int) -> dict[str, dict[str, float]]:
    taken: dict[str, list[tuple[float, float]]] = {}
    for turn in range(pairs):
        found: dict[str, dict[str, float]] = {}
        for dsn in (small, large) if turn % 2 == 0 else (large, small):
            await open_pool(dsn)
            try:
                found[dsn] = await read(books, 30)
            finally:
                await close_pool()
        for name in found[small]:
            taken.setdefault(name, []).append((found[small][name], found[large][name]))
    return {name: told(name, [(then / before, then) for before, then in both]) for name, both in taken.items()}


async def detail_page(books: Books, superuser: str, pairs: int) -> dict[str, float]:
    client, place = books.clients[0], f"/f/{books.firm}/c/{books.clients[0]}"
    raw = await asyncpg.connect(superuser)
    trivial = Litestar(mounted([behind_gate]), middleware=[Gate()], openapi_config=None)
    try:
        async with (
            signed_in(create_app()) as browser,
            httpx.AsyncClient(transport=reached(trivial), base_url="http://localhost", cookies=browser.cookies) as bare,
        ):

            async def get(visitor: httpx.AsyncClient, path: str) -> None:
                answer = await visitor.get(f"{place}{path}")
                if answer.status_code != 200:
                    raise RuntimeError(f"{path} answered {answer.status_code}")

            found = []
            for _ in range(pairs):
                page = await median_of(lambda: get(browser, f"/books/detail?account={ACCOUNT}&period={LAST.key}"), 20)
                gate = await median_of(lambda: get(bare, "/trivial"), 20)
                rows = await median_of(lambda: raw.fetch(ROWS, client, ACCOUNT, LAST.first_day, LAST.last_day), 20)
                found.append((page / (gate + rows), page))
            shown = len(await raw.fetch(ROWS, client, ACCOUNT, LAST.first_day, LAST.last_day))
    finally:
        await raw.close()
    return told("detail_page", found) | {"rows": shown, "gate_ms": round(gate, 2), "query_ms": round(rows, 2)}


def told(name: str, found: list[tuple[float, float]]) -> dict[str, float]:
    ratios = [ratio for ratio, _ in found]
    known = {
        "ratio": round(statistics.median(ratios), 2),
        "least": round(min(ratios), 2),
        "most": round(max(ratios), 2),
        "ms": round(statistics.median(ms for _, ms in found), 2),
    }
    say(f"{name:12} {known}   bar {BARS[name]:g}")
    return known


async def measure(folder: Path, vouchers: int, times: int, pairs: int) -> dict[str, dict[str, float]]:
    provide_services()
    server = embedded.ensure_running(folder / "postgres", durable=True)
    try:
        passwords = {role: secrets.token_urlsafe(16) for role in (OWNER, APPLICATION)}
        await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
        await make_database(server.superuser_dsn, "small")
        await migrate(server.dsn(OWNER, passwords[OWNER], "small"))
        os.environ["ZHANGFANG_DATA_DIR"] = str(folder)
        small, large = (server.dsn(APPLICATION, passwords[APPLICATION], name) for name in ("small", "large"))
        await open_pool(small)
        try:
            books = await make_books()
            say(f"{vouchers} vouchers in {await load(books, vouchers):.0f} s")
        finally:
            await close_pool()
        superuser = {name: server.superuser_dsn.replace("/postgres?", f"/{name}?") for name in ("small", "large")}
        connection = await asyncpg.connect(server.superuser_dsn)
        await connection.execute("create database large template small owner zhangfang_owner")
        await connection.close()
        await grow(superuser["large"], times)
        for dsn in superuser.values():
            await settle(dsn)
        found = await growth(books, small, large, pairs)
        os.environ["ZHANGFANG_DSN"] = large
        await open_pool(large)
        try:
            found["detail_page"] = await detail_page(books, superuser["large"], pairs)
        finally:
            await close_pool()
    finally:
        embedded.stop(folder / "postgres")
    return found


def main() -> int:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    vouchers, times, pairs = (int(x) for x in (sys.argv[1:4] + ["100000", "10", "8"][len(sys.argv) - 1 :]))
    folder = Path(tempfile.mkdtemp(prefix="zhangfang-benchmark-"))
    folder.chmod(0o711)
    try:
        found = asyncio.run(measure(folder, vouchers, times, pairs))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missed = [name for name, bar in BARS.items() if found[name]["ratio"] > bar]
    say(json.dumps({"vouchers": vouchers, "then": vouchers * times, **found, "missed": missed}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
