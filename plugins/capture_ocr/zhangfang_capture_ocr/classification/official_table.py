"""The official table as a CSV: the tax authority's workbook saved as such, or one with the columns code, name, short_name. Pure."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from zhangfang_sdk.errors import Refusal

MOST_BYTES = 8_000_000
MOST_ROWS = 20_000
_HEADINGS: Mapping[str, tuple[str, ...]] = {
    "code": ("合并编码", "编码", "code"),
    "name": ("货物和劳务名称", "商品和服务名称", "名称", "name"),
    "short_name": ("商品和服务分类简称", "分类简称", "简称", "short_name"),
}
_HEAD_WITHIN = 10
_CODE = re.compile(r"[1-9]\d{0,18}")
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class CodeRow:
    """``code`` with its 19 digits."""

    code: str
    name: str
    short_name: str


def rows_of(data: bytes) -> list[CodeRow]:
    """Every row of the table, each code once (the last counts).

    Raises Refusal ``capture.tax_codes_unreadable`` for a file that is no such table, with what is wrong.
    """
    if len(data) > MOST_BYTES:
        raise _refused("文件太大,最多 8 MB。")
    lines = csv.reader(io.StringIO(_text(data)))
    try:
        found = {row.code: row for row in _rows(lines)}
    except csv.Error as error:
        raise _refused("文件不是 CSV 表格。") from error
    if not found:
        raise _refused("表里没有编码。")
    return list(found.values())


def _rows(lines: Iterator[list[str]]) -> Iterator[CodeRow]:
    places = _places(lines)
    for number, cells in enumerate(lines):
        if number >= MOST_ROWS:
            raise _refused(f"表太长,最多 {MOST_ROWS} 行。")
        code, name, short = (cells[at].strip() if at < len(cells) else "" for at in places)
        if not _CODE.fullmatch(code):
            continue
        if not name:
            raise _refused(f"编码 {code} 没有名称。")
        yield CodeRow(code.ljust(_DIGITS, "0"), name[:200], short.strip("*")[:60])


def _places(lines: Iterator[list[str]]) -> tuple[int, int, int]:
    """Where code, name and short name stand, by the heading row among the first lines."""
    for _, cells in zip(range(_HEAD_WITHIN), lines, strict=False):
        said = ["".join(cell.split()) for cell in cells]
        found = [next((said.index(word) for word in words if word in said), None) for words in _HEADINGS.values()]
        if found[0] is not None and found[1] is not None and found[2] is not None:
            return found[0], found[1], found[2]
    raise _refused("没有找到“合并编码”“名称”“简称”这几列。")


def _text(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _refused("看不懂文件的编码,请用 Excel 另存为 CSV。")


def _refused(why: str) -> Refusal:
    return Refusal("capture.tax_codes_unreadable", f"{why}请把税务局的编码表用 Excel 另存为 CSV 再上传。", field="file")
