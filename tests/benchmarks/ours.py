"""The ledger beside a raw driver on the same server, turn about: ``python -m tests.benchmarks.ours BENCH [SIZE] [PAIRS]``.

BENCH is the folder of the side-by-side benchmark (its README tells the interface of a driver, its ``workload.py`` makes the vouchers and
their truth, its ``limit/postgres_raw.py`` is the raw driver: psycopg, COPY, a table of monthly turnover, no rights, no trail). SIZE is S, M or L
(M: 20 clients, 24 months, 100,000 vouchers). Both work on one durable embedded server, each answer is held against the truth, and each
figure is the ratio of the two in one pair, PAIRS of them (8), median and spread. The last line is one JSON object; the exit
status is 1 when an answer is wrong or a bar is missed.
"""

import asyncio
import datetime as dt
import importlib
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
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from tests.benchmarks.cockpit import _tax_id as tax_id
from tests.benchmarks.cockpit import settle
from zhangfang_books import reading
from zhangfang_books.judged_cash import judge_the_rest
from zhangfang_books.services import trial_balance_of
from zhangfang_core.database import embedded
from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.database.roles import APPLICATION, OWNER, make_database, make_roles
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.set_up import make_firm, make_member
from zhangfang_core.ledger.bulk_posting import post_drafts
from zhangfang_core.modules.life import migrate
from zhangfang_core.modules.registry import registry
from zhangfang_core.services import provide_services
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import Scope, in_scope, system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use
from zhangfang_sdk.voucher_import import VoucherImport

BARS = {
    "load": 2.0,
    "load_drafts_and_post": 3.5,
    "trial_balance": 4.0,
    "series": 3.0,
    "drill": 3.0,
    "post_and_series": 2.5,
    "bytes": 1.25,
    "voucher": 4.0,
    "list_of_50": 4.0,
    "statements": 4.0,
}
AT_ONCE = 1000
FIGURES = ("sales", "net_profit", "taxes_payable", "bank_balance", "cash_balance")
TABLES = ("core_voucher", "core_voucher_line", "core_balance", "core_voucher_counter", "core_audit_entry")

Voucher = Mapping[str, Any]


class Driver:
    """The interface of the benchmark's README over the product's services: rights, checks, numbers and trail as a request has them.

    ``firm`` and ``clients`` (the workload's names → ids) exist; vouchers are drafted by one person and posted by another.
    """

    def __init__(
        self, firm: int, drafter: Scope, reviewer: Scope, clients: Mapping[str, int], leaf: Mapping[str, str]
    ) -> None:
        self.firm = firm
        self._drafter, self._reviewer, self.clients, self._leaf = drafter, reviewer, clients, leaf
        self.months: tuple[Period, Period] = (Period(2024, 1), Period(2024, 1))

    def draft(self, voucher: Voucher) -> VoucherDraft:
        lines = tuple(
            Line(self._leaf[account], voucher["memo"], debit=debit, credit=credit)
            for account, debit, credit in voucher["lines"]
        )
        date = dt.date.fromisoformat(voucher["date"])
        return VoucherDraft(self.clients[voucher["client"]], date, voucher["memo"], lines)

    async def load(self, vouchers: Iterable[Voucher]) -> None:
        """Straight away, as a firm takes books over: posted by who brings them."""
        for client, drafts in self._batches(vouchers):
            async with scoped_transaction(self._reviewer):
                await use(VoucherImport).import_vouchers(client, drafts)

    async def load_drafts_and_post(self, vouchers: Iterable[Voucher]) -> None:
        """Drafts of one person, posted in bulk by another."""
        for client, drafts in self._batches(vouchers):
            async with scoped_transaction(self._drafter):
                made = await use(VoucherImport).import_drafts(client, drafts)
            async with scoped_transaction(self._reviewer):
                await post_drafts(client, dict.fromkeys(made, 1))

    def _batches(self, vouchers: Iterable[Voucher]) -> Iterable[tuple[int, Sequence[VoucherDraft]]]:
        """Of one client each, as files are; at most AT_ONCE."""
        client, batch = "", list[VoucherDraft]()
        for voucher in vouchers:
            if batch and (voucher["client"] != client or len(batch) == AT_ONCE):
                yield self.clients[client], batch
                batch = []
            client = voucher["client"]
            batch.append(self.draft(voucher))
        if batch:
            yield self.clients[client], batch

    async def post_one(self, voucher: Voucher) -> None:
        async with scoped_transaction(self._drafter):
            made = await use(Ledger).draft(self.draft(voucher))
            with in_scope(self._reviewer):
                await use(Ledger).post(made)

    async def trial_balance(self, client: str, month: str) -> list[list[object]]:
        async with scoped_transaction(self._drafter):
            found = await trial_balance_of(self.clients[client], Period.parse(month))
        sums: dict[str, list[int]] = {}
        for row in found.rows:
            into = sums.setdefault(row.code[:4], [0, 0, 0])
            for place, amount in enumerate((row.opening, row.debit, row.credit)):
                into[place] += amount
        return [[code, o, d, c, o + d - c] for code, (o, d, c) in sums.items()]

    async def series(self, client: str) -> list[list[object]]:
        first, last = self.months
        async with scoped_transaction(self._drafter):
            found = await use(Measures).series(self.clients[client], FIGURES, first, last)
        count = len(found["sales"])
        money = [bank + cash for bank, cash in zip(found["bank_balance"], found["cash_balance"], strict=True)]
        return [[first.plus(n).key, *(found[key][n] for key in FIGURES[:3]), money[n]] for n in range(count)]

    async def drill(self, client: str, account: str, month: str) -> list[list[object]]:
        period = Period.parse(month)
        async with scoped_transaction(self._drafter):
            entries = await use(Ledger).entries(self.clients[client], account, period, period, limit=100_000)
        return sorted([e.date.isoformat(), int(e.label.rpartition("-")[2]), e.debit, e.credit] for e in entries)

    async def some_vouchers(self, client: str, count: int) -> list[int]:
        async with scoped_transaction(self._drafter):
            return [v.id for v in await use(Ledger).vouchers(self.clients[client], limit=count)]

    async def voucher(self, id_: int) -> object:
        async with scoped_transaction(self._drafter):
            return await use(Ledger).voucher(id_)

    async def list_of_50(self, client: str) -> object:
        async with scoped_transaction(self._drafter):
            return await use(Ledger).vouchers(self.clients[client])

    async def statements(self, client: str, period: Period) -> object:
        async with scoped_transaction(self._drafter):
            return await reading.statements(self.clients[client], period)


class Benchmark:
    def __init__(self, folder: Path, size: str, pairs: int, raw_dsn: str, superuser: str) -> None:
        self._workload: Any = importlib.import_module("workload")
        os.environ["PGURL"] = raw_dsn
        self._raw_module: Any = importlib.import_module("limit.postgres_raw")
        self._size, self._pairs, self._superuser = size, pairs, superuser
        self._truth = json.loads((folder / size / "truth.json").read_text())
        self._vouchers: list[Voucher] = [json.loads(x) for x in (folder / size / "vouchers.jsonl").open()]
        self._raw: Any = None
        self._ours: Driver | None = None
        self.found: dict[str, dict[str, float]] = {}
        self.wrong: list[str] = []

    def _known(self, name: str, ratios: Sequence[float], **more: float) -> None:
        self.found[name] = {
            "ratio": round(statistics.median(ratios), 2),
            "least": round(min(ratios), 2),
            "most": round(max(ratios), 2),
            **{key: round(value, 3) for key, value in more.items()},
        }
        bar = BARS.get(name)
        say(f"{name:24} {self.found[name]}" + (f"   bar {bar:g}" if bar else ""))

    async def run(self) -> None:
        for name in ("load", "load_drafts_and_post"):
            await self._loading(name)
        await self._judged()
        await settle(self._superuser.replace("/postgres?", "/portal?"))
        await settle(self._superuser.replace("/postgres?", "/raw?"))
        await self._bytes()
        await self._reading()
        await self._vouchers_and_statements()
        await self._posting()

    async def _judged(self) -> None:
        """What the worker does soon after posting: each voucher's cash by line of the cash flow statement."""
        assert self._ours is not None
        with in_scope(system_scope(self._ours.firm)):
            await judge_the_rest()

    async def _loading(self, name: str) -> None:
        """Every pair loads all of the workload into new clients and new tables; the last of each stays for reading."""
        ratios, ours_s, raw_s = [], [], []
        pairs = self._pairs if name == "load" else max(1, self._pairs // 2)
        for turn in range(pairs):
            ours = await new_firm(self._workload, self._size)

            async def load_ours(ours: Driver = ours) -> None:
                await getattr(ours, name)(self._vouchers)

            async def load_raw() -> None:
                if self._raw is not None:
                    self._raw.db.close()
                self._raw = self._raw_module.Driver()
                self._raw.load(self._vouchers)

            seconds = await both(turn, load_ours, load_raw)
            ours_s.append(seconds[0])
            raw_s.append(seconds[1])
            ratios.append(seconds[0] / seconds[1])
            if name == "load":
                self._ours = ours
        count = len(self._vouchers)
        self._known(
            name, ratios, a_second=count / statistics.median(ours_s), raw_a_second=count / statistics.median(raw_s)
        )

    async def _bytes(self) -> None:
        """Of what one load wrote: ours are those of all loads by the number of vouchers."""
        portal = await asyncpg.connect(self._superuser.replace("/postgres?", "/portal?"))
        raw = await asyncpg.connect(self._superuser.replace("/postgres?", "/raw?"))
        try:
            sizes = {t: await portal.fetchval("select pg_total_relation_size($1::text::regclass)", t) for t in TABLES}
            count = await portal.fetchval("select count(*) from core_voucher")
            raw_bytes = sum(
                [
                    await raw.fetchval("select pg_total_relation_size($1::text::regclass)", t)
                    for t in ("voucher", "line", "turnover")
                ]
            )
        finally:
            await portal.close()
            await raw.close()
        ours, limit = sum(sizes.values()) / count, raw_bytes / len(self._vouchers)
        self._known("bytes", [ours / limit], ours=ours, raw=limit)

    async def _reading(self) -> None:
        for name in ("trial_balance", "series", "drill"):
            pairs = []
            for turn in range(self._pairs):
                took = [await self._read(name, target, turn) for target in self._truth["targets"]]
                pairs.append((statistics.median(t[0] for t in took), statistics.median(t[1] for t in took)))
            self._pairs_known(name, pairs)

    async def _read(self, name: str, target: Mapping[str, Any], turn: int) -> tuple[float, float]:
        """Both answer the same question once; ours is held against the truth."""
        given = {
            "trial_balance": (target["client"], target["month"]),
            "series": (target["client"],),
            "drill": (target["client"], target["account"], target["month"]),
        }[name]
        answer: object = None

        async def ask_ours() -> None:
            nonlocal answer
            answer = await getattr(self._ours, name)(*given)

        async def ask_raw() -> None:
            getattr(self._raw, name)(*given)

        took = await both(turn, ask_ours, ask_raw)
        if answer != target["trial_balance_carry" if name == "trial_balance" else name]:
            self.wrong.append(f"{name} {given}")
        return took

    def _pairs_known(self, name: str, pairs: Sequence[tuple[float, float]]) -> None:
        ratios = [mine / theirs for mine, theirs in pairs]
        self._known(
            name,
            ratios,
            ms=statistics.median(m for m, _ in pairs) * 1000,
            raw_ms=statistics.median(t for _, t in pairs) * 1000,
        )

    async def _vouchers_and_statements(self) -> None:
        """Against the bare query for the same rows, by the owner of the raw tables, without walls."""
        assert self._ours is not None
        ours, raw, dice = self._ours, self._raw.db, random.Random(3)  # noqa: S311  # the same each time
        clients = list(ours.clients)
        ids = {client: await ours.some_vouchers(client, 200) for client in clients[:5]}
        last = ours.months[1]
        count_of_client = len(self._vouchers) // len(clients)

        def raw_voucher() -> None:
            id_ = dice.randrange(1, len(self._vouchers))
            raw.execute("select * from voucher where id = %s", (id_,)).fetchall()
            raw.execute("select * from line where voucher = %s order by ln", (id_,)).fetchall()

        def raw_list() -> None:
            rows = raw.execute(
                "select * from voucher where client = %s order by month desc, no desc limit 50", (dice.choice(clients),)
            ).fetchall()
            raw.execute("select * from line where voucher = any(%s)", ([row[0] for row in rows],)).fetchall()

        def raw_sums() -> None:
            """Of the year's lines by account and month: what every figure of the statements is a sum of."""
            raw.execute(
                "select month, account, sum(dr), sum(cr) from line where client = %s and month >= %s and month <= %s group by 1, 2",
                (dice.choice(clients), f"{last.year}-01", last.key),
            ).fetchall()

        async def one() -> object:
            return await ours.voucher(dice.choice(dice.choice(list(ids.values()))))

        async def fifty() -> object:
            return await ours.list_of_50(dice.choice(clients))

        async def statements() -> object:
            return await ours.statements(dice.choice(clients), last)

        say(f"{count_of_client} vouchers a client")
        tasks: tuple[tuple[str, Callable[[], Awaitable[object]], Callable[[], None], int], ...] = (
            ("voucher", one, raw_voucher, 40),
            ("list_of_50", fifty, raw_list, 20),
            ("statements", statements, raw_sums, 5),
        )
        for name, mine, theirs, times in tasks:
            pairs = []
            for turn in range(self._pairs):
                took = [await both(turn, mine, as_async(theirs)) for _ in range(times)]
                pairs.append((statistics.median(t[0] for t in took), statistics.median(t[1] for t in took)))
            self._pairs_known(name, pairs)

    async def _posting(self) -> None:
        assert self._ours is not None
        ours, raw, pairs, number = self._ours, self._raw, [], 0
        for turn in range(self._pairs):
            took = []
            for target in self._truth["targets"]:
                client, number = target["client"], number + 1
                voucher, _ = self._workload.extra_voucher(self._size, client, number)

                async def post_ours(client: str = client, voucher: Voucher = voucher) -> None:
                    await ours.post_one(voucher)
                    await ours.series(client)

                async def post_raw(client: str = client, voucher: Voucher = voucher) -> None:
                    raw.post_one(voucher)
                    raw.series(client)

                took.append(await both(turn, post_ours, post_raw))
            pairs.append((statistics.median(t[0] for t in took), statistics.median(t[1] for t in took)))
        self._pairs_known("post_and_series", pairs)


def as_async(work: Callable[[], None]) -> Callable[[], Awaitable[object]]:
    async def done() -> None:
        work()

    return done


async def both(
    turn: int, ours: Callable[[], Awaitable[object]], raw: Callable[[], Awaitable[object]]
) -> tuple[float, float]:
    """Seconds of each; who goes first changes by ``turn``."""
    seconds = [0.0, 0.0]
    for place in (0, 1) if turn % 2 == 0 else (1, 0):
        began = time.perf_counter()
        await (ours, raw)[place]()
        seconds[place] = time.perf_counter() - began
    return seconds[0], seconds[1]


_firms = 0


async def new_firm(workload: Any, size: str) -> Driver:
    global _firms
    _firms += 1
    made = await make_firm(
        name=f"基准{_firms}", owner_login=f"owner@{_firms}", owner_name="周", owner_password=secrets.token_urlsafe(24)
    )
    months = workload.months_of(size)
    first = Period.parse(months[0])
    scopes = []
    for role in ("accountant", "reviewer"):
        async with scoped_transaction(system_scope(made.firm)):
            person = await make_member(
                login=f"{role}@{_firms}", name=role, password=secrets.token_urlsafe(24), role=role
            )
        permissions = permissions_of(role, {}, frozenset(registry().modules)) | {"ledger.draft"}
        scopes.append(
            Scope(
                firm=made.firm,
                user=person,
                user_name=role,
                role=role,
                staff=True,
                clients=None,
                permissions=permissions,
            )
        )
    async with scoped_transaction(system_scope(made.firm)):
        clients = {
            name: await use(Clients).take_on(
                NewClient(f"基准商贸{name}有限公司", tax_id(n), TaxpayerKind.SMALL_SCALE, "trading", first.first_day)
            )
            for n, name in enumerate(workload.clients_of(size))
        }
        leaves = [a.code for a in await use(Ledger).accounts(next(iter(clients.values()))) if a.is_leaf]
    leaf = {code: next(x for x in leaves if x.startswith(code)) for code in workload.ACCOUNTS}
    driver = Driver(made.firm, scopes[0], scopes[1], clients, leaf)
    driver.months = (first, Period.parse(months[-1]))
    return driver


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


async def measure(bench: Path, size: str, pairs: int, folder: Path) -> int:
    sys.path.insert(0, str(bench))
    workload: Any = importlib.import_module("workload")
    data = folder / "data"
    workload.main(size, str(data))
    os.environ["BENCH_DATA"] = str(data)
    provide_services()
    server = embedded.ensure_running(folder / "postgres", durable=True)
    try:
        passwords = {role: secrets.token_urlsafe(16) for role in (OWNER, APPLICATION)}
        await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
        for name in ("portal", "raw"):
            await make_database(server.superuser_dsn, name)
        await migrate(server.dsn(OWNER, passwords[OWNER], "portal"))
        os.environ["ZHANGFANG_DATA_DIR"] = str(folder)
        await open_pool(server.dsn(APPLICATION, passwords[APPLICATION], "portal"))
        try:
            raw = server.superuser_dsn.replace("/postgres?", "/raw?")
            benchmark = Benchmark(data, size, pairs, raw, server.superuser_dsn)
            await benchmark.run()
        finally:
            await close_pool()
    finally:
        embedded.stop(folder / "postgres")
    missed = [name for name, bar in BARS.items() if name in benchmark.found and benchmark.found[name]["ratio"] > bar]
    say(json.dumps({"size": size, "pairs": pairs, **benchmark.found, "wrong": benchmark.wrong, "missed": missed}))
    return 1 if missed or benchmark.wrong else 0


def main() -> int:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    bench, size = Path(sys.argv[1]).resolve(), (sys.argv[2:] or ["M"])[0]
    pairs = int((sys.argv[3:] or ["8"])[0])
    folder = Path(tempfile.mkdtemp(prefix="zhangfang-benchmark-"))
    folder.chmod(0o711)
    try:
        return asyncio.run(measure(bench, size, pairs, folder))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
