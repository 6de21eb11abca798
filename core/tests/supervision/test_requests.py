"""PLAT-10: a request that ends without an answer is told of in the log; granian answers 500 and says nothing."""

import asyncio
import logging
from typing import Any

import pytest

from zhangfang_core.supervision.web import _Requests

SCOPE = {"type": "http", "method": "GET", "path": "/odd"}


async def raises() -> None:
    raise RuntimeError("Unsupported ASGI message")


async def cancels_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    await asyncio.sleep(0)


@pytest.mark.parametrize(("code", "error"), [(raises, RuntimeError), (cancels_itself, asyncio.CancelledError)])
async def test_an_error_that_leaves_the_application_is_logged(caplog: pytest.LogCaptureFixture, code: Any, error: type[BaseException]) -> None:
    async def application(scope: Any, receive: Any, send: Any) -> None:
        await code()

    with caplog.at_level(logging.ERROR, "zhangfang.web"):
        request = asyncio.create_task(_Requests(application)(SCOPE, None, None))  # type: ignore[arg-type]  # neither is asked
        with pytest.raises(error):
            await request
    (told,) = [record for record in caplog.records if record.name == "zhangfang.web"]
    assert told.getMessage() == "GET /odd ended without an answer"
    assert told.exc_info is not None


async def test_a_stop_is_no_error(caplog: pytest.LogCaptureFixture) -> None:
    begun = asyncio.Event()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "headers": [(b"content-type", b"text/event-stream")]})
        begun.set()
        await asyncio.sleep(60)

    async def send(message: Any) -> None: ...

    requests = _Requests(application)
    with caplog.at_level(logging.ERROR, "zhangfang.web"):
        stream = asyncio.create_task(requests(SCOPE, None, send))  # type: ignore[arg-type]  # nothing is received
        await begun.wait()
        await requests.finish()
        assert stream.cancelled()
    assert not caplog.records
