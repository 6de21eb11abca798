"""A hundred plugins beside ours: how long a web process takes to its first answer, and what a request costs more.

    .venv/bin/python -m tests.benchmarks.many_plugins [100]

Each is what ``zhangfang plugin new`` writes, with its tables migrated before. Bars: start within 8 s, at most 1 ms more a request. By hand: a busy
machine says nothing of a start, of which the smallest counts; requests with and without them are asked turn about.
"""

import asyncio
import datetime as dt
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx

from zhangfang_core.database.engine import close_pool, open_pool
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.services import provide_services
from zhangfang_core.testing.databases import TestServer, empty, prepare
from zhangfang_core.testing.portal import session_for
from zhangfang_core.testing.processes import free_port, running, until_up
from zhangfang_core.testing.tenants import make_test_firm
from zhangfang_core.testing.wheels import build_wheel, install
from zhangfang_sdk.authoring.scaffold import new_plugin

AT = dt.datetime(2026, 11, 27, 4, 0, tzinfo=dt.UTC)
ROUNDS = 3
REQUESTS = 300


def installed(folder: Path, number: int) -> Path:
    """One folder with as many plugins, as an installer leaves it."""
    place = folder / "plugins"
    place.mkdir()
    for n in range(number):
        id_ = f"many_{n:03}"
        sources = new_plugin(id_, folder, title=f"众多{n:03}", at=AT + dt.timedelta(seconds=n))
        install(
            build_wheel(sources, folder, name=f"zhangfang-many-{n:03}", plugin=id_, package=f"zhangfang_{id_}"), place
        )
    return place


@dataclass(frozen=True, slots=True)
class Portal:
    """A web process that runs, and seconds of its ``first`` start (migrations and all) and of a ``later`` one."""

    first: float
    later: float
    http: httpx.AsyncClient
    place: str

    async def asked(self) -> float:
        """Milliseconds of one page."""
        begin = time.perf_counter()
        answer = await self.http.get(self.place)
        if answer.status_code != 200:
            raise RuntimeError(f"{self.place}: {answer.status_code}")
        return (time.perf_counter() - begin) * 1000


async def started(stack: AsyncExitStack, server: TestServer, folder: Path, plugins: Path | None) -> Portal:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    database = await stack.enter_async_context(empty(server))
    settings = {
        "ZHANGFANG_DSN": server.addresses(database).application,
        "ZHANGFANG_OWNER_DSN": server.owner(database),
        "ZHANGFANG_DATA_DIR": str(folder / "data"),
        "ZHANGFANG_PORT": str(port),
    } | ({} if plugins is None else {"PYTHONPATH": str(plugins)})
    (folder / "data").mkdir(exist_ok=True)
    starts = []
    for _ in range(1 + ROUNDS):
        begin = time.perf_counter()
        async with running("web", settings, folder / "web.log") as web:
            await until_up(web, address, within_s=120)
            starts.append(time.perf_counter() - begin)
    web = await stack.enter_async_context(running("web", settings, folder / "web.log"))
    await until_up(web, address, within_s=120)
    await open_pool(server.addresses(database).application)
    try:
        firm = await make_test_firm("嘉喜")
        cookies = {COOKIE: await session_for(firm.owner)}
    finally:
        await close_pool()
    http = await stack.enter_async_context(httpx.AsyncClient(base_url=address, cookies=cookies))
    return Portal(starts[0], min(starts[1:]), http, f"/f/{firm.id}/c/{firm.restaurant}/vouchers")


async def main(number: int) -> None:
    provide_services()
    server = await prepare()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugins = installed(folder, number)
        async with AsyncExitStack() as stack:
            alone = await started(stack, server, folder, None)
            many = await started(stack, server, folder, plugins)
            more, with_many = [], []
            for turn in range(REQUESTS):
                # Turn about, so that what else the machine does falls on both.
                took = {}
                for portal in (alone, many) if turn % 2 else (many, alone):
                    took[portal] = await portal.asked()
                more.append(took[many] - took[alone])
                with_many.append(took[many])
    for what, portal in (("ours alone", alone), (f"with {number} more", many)):
        print(f"{what}: first start {portal.first:.1f} s, later {portal.later:.1f} s")  # noqa: T201
    fifths = statistics.quantiles(more, n=5)
    print(  # noqa: T201
        f"a request of {statistics.median(with_many):.1f} ms costs {statistics.median(more):+.2f} ms more "
        f"(the middle three fifths {fifths[0]:+.2f} to {fifths[3]:+.2f})"
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
