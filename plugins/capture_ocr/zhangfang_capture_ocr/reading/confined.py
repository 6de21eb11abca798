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
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from zhangfang_capture_ocr.reading.archives import Member
from zhangfang_capture_ocr.reading.parts import FileReading
from zhangfang_capture_ocr.reading.qr import PlacedCode
from zhangfang_capture_ocr.reading.refusals import CODES, MAX_PICTURE_BYTES, Refused
from zhangfang_capture_ocr.reading.sniffing import HEAD_BYTES, sniff
from zhangfang_capture_ocr.reading.wire import DECODE, DRAW, READ, READY, REQUEST, UNPACK, WALLED, load_file, visible
from zhangfang_sdk.recognition import LONGEST_SIDE, Bitmap

WALL_SECONDS: Final = 10.0
START_SECONDS: Final = 30.0
"""How long the warm process may take to load on a busy machine before it is given up."""
MAX_ANSWER_BYTES: Final = 8 * 1024 * 1024
MAX_BITMAP_BYTES: Final = LONGEST_SIDE * LONGEST_SIDE * 3 + 1024 * 1024
MAX_MEMBERS_BYTES: Final = MAX_PICTURE_BYTES + 4 * 1024 * 1024
TOGETHER: Final = 2
"""Files read at the same time; more wait their turn."""
_CHILD_MODULE: Final = "zhangfang_capture_ocr.reading.child"
_NAME_BYTES: Final = 1024


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DecodedPage:
    """The pixels of a page, the QR codes on it, and its look (see `looks`)."""

    bitmap: Bitmap
    codes: tuple[PlacedCode, ...]
    look: str = ""


class _Warm:
    """The warm process and the socket that it listens on."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._control, theirs = socket.socketpair()
        with theirs:
            self.process = subprocess.Popen(  # noqa: S603  # our own program
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

    def read(self, data: bytes, name: str) -> FileReading:
        """Read one file; blocks. Raises `Refused`."""
        sniff(data[:HEAD_BYTES], name)
        return _understood(load_file, _parsed(self._done(READ, data, name)[0]))

    def decode(self, data: bytes, page: int) -> DecodedPage | None:
        """A picture's frame or a PDF's page as pixels with its QR codes, None where it is blank; blocks. Raises `Refused`."""
        said, pixels = self._done(DECODE, data, argument=page, limit=MAX_BITMAP_BYTES)
        return _understood(lambda parsed: _page(parsed, pixels), _parsed(said))

    def unpack(self, data: bytes, first: int) -> tuple[list[Member], int | None]:
        """Members of an archive from the one counted `first`, as many as fit, and which comes next (None: no more); blocks. Raises `Refused`."""
        said, content = self._done(UNPACK, data, argument=first, limit=MAX_MEMBERS_BYTES)
        return _understood(lambda parsed: _members(parsed, content), _parsed(said))

    def draw(self, data: bytes, turned: int, page: int) -> bytes:
        """A frame of a picture as a JPEG made anew, turned clockwise by so many degrees; blocks. Raises `Refused`."""
        said, content = self._done(DRAW, data, argument=page * 4 + turned // 90)
        _parsed(said)
        return content

    def _done(
        self, task: int, data: bytes, name: str = "", *, argument: int = 0, limit: int = MAX_ANSWER_BYTES
    ) -> tuple[bytes, bytes]:
        """The line that a fork said and the bytes after it."""
        if len(data) > MAX_PICTURE_BYTES:
            raise Refused("file.too_large")
        try:
            connection = self.warm().fork()
        except OSError:
            # The warm process died between two files, which says nothing of this one.
            connection = self.warm().fork()
        with connection:
            said, _, content = self._ask(connection, task, argument, data, name, limit).partition(b"\n")
            return said, content

    def _ask(self, connection: socket.socket, task: int, argument: int, data: bytes, name: str, limit: int) -> bytes:
        written = name.encode("utf-8", errors="replace")[:_NAME_BYTES]
        deadline = time.monotonic() + self._wall_seconds
        answer = bytearray()
        try:
            connection.settimeout(self._wall_seconds)
            connection.sendall(REQUEST.pack(task, argument, len(written), len(data)) + written + data)
            while True:
                connection.settimeout(max(deadline - time.monotonic(), 0.001))
                piece = connection.recv(1 << 20)
                if not piece:
                    return bytes(answer)
                answer += piece
                if len(answer) > limit:
                    raise Refused("decode.too_big")
        except TimeoutError as error:
            raise Refused("decode.too_slow") from error
        except OSError as error:
            raise Refused("decode.crashed") from error

    async def read_soon(self, data: bytes, name: str) -> FileReading:
        """As `read`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.read, data, name)

    async def decode_soon(self, data: bytes, page: int) -> DecodedPage | None:
        """As `decode`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.decode, data, page)

    async def unpack_soon(self, data: bytes, first: int) -> tuple[list[Member], int | None]:
        """As `unpack`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.unpack, data, first)

    async def draw_soon(self, data: bytes, turned: int, page: int) -> bytes:
        """As `draw`, without blocking the event loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self.draw, data, turned, page)

    def close(self) -> None:
        """End the warm process and, with their connections, its forks."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._warm is not None:
                self._warm.end()
                self._warm = None


def _parsed(answer: bytes) -> dict[str, Any]:
    """What a fork said of a foreign file, without signs that nobody sees. Raises `Refused`, also when the answer was cut off."""
    try:
        said = json.loads(answer)
        refused = said.get("refused")
    except (ValueError, AttributeError) as error:
        raise Refused("decode.crashed") from error
    if refused is not None:
        raise Refused(refused if refused in CODES else "decode.crashed")
    return dict(visible(said))


def _understood(load: Callable[[dict[str, Any]], T], said: dict[str, Any]) -> T:
    """What a fork said, made into values. Raises `Refused`."""
    try:
        return load(said)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise Refused("decode.crashed") from error


def _page(said: dict[str, Any], pixels: bytes) -> DecodedPage | None:
    if said.get("blank"):
        return None
    codes = tuple(PlacedCode(str(text), float(x), float(y)) for text, x, y in said["codes"])
    return DecodedPage(Bitmap(int(said["width"]), int(said["height"]), pixels), codes, str(said["look"]))


def _members(said: dict[str, Any], content: bytes) -> tuple[list[Member], int | None]:
    members, at = [], 0
    for each in said["members"]:
        size = int(each["size"])
        members.append(Member(str(each["name"]), content[at : at + size], str(each["refused"])))
        at += size
    return members, None if said["next"] is None else int(said["next"])


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


async def read_confined(data: bytes, name: str) -> FileReading:
    """Read one untrusted file in a process with limits. Raises `Refused` for every file that gives no reading."""
    return await shared_reader().read_soon(data, name)


async def decode_confined(data: bytes, page: int = 0) -> DecodedPage | None:
    """A page of a stranger's file as pixels, decoded in a process with limits; None where it is blank. Raises `Refused`."""
    return await shared_reader().decode_soon(data, page)


async def unpack_confined(data: bytes, first: int = 0) -> tuple[list[Member], int | None]:
    """Members of a stranger's archive, see `Reader.unpack`. Raises `Refused`."""
    return await shared_reader().unpack_soon(data, first)


async def draw_confined(data: bytes, turned: int, page: int = 0) -> bytes:
    """One frame (from 0) of a stranger's picture as an upright JPEG of our own, made in a process with limits. Raises `Refused`."""
    return await shared_reader().draw_soon(data, turned, page)
