"""Recognises the text of pictures with real engines in a process of their own."""

from __future__ import annotations

from zhangfang_capture_ocr.recognising.process import Doubts, shared_recogniser
from zhangfang_capture_ocr.recognising.values import ENGINES, USUAL, Recognised
from zhangfang_sdk.recognition import Bitmap

__all__ = ["ENGINES", "USUAL", "Doubts", "Recognised", "recognise", "recognise_now"]


async def recognise(bitmap: Bitmap, *, engine: str = USUAL, doubts: Doubts | None = None) -> Recognised:
    """Every run of text of a picture. Raises KeyError (unknown engine), TimeoutError or OSError (the engine does not run)."""
    return await shared_recogniser().recognise_soon(bitmap, engine, doubts)


def recognise_now(bitmap: Bitmap, *, engine: str = USUAL, doubts: Doubts | None = None) -> Recognised:
    """As `recognise`, blocking: for the command line and benchmarks."""
    return shared_recogniser().recognise(bitmap, engine, doubts)
