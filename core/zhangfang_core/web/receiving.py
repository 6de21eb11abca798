"""A request is received whole before anything is done for it: a slow line holds its own patience, no transaction.

Up to IN_MEMORY bytes are kept in memory, more in a nameless temporary file, which ends with the process too.
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import IO, Any, cast

from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import Receive
from litestar.types import Scope as Connection

from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.web import PUBLIC

IN_MEMORY = 64 * 1024
STRANGERS_MOST = 256 * 1024
"""Bytes that anybody may send; whoever sends more, or does not say how much, must be allowed to first."""
MOUNTED_MOST = 1024 * 1024
"""Bytes to an application that is mounted, such as the admin desk: forms."""
SILENT_S = 10.0
"""Between two pieces."""
GRACE_S = 20.0
SLOWEST = 8 * 1024
"""Bytes a second on the average once GRACE_S seconds are over; the slowest phone that may upload."""

TOO_LARGE = 413

_PIECE = 64 * 1024


def announced(scope: Connection) -> int | None:
    """Bytes of the request's body: 0 without one, None when the sender does not say (RFC 9112, section 6.3)."""
    headers = dict(scope["headers"])
    if b"transfer-encoding" in headers:
        return None
    try:
        return max(0, int(headers.get(b"content-length", b"0")))
    except ValueError:
        return None


def largest(handler: object, opt: Mapping[str, Any]) -> int:
    """Bytes that a request to ``handler`` may have."""
    if opt.get("permission") == PUBLIC:
        return STRANGERS_MOST
    if isinstance(handler, HTTPRouteHandler):
        return handler.resolve_request_max_body_size() or sys.maxsize
    return MOUNTED_MOST


@asynccontextmanager
async def received_whole(receive: Receive, size: int | None, most: int) -> AsyncIterator[Receive]:
    """Wait for the body, then give a ``receive`` that repeats it and goes on with the server's own.

    ``size`` as :func:`announced` tells; ``most`` in bytes. Raises HTTPException 413, Refusal ``request.too_slow`` (408),
    ``request.cut_off`` when the sender went away.
    """
    if size == 0:
        yield receive
        return
    if size is not None and size > most:
        raise HTTPException(status_code=TOO_LARGE)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        await _keep(receive, cast(IO[bytes], kept), most)
        kept.seek(0)
        yield _repeating(cast(IO[bytes], kept), receive)


async def _keep(receive: Receive, kept: IO[bytes], most: int) -> None:
    start, total, more = time.monotonic(), 0, True
    while more:
        left = start + GRACE_S + total / SLOWEST - time.monotonic()
        message = await _next(receive, min(SILENT_S, left))
        body: bytes = message.get("body", b"")
        total += len(body)
        if total > most:
            raise HTTPException(status_code=TOO_LARGE)
        kept.write(body)
        more = message.get("more_body", False)


async def _next(receive: Receive, patience_s: float) -> Mapping[str, Any]:
    try:
        async with asyncio.timeout(patience_s):
            message: Mapping[str, Any] = cast(Mapping[str, Any], await receive())
    except TimeoutError as error:
        raise Refusal(
            "request.too_slow", "网络太慢或中断,内容没有传完,这次没有处理。请换个网络再试一次。", status=408
        ) from error
    if message["type"] != "http.request":
        raise Refusal("request.cut_off", "连接断开,内容没有传完,这次没有处理。", status=400)
    return message


def _repeating(kept: IO[bytes], receive: Receive) -> Receive:
    over = False

    async def repeat() -> Any:
        nonlocal over
        if over:
            return await receive()
        piece = kept.read(_PIECE)
        over = len(piece) < _PIECE
        return {"type": "http.request", "body": piece, "more_body": not over}

    return repeat
