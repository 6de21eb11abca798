"""Keeps the recognising process: one for all uploads, started at first use, again when it dies or grows too big."""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import psutil

from zhangfang_capture_ocr.recognising.child import ANSWER, READY, REQUEST, exactly
from zhangfang_capture_ocr.recognising.values import ENGINES, Recognised
from zhangfang_sdk.recognition import Bitmap, TextBox

MEMORY_BYTES: Final = 1_200_000_000
"""Resident memory above which the process is ended after its page."""
PAGE_SECONDS: Final = 60.0
START_SECONDS: Final = 60.0
_MODULE: Final = "zhangfang_capture_ocr.recognising.child"


class _Child:
    def __init__(self, engine: str, cache: Path) -> None:
        self.engine = engine
        self._line, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603
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
        deadline = time.monotonic() + seconds
        self._line.settimeout(seconds)
        self._line.sendall(REQUEST.pack(bitmap.width, bitmap.height) + bitmap.rgb)
        self._line.settimeout(max(deadline - time.monotonic(), 0.001))
        (length,) = ANSWER.unpack(exactly(self._line, ANSWER.size))
        said = json.loads(exactly(self._line, length))
        return Recognised(**{**said, "boxes": tuple(TextBox(**box) for box in said["boxes"])})

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

    def recognise(self, bitmap: Bitmap, engine: str = "paddle") -> Recognised:
        """Blocks. A page during which the process dies is tried once more.

        Raises KeyError for an unknown engine, TimeoutError after the page's time, OSError when the engine does not run.
        """
        if engine not in ENGINES:
            raise KeyError(engine)
        with self._lock:
            for last in (False, True):
                try:
                    child = self._in_service(engine)
                    found = child.ask(bitmap, self._page_seconds)
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

    async def recognise_soon(self, bitmap: Bitmap, engine: str = "paddle") -> Recognised:
        """As `recognise`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self.recognise, bitmap, engine)

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
