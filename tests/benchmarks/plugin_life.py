"""A plugin with 100,000 rows and 1,000 files: how long each step of its life takes, and each step killed with -9 on its way.

``python -m tests.benchmarks.plugin_life [rows files]``: on the test server, in a folder of its own, which goes at the end. A step that was
killed is whole or has not happened; anything else ends the run.
"""

import asyncio
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from tests.plugin_life.shelves import Deployment, coloured_wheel, deployed, shelf_wheel
from zhangfang_core.services import provide_services
from zhangfang_core.testing.databases import prepare

SHARES = (0.3, 0.6, 0.8, 0.95)
"""Where of its time a step is killed."""
UNINSTALL = ("uninstall", "shelf", "--named", "shelf")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


async def timed(place: Deployment, *words: str) -> float:
    began = time.perf_counter()
    await place.plugin(*words)
    took = time.perf_counter() - began
    say(f"{words[0]}{' --from-export' if '--from-export' in words else ''}: {took:.1f} s")
    return took


async def killed(place: Deployment, after_s: float, *words: str) -> None:
    node = await place.begin(*words)
    await asyncio.sleep(after_s)
    if node.process.returncode is None:
        os.kill(node.process.pid, signal.SIGKILL)
    await node.process.wait()
    query = "select from pg_stat_activity where datname = $1 and pid <> pg_backend_pid() and state <> 'idle'"
    while await place.fetch(query, place.database):
        await asyncio.sleep(0.05)


async def is_there(place: Deployment) -> bool:
    return any(line.startswith("shelf ") for line in (await place.plugin("list")).splitlines())


async def run(rows: int, files: int) -> None:
    provide_services()
    server = await prepare()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        async with deployed(server, folder) as place:
            install = await timed(place, "install", str(shelf_wheel(folder)))
            await place.migrate()
            await place.plugin("enable", "shelf", "--all")
            await place.fill(rows=rows, files=files)
            whole = await place.contents()
            say(f"{rows} rows, {files} files")
            await timed(place, "upgrade", str(coloured_wheel(folder)))
            await place.migrate()
            whole = await place.contents()
            disable = await timed(place, "disable", "shelf", "--all")
            await place.plugin("enable", "shelf", "--all")
            uninstall = await timed(place, *UNINSTALL)
            await place.require_gone()
            say(f"export: {place.newest_export().stat().st_size / 1e6:.1f} MB")
            back = await timed(place, "install", "--from-export", str(place.newest_export()))
            same(await place.contents(), whole)
            for share in SHARES:
                await killed(place, share * install, "upgrade", str(coloured_wheel(folder, f"2.{int(share * 100)}")))
                same(await place.contents(), whole)
                await killed(place, share * disable, "disable", "shelf", "--all")
                await place.plugin("enable", "shelf", "--all")
                same(await place.contents(), whole)
                await killed(place, share * uninstall, *UNINSTALL)
                gone = not await is_there(place)
                if not gone:
                    same(await place.contents(), whole)
                    await place.plugin(*UNINSTALL)
                await place.require_gone()
                await killed(place, share * back, "install", "--from-export", str(place.newest_export()))
                came = await is_there(place)
                if not came:
                    await place.require_gone()
                    await place.plugin("install", "--from-export", str(place.newest_export()))
                same(await place.contents(), whole)
                say(f"killed at {share:.0%}: uninstall {'done' if gone else 'not begun'}, restore {'done' if came else 'not begun'}; equal")


def same(now: list[tuple[object, ...]], before: list[tuple[object, ...]]) -> None:
    if now != before:
        raise RuntimeError("the plugin is there in half")


if __name__ == "__main__":
    asyncio.run(run(*(int(number) for number in sys.argv[1:3])) if len(sys.argv) == 3 else run(100_000, 1_000))
