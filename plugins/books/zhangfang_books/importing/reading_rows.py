"""Run the confined reader on a file, and read its rows back one at a time.

Neither the file nor its rows have a name on the disk: killed at any moment, nothing of them is left. The reader gets no variable and no open
file of this process.
"""

import asyncio
import json
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import IO, NamedTuple

from zhangfang_books.importing.child import TOO_LONG
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import seen

LONGEST_SECONDS = 150
MOST_BYTES = 64 * 1024 * 1024
AT_ONCE = 2
"""Files read at a time in one process; the others wait. A reader may take a gigabyte."""
BLANK = b"\x00\t\r\n "
PIECE = 1 << 20
# -I: no variables of Python's, and nothing of the folder it stands in.
_PROGRAM = ("-I", "-m", "zhangfang_books.importing.child")
_ENVIRONMENT = {"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}

_reading = asyncio.Semaphore(AT_ONCE)


class SheetRow(NamedTuple):
    """``number`` from 1 as the program that opens the file counts."""

    sheet: str
    number: int
    cells: list[str]


Rows = Callable[[], Iterator[SheetRow]]


@asynccontextmanager
async def rows_of(content: bytes) -> AsyncIterator[Rows]:
    """Gives a function that goes through the rows of all sheets from the start, as often as wanted; empty rows are left out.

    Excel (.xlsx, .xls), CSV (UTF-8, GBK), 用友's .txt, GB/T 24589.1 XML. Raises Refusal ``books.import_too_large``,
    ``books.import_empty``, ``books.import_unreadable``.
    """
    if len(content) > MOST_BYTES:
        raise Refusal("books.import_too_large", "文件超过 64MB,请分几次导入。", field="file")
    if not content.strip(BLANK):
        raise Refusal("books.import_empty", "文件是空的,请重新下载后再选。", field="file")
    with tempfile.TemporaryFile() as written:
        async with _reading:
            code = await _read(content, written)
        if code == TOO_LONG:
            raise Refusal("books.import_too_large", "文件行数太多,请分几次导入。", field="file")
        if code != 0:
            raise Refusal(
                "books.import_unreadable",
                "这个文件读不出来,可能没有下载完整,或有打开密码。能读的有:Excel(.xlsx、.xls)、CSV 或文本(UTF-8、GBK)、XML;请重新下载,去掉密码后再选。",
                field="file",
            )
        yield lambda: (_row(line) for line in _lines(written.fileno()))


def _row(line: bytes) -> SheetRow:
    """Without signs that nobody sees: what a foreign file holds is cleaned here, whatever asked for its rows."""
    sheet, number, cells = json.loads(line)
    return SheetRow(seen(sheet), number, [seen(cell) for cell in cells])


async def _read(content: bytes, written: IO[bytes]) -> int:
    """The reader's exit code; it is ended when nobody waits for it any more."""
    with tempfile.TemporaryFile() as source:
        source.write(content)
        source.seek(0)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *_PROGRAM),
            stdin=source,
            stdout=written,
            stderr=asyncio.subprocess.DEVNULL,
            env=_ENVIRONMENT,
            cwd="/",
        )
    try:
        return await asyncio.wait_for(process.wait(), LONGEST_SECONDS)
    except TimeoutError:
        return -9
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _lines(file: int) -> Iterator[bytes]:
    """From the start, whoever reads the same file besides."""
    place, rest = 0, b""
    while piece := os.pread(file, PIECE, place):
        place += len(piece)
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines
