"""Draws one page of a PDF, in a process of its own with limits: ``python -m zhangfang_core.documents.draw_page NUMBER``.

The file comes on standard input; the answer is the number of pages (4 bytes, big-endian) and the page as PNG. Exit
codes: 0 drawn, 3 no such page, 4 the file cannot be opened. The limits bind before the first byte is read.
"""

import resource
import struct
import sys
import zlib

import pypdfium2  # type: ignore[import-untyped]  # ships no types

MEMORY = 768 * 1024 * 1024
SECONDS = 10
WIDTH = 1240
"""Pixels: an A4 page at 150 dpi."""

PIXELS = 6_000_000

DRAWN, NO_SUCH_PAGE, UNREADABLE = 0, 3, 4


def confine() -> None:
    """Memory, processor time, no files written, few opened, no dump of what a client sent."""
    for what, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 32),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (limit, limit))


def main() -> int:
    confine()
    number = int(sys.argv[1])
    try:
        opened = pypdfium2.PdfDocument(sys.stdin.buffer.read())
        pages = len(opened)
    except pypdfium2.PdfiumError:
        return UNREADABLE
    sys.stdout.buffer.write(struct.pack(">I", pages))
    if not 1 <= number <= pages:
        return NO_SUCH_PAGE
    page = opened[number - 1]
    width, height = page.get_size()
    if width <= 0 or height <= 0:
        return UNREADABLE
    scale = min(WIDTH / width, (PIXELS / (width * height)) ** 0.5)
    drawn = page.render(scale=scale, rev_byteorder=True)
    sys.stdout.buffer.write(png(bytes(drawn.buffer), drawn.width, drawn.height, drawn.stride, drawn.n_channels))
    return DRAWN


def png(pixels: bytes, width: int, height: int, stride: int, channels: int) -> bytes:
    """A PNG (ISO/IEC 15948) of rows of ``stride`` bytes; ``channels`` is 1 (grey), 3 (RGB) or 4 (RGBA)."""
    kind = {1: 0, 3: 2, 4: 6}[channels]
    rows = b"".join(b"\x00" + pixels[y * stride : y * stride + width * channels] for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0)
    parts = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(rows, 6)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


if __name__ == "__main__":
    sys.exit(main())
