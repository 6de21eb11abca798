"""The portal as real processes on a free port of this machine."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

_UP_WITHIN_S = 30.0
_DOWN_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """``address`` without a slash at the end; ``pids`` in the order in which the processes were asked for."""

    address: str
    port: int
    pids: Sequence[int]


@asynccontextmanager
async def running_processes(
    dsn: str, data_dir: Path, *names: str, settings: dict[str, str] | None = None
) -> AsyncIterator[RunningPortal]:
    """``zhangfang web``, ``zhangfang worker`` or both on a migrated database, ended with the context.

    ``dsn`` is the application role's; ``settings`` are further environment variables.
    """
    port = _free_port()
    environment = {
        **os.environ,
        "ZHANGFANG_DATA_DIR": str(data_dir),
        "ZHANGFANG_DSN": dsn,
        "ZHANGFANG_PORT": str(port),
        **(settings or {}),
    }
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-m", "zhangfang_core.cli", name, env=environment)
        for name in names
    ]
    found = RunningPortal(f"http://127.0.0.1:{port}", port, [child.pid for child in children])
    try:
        await _until_up(found.address)
        yield found
    finally:
        for child in children:
            if child.returncode is None:
                child.terminate()
        for child in children:
            await asyncio.wait_for(child.wait(), _DOWN_WITHIN_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def _until_up(address: str) -> None:
    async with asyncio.timeout(_UP_WITHIN_S), httpx.AsyncClient() as client:
        while True:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{address}/healthz")).status_code == 200:
                    return
            await asyncio.sleep(0.2)
