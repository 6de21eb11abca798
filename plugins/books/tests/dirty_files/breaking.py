"""Files as people and attackers send them: cut, flipped, of other kinds, with macros, formulas, bombs, huge sheets, and cells that no table holds.

Drawn from a good Excel file by a seed, so that a run can be had again.
"""

import io
import random
import zipfile
from collections.abc import Callable, Sequence
from functools import cache

from openpyxl import Workbook, load_workbook

Rows = list[list[object]]
Broken = tuple[str, bytes]
"""A name, and what it holds."""

NASTY: Sequence[object] = (
    *("=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://evil.example","x")', "@SUM(1)", "+1", "-", "--1"),
    *("1e999", "NaN", "Infinity", "∞", "-0", "9" * 30, "0.001", "1,2,3", "12.5.1", "1万", "(5)", 1e308, -1e18, 10**18),
    *("2025-13-45", "0000-00-00", "9999-12-31", "2025/2/30", "昨天", 60, -1, "1899-12-30"),
    *(
        "\x00",
        "\x0b\x1f",
        "\ufeff",
        "\u202e乙甲",
        "\ud7ff",
        "😀" * 40,
        "x" * 40_000,
        "\r\n\r\n",
        '"',
        "'; drop table core_voucher --",
    ),
    *("<script>alert(1)</script>", "{{ 7*7 }}", "../../etc/passwd", None, True, False, ""),
)
MAGIC = (
    *(b"%PDF-1.7\n%\xe2\xe3", b"\x89PNG\r\n\x1a\n", b"MZ\x90\x00", b"\x7fELF\x02", b"GIF89a", b"\xff\xd8\xff\xe0"),
    *(
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"PK\x03\x04",
        b"PK\x05\x06" + bytes(18),
        b"Rar!\x1a\x07",
        b"7z\xbc\xaf",
        b'{"a":',
        b"<html>",
        b"\x1f\x8b",
    ),
)
XXE = (
    b"""<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>"""
)
LAUGHS = (
    "<!DOCTYPE a [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]><a>&a11;</a>"
)


def cut(good: bytes, dice: random.Random) -> Broken:
    return "断.xlsx", good[: dice.randrange(1, len(good))]


def flipped(good: bytes, dice: random.Random) -> Broken:
    content = bytearray(good)
    for _ in range(dice.randrange(1, 40)):
        content[dice.randrange(len(content))] = dice.randrange(256)
    return "坏.xlsx", bytes(content)


def of_another_encoding(good: bytes, dice: random.Random) -> Broken:
    text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows_in(good))
    encoding = dice.choice(["utf-16", "utf-32", "big5", "shift_jis", "euc_kr", "utf-7", "latin-1", "cp037", "gb18030"])
    content = text.encode(encoding, "replace")
    return "表.csv", content[dice.randrange(3) :]


def of_another_kind(good: bytes, dice: random.Random) -> Broken:
    return "表.xlsx", dice.choice(MAGIC) + dice.randbytes(dice.randrange(2000))


def with_macros(good: bytes, dice: random.Random) -> Broken:
    return "表.xlsm", parts_of(
        good,
        {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + dice.randbytes(3000), "xl/externalLinks/externalLink1.xml": XXE},
    )


def bomb(good: bytes, dice: random.Random) -> Broken:
    sheet = "xl/worksheets/sheet1.xml"
    if dice.random() < 0.3:
        return "票.zip", parts_of(b"", {f"{n}.csv": bytes(60 * 2**20) for n in range(3)})
    return "表.xlsx", parts_of(good, {sheet: _zeros() if dice.random() < 0.5 else LAUGHS.encode()})


def huge(good: bytes, dice: random.Random) -> Broken:
    """A few cells that say they are the corners of a whole sheet; or more columns than anybody reads."""
    if dice.random() < 0.5:
        wide: Rows = [[f"列{n}" for n in range(3000)], *rows_in(good)]
        return "宽.xlsx", drawn(wide)
    sheet = b"""<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>
<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>"""
    return "大.xlsx", parts_of(good, {"xl/worksheets/sheet1.xml": sheet})


def with_nasty_cells(good: bytes, dice: random.Random) -> Broken:
    """Headings stay, so that what stands below them is read."""
    rows = rows_in(good)
    for _ in range(dice.randrange(1, 6)):
        row = rows[dice.randrange(len(rows) // 2, len(rows))]
        row[dice.randrange(len(row))] = dice.choice(NASTY)
    if dice.random() < 0.5:
        return "表.xlsx", drawn(rows)
    between = dice.choice([",", "\t", ";"])
    text = "\n".join(between.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "表.csv", text.encode("utf-8", "replace")


def rows_mixed(good: bytes, dice: random.Random) -> Broken:
    """Rows doubled, dropped and out of their order, headings among them."""
    rows = rows_in(good)
    return "乱.xlsx", drawn([list(dice.choice(rows)) for _ in range(dice.randrange(1, 30))])


def foreign_xml(good: bytes, dice: random.Random) -> Broken:
    return "表.xml", dice.choice(
        [
            XXE,
            LAUGHS.encode(),
            b"<?xml version='1.0' encoding='utf-9'?><a/>",
            b"<EInvoice>" * 5000,
            b"<a " + b"b='c' " * 9000 + b"/>",
        ]
    )


KINDS: Sequence[Callable[[bytes, random.Random], Broken]] = (
    *(
        cut,
        flipped,
        of_another_encoding,
        of_another_kind,
        with_macros,
        huge,
        with_nasty_cells,
        rows_mixed,
        foreign_xml,
        with_nasty_cells,
        bomb,
    ),
)


def drawn(rows: Rows) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append([_held(cell) for cell in row])
    book.save(out)
    return out.getvalue()


def _held(cell: object) -> object:
    """What Excel's format itself cannot hold is left to the CSV files."""
    return "".join(sign for sign in cell if sign >= " " or sign in "\t\n\r")[:32_000] if isinstance(cell, str) else cell


def rows_in(good: bytes) -> Rows:
    (sheet, *_) = load_workbook(io.BytesIO(good)).worksheets
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def parts_of(good: bytes, others: dict[str, bytes]) -> bytes:
    """The package with some of its parts replaced, and others put in."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        if good:
            with zipfile.ZipFile(io.BytesIO(good)) as was:
                for name in was.namelist():
                    if name not in others:
                        made.writestr(name, was.read(name))
        for name, content in others.items():
            made.writestr(name, content)
    return out.getvalue()


@cache
def _zeros() -> bytes:
    """Rows without end, a thousandth when packed."""
    row = b'<row r="1"><c r="A1" t="inlineStr"><is><t>' + b"0" * 1000 + b"</t></is></c></row>"
    return b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>' + row * 100_000
