"""Reads a file in a process of its own, with limits on memory, time, files and network.

One warm process is kept; it forks for each file (see `child`). Works from any thread and event loop.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from zhangfang_capture_ocr.reading.refusals import CODES, MAX_PDF_BYTES, Refused
from zhangfang_capture_ocr.reading.sniffing import HEAD_BYTES, sniff
from zhangfang_capture_ocr.reading.values import Reading
from zhangfang_capture_ocr.reading.wire import READY, REQUEST, WALLED, load_parsed

WALL_SECONDS: Final = 10.0
START_SECONDS: Final = 30.0
"""How long the warm process may take to load on a busy machine before it is given up."""
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
TOGETHER: Final = 2
"""Files read at the same time; more wait their turn."""
_CHILD_MODULE: Final = "zhangfang_capture_ocr.reading.child"
_NAME_BYTES: Final = 1024


class _Warm:
    """The warm process and the socket that it listens on."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603
                [sys.executable, "-I", "-m", _CHILD_MODULE],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={"LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
            )
        self._control.settimeout(START_SECONDS)
        said = b""
        with contextlib.suppress(OSError):
            said = self._control.recv(1)
        if said not in (READY, WALLED):
            self.end()
            raise Refused("decode.crashed")
        self.walled = said == WALLED

    @property
    def usable(self) -> bool:
        return self.owner == os.getpid() and self.process.poll() is None

    def fork(self) -> socket.socket:
        """A connection to a new process. Raises OSError when the warm process is gone."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(self._control, [b"F"], [theirs.fileno()])
            except OSError:
                ours.close()
                raise
        return ours

    def end(self) -> None:
        self._control.close()
        if self.owner == os.getpid():
            with contextlib.suppress(OSError):
                self.process.kill()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=5)


class Reader:
    """Reads files in forks of a warm process, which is started at first use and again should it die."""

    def __init__(self, wall_seconds: float = WALL_SECONDS) -> None:
        self._wall_seconds = wall_seconds
        self._warm: _Warm | None = None
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(max_workers=TOGETHER, thread_name_prefix="invoice-reading")

    def warm(self) -> _Warm:
        """Start the warm process unless it runs; called at a server's start it spares the first file the wait."""
        with self._lock:
            if self._warm is None or not self._warm.usable:
                if self._warm is not None:
                    self._warm.end()
                self._warm = _Warm()
            return self._warm

    def read(self, data: bytes, name: str) -> Reading:
        """Read one file; blocks. Raises `Refused`."""
        if len(data) > MAX_PDF_BYTES:
            raise Refused("file.too_large")
        sniff(data[:HEAD_BYTES], name)
        try:
            connection = self.warm().fork()
        except OSError:
            # The warm process died between two files, which says nothing of this one.
            connection = self.warm().fork()
        with connection:
            return _understood(self._ask(connection, data, name))

    def _ask(self, connection: socket.socket, data: bytes, name: str) -> bytes:
        written = name.encode("utf-8", errors="replace")[:_NAME_BYTES]
        deadline = time.monotonic() + self._wall_seconds
        answer = bytearray()
        try:
            connection.settimeout(self._wall_seconds)
            connection.sendall(REQUEST.pack(len(written), len(data)) + written + data)
            while True:
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                piece = connection.recv(1 << 16)
                if not piece:
                    return bytes(answer)
                answer += piece
                if len(answer) > MAX_ANSWER_BYTES:
                    raise Refused("decode.too_big")
        except TimeoutError as error:
            raise Refused("decode.too_slow") from error
        except OSError as error:
            raise Refused("decode.crashed") from error

    async def read_soon(self, data: bytes, name: str) -> Reading:
        """As `read`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, data, name)

    def close(self) -> None:
        """End the warm process and, with their connections, its forks."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._warm is not None:
                self._warm.end()
                self._warm = None


def _understood(answer: bytes) -> Reading:
    """The reading in an answer. Raises `Refused`, also when the answer was cut off."""
    try:
        said = json.loads(answer)
        if "refused" in said:
            raise Refused(said["refused"] if said["refused"] in CODES else "decode.crashed")
        return load_parsed(said)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise Refused("decode.crashed") from error


_reader: Reader | None = None
_reader_lock = threading.Lock()


def shared_reader() -> Reader:
    """The reader of this process, made at first use."""
    global _reader
    with _reader_lock:
        if _reader is None:
            _reader = Reader()
            atexit.register(_reader.close)
        return _reader


async def read_confined(data: bytes, name: str) -> Reading:
    """Read one untrusted file in a process with limits. Raises `Refused` for every file that gives no reading."""
    return await shared_reader().read_soon(data, name)
