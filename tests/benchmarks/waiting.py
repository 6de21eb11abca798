"""Measures a home page with ten waiting lists against the same page with none, turn about in one run.

    python tests/benchmarks/waiting.py [ROUNDS]

Each list reads 20 rows of a plugin's table through both walls. The test's server in memory is enough: pages only read.
The last line is one JSON object; the exit status is 1 when a home takes more than 1.3 times as long with them.
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
from collections.abc import Sequence
from dataclasses import replace

from zhangfang_collab.ticking import assign
from zhangfang_collab.waiting import waiting as tasks_waiting
from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.modules import registry as registering
from zhangfang_core.services import provide_services
from zhangfang_core.settings import read_settings
from zhangfang_core.testing.databases import fresh, prepare
from zhangfang_core.testing.portal import Portal, Visitor, session_for
from zhangfang_core.testing.tenants import TestFirm, acting, make_test_firm
from zhangfang_core.web import navigation, waiting
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.waiting import WaitingSource

BAR = 1.3
LISTS = 10
TASKS = 20


def offer(count: int) -> None:
    """The portal's waiting lists are ``count`` ones of the tasks' plugin."""
    known = registering.registry()
    sources = tuple(WaitingSource(f"list{i}", "collab.read", tasks_waiting, topics=("collab",)) for i in range(count))
    modules = {
        id_: replace(module, waiting=sources if id_ == "collab" else ()) for id_, module in known.modules.items()
    }
    found = replace(known, modules=modules)
    for module in (waiting, navigation):
        vars(module)["registry"] = lambda: found


async def a_home(visitor: Visitor, path: str, lists: int) -> float:
    """Milliseconds of the page."""
    offer(lists)
    began = time.perf_counter()
    answer = await visitor.get(path)
    took = (time.perf_counter() - began) * 1000
    if answer.status_code != 200:
        raise RuntimeError(f"{path} answered {answer.status_code}")
    return took


async def the_rest(visitor: Visitor) -> float:
    """Milliseconds of the part that a page fetches afterwards when not every list fits into its time."""
    offer(LISTS)
    began = time.perf_counter()
    answer = await visitor.ask("GET", "/waiting?whole=1", headers={"hx-request": "true"})
    took = (time.perf_counter() - began) * 1000
    if answer.text.count('class="item-title"') != min(100, LISTS * TASKS):
        raise RuntimeError("not everything that waits is there")
    return took


async def measured(visitor: Visitor, path: str, rounds: int) -> tuple[float, float, float]:
    """Medians of the page without and with the lists, and of what is fetched afterwards."""
    times: tuple[list[float], list[float], list[float]] = ([], [], [])
    for lists in (LISTS, LISTS, 0):
        offer(lists)
        await visitor.ask("GET", "/waiting", headers={"hx-request": "true"})
        await visitor.get(path)
    for _ in range(rounds):
        for found, lists in zip(times[:2], (0, LISTS), strict=True):
            found.append(await a_home(visitor, path, lists))
        times[2].append(await the_rest(visitor))
    return statistics.median(times[0]), statistics.median(times[1]), statistics.median(times[2])


async def homes(firm: TestFirm) -> Sequence[tuple[str, str, str]]:
    """Token, place and home of the client's boss and of the firm's owner."""
    async with scoped_transaction(system_scope(firm.id)):
        boss = await make_member(
            login="boss@benchmark.example", name="李总", password=os.urandom(12).hex(), role="boss", client=firm.restaurant
        )
    for number in range(TASKS):
        day = today() + dt.timedelta(days=number - 3)
        for side in (Side.CLIENT, Side.FIRM):
            async with acting(firm, "accountant"):
                await assign(firm.restaurant, Period.of(day), f"第 {number} 件", "补充说明", day, side=side)
    return [
        (await session_for(boss), f"/f/{firm.id}/c/{firm.restaurant}", "/cockpit"),
        (await session_for(firm.owner), f"/f/{firm.id}", "/waiting"),
    ]


async def measure(rounds: int) -> dict[str, float]:
    provide_services()
    server = await prepare()
    found: dict[str, float] = {}
    async with fresh(server) as name:
        await open_pool(server.addresses(name).application)
        try:
            portal = Portal(create_app(read_settings()))
            for token, place, path in await homes(await make_test_firm("基准")):
                async with portal.visitor(token, place) as visitor:
                    without, with_lists, rest = await measured(visitor, path, rounds)
                key = path.strip("/")
                found |= {f"{key}_without_ms": round(without, 2), f"{key}_with_ms": round(with_lists, 2)}
                found[f"{key}_rest_ms"] = round(rest, 2)
                found[f"{key}_ratio"] = round(with_lists / without, 3)
        finally:
            await close_pool()
    return found


def main(rounds: int) -> int:
    logging.getLogger("httpx").setLevel(logging.WARNING)
    with tempfile.TemporaryDirectory(prefix="zhangfang-benchmark-") as folder:
        os.environ["ZHANGFANG_DATA_DIR"] = folder
        found = asyncio.run(measure(rounds))
    sys.stdout.write(json.dumps({"rounds": rounds, "lists": LISTS, "bar": BAR, **found}) + "\n")
    return 1 if found["cockpit_ratio"] > BAR else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 150))
