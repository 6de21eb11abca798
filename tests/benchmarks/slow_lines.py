"""Measures what signed-in pages take while slow and silent lines are open, against the same pages with nobody else, in one run.

    python -m tests.benchmarks.slow_lines [ROUNDS [PART OF AN ATTACK'S NAME]]

A real web process on a fresh test database. Each attack comes and goes ROUNDS times (8 unless told) for two seconds, turn about
with as many quiet ones, so that the machine's moods meet both; all on this machine's loopback network and from another address
than the people's. Prints p50 and p95 in milliseconds, p95 as a ratio to the quiet one, and how many sessions were idle in a
transaction. Exit status 1 when a ratio is above 2 or such a session was seen.
"""

import asyncio
import json
import logging
import os
import secrets
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import httpx

from tests.faults.slow_lines import Line, half_sent_form, lines, upload, wanted
from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.services import provide_services
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.processes import running_processes
from zhangfang_core.testing.tenants import acting, make_test_firm
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.services import use

PAGES = ("/healthz", "/me", "/f/{firm}/people", "/f/{firm}/c/{client}/tasks")
SECONDS = 2.0
PAUSE_S = 0.02
SETTLE_S = 0.5
UNTIL_STOPPED_S = 4.0
"""A reader's answer flows into the machine's buffers first, some MB for each; that is a download's work like any other."""
BAR = 2.0
AT_ONCE = 256
"""Requests under way for an address, so that the attacks reach the portal and not its limit."""
TABS_AT_ONCE = 100
HELD = "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' and now() - state_change > '500 ms'"

Attack = Callable[[], AbstractAsyncContextManager[list[Line]]]


@dataclass(slots=True)
class Measured:
    """Milliseconds of each page, and the most sessions seen idle in a transaction."""

    times: list[float] = field(default_factory=list)
    held: int = 0

    @property
    def p50(self) -> float:
        return quantile(self.times, 0.5)

    @property
    def p95(self) -> float:
        return quantile(self.times, 0.95)


def quantile(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1)))]


async def pages(
    person: httpx.AsyncClient, paths: Sequence[str], superuser: asyncpg.Connection, found: Measured
) -> None:
    """A person who opens page after page for a while."""
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for path in paths:
            start = time.perf_counter()
            answer = await person.get(path)
            found.times.append((time.perf_counter() - start) * 1000)
            if answer.status_code != 200:
                raise RuntimeError(f"{path} answered {answer.status_code}")
            await asyncio.sleep(PAUSE_S)
        found.held = max(found.held, await superuser.fetchval(HELD))


def attacks(port: int, token: str, place: str, document: int) -> dict[str, Attack]:
    file = f"{place}/documents/{document}/file"
    return {
        "40 half-sent forms": lambda: lines(port, [half_sent_form()] * 40),
        "20 crawling uploads": lambda: lines(port, [upload(place, token)] * 20, crawl=True),
        "1000 event streams": lambda: tabs(port, token, place),
        "200 silent connections": lambda: lines(port, [""] * 200),
        "100 stopped readers": lambda: lines(port, [wanted(file, token)] * 100),
        "all three at once": lambda: everything(port, token, place, file),
    }


@asynccontextmanager
async def tabs(port: int, token: str, place: str, number: int = 1000) -> AsyncIterator[list[Line]]:
    """Event streams of open pages, begun TABS_AT_ONCE at a time: until it has begun, a stream is a request under way like others.

    Raises RuntimeError unless each was answered: one that is refused would attack nobody.
    """
    async with AsyncExitStack() as stack:
        opened: list[Line] = []
        while len(opened) < number:
            more = await stack.enter_async_context(lines(port, [wanted(f"{place}/events", token)] * TABS_AT_ONCE))
            answers = {await reader.readline() for reader, _ in more}
            if answers != {b"HTTP/1.1 200 OK\r\n"}:
                raise RuntimeError(f"event streams were answered {answers}")
            opened += more
        yield opened


@asynccontextmanager
async def everything(port: int, token: str, place: str, file: str) -> AsyncIterator[list[Line]]:
    """Open tabs, readers that have stopped, and lines that say nothing, which the portal lets go after 3 s."""
    async with tabs(port, token, place) as opened, lines(port, [wanted(file, token)] * 100):
        await asyncio.sleep(UNTIL_STOPPED_S)
        async with lines(port, [""] * 200):
            yield opened


async def measure(folder: Path, rounds: int, only: str) -> dict[str, float]:
    provide_services()
    server = await prepare()
    os.environ["ZHANGFANG_DATA_DIR"] = str(folder)
    async with fresh(server) as database:
        dsn = server.addresses(database).application
        await open_pool(dsn)
        try:
            firm = await make_test_firm("慢线")
            token, place = await session_for(firm.owner), f"/f/{firm.id}/c/{firm.restaurant}"
            paths = [path.format(firm=firm.id, client=firm.restaurant) for path in PAGES]
            async with acting(firm, "boss"):
                content = secrets.token_bytes(20_000_000)
                document = await use(Documents).store(firm.restaurant, "大.bin", "application/x-data", content)
        finally:
            await close_pool()
        settings = {"ZHANGFANG_REQUESTS_PER_ADDRESS": str(AT_ONCE)}
        superuser = await asyncpg.connect(server.superuser(database))
        async with (
            running_processes(dsn, folder, "web", settings=settings) as portal,
            httpx.AsyncClient(base_url=portal.address, cookies={COOKIE: token}, timeout=8) as person,
        ):
            await pages(person, paths, superuser, Measured())
            found: dict[str, float] = {}
            for name, attack in attacks(portal.port, token, place, document.id).items():
                if only not in name:
                    continue
                quiet, busy = Measured(), Measured()
                for _ in range(rounds):
                    await pages(person, paths, superuser, quiet)
                    async with attack():
                        await asyncio.sleep(UNTIL_STOPPED_S if "readers" in name else SETTLE_S)
                        await pages(person, paths, superuser, busy)
                    await asyncio.sleep(SETTLE_S)
                found |= report(name, quiet, busy)
        await superuser.close()
    return found


def report(name: str, quiet: Measured, busy: Measured) -> dict[str, float]:
    ratio = busy.p95 / quiet.p95
    sys.stdout.write(
        f"{name:24} quiet {quiet.p50:5.1f} / {quiet.p95:5.1f} ms   then {busy.p50:5.1f} / {busy.p95:5.1f} ms"
        f"   p95 {ratio:4.2f} x   idle in transaction {busy.held}\n"
    )
    sys.stdout.flush()
    return {name: round(ratio, 2), f"{name}, held": busy.held}


def main(rounds: int, only: str) -> int:
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory(prefix="zhangfang-slow-lines-") as folder:
        found = asyncio.run(measure(Path(folder), rounds, only))
    missed = [name for name, figure in found.items() if figure > (0 if name.endswith("held") else BAR)]
    sys.stdout.write(json.dumps({"cores": os.cpu_count(), **found, "missed": missed}) + "\n")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 8, sys.argv[2] if len(sys.argv) > 2 else ""))
