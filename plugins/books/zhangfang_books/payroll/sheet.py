"""Rows of a payroll sheet → what each person earned, each fault with row and column. Pure; amounts are fen."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from zhangfang_books.importing.cells import HeadedRow
from zhangfang_books.importing.faults import Fault, Faults, amount_in
from zhangfang_books.importing.layouts import LayoutKind, TableHead
from zhangfang_books.importing.parsing import TOTAL
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.payroll.id_numbers import problem_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.texts import half_width

_FILE = Path(__file__).parent.parent / "data" / "payroll" / "headings.toml"
TITLES: Mapping[str, str] = {
    "name": "姓名",
    "id_number": "身份证号",
    "gross": "应发合计",
    "exempt": "免税收入",
    "base": "社保基数",
    "fund_base": "公积金基数",
    "pension": "养老保险(个人)",
    "medical": "医疗保险(个人)",
    "unemployment": "失业保险(个人)",
    "social": "社保个人合计",
    "fund": "公积金(个人)",
    "special": "专项附加扣除(本月)",
    "other": "其他税前扣除",
    "tax": "个人所得税",
    "deducted": "其他扣款",
    "net": "实发合计",
    "employer_social": "社保(单位)",
    "employer_fund": "公积金(单位)",
}
_NEEDED = frozenset({"name", "id_number", "gross", "tax", "net"})
KINDS = ("pension", "medical", "unemployment")


@dataclass(frozen=True, slots=True)
class PersonRow:
    """``row`` is the file's, from 1. ``social`` is the sum of the person's own insurance; ``parts`` and bases as far as the sheet has them."""

    row: int
    name: str
    id_number: str
    gross: int
    exempt: int
    social: int
    fund: int
    special: int
    other: int
    tax: int
    deducted: int
    net: int
    employer_social: int
    employer_fund: int
    parts: Mapping[str, int] = field(default_factory=dict, hash=False)
    base: int = 0
    fund_base: int = 0


@dataclass(slots=True)
class ReadSheet(Faults):
    people: list[PersonRow] = field(default_factory=list)
    totals: int = 0

    @property
    def clean(self) -> bool:
        return self.faults_found == 0 and bool(self.people)

    def sum_of(self, name: str) -> int:
        return sum(getattr(person, name) for person in self.people)


@cache
def payroll_layout() -> LayoutKind:
    columns = tomllib.loads(_FILE.read_text("utf-8"))["columns"]
    known = {name: tuple(headings) for name, headings in columns.items()}
    return LayoutKind("payroll", known, TITLES, lambda fields: fields.keys() >= _NEEDED)


def people_of(rows: Iterable[SheetRow], heads: Sequence[TableHead]) -> ReadSheet:
    """Of the first sheet whose headings were found; the others say the same in another way."""
    read = ReadSheet()
    head = next((head for head in heads if head.number), None)
    if head is not None:
        reader = _Reader(head, read)
        for row in rows:
            if row.sheet == head.sheet.name and row.number > head.number:
                reader.read(row)
    return read


class _Reader:
    def __init__(self, head: TableHead, read: ReadSheet) -> None:
        self._head, self._read = head, read
        self._seen: dict[str, int] = {}

    def read(self, raw: SheetRow) -> None:
        row = HeadedRow(raw, self._head.places, self._head.headings)
        if row.repeats_heading("name"):
            return
        if TOTAL.match(re.sub(r"\s", "", row.text("name") or row.first_text())):
            self._compare(row)
            return
        if not any(row.text(name) for name in _NEEDED):
            return
        before = self._read.faults_found
        person = self._person(row)
        self._check(row, person)
        if self._read.faults_found == before:
            self._read.people.append(person)

    def _person(self, row: HeadedRow) -> PersonRow:
        parts = {name: self._money(row, name) for name in KINDS if name in self._head.places}
        said = self._money(row, "social") if row.text("social") else None
        if said is not None and parts and sum(parts.values()) != said:
            self._fault(row, "social", f"社保个人合计 {yuan(said)} 与各项之和 {yuan(sum(parts.values()))} 不等")
        special = sum(self._amount(row, "special", text) for text in row.texts("special"))
        other = sum(self._amount(row, "other", text) for text in row.texts("other"))
        return PersonRow(
            row.number,
            row.text("name")[:80],
            half_width(row.text("id_number")).upper(),
            self._money(row, "gross"),
            self._money(row, "exempt"),
            sum(parts.values()) if said is None else said,
            self._money(row, "fund"),
            special,
            other,
            self._money(row, "tax"),
            self._money(row, "deducted"),
            self._money(row, "net"),
            self._money(row, "employer_social"),
            self._money(row, "employer_fund"),
            parts,
            self._money(row, "base"),
            self._money(row, "fund_base"),
        )

    def _check(self, row: HeadedRow, person: PersonRow) -> None:
        if not person.name:
            self._fault(row, "name", "没有姓名(合并的单元格请先取消合并)")
        if not person.id_number:
            self._fault(row, "id_number", "没有身份证号,无法累计计算个人所得税")
        elif problem := problem_of(person.id_number):
            self._fault(row, "id_number", problem)
        elif person.id_number in self._seen:
            self._fault(row, "id_number", f"与第 {self._seen[person.id_number]} 行是同一个身份证号")
        self._seen.setdefault(person.id_number, row.number)
        net = person.gross - person.social - person.fund - person.tax - person.deducted
        if net != person.net:
            self._fault(row, "net", f"应发减扣款应是 {yuan(net)},实发写的是 {yuan(person.net)},相差 {yuan(abs(net - person.net))}")

    def _compare(self, row: HeadedRow) -> None:
        """合计 must be the sums of the people above."""
        self._read.totals += 1
        for name in ("gross", "tax", "net"):
            said, sums = self._money(row, name), self._read.sum_of(name)
            if row.text(name) and said != sums and self._read.faults_found == 0:
                self._fault(row, name, f"合计写的是 {yuan(said)},前面各行加起来是 {yuan(sums)}:可能少了或多了行")

    def _money(self, row: HeadedRow, name: str) -> int:
        return self._amount(row, name, row.text(name))

    def _amount(self, row: HeadedRow, name: str, text: str) -> int:
        return amount_in("" if text in ("-", "/") else text, lambda sentence: self._fault(row, name, sentence))

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        self._read.fault(Fault(row.number, row.column(name), sentence, self._head.sheet.name))
