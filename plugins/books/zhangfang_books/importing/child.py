"""Reads one foreign Excel file in a process of its own: ``python -m … SOURCE TARGET`` writes a JSON array of texts for each row.

The file comes from outside: memory, time, the written file's size and the number of rows are bounded; a bomb ends
this process and nothing else.
"""

import json
import resource
import sys
import warnings
from datetime import date, datetime
from pathlib import Path

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS = 120
WRITTEN_BYTES = 256 * 1024 * 1024
MOST_ROWS = 500_000
MOST_COLUMNS = 60
LONGEST_CELL = 500


def main(source: str, target: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (WRITTEN_BYTES, WRITTEN_BYTES))
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    from openpyxl import load_workbook  # inside the limits

    warnings.simplefilter("ignore")
    book = load_workbook(source, read_only=True, data_only=True, keep_links=False)
    page = book.worksheets[0]
    page.reset_dimensions()
    with Path(target).open("w", encoding="utf-8") as out:
        for number, row in enumerate(page.iter_rows(values_only=True, max_col=MOST_COLUMNS), 1):
            if number > MOST_ROWS:
                return 3
            out.write(json.dumps([_text(value) for value in row], ensure_ascii=False) + "\n")
    return 0


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, float):
        # Excel keeps 0.3 as 0.30000000000000004: what differs from whole fen by less than that is whole fen.
        return f"{value:.2f}" if abs(value - round(value, 2)) < 1e-6 else repr(value)
    return str(value)[:LONGEST_CELL]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
