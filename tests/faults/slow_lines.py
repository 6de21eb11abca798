"""Senders and readers that are slow or silent, on this machine only and each with an end."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from zhangfang_core.identity.presence import COOKIE

ATTACKER = "127.0.0.2"
"""Of the loopback network, like the portal's; an address that is not the people's."""
CRAWL_BYTES, CRAWL_PAUSE_S = 64, 0.2

Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def line(port: int, request: str, source: str = ATTACKER) -> AsyncIterator[Line]:
    """A connection on which ``request`` was sent; dropped at the end. The reader holds 64 KiB back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0), limit=32 * 1024)
    try:
        writer.write(request.encode())
        await writer.drain()
        yield reader, writer
    finally:
        writer.transport.abort()


def post(path: str, media_type: str, size: int | None, token: str = "") -> str:
    """The head of a request whose body has so many bytes; None says nothing of them."""
    length = "Transfer-Encoding: chunked" if size is None else f"Content-Length: {size}"
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\nContent-Type: {media_type}\r\n"
        f"{length}\r\n\r\n"
    )


def half_sent_form() -> str:
    """Signing in, its form cut off."""
    return post("/sign-in", "application/x-www-form-urlencoded", 40) + "login=somebody"


def upload(place: str, token: str, size: int = 5_000_000) -> str:
    """The beginning of a file's upload to a client (``place``: "/f/1/c/2") by somebody who is signed in."""
    head = post(f"{place}/capture/uploads", "multipart/form-data; boundary=x", size, token)
    return f'{head}--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'


def wanted(path: str, token: str) -> str:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}\r\n\r\n"


@asynccontextmanager
async def lines(port: int, requests: list[str], *, crawl: bool = False) -> AsyncIterator[list[Line]]:
    """As many lines, open at once; with ``crawl`` each sends a few bytes now and then."""
    async with AsyncExitStack() as stack:
        opened = [await stack.enter_async_context(line(port, request)) for request in requests]
        crawling = asyncio.create_task(_crawl(opened)) if crawl else None
        try:
            yield opened
        finally:
            if crawling is not None:
                crawling.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await crawling


async def _crawl(opened: list[Line]) -> None:
    while True:
        for _, writer in opened:
            if not writer.is_closing():
                writer.write(b"x" * CRAWL_BYTES)
        await asyncio.sleep(CRAWL_PAUSE_S)


async def repeatedly(ask: Callable[[], Awaitable[float]], seconds: float) -> list[float]:
    """What each of the questions gave, one after the other, for so long."""
    loop = asyncio.get_running_loop()
    end, found = loop.time() + seconds, []
    while loop.time() < end:
        found.append(await ask())
    return found
