"""A table on a page: its columns, and what sums and rates look like in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.reading.figures import fen_of
from zhangfang_capture_ocr.reading.forms.layout import Span

HEADERS: Final = (  # in their order on forms; those of special businesses stand where others have specifications
    ("name", re.compile(r"货物或应税劳务[、,]?服务名称|货物或应税劳务名称|项目名称")),
    ("plate", re.compile(r"车牌号")),
    ("vehicle", re.compile(r"(?<!工具)类型")),
    ("from", re.compile(r"通行日期起")),
    ("to", re.compile(r"通行日期止")),
    ("deed", re.compile(r"产权证书|不动产权证")),
    ("site", re.compile(r"建筑服务发生地")),
    ("project", re.compile(r"建筑项目名称")),
    ("specification", re.compile(r"规格型号")),
    ("unit", re.compile(r"(?:面积)?单位")),
    ("quantity", re.compile(r"数量")),
    ("unit_price", re.compile(r"单价")),
    ("amount", re.compile(r"金额")),
    ("rate", re.compile(r"税率/征收率|税率|征收率")),
    ("tax", re.compile(r"税额")),
)
RATE: Final = re.compile(r"\d{1,2}(\.\d+)?%|免税|不征税|出口零税率|普通零税率|零税率|简易征收|\*{1,3}")
MONEY: Final = re.compile(r"[¥￥]?-?[\d,]+\.\d{2}(?!\d)")
BETWEEN: Final = (
    "plate", "vehicle", "from", "to", "deed", "site", "project", "specification", "unit", "quantity", "unit_price",
)  # fmt: skip
"""Columns between names and amounts."""
BEYOND: Final = 4.0
"""How far beyond the last heading a recognised table reaches, in letters: screenshots have other text beside it."""
_STARS: Final = re.compile(r"[大女米★☆*]{3}")
_SIGNS: Final = str.maketrans({"羊": "¥", "半": "¥", "Y": "¥"})
"""What recognisers take the sign for money for."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading's edges, and its cell's edges where the form is ruled."""

    name: str
    left: float
    right: float
    from_x: float
    to_x: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2


@dataclass(frozen=True, slots=True)
class Table:
    """Headings of the table on one page.

    `ruled` tells whether every column is bounded by printed lines; `totals` is the label 合计 (小计 where a page
    has no other), `bottom` the height at which the first row of sums begins, `start` the left edge of its words.
    """

    top: float
    bottom: float
    columns: tuple[Column, ...]
    ruled: bool
    totals: Span | None
    start: float = 0.0

    @property
    def names_end(self) -> float:
        """Where the heading right of the names begins: no name reaches further."""
        return min(each.left for each in self.columns if each.name in (*BETWEEN, "amount"))

    def column(self, name: str) -> Column:
        return next(each for each in self.columns if each.name == name)


def with_signs(text: str) -> str:
    """Recognised text with its currency signs put right."""
    return text.translate(_SIGNS)


def with_stars(text: str) -> str:
    """A recognised cell whose three stars were taken for letters, as they are in small print."""
    return "***" if _STARS.fullmatch(text) else text


def money_in(span: Span) -> int | None:
    """The one sum in a stretch, fen; None where there is none or several."""
    found = MONEY.findall(with_signs(span.plain))
    return fen_of(found[0]) if len(found) == 1 else None
