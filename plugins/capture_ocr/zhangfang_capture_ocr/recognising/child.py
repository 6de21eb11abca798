"""The process that holds an engine. Bitmaps come through the socket on standard input; it ends with its owner."""

from __future__ import annotations

import ctypes
import json
import os
import socket
import struct
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np

REQUEST: Final = struct.Struct(">II")
"""Width and height in pixels; the pixels follow. A width of 0 asks for lines of the last page once more: the height is then the
length of the JSON that follows, `reader` and `places` (indexes of the last answer's boxes)."""
ANSWER: Final = struct.Struct(">I")
"""Length of the JSON that follows, in bytes."""
READY: Final = b"R"
_DIE_WITH_PARENT: Final = 1
_SIGKILL: Final = 9
_NETWORK: Final = frozenset(
    {"socket.connect", "socket.getaddrinfo", "socket.bind", "socket.sendto", "socket.gethostbyname"}
)


def main() -> None:
    """Load the engine named first, with its cache folder named second, then answer until the owner is gone."""
    name, cache = sys.argv[1], Path(sys.argv[2])
    owner = socket.socket(fileno=os.dup(0))
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(quiet, standard)
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, _SIGKILL, 0, 0, 0)
    sys.addaudithook(_refuse_network)
    from zhangfang_capture_ocr.recognising.cascade import Cascade
    from zhangfang_capture_ocr.recognising.engines import Run, open_engine
    from zhangfang_capture_ocr.recognising.upright import read_upright

    engine = open_engine(name, cache)
    owner.sendall(READY)
    runs: list[Run] = []
    while True:
        width, height = REQUEST.unpack(exactly(owner, REQUEST.size))
        if not width:
            asked = json.loads(exactly(owner, height))
            _answer(owner, engine.again(runs, asked["places"], asked["reader"]) if isinstance(engine, Cascade) else [])
            continue
        if isinstance(engine, Cascade):
            engine.forget()
        pixels = np.frombuffer(exactly(owner, width * height * 3), dtype=np.uint8).reshape(height, width, 3)
        recognised, runs = read_upright(engine, name, pixels)
        _answer(owner, asdict(recognised))


def _answer(owner: socket.socket, said: object) -> None:
    written = json.dumps(said).encode("utf-8")
    owner.sendall(ANSWER.pack(len(written)) + written)


def exactly(source: socket.socket, count: int) -> bytes:
    """Receive `count` bytes. Raises EOFError when the other side is gone."""
    pieces = bytearray()
    while len(pieces) < count:
        piece = source.recv(min(count - len(pieces), 1 << 20))
        if not piece:
            raise EOFError
        pieces += piece
    return bytes(pieces)


def _refuse_network(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _NETWORK:
        raise PermissionError("the recognising process has no network")


if __name__ == "__main__":
    try:
        main()
    except EOFError:
        sys.exit(0)
