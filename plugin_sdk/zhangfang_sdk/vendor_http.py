"""Asking a vendor over HTTP, so that what goes wrong on the way is told as :mod:`zhangfang_sdk.vendors` wants it."""

from collections.abc import Mapping

import httpx

from zhangfang_sdk.vendors import VendorAway

CONNECT_S = 5.0


async def post(
    address: str, headers: Mapping[str, str], content: bytes = b"", *, seconds: float, largest: int
) -> tuple[int, bytes]:
    """Status and body of the answer, whatever the status; nothing is followed or repeated.

    ``seconds`` is the longest silence while the vendor works. Raises TimeoutError, and VendorAway: with ``maybe_done`` False
    where nothing was sent, also for an answer of more than ``largest`` bytes.
    """
    return await _asked("POST", address, headers, content, seconds=seconds, largest=largest)


async def get(address: str, headers: Mapping[str, str], *, seconds: float, largest: int) -> tuple[int, bytes]:
    """Status and body of the answer to a question without a body; otherwise as ``post``."""
    return await _asked("GET", address, headers, b"", seconds=seconds, largest=largest)


async def _asked(
    method: str, address: str, headers: Mapping[str, str], content: bytes, *, seconds: float, largest: int
) -> tuple[int, bytes]:
    received = bytearray()
    try:
        async with (
            httpx.AsyncClient(timeout=httpx.Timeout(seconds, connect=CONNECT_S)) as http,
            http.stream(method, address, headers=headers, content=content) as answer,
        ):
            async for piece in answer.aiter_bytes():
                received += piece
                if len(received) > largest:
                    raise VendorAway("the answer is larger than any answer may be")
            return answer.status_code, bytes(received)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise VendorAway("cannot be reached", maybe_done=False) from error
    except httpx.TimeoutException as error:
        raise TimeoutError from error
    except httpx.HTTPError as error:
        raise VendorAway("the connection broke") from error
