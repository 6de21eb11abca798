"""The processes that read untrusted files: a warm parent that loads everything once, and one fork for each file.

`confined` starts this module with a socket as standard input and sends, for each file, one end of a socket pair.
The fork on the other end shuts itself in, reads the file, answers and ends, so no file can touch the next.
Both ends of both sockets are open for as long as their owner lives: the end of input means that it is gone,
even by kill -9, and the processes end themselves.
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import threading
from typing import Final

from PIL import Image

from zhangfang_capture_ocr.reading import Refused, read, wire
from zhangfang_capture_ocr.reading.archives import unpacked
from zhangfang_capture_ocr.reading.looks import look_of
from zhangfang_capture_ocr.reading.pictures import decoded, drawn
from zhangfang_capture_ocr.reading.qr import codes_in
from zhangfang_capture_ocr.reading.wire import READY, REQUEST, WALLED

MEMORY_BYTES: Final = 512 * 1024 * 1024
"""Address space of one fork (RLIMIT_AS)."""
CPU_SECONDS: Final = 10
LONGEST_SECONDS: Final = 15.0
"""Wall time after which a fork ends by itself, should its parent not have done it."""
_OPEN_FILES: Final = 16
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000
_NO_NEW_PRIVILEGES: Final = 38


def main() -> None:
    """Fork a reader for each socket that comes, until the owner is gone."""
    control = socket.socket(fileno=os.dup(0))
    # Loaded here once: a fork may open hardly any file.
    Image.init()
    importlib.import_module("zhangfang_capture_ocr.reading.pdf_signature")
    # What is loaded stays shared with the forks, which end before there is anything to collect.
    gc.collect()
    gc.freeze()
    gc.disable()
    # Whatever native code prints must reach nobody.
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(quiet, standard)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control.sendall(WALLED if _without_network() else READY)
    while True:
        message, handles, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        if os.fork() == 0:
            control.close()
            try:
                _serve(socket.socket(fileno=handles[0]))
            finally:
                os._exit(0)
        for handle in handles:
            os.close(handle)


def _serve(owner: socket.socket) -> None:
    """Read one file and answer."""
    signal.setitimer(signal.ITIMER_REAL, LONGEST_SECONDS)
    _limit()
    task, argument, name_length, data_length = REQUEST.unpack(_exactly(owner, REQUEST.size))
    name = _exactly(owner, name_length).decode("utf-8", errors="replace")
    data = _exactly(owner, data_length)
    threading.Thread(target=_end_with_owner, args=(owner,), daemon=True).start()
    said, content = _answer(task, argument, data, name)
    owner.sendall(said.encode("utf-8") + b"\n")
    owner.sendall(content)


def _answer(task: int, argument: int, data: bytes, name: str) -> tuple[str, bytes]:
    try:
        match task:
            case wire.DECODE:
                return _page(data, argument)
            case wire.DRAW:
                return json.dumps({"drawn": True}), drawn(data, argument % 4 * 90, argument // 4)
            case wire.UNPACK:
                return _members(data, argument)
            case _:
                return wire.dump_file(read(data, name)), b""
    except Refused as refused:
        return json.dumps({"refused": refused.code}), b""
    except MemoryError:
        return json.dumps({"refused": "decode.too_big"}), b""


def _page(data: bytes, page: int) -> tuple[str, bytes]:
    picture = decoded(data, page)
    if picture is None:
        return json.dumps({"blank": True}), b""
    codes = [[code.text, code.x, code.y] for code in codes_in(picture)]
    said = {"width": picture.width, "height": picture.height, "codes": codes, "look": look_of(picture)}
    return json.dumps(said), picture.tobytes()


def _members(data: bytes, first: int) -> tuple[str, bytes]:
    members, following = unpacked(data, first)
    told = [{"name": each.name, "size": len(each.data), "refused": each.refused} for each in members]
    return json.dumps({"members": told, "next": following}), b"".join(each.data for each in members)


def _exactly(owner: socket.socket, count: int) -> bytes:
    """Receive `count` bytes, or end the process when the owner is gone."""
    pieces = bytearray()
    while len(pieces) < count:
        piece = owner.recv(min(count - len(pieces), 1 << 20))
        if not piece:
            os._exit(0)
        pieces += piece
    return bytes(pieces)


def _end_with_owner(owner: socket.socket) -> None:
    while owner.recv(1):
        pass
    os.kill(os.getpid(), signal.SIGKILL)


def _limit() -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = int(used.ru_utime + used.ru_stime) + 1 + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_OPEN_FILES, _OPEN_FILES))


def _without_network() -> bool:
    """Enter a network of its own, with nothing in it, where the kernel lets an ordinary user do so."""
    if not sys.platform.startswith("linux"):
        return False
    system = ctypes.CDLL(None, use_errno=True)
    system.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    return any(system.unshare(flags) == 0 for flags in (_CLONE_NEWUSER | _CLONE_NEWNET, _CLONE_NEWNET))


if __name__ == "__main__":
    main()
