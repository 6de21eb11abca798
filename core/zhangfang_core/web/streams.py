"""Streamed answers that are cut off are closed at once.

Litestar leaves the iterator of a Stream that failed, with the file that it reads, to some garbage collection.
"""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from contextvars import ContextVar
from typing import Any

from litestar.response import Stream

_closing: ContextVar[AsyncExitStack | None] = ContextVar("zhangfang_closing", default=None)


@asynccontextmanager
async def streams_closed() -> AsyncIterator[None]:
    """Around a request: what :func:`close_at_end` was told is closed at its end."""
    async with AsyncExitStack() as stack:
        token = _closing.set(stack)
        try:
            yield
        finally:
            _closing.reset(token)


def close_at_end(response: Stream) -> None:
    """Have the iterator of an answer closed when its request is over, sent to the end or not."""
    stack, iterator = _closing.get(), response.iterator
    if stack is not None and isinstance(iterator, AsyncGenerator):
        generator: AsyncGenerator[Any, None] = iterator
        stack.push_async_callback(generator.aclose)
