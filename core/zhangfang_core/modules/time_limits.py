"""How long a part of a plugin may take, and that nothing which takes long is silent."""

import asyncio
import itertools
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import Context

SAID_AFTER_S = 5.0
"""What runs for longer is told of in the log, again and again until it is done."""


class TookTooLong(TimeoutError):
    """The part itself was too slow, whatever it answered; not a time-out of something that it asked."""


@asynccontextmanager
async def within(seconds: float | None) -> AsyncIterator[None]:
    """Raises TookTooLong after ``seconds`` (None: never), also when what ran here swallowed its cancellation and answered in the end."""
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise TookTooLong from error
    if limit.expired():
        raise TookTooLong


@contextmanager
def said_while_it_runs(what: str, log: logging.Logger) -> Iterator[None]:
    """Nothing is silent for longer than SAID_AFTER_S."""

    async def say() -> None:
        for times in itertools.count(1):
            await asyncio.sleep(SAID_AFTER_S)
            log.warning("%s still runs after %.0f s", what, SAID_AFTER_S * times)

    saying = asyncio.create_task(say(), context=Context())
    try:
        yield
    finally:
        saying.cancel()
