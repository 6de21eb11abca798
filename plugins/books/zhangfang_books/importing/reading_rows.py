"""Run the confined reader on a file, and read its rows back one at a time."""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

from zhangfang_sdk.errors import Refusal

LONGEST_SECONDS = 150
MOST_BYTES = 64 * 1024 * 1024
Rows = Callable[[], Iterator[tuple[int, list[str]]]]


@asynccontextmanager
async def rows_of(content: bytes) -> AsyncIterator[Rows]:
    """Gives a function that goes through the rows (number from 1, texts) from the start, as often as wanted.

    Raises Refusal ``books.import_too_large``, ``books.import_unreadable``.
    """
    if len(content) > MOST_BYTES:
        raise Refusal("books.import_too_large", "文件超过 64MB,请分几次导入。", field="file")
    with tempfile.TemporaryDirectory(prefix="books-import-") as folder:
        source, target = Path(folder) / "file.xlsx", Path(folder) / "rows.jsonl"
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
        if code == 3:
            raise Refusal("books.import_too_large", "文件行数太多,请分几次导入。", field="file")
        if code != 0:
            raise Refusal(
                "books.import_unreadable",
                "这个文件读不出来,请确认是 .xlsx 格式(.xls 请在 Excel 里另存为 .xlsx)。",
                field="file",
            )

        def rows() -> Iterator[tuple[int, list[str]]]:
            with target.open(encoding="utf-8") as lines:
                for number, line in enumerate(lines, 1):
                    yield number, json.loads(line)

        yield rows
