"""Run the confined reader on a file, and read its rows back one at a time."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

from zhangfang_books.importing.child import TOO_LONG
from zhangfang_sdk.errors import Refusal

LONGEST_SECONDS = 150
MOST_BYTES = 64 * 1024 * 1024
BLANK = b"\x00\t\r\n "


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
    with tempfile.TemporaryDirectory(prefix="books-import-") as folder:
        source, target = Path(folder) / "file", Path(folder) / "rows.jsonl"
        source.write_bytes(content)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "zhangfang_books.importing.child", str(source), str(target)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
        try:
            code = await asyncio.wait_for(process.wait(), LONGEST_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()
            code = -9
        if code == TOO_LONG:
            raise Refusal("books.import_too_large", "文件行数太多,请分几次导入。", field="file")
        if code != 0:
            raise Refusal(
                "books.import_unreadable",
                "这个文件读不出来。能读的有:Excel(.xlsx、.xls)、CSV 或文本(UTF-8、GBK)、GB/T 24589.1 的 XML;有打开密码的请先去掉密码。",
                field="file",
            )

        def rows() -> Iterator[SheetRow]:
            with target.open(encoding="utf-8") as lines:
                for line in lines:
                    yield SheetRow(*json.loads(line))

        yield rows
