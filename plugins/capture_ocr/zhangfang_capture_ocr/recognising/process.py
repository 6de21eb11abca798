"""Keeps the recognising process: one for all uploads, started at first use, again when it dies or grows too big."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psutil

from zhangfang_capture_ocr.recognising.child import ANSWER, READY, REQUEST, exactly
from zhangfang_capture_ocr.recognising.values import ENGINES, FURTHER_READERS, USUAL, Recognised
from zhangfang_capture_ocr.seen_pages import loaded
from zhangfang_sdk.recognition import Bitmap, TextBox

MEMORY_BYTES: Final = 1_200_000_000
"""Resident memory above which the process is ended after its page."""
PAGE_SECONDS: Final = 30.0
"""Processor time after which a page is given up: on a busy machine it may wait as long as it must."""
LONGEST_WAIT: Final = 280.0
LOOK_EVERY: Final = 0.5
START_SECONDS: Final = 60.0
Doubts = Callable[[tuple[TextBox, ...]], Sequence[int]]
"""Which boxes of a page, as recognised so far, another reader should read: their indexes."""
_MODULE: Final = "zhangfang_capture_ocr.recognising.child"


class _Child:
    def __init__(self, engine: str, cache: Path) -> None:
        self.engine = engine
        self._line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own program
                [sys.executable, "-I", "-m", _MODULE, engine, str(cache)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "HOME": str(cache), "OMP_NUM_THREADS": "2", "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
            )
        self._line.settimeout(START_SECONDS)
        try:
            if exactly(self._line, 1) != READY:
                raise OSError(f"the engine {engine} did not start")
        except (OSError, EOFError) as error:
            self.end()
            raise OSError(f"the engine {engine} did not start") from error

    @property
    def usable(self) -> bool:
        return self.process.poll() is None

    def ask(self, bitmap: Bitmap, seconds: float) -> Recognised:
        said = self._asked(REQUEST.pack(bitmap.width, bitmap.height) + bitmap.rgb, seconds)
        return Recognised(**{**said, "boxes": loaded(said["boxes"])})

    def ask_again(self, reader: str, places: Sequence[int], seconds: float) -> list[str]:
        """Those boxes of the last page as another reader reads them."""
        wanted = json.dumps({"reader": reader, "places": list(places)}).encode("utf-8")
        return [str(text) for text in self._asked(REQUEST.pack(0, len(wanted)) + wanted, seconds)]

    def _asked(self, request: bytes, seconds: float) -> Any:
        spent = self._processor_seconds()
        deadline = time.monotonic() + LONGEST_WAIT
        self._line.settimeout(LONGEST_WAIT)
        self._line.sendall(request)
        while not select.select([self._line], [], [], min(LOOK_EVERY, seconds))[0]:
            if self._processor_seconds() - spent > seconds or time.monotonic() > deadline:
                raise TimeoutError("a page took too long")
        (length,) = ANSWER.unpack(exactly(self._line, ANSWER.size))
        return json.loads(exactly(self._line, length))

    def _processor_seconds(self) -> float:
        try:
            times = psutil.Process(self.process.pid).cpu_times()
        except psutil.Error as error:
            raise OSError("the recognising process is gone") from error
        return float(times.user + times.system)

    def too_big(self) -> bool:
        try:
            return bool(psutil.Process(self.process.pid).memory_info().rss > MEMORY_BYTES)
        except psutil.Error:
            return True

    def end(self) -> None:
        self._line.close()
        with contextlib.suppress(OSError):
            self.process.kill()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=5)


class Recogniser:
    """One page at a time over one process; a page in another engine replaces the process. Works from any thread."""

    def __init__(self, page_seconds: float = PAGE_SECONDS) -> None:
        self._page_seconds = page_seconds
        self._cache = tempfile.TemporaryDirectory(prefix="zhangfang-recognising-")
        self._child: _Child | None = None
        self._lock = threading.Lock()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="recognising")

    @property
    def pid(self) -> int | None:
        """The process in service, if any."""
        child = self._child
        return child.process.pid if child is not None and child.usable else None

    def recognise(self, bitmap: Bitmap, engine: str = USUAL, doubts: Doubts | None = None) -> Recognised:
        """Blocks. A page during which the process dies is tried once more.

        Where the engine has further readers, they read the boxes that `doubts` names, one reader after the other.

        Raises KeyError for an unknown engine, TimeoutError after the page's processor time, OSError when the engine does not run.
        """
        if engine not in ENGINES:
            raise KeyError(engine)
        with self._lock:
            for last in (False, True):
                try:
                    child = self._in_service(engine)
                    found = child.ask(bitmap, self._page_seconds)
                    for reader in FURTHER_READERS.get(engine, ()):
                        places = doubts(found.boxes) if doubts is not None else ()
                        found = _read_again(child, found, reader, places, self._page_seconds)
                except TimeoutError:
                    self._drop()
                    raise
                except (OSError, EOFError) as error:
                    self._drop()
                    if last:
                        raise OSError("the recognising process died twice on one page") from error
                else:
                    if child.too_big():
                        self._drop()
                    return found
        raise AssertionError("unreachable")

    async def recognise_soon(
        self, bitmap: Bitmap, engine: str = USUAL, doubts: Doubts | None = None
    ) -> Recognised:
        """As `recognise`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.recognise, bitmap, engine, doubts)

    def close(self) -> None:
        """End the process."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._drop()
        self._cache.cleanup()

    def _in_service(self, engine: str) -> _Child:
        child = self._child
        if child is None or not child.usable or child.engine != engine:
            self._drop()
            child = self._child = _Child(engine, Path(self._cache.name))
        return child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.end()
            self._child = None


def _read_again(
    child: _Child, found: Recognised, reader: str, places: Sequence[int], seconds: float
) -> Recognised:
    if not places:
        return found
    texts = dict(zip(places, child.ask_again(reader, places, seconds), strict=True))
    boxes = tuple(
        replace(box, others=(*box.others, texts[place])) if place in texts else box
        for place, box in enumerate(found.boxes)
    )
    return replace(found, boxes=boxes)


_shared: dict[int, Recogniser] = {}
_shared_lock = threading.Lock()


def shared_recogniser() -> Recogniser:
    """The recogniser of this server process, made at first use."""
    with _shared_lock:
        mine = _shared.get(os.getpid())
        if mine is None:
            mine = _shared[os.getpid()] = Recogniser()
            atexit.register(mine.close)
        return mine
