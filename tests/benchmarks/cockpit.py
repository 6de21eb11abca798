"""Measures the way from a posted voucher to the cockpit, over many vouchers, and what the gate itself costs.

    python tests/benchmarks/cockpit.py [VOUCHERS]

VOUCHERS (100000 unless told) are spread over 20 clients and 24 months, made by a deterministic generator and imported
into a fresh database of a durable embedded server in a temporary folder. The bars are for two cores with nothing else
heavy running. The last line is one JSON object; the exit status is 1 when a bar is missed.
"""

import asyncio
import datetime as dt
import html
import json
import logging
import os
import random
import re
import secrets
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
from litestar import Litestar, Router, get

from zhangfang_core.database import embedded
from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.database.roles import APPLICATION, OWNER, make_database, make_roles
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.set_up import make_firm, make_member
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.modules.hooks import listeners
from zhangfang_core.modules.life import migrate
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.routes import mounted
from zhangfang_core.services import provide_services
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.web.app import create_app
from zhangfang_core.web.gate import Gate
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.web import CLIENT, SIGNED_IN, page

CLIENTS = 20
MONTHS = 24
LAST = Period.current()
FIRST = LAST.plus(1 - MONTHS)
PASSWORD = secrets.token_urlsafe(24)
BOSS = "boss@benchmark.example"
FIGURES = (
    "bank_balance",
    "cash_balance",
    "available_funds",
    "sales",
    "net_profit",
    "taxes_payable",
    "receivables",
    "payables",
)
SIX_HOOKS = (
    *("check_client", "check_document", "check_voucher"),
    *("check_period_close", "on_vouchers_posted", "on_documents_stored"),
)
BARS = {
    "post_and_read_median": 15.0,
    "cockpit_p50": 25.0,
    "gate_median": 1.0,
    "fresh_database_median": 100.0,
}


@dataclass(frozen=True, slots=True)
class Books:
    """What was loaded. ``accountant`` drafts, ``reviewer`` posts, ``boss`` reads the first client."""

    firm: int
    clients: Sequence[int]
    accountant: Scope
    reviewer: Scope
    boss: Scope


def quantile(times: Sequence[float], share: float) -> float:
    """Of ``times``; the nearest rank."""
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def timed(work: Callable[[], Awaitable[object]], rounds: int, *, warm: int = 5) -> list[float]:
    """Milliseconds of each round, after some to warm up."""
    for _ in range(warm):
        await work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        await work()
        times.append((time.perf_counter() - start) * 1000)
    return times


class Generator:
    """Vouchers of a trading month; the same for the same client and number."""

    def __init__(self, client: int, place: int, leaves: Sequence[str]) -> None:
        self._client = client
        self._random = random.Random(place)  # noqa: S311  # made-up books, not secrets
        self._expenses = [code for code in leaves if code.startswith(("5601", "5602", "5603"))]
        self._leaf = {code: next(leaf for leaf in leaves if leaf.startswith(code)) for code in _ACCOUNTS}

    def vouchers(self, count: int) -> Iterator[VoucherDraft]:
        """Spread evenly over the months, oldest first."""
        for number in range(count):
            period = FIRST.plus(number * MONTHS // count)
            yield self.voucher(dt.date(period.year, period.month, 1 + number % 28))

    def voucher(self, date: dt.date) -> VoucherDraft:
        amount = self._random.randrange(1_00, 9_999_99)
        kind = self._random.random()
        if kind < 0.35:
            summary, debit, credit = "销售收款", self._leaf["1002"], self._leaf["5001"]
        elif kind < 0.5:
            summary, debit, credit = "赊销", self._leaf["1122"], self._leaf["5001"]
        elif kind < 0.65:
            summary, debit, credit = "采购入库", self._leaf["1405"], self._leaf["2202"]
        elif kind < 0.75:
            summary, debit, credit = "结转销售成本", self._leaf["5401"], self._leaf["1405"]
        else:
            summary, debit, credit = "支付费用", self._random.choice(self._expenses), self._leaf["1002"]
        lines = (Line(debit, summary, debit=amount), Line(credit, summary, credit=amount))
        return VoucherDraft(self._client, date, summary, lines)


_ACCOUNTS = ("1002", "1122", "1405", "2202", "5001", "5401")


def _tax_id(place: int) -> str:
    """An invented 统一社会信用代码 with a right check character (GB 32100-2015)."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91330106MA2BE{place:04d}"
    total = sum(letters.index(c) * pow(3, i, 31) for i, c in enumerate(body))
    return body + letters[(31 - total % 31) % 31]


async def make_books() -> Books:
    """A firm with its people and clients, no vouchers yet."""
    made = await make_firm(
        name="基准代账", owner_login="owner@benchmark.example", owner_name="周", owner_password=PASSWORD
    )
    start = dt.date(FIRST.year, FIRST.month, 1)
    people: dict[str, int] = {}
    async with scoped_transaction(system_scope(made.firm)):
        clients = [
            await use(Clients).take_on(
                NewClient(f"基准商贸{place}有限公司", _tax_id(place), TaxpayerKind.SMALL_SCALE, "trading", start)
            )
            for place in range(CLIENTS)
        ]
        for role in ("accountant", "reviewer"):
            people[role] = await make_member(login=f"{role}@benchmark.example", name=role, password=PASSWORD, role=role)
        people["boss"] = await make_member(login=BOSS, name="李总", password=PASSWORD, role="boss", client=clients[0])
    plugins = frozenset(registry().modules)

    def acting(role: str) -> Scope:
        staff = role != "boss"
        return Scope(
            firm=made.firm,
            user=people[role],
            user_name=role,
            role=role,
            staff=staff,
            client=clients[0],
            clients=None if staff else frozenset({clients[0]}),
            permissions=permissions_of(role, {}, plugins),
        )

    return Books(made.firm, clients, acting("accountant"), acting("reviewer"), acting("boss"))


async def load(books: Books, vouchers: int) -> float:
    """Import them; the seconds it took."""
    start = time.perf_counter()
    for place, client in enumerate(books.clients):
        share = vouchers // CLIENTS + (place < vouchers % CLIENTS)
        async with scoped_transaction(system_scope(books.firm)):
            leaves = [account.code for account in await use(Ledger).accounts(client) if account.is_leaf]
            await import_posted(client, Generator(client, place, leaves).vouchers(share))
    return time.perf_counter() - start


async def settle(superuser: str) -> None:
    """What autovacuum and the checkpointer do within minutes of an import, done now so that they do not run into the measuring."""
    connection = await asyncpg.connect(superuser)
    try:
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def post_and_read(books: Books, rounds: int) -> list[float]:
    """From the draft to the figures that the client's boss then reads, two transactions with both commits."""
    client = books.clients[0]
    async with scoped_transaction(books.accountant):
        leaves = [account.code for account in await use(Ledger).accounts(client) if account.is_leaf]
    generator = Generator(client, CLIENTS, leaves)
    expected = (await _figures(books))["sales"][-1]

    async def once() -> None:
        nonlocal expected
        draft = generator.voucher(dt.date(LAST.year, LAST.month, 1))
        expected += sum(line.credit for line in draft.lines if line.account.startswith("5001"))
        async with scoped_transaction(books.accountant):
            voucher = await use(Ledger).draft(draft)
            with in_scope(books.reviewer):
                await use(Ledger).post(voucher)
        found = (await _figures(books))["sales"][-1]
        if found != expected:
            raise AssertionError(f"the figure read after posting is {found}, not {expected}")

    return await timed(once, rounds)


async def _figures(books: Books) -> dict[str, Sequence[int]]:
    async with scoped_transaction(books.boss):
        return dict(await use(Measures).series(books.clients[0], FIGURES, FIRST, LAST))


def reached(app: Litestar) -> httpx.ASGITransport:
    """The app without a socket between."""
    return httpx.ASGITransport(app=cast(Any, app))


@asynccontextmanager
async def signed_in(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """The boss, signed in at the whole portal in this process."""
    transport = reached(app)
    headers = {"accept": "text/html"}
    async with (
        app.lifespan(),
        httpx.AsyncClient(transport=transport, base_url="http://localhost", headers=headers) as c,
    ):
        token = re.search(r'name="_csrf_token" value="([^"]+)"', (await c.get("/sign-in")).text)
        if token is None:
            raise RuntimeError("the page of signing in has no token")
        form = {"login": BOSS, "password": PASSWORD, "_csrf_token": token[1], "next": "/"}
        answer = await c.post("/sign-in", data=form)
        if answer.status_code != 303:
            raise RuntimeError(f"signing in answered {answer.status_code}")
        yield c


async def cockpit(browser: httpx.AsyncClient, place: str, rounds: int) -> list[float]:
    async def once() -> None:
        answer = await browser.get(f"{place}/cockpit")
        if answer.status_code != 200 or "应交税" not in answer.text:
            raise RuntimeError(f"the cockpit answered {answer.status_code}")

    await known_quick(browser, place)
    return await timed(once, rounds)


async def known_quick(browser: httpx.AsyncClient, place: str) -> None:
    """Fetch what comes after the page the first time: from then on the page waits for it, and it is measured with the page."""
    text = (await browser.get(f"{place}/cockpit")).text
    for address in (*re.findall(r'(?:data-card|id="waiting")[^>]*hx-get="([^"]+)"', text), f"{place}/badges"):
        for _ in range(2):
            answer = await browser.get(html.unescape(address), headers={"hx-request": "true"})
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answered {answer.status_code}")


@page("/trivial", of=CLIENT, permission=SIGNED_IN)
async def behind_gate() -> dict[str, int]:
    return {"asked": sum([len(await listeners(hook)) for hook in SIX_HOOKS])}


@get("/trivial")
async def bare() -> dict[str, int]:
    return {"asked": 0}


async def gate(browser: httpx.AsyncClient, place: str, rounds: int) -> tuple[list[float], list[float]]:
    """The trivial page behind the gate and bare, turn about, so that the machine's moods meet both."""
    times: tuple[list[float], list[float]] = ([], [])
    apps = (
        Litestar(mounted([behind_gate]), middleware=[Gate()], openapi_config=None),
        Litestar([Router(CLIENT.prefix, route_handlers=[bare])], openapi_config=None),
    )
    async with (
        httpx.AsyncClient(transport=reached(apps[0]), base_url="http://localhost", cookies=browser.cookies) as guarded,
        httpx.AsyncClient(transport=reached(apps[1]), base_url="http://localhost", cookies=browser.cookies) as open_,
    ):

        async def ask(client: httpx.AsyncClient) -> None:
            answer = await client.get(f"{place}/trivial")
            if answer.status_code != 200:
                raise RuntimeError(f"the trivial page answered {answer.status_code}")

        for _ in range(rounds // 20):
            for client, found in zip((guarded, open_), times, strict=True):
                found += await timed(lambda client=client: ask(client), 20, warm=2)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    return times


async def fresh_databases(rounds: int) -> list[float]:
    """A clone of the migrated template with an open pool, and its end: what each test pays. In memory, as tests have it."""
    server = await prepare()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        async with fresh(server) as name:
            await open_pool(server.addresses(name).application, smallest=1)
            await close_pool()
        times.append((time.perf_counter() - start) * 1000)
    return times


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def report(name: str, milliseconds: float) -> float:
    """One line with the figure and its ratio to the bar."""
    bar = BARS.get(name)
    told = f"   {milliseconds / bar:5.2f} of the bar of {bar:g} ms" if bar else ""
    say(f"{name:24} {milliseconds:8.2f} ms{told}")
    return round(milliseconds, 3)


async def measure(folder: Path, vouchers: int) -> dict[str, float]:
    provide_services()
    found: dict[str, float] = {
        "fresh_database_median": report("fresh_database_median", statistics.median(await fresh_databases(10)))
    }
    server = embedded.ensure_running(folder / "postgres", durable=True)
    try:
        passwords = {role: secrets.token_urlsafe(16) for role in (OWNER, APPLICATION)}
        await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
        await make_database(server.superuser_dsn, "benchmark")
        await migrate(server.dsn(OWNER, passwords[OWNER], "benchmark"))
        os.environ["ZHANGFANG_DATA_DIR"] = str(folder)
        os.environ["ZHANGFANG_DSN"] = server.dsn(APPLICATION, passwords[APPLICATION], "benchmark")
        await open_pool(os.environ["ZHANGFANG_DSN"])
        try:
            found |= await _measure_books(vouchers, server.superuser_dsn.replace("/postgres?", "/benchmark?"))
        finally:
            await close_pool()
    finally:
        embedded.stop(folder / "postgres")
    return found


async def _measure_books(vouchers: int, superuser: str) -> dict[str, float]:
    found: dict[str, float] = {}
    books = await make_books()
    empty = await post_and_read(books, 50)
    seconds = await load(books, vouchers)
    say(f"{vouchers} vouchers imported in {seconds:.1f} s, {vouchers / seconds:.0f} a second")
    found["import_per_second"] = round(vouchers / seconds)
    await settle(superuser)
    times = await post_and_read(books, 50)
    found["post_and_read_median"] = report("post_and_read_median", statistics.median(times))
    found["post_and_read_p95"] = report("post_and_read_p95", quantile(times, 0.95))
    growth = statistics.median(times) / statistics.median(empty)
    say(f"{'':24} {growth:8.2f} times as long as on books with no vouchers")
    found["post_and_read_growth"] = round(growth, 2)
    async with signed_in(create_app()) as browser:
        place = f"/f/{books.firm}/c/{books.clients[0]}"
        pages = await cockpit(browser, place, 200)
        guarded, unguarded = await gate(browser, place, 400)
    found["cockpit_p50"] = report("cockpit_p50", quantile(pages, 0.5))
    found["cockpit_p99"] = report("cockpit_p99", quantile(pages, 0.99))
    found["gate_median"] = report("gate_median", statistics.median(guarded) - statistics.median(unguarded))
    found["bare_route_median"] = report("bare_route_median", statistics.median(unguarded))
    return found


def main(vouchers: int) -> int:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="zhangfang-benchmark-"))
    folder.chmod(0o711)
    try:
        found = asyncio.run(measure(folder, vouchers))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    missed = [name for name, bar in BARS.items() if found[name] > bar]
    say(json.dumps({"vouchers": vouchers, "cores": os.cpu_count(), **found, "missed": missed}))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
