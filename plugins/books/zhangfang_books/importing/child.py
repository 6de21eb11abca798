"""Reads one foreign file in a process of its own, from its input: writes a JSON line [sheet, row from 1, texts] for each row to its output.

The file comes from outside: memory, time, the size of what is written and the number of rows are bounded; a bomb ends
this process and nothing else. Exit 3: too many rows; exit 4: no kind of file that is read.
"""

import json
import resource
import sys
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from itertools import chain

from zhangfang_books.importing import camt053, e_invoice_reading, gbt24589_reading, mt940, ofx, text_tables

MEMORY_BYTES = 1024 * 1024 * 1024
CPU_SECONDS = 120
WRITTEN_BYTES = 256 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 256
LONGEST_CELL = 500
MOST_UNPACKED = 128 * 1024 * 1024

TOO_LONG, UNKNOWN_KIND = 3, 4
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Sheets = Iterator[tuple[str, int, list[str]]]


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    rows = _rows(sys.stdin.buffer.read())
    if rows is None:
        return UNKNOWN_KIND
    with open(sys.stdout.fileno(), "w", encoding="utf-8", closefd=False) as out:
        for count, (sheet, number, cells) in enumerate(rows, 1):
            if count > MOST_ROWS:
                return TOO_LONG
            if any(cells):
                texts = [text[:LONGEST_CELL] for text in cells[:MOST_COLUMNS]]
                out.write(json.dumps([sheet, number, texts], ensure_ascii=False) + "\n")
    return 0


def _rows(content: bytes) -> Sheets | None:
    """By the first bytes, whatever the file is called."""
    if content.startswith(_ZIP) and not _is_workbook(content):
        return _packed(content)
    if content.startswith((_ZIP, _OLE)):
        return _workbook(content)
    text = text_tables.decoded(content)
    if text is None:
        return None
    if gbt24589_reading.fits(text):
        return gbt24589_reading.rows(text)
    if camt053.fits(text):
        return camt053.rows(text)
    if ofx.fits(text):
        return ofx.rows(text)
    if mt940.fits(text):
        return mt940.rows(text)
    if e_invoice_reading.fits(text):
        return e_invoice_reading.rows(text)
    if text_tables.is_page(text):
        return text_tables.rows_of_page(text)
    return None if text.lstrip().startswith("<?xml") else text_tables.rows(text)


def _is_workbook(content: bytes) -> bool:
    with zipfile.ZipFile(BytesIO(content)) as packed:
        return any(name.startswith(("xl/", "Workbook", "[Content_Types]", "content.xml")) for name in packed.namelist())


def _packed(content: bytes) -> Sheets | None:
    """Text tables in a ZIP, as wallets send their bills: a sheet of each."""
    found: list[Sheets] = []
    with zipfile.ZipFile(BytesIO(content), metadata_encoding="gbk") as packed:
        for member in packed.infolist():
            if member.filename.lower().endswith((".csv", ".txt")) and member.file_size <= MOST_UNPACKED:
                text = text_tables.decoded(packed.read(member))
                if text is not None:
                    found.append(_called(member.filename, text_tables.rows(text)))
    return chain.from_iterable(found) if found else None


def _called(name: str, rows: Sheets) -> Sheets:
    for _, number, cells in rows:
        yield name, number, cells


def _workbook(content: bytes) -> Sheets:
    from python_calamine import CalamineWorkbook  # inside the limits

    book = CalamineWorkbook.from_filelike(BytesIO(content))
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        first = (sheet.start or (0, 0))[0]
        for number, row in enumerate(sheet.iter_rows(), 1 if sheet.height > sheet.total_height - first else first + 1):
            yield name, number, [_text(value) for value in row]


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.time() != time.min:
        return value.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        # Excel keeps 0.3 as 0.30000000000000004: what differs from whole fen by less than that is whole fen.
        return f"{value:.2f}" if abs(value - round(value, 2)) < 1e-6 else repr(value)
    return str(value)


if __name__ == "__main__":
    sys.exit(main())
