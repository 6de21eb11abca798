"""The portal's processes as an operator starts them: the ``zhangfang`` command in an environment that holds what is named, no more."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

COMMAND = Path(sys.executable).with_name("zhangfang")
UP_WITHIN_S = 30.0
DOWN_WITHIN_S = 15.0


@dataclass(frozen=True, slots=True)
class Node:
    """One running process and the file that takes what it says."""

    process: asyncio.subprocess.Process
    log: Path

    def said(self) -> str:
        return self.log.read_text("utf-8")

    async def until_said(self, text: str, *, within_s: float = UP_WITHIN_S) -> None:
        """Raises TimeoutError with what it said instead."""
        for _ in range(int(within_s / 0.05)):
            if text in self.said():
                return
            await asyncio.sleep(0.05)
        raise TimeoutError(f"{text!r} was not said in {within_s} s:\n{self.said()}")


async def start(command: str | Sequence[str], environment: Mapping[str, str], log: Path) -> Node:
    """``env -i NAME=value… zhangfang COMMAND``, a word or several: nothing of this process's own environment is handed on but where programs lie."""
    words = (command,) if isinstance(command, str) else command
    with log.open("ab") as said:
        process = await asyncio.create_subprocess_exec(
            COMMAND, *words, env={"PATH": os.defpath, **environment}, cwd=log.parent, stdout=said, stderr=said
        )
    return Node(process, log)


@asynccontextmanager
async def running(command: str | Sequence[str], environment: Mapping[str, str], log: Path) -> AsyncIterator[Node]:
    """A process for as long as the context is open; then SIGTERM, and its end is waited for."""
    node = await start(command, environment, log)
    try:
        yield node
    finally:
        if node.process.returncode is None:
            node.process.terminate()
        await asyncio.wait_for(node.process.wait(), DOWN_WITHIN_S)


@dataclass(frozen=True, slots=True)
class RunningPortal:
    """``address`` without a slash at the end; ``pids`` in the order in which the processes were asked for."""

    address: str
    port: int
    pids: Sequence[int]


@asynccontextmanager
async def running_processes(
    dsn: str, data_dir: Path, *names: str, settings: Mapping[str, str] | None = None
) -> AsyncIterator[RunningPortal]:
    """``zhangfang web`` first, and others, on a migrated database and a free port, ended with the context.

    ``dsn`` is the application role's; ``settings`` are further environment variables.
    """
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    named = {"ZHANGFANG_DATA_DIR": str(data_dir), "ZHANGFANG_DSN": dsn, "ZHANGFANG_PORT": str(port), **(settings or {})}
    async with AsyncExitStack() as stack:
        nodes = [await stack.enter_async_context(running(name, named, data_dir / f"{name}.log")) for name in names]
        await until_up(nodes[0], address)
        yield RunningPortal(address, port, [node.process.pid for node in nodes])


async def until_up(node: Node, address: str, *, within_s: float = UP_WITHIN_S) -> None:
    """Until ``/healthz`` answers; raises TimeoutError, or RuntimeError when the process has ended, with what it said."""
    async with httpx.AsyncClient() as client:
        for _ in range(int(within_s / 0.1)):
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(f"{address}/healthz")).status_code == 200:
                    return
            if node.process.returncode is not None:
                raise RuntimeError(f"ended with {node.process.returncode}:\n{node.said()}")
            await asyncio.sleep(0.1)
    raise TimeoutError(f"{address} did not come up in {within_s} s:\n{node.said()}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
