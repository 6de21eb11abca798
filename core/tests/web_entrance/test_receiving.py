"""Bodies are received whole, within their limits of size and time."""

import asyncio
from typing import Any

import pytest
from litestar.exceptions import HTTPException

from zhangfang_core.web import receiving
from zhangfang_core.web.receiving import IN_MEMORY, received_whole
from zhangfang_sdk.errors import Refusal


class Sender:
    """Sends pieces with pauses; then the connection ends."""

    def __init__(self, *pieces: bytes, pause_s: float = 0.0, whole: bool = True) -> None:
        self._pieces = list(pieces)
        self._pause_s = pause_s
        self._whole = whole

    async def __call__(self) -> Any:
        await asyncio.sleep(self._pause_s)
        if not self._pieces:
            return {"type": "http.disconnect"}
        piece = self._pieces.pop(0)
        return {"type": "http.request", "body": piece, "more_body": bool(self._pieces) or not self._whole}


@pytest.mark.parametrize("pieces", [[b""], [b"a", b"b"], [b"x" * IN_MEMORY], [b"ab" * IN_MEMORY, b"c", b"d"]])
async def test_the_body_is_repeated_and_then_the_line_itself_heard(pieces: list[bytes]) -> None:
    repeated, more = b"", True
    async with received_whole(Sender(*pieces), None, 10**7) as repeat:
        while more:
            message: Any = await repeat()
            repeated, more = repeated + message["body"], message["more_body"]
        assert await repeat() == {"type": "http.disconnect"}
    assert repeated == b"".join(pieces)


@pytest.mark.parametrize(
    ("announced", "pieces"), [(11, [b""]), (None, [b"123456", b"78901"]), (5, [b"123456", b"78901"])]
)
async def test_too_large_is_refused(announced: int | None, pieces: list[bytes]) -> None:
    """By what is announced, before anything is read, and by what comes."""
    with pytest.raises(HTTPException) as refused:
        async with received_whole(Sender(*pieces), announced, 10):
            pass
    assert refused.value.status_code == 413


@pytest.mark.parametrize(
    ("sender", "code"),
    [
        (Sender(b"x", pause_s=0.2), "request.too_slow"),
        (Sender(*[b"x"] * 10, pause_s=0.05), "request.too_slow"),
        (Sender(b"x", whole=False), "request.cut_off"),
    ],
)
async def test_slow_and_broken_lines(monkeypatch: pytest.MonkeyPatch, sender: Sender, code: str) -> None:
    """Silence between two pieces, a crawl in all, and an end before the end."""
    monkeypatch.setattr(receiving, "SILENT_S", 0.1)
    monkeypatch.setattr(receiving, "GRACE_S", 0.2)
    with pytest.raises(Refusal) as refused:
        async with received_whole(sender, None, 100):
            pass
    assert refused.value.code == code


async def test_a_long_upload_that_moves_is_let_finish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "GRACE_S", 0.1)
    async with received_whole(Sender(*[b"x" * 1000] * 6, pause_s=0.05), None, 10**6) as repeat:
        message: Any = await repeat()
        assert len(message["body"]) == 6000
