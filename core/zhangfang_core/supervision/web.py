"""The web process: one granian server inside this very process.

granian's command is two processes, and after a kill -9 of the first the second stays on the port. Embedded in
our own process there is nothing that could stay.
"""

import asyncio
import importlib
import logging
import resource
import signal
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any, Protocol

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server.embed import Server

from .ports import require_free

_REQUEST_GRACE_S = 2.0
_SHUTDOWN_GRACE_S = 1.0
_CONNECTIONS = 4096
"""Open at once, idle ones and event streams counted: each open tab holds one."""
_WAITING_CONNECTIONS = 1024
_HEADER_READ_MS = 3000
"""A line that is silent, idle between requests or slow with its headers goes after that. Only HTTP/1 knows the limit."""
_FILES_BESIDE_CONNECTIONS = 512

log = logging.getLogger("zhangfang.web")

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class Application(Protocol):
    """ASGI 3."""

    def __call__(self, scope: Message, receive: Receive, send: Send) -> Awaitable[None]: ...


def serve(factory: str, *, host: str, port: int) -> None:
    """Serve the ASGI application that `factory` (`package.module:function`) makes, until SIGTERM or SIGINT.

    Then nothing new is accepted, event streams end at once, other requests get 2 s, and the application's
    shutdown runs.

    Raises:
        SupervisionError: `supervision.port_taken`.
        RuntimeError: if the server ends by itself, for example because the application's start-up failed.
    """
    require_free(host, port)
    module, _, name = factory.partition(":")
    make: Callable[[], Application] = getattr(importlib.import_module(module), name)
    asyncio.run(_serve(make, host, port))


class _Requests:
    """The application, with its open requests counted: granian waits for an open event stream for ever."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._requests: set[asyncio.Task[Any]] = set()
        self._streams: set[asyncio.Task[Any]] = set()
        self._ending = False

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        task = asyncio.current_task()
        if scope["type"] == "lifespan" or task is None:
            await self._application(scope, receive, send)
            return

        async def send_noting_streams(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_stream(message):
                self._streams.add(task)
            await send(message)

        self._requests.add(task)
        try:
            await self._application(scope, receive, send_noting_streams)
        except (Exception, asyncio.CancelledError) as error:
            # granian answers 500 and says nothing.
            if not self._ending:
                log.error("%s %s ended without an answer", scope.get("method"), scope.get("path"), exc_info=error)
            raise
        finally:
            self._requests.discard(task)
            self._streams.discard(task)

    async def finish(self) -> None:
        """End event streams, wait for the other requests, end those that take too long."""
        self._ending = True
        for task in self._streams:
            task.cancel()
        if self._requests:
            await asyncio.wait(set(self._requests), timeout=_REQUEST_GRACE_S)
        for task in self._requests:
            task.cancel()


def _is_stream(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in message.get("headers", ())
    )


def _allow_files(number: int) -> None:
    """Raise this process's own limit of open files as far as the machine lets it: a connection is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _serve(make: Callable[[], Application], host: str, port: int) -> None:
    requests = _Requests(make())
    _allow_files(_CONNECTIONS + _FILES_BESIDE_CONNECTIONS)
    server = Server(
        target=requests,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_READ_MS),
        backlog=_WAITING_CONNECTIONS,
        backpressure=_CONNECTIONS,
        websockets=False,
        log_enabled=False,
    )
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    serving = asyncio.create_task(server.serve())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
    if not stopping.is_set():
        await serving
        raise RuntimeError("the web server ended by itself")
    server.stop()  # type: ignore[no-untyped-call]  # granian has no annotation there
    await requests.finish()
    await asyncio.wait({serving}, timeout=_SHUTDOWN_GRACE_S)
