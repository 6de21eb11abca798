"""Measures what the boundary around plugins costs a call: entering it, a service behind its proxy, a statement looked at.

    python tests/benchmarks/boundary.py

Each is measured against the same without the boundary, turn about in eight pairs; medians and spread in microseconds. No database is needed. The
exit status is 1 when entering, one service call and one statement together take more than 4 µs.
"""

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable

from zhangfang_core.database.statements import check_statement, tables_of
from zhangfang_core.modules.calling import calling, know
from zhangfang_sdk.acting import Acting, acting, needs
from zhangfang_sdk.manifest import parse_manifest
from zhangfang_sdk.services import guarded

PAIRS = 8
CALLS = 20_000
READ_FIRST = 200
BAR_US = 4.0
STATEMENT = (
    'SELECT "x_task"."id", "x_task"."title" FROM "x_task" LEFT JOIN "core_client" "x_task$client" ON ("x_task"."client" = "x_task$client"."id") '
    'WHERE "x_task"."firm" = $1 AND "x_task"."period" = $2'
)


class Service:
    @needs("ledger.read")
    async def read(self, client: int) -> int:
        return client


async def per_call(work: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of one call."""
    began = time.perf_counter()
    for _ in range(CALLS):
        await work()
    return (time.perf_counter() - began) / CALLS * 1e6


async def pairs(with_it: Callable[[], Awaitable[object]], without: Callable[[], Awaitable[object]]) -> list[float]:
    """What the boundary adds, in each pair."""
    found = []
    for number in range(PAIRS):
        order = (with_it, without) if number % 2 else (without, with_it)
        times = {work: await per_call(work) for work in order}
        found.append(times[with_it] - times[without])
    return found


async def measure() -> dict[str, list[float]]:
    manifest = parse_manifest('id = "x"\ntitle = "x"\nsummary = "x"\ncategory = "x"\nuses = ["ledger.read"]', version="1")
    running = know(manifest)
    tables_of("x")
    bare = Service()
    proxy = guarded(Service, bare, None)

    async def nothing() -> None:
        return None

    async def entering() -> None:
        with calling("x", "page /x"):
            return

    async def looking() -> None:
        if acting() is None:
            check_statement(running, STATEMENT)

    found = {"entering": await pairs(entering, nothing)}
    with calling("x", "page /y"):
        found["service"] = await pairs(lambda: proxy.read(1), lambda: bare.read(1))
    found["statement"] = await pairs(looking, nothing)
    found["statement read first"] = [_read_first(running) for _ in range(PAIRS)]
    return found


def _read_first(running: Acting) -> float:
    """Microseconds of a statement that nobody has read yet: once in a process, for each that is written differently."""
    began = time.perf_counter()
    for number in range(READ_FIRST):
        check_statement(running, f"{STATEMENT} LIMIT {number}")
    took = (time.perf_counter() - began) / READ_FIRST * 1e6
    tables_of("x")  # forgets what was read
    return took


def main() -> int:
    found = asyncio.run(measure())
    for name, added in found.items():
        sys.stdout.write(f"{name:20} {statistics.median(added):6.2f} µs   {min(added):.2f} to {max(added):.2f}\n")
    total = sum(statistics.median(found[name]) for name in ("entering", "service", "statement"))
    sys.stdout.write(f"{'a call':20} {total:6.2f} µs   {total / BAR_US:.2f} of the bar of {BAR_US:g} µs\n")
    medians = {name: round(statistics.median(added), 3) for name, added in found.items()}
    sys.stdout.write(json.dumps({**medians, "call": round(total, 3), "missed": total > BAR_US}) + "\n")
    return 1 if total > BAR_US else 0


if __name__ == "__main__":
    sys.exit(main())
