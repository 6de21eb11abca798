"""How long a part of a plugin may take."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class TookTooLong(TimeoutError):
    """The part itself was too slow, whatever it answered; not a time-out of something that it asked."""


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Raises TookTooLong after ``seconds``, also when what ran here swallowed its cancellation and answered in the end."""
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
