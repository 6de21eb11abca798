"""Work that must be kept although the transaction at hand is rolled back: each in a transaction of its own, a moment later."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_sdk.context import Scope

log = logging.getLogger("zhangfang.plugins")
_under_way: set[asyncio.Task[None]] = set()


def afterwards(scope: Scope, work: Callable[[], Awaitable[None]]) -> None:
    """Do ``work`` in ``scope``, apart from what runs now. Where no loop runs (a command) it is left out."""
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:
        return
    # An empty context: the transaction, scope and acting plugin of whoever asks stay theirs.
    task = loop.create_task(_alone(scope, work), context=Context())
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


async def settled() -> None:
    """Until all that was asked for so far is done."""
    while _under_way:
        await asyncio.wait(set(_under_way))


async def _alone(scope: Scope, work: Callable[[], Awaitable[None]]) -> None:
    try:
        async with scoped_transaction(scope):
            await work()
    except Exception:  # nobody waits for the answer
        log.exception("a note beside a request was lost")
