"""Rows of text files: CSV and TSV in the encodings that programs write, 用友's 总账工具 .txt, and pages that call themselves .xls. Pure."""

import csv
import re
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser

YONYOU_FIRST = "填制凭证"
YONYOU_HEADINGS = (
    *(
        "制单日期",
        "凭证类别字",
        "凭证号",
        "附单据数",
        "摘要",
        "科目编码",
        "借方金额",
        "贷方金额",
        "数量",
        "外币",
        "汇率",
    ),
    *("制单人", "结算方式编码", "票号", "票号发生日期", "部门编码", "个人编码", "客户编码", "供应商编码", "业务员"),
    "项目编码",
)
"""用友 U8, T3, T6: 总账工具's .txt has no headings; these are its columns in order, as far as they are known."""

_ACCOUNT = 5
_NUMBER = re.compile(r"-?[\d.]*")
_CODE = re.compile(r"\d[\d.]{2,}")


def decoded(content: bytes) -> str | None:
    """As UTF-8 or UTF-16 by its mark, else strict UTF-8, else GB18030; None for what is no text."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _tried(content, "utf-16")
    if b"\x00" in content:
        return None
    text = _tried(content, "utf-8-sig")
    return text if text is not None else _tried(content, "gb18030")


def _tried(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """Of a file of one table, with its name empty."""
    lines = text.splitlines(keepends=True)
    if lines and lines[0].lstrip().startswith(YONYOU_FIRST):
        yield "", 1, list(YONYOU_HEADINGS)
        for number, line in enumerate(lines[1:], 2):
            yield "", number, _yonyou_row(line.rstrip("\r\n").split(","))
        return
    head = lines[:50]
    between = max(",\t;|", key=lambda mark: sum(line.count(mark) for line in head))
    reader = csv.reader(lines, delimiter=between)
    while True:
        number = reader.line_num + 1
        row = next(reader, None)
        if row is None:
            return
        yield "", number, row


def _yonyou_row(cells: list[str]) -> list[str]:
    """The file quotes nothing: a comma in the summary moves the rest to the right, and the account's code tells how far."""
    for place in range(_ACCOUNT, min(len(cells) - 2, _ACCOUNT + 20)):
        amounts = cells[place + 1 : place + 3]
        if _CODE.fullmatch(cells[place].strip()) and all(_NUMBER.fullmatch(x.strip()) for x in amounts):
            return [*cells[: _ACCOUNT - 1], ",".join(cells[_ACCOUNT - 1 : place]), *cells[place:]]
    return cells


def is_page(text: str) -> bool:
    return re.search(r"<(html|table)\b", text[:4000], re.IGNORECASE) is not None


def rows_of_page(text: str) -> Iterator[tuple[str, int, list[str]]]:
    page = _Page()
    page.feed(text)
    for number, cells in enumerate(page.rows, 1):
        yield "", number, cells


class _Page(HTMLParser):
    """Every row of every table."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._in_cell = False

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._in_cell = False

    def handle_data(self, data: str) -> None:
        if self._in_cell and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data
