"""A foreign file is read by a process that inherits nothing, is bounded, and leaves nothing behind (IMP-1, PLAT-9)."""

import asyncio
import io
import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import xlwt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from zhangfang_books.importing import reading_rows
from zhangfang_books.importing.reading_rows import AT_ONCE, rows_of
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import seen

TABLE = "日期,摘要,借方\n2026-03-01,买纸,10\n2026-03-02,卖纸,20\n".encode()
SPY = """import json, os, sys
from pathlib import Path
files = sorted(int(n) for n in os.listdir("/proc/self/fd"))
print(json.dumps(["环境", 1, sorted(os.environ)]))
print(json.dumps(["文件", 1, [os.readlink(f"/proc/self/fd/{n}") for n in files if Path(f"/proc/self/fd/{n}").exists() or n < 3]]))
"""


async def told(content: bytes) -> list[list[str]]:
    async with rows_of(content) as rows:
        assert [row.cells for row in rows()] == [row.cells for row in rows()], "as often as wanted"
        return [row.cells for row in rows()]


async def test_a_table_is_read() -> None:
    assert await told(TABLE) == [["日期", "摘要", "借方"], ["2026-03-01", "买纸", "10"], ["2026-03-02", "卖纸", "20"]]


async def test_the_reader_inherits_neither_variables_nor_open_files(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The master key stands in the environment of a server that is given one."""
    monkeypatch.setenv("ZHANGFANG_MASTER_KEY", "secret")
    monkeypatch.setattr(reading_rows, "_PROGRAM", ("-I", "-c", SPY))
    secret = (tmp_path / "secret").open("w")
    os.set_inheritable(secret.fileno(), True)
    try:
        variables, files = await told(TABLE)
    finally:
        secret.close()
    assert set(variables) <= {"PATH", "LANG", "PYTHONDONTWRITEBYTECODE", "LC_CTYPE"}
    assert str(tmp_path) not in "".join(files)


async def test_no_file_has_a_name_while_it_is_read_or_after(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """So nothing is left, whoever is killed."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    async with rows_of(TABLE) as rows:
        assert len(list(rows())) == 3
        assert list(tmp_path.iterdir()) == []
    assert list(tmp_path.iterdir()) == []


async def test_no_more_than_a_few_read_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_rows, "_reading", asyncio.Semaphore(AT_ONCE))
    under_way, most = 0, 0
    read = reading_rows._read

    async def counted(*given: object) -> int:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        try:
            return await read(*given)  # type: ignore[arg-type]  # as it was given
        finally:
            under_way -= 1

    monkeypatch.setattr(reading_rows, "_read", counted)
    await asyncio.gather(*(told(TABLE) for _ in range(AT_ONCE * 3)))
    assert most == AT_ONCE


async def test_a_reader_that_takes_too_long_or_that_nobody_waits_for_is_ended(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pids = tmp_path / "pids"
    sleeper = f"import os, time; open({str(pids)!r}, 'a').write(str(os.getpid()) + chr(10)); time.sleep(60)"
    monkeypatch.setattr(reading_rows, "_PROGRAM", ("-I", "-c", sleeper))
    monkeypatch.setattr(reading_rows, "LONGEST_SECONDS", 1)
    with pytest.raises(Refusal, match=r"books\.import_unreadable"):
        await told(TABLE)
    monkeypatch.setattr(reading_rows, "LONGEST_SECONDS", 60)
    waiting = asyncio.create_task(told(TABLE))
    while len(pids.read_text().split()) < 2:
        await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    for pid in pids.read_text().split():
        with pytest.raises(ProcessLookupError):
            os.kill(int(pid), 0)


SIGNS = "\x00\x01\x0b\x1f\x7f\u202e\u200b\ufeff"
IN_XML = "\u202e\u200b\ufeff"
"""Those that XML, and so .xlsx, can hold."""


def _xls(cells: Sequence[Sequence[str]]) -> bytes:
    book, out = xlwt.Workbook(), io.BytesIO()
    sheet = book.add_sheet("表")
    for row, texts in enumerate(cells):
        for column, text in enumerate(texts):
            sheet.write(row, column, text)
    book.save(out)
    return out.getvalue()


def _xlsx(cells: Sequence[Sequence[str]]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for texts in cells:
        book.active.append([text.translate({ord(sign): None for sign in set(SIGNS) - set(IN_XML)}) for text in texts])
    book.save(out)
    return out.getvalue()


def _csv(cells: Sequence[Sequence[str]]) -> bytes:
    return "".join(",".join(texts) + "\n" for texts in cells).encode()


@pytest.mark.parametrize("written", [_csv, _xls, _xlsx], ids=["csv", "xls", "xlsx"])
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(SIGNS), min_size=1, max_size=4).map("".join), min_size=9, max_size=9))
def test_no_cell_brings_a_sign_that_nobody_sees(
    written: Callable[[Sequence[Sequence[str]]], bytes], signs: list[str]
) -> None:
    """In whatever place of whatever cell they stand, in every kind of table: cleaned, or the file is refused."""
    words = ("日期", "摘要", "借方", "2026-03-01", "买纸", "10", "2026-03-02", "卖纸", "20")
    texts = [f"{word[:1]}{sign}{word[1:]}{sign}" for word, sign in zip(words, signs, strict=True)]
    content = written([texts[place : place + 3] for place in (0, 3, 6)])
    if b"\x00" in content and written is _csv:
        with pytest.raises(Refusal, match=r"books\.import_unreadable"):
            asyncio.run(told(content))
        return
    cells = [cell for row in asyncio.run(told(content)) for cell in row]
    assert [cell for cell in cells if seen(cell) != cell] == []
    assert "".join(cells) == "".join(words)
