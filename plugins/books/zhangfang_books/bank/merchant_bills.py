"""Merchants' bills of orders (微信支付 交易账单, 支付宝 业务明细) → lines of their account: the order, and its fee apart. Pure; amounts are fen."""

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

from zhangfang_books.bank.layouts import words
from zhangfang_books.bank.reading_statements import (
    LONGEST_NUMBER,
    LONGEST_PARTY,
    LONGEST_SERIAL,
    LONGEST_TEXT,
    preamble_of,
)
from zhangfang_books.bank.statements import ReadStatements, Statement, StatementLine, in_order
from zhangfang_books.importing.cells import HeadedRow, cleaned
from zhangfang_books.importing.dates import moment_of
from zhangfang_books.importing.faults import Fault
from zhangfang_books.importing.profiles import plain, standing_at
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead
from zhangfang_sdk.money import LARGEST_FEN, yuan

_FILE = Path(__file__).parent.parent / "data" / "bank_bills.toml"
TITLES: Mapping[str, str] = {"came": "", "refunded": "退款", "fee": "手续费", "shared": "分润"}
"""A column of money → the word before its line's text."""
NEEDED = ("date", "serial", "came", "fee")


@dataclass(frozen=True, slots=True)
class BillKind:
    """``signs``: columns of money and how they count; ``end``: how the first cell after the orders begins."""

    bank: str
    title: str
    end: str
    columns: Mapping[str, tuple[str, ...]]
    signs: Mapping[str, int]
    sums: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BillHead:
    kind: BillKind
    sheet: SheetHead
    row: SheetRow


@cache
def bill_kinds() -> Sequence[BillKind]:
    return [
        BillKind(
            each["bank"], each["title"], each["end"], {k: tuple(v) for k, v in each["columns"].items()}, each["signs"], each.get("sums", {})
        )
        for each in tomllib.loads(_FILE.read_text("utf-8"))["bills"]
    ]  # fmt: skip


def bill_in(sheets: Sequence[SheetHead]) -> BillHead | None:
    """The first row that heads a bill of a known kind."""
    for sheet in sheets:
        for row in sheet.first:
            for kind in bill_kinds():
                places = standing_at(kind.columns, [cleaned(cell) for cell in row.cells])
                if all(name in places for name in NEEDED):
                    return BillHead(kind, sheet, row)
    return None


def lines_of_bill(rows: Iterable[SheetRow], head: BillHead) -> ReadStatements:
    """Go through the file once."""
    reader = _Reader(head)
    for row in rows:
        if row.sheet == head.sheet.name and row.number > head.row.number:
            reader.read(row)
    return reader.close()


class _Reader:
    def __init__(self, head: BillHead) -> None:
        self._kind, self._sheet, self._headings = head.kind, head.sheet.name, [cleaned(cell) for cell in head.row.cells]
        self._places = standing_at(head.kind.columns, self._headings)
        above = [row for row in head.sheet.first if row.number < head.row.number]
        self._number = preamble_of(above).get("own_number", "")
        self._read = ReadStatements()
        self._found: dict[str, Statement] = {}
        self._sums = dict.fromkeys(("rows", *head.kind.signs), 0)
        self._ended: Sequence[str] | None = None
        self._last = head.row.number

    def read(self, raw: SheetRow) -> None:
        cells = [cleaned(cell) for cell in raw.cells]
        first = next((cell for cell in cells if cell), "")
        if self._ended is not None:
            if self._kind.sums and self._ended and first:
                self._compare(raw, cells)
            return
        self._last = raw.number
        if first.startswith(self._kind.end):
            self._ended = cells
        elif first and not first.startswith("#"):
            self._order(HeadedRow(raw, self._places, self._headings))

    def _order(self, row: HeadedRow) -> None:
        before = self._read.faults_found
        moment = moment_of(row.text("date"))
        if moment is None:
            self._fault(row, "date", f"日期“{row.text('date')[:20]}”看不懂")
        if row.text("currency") and plain(row.text("currency")) not in {plain(word) for word in words().yuan}:
            self._fault(row, "currency", f"币种是{row.text('currency')[:10]}:外币的账单还不能导入")
        if not row.text("serial"):
            self._fault(row, "serial", "没有交易单号:文件可能在这里断了,请重新下载")
        amounts = {name: self._money(row, name) * sign for name, sign in self._kind.signs.items() if name in self._places}
        if self._read.faults_found != before or moment is None:
            return
        self._sums["rows"] += 1
        statement = self._statement(row)
        for name, amount in amounts.items():
            self._sums[name] += amount
            if amount:
                statement.lines.append(self._line(row, moment, name, amount))

    def _line(self, row: HeadedRow, moment: tuple[dt.date, dt.time | None], name: str, amount: int) -> StatementLine:
        texts = dict.fromkeys(t for t in (TITLES[name], *row.texts("texts")) if t not in ("", "/", "-"))
        serial = "-".join(t for t in (row.text("serial"), row.text("refund"), "" if name in ("came", "refunded") else name) if t not in ("", "0"))
        return StatementLine(
            row.number, *moment, amount, None, row.text("party")[:LONGEST_PARTY], "", " ".join(texts)[:LONGEST_TEXT], serial[:LONGEST_SERIAL],
        )  # fmt: skip

    def _statement(self, row: HeadedRow) -> Statement:
        number = (row.text("number") or self._number)[:LONGEST_NUMBER]
        return self._found.setdefault(number, Statement(number, bank=self._kind.bank))

    def _money(self, row: HeadedRow, name: str) -> int:
        """Bills write fees with five decimals."""
        try:
            amount = Decimal(row.text(name).replace(",", "") or "0") * 100
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite() or amount != int(amount) or abs(amount) > LARGEST_FEN:
            self._fault(row, name, f"金额“{row.text(name)[:20]}”看不懂")
            return 0
        return int(amount)

    def _compare(self, raw: SheetRow, cells: Sequence[str]) -> None:
        """The sums at the end must be those of the orders."""
        places = {plain(heading): place for place, heading in enumerate(self._ended or ())}
        for name, heading in self._kind.sums.items():
            place = places.get(plain(heading))
            if place is None or place >= len(cells):
                continue
            row = HeadedRow(raw, {name: (place,)}, self._ended or ())
            said, counted = self._money(row, name), abs(self._sums[name])
            said = said // 100 if name == "rows" else said
            if abs(said) != counted and self._read.faults_found == 0:
                own = str(counted) if name == "rows" else yuan(counted)
                self._fault(row, name, f"{heading}写的是 {row.text(name)[:20]},前面各行加起来是 {own}:文件里可能少了行")
        self._ended = ()

    def close(self) -> ReadStatements:
        if self._ended is None:
            sentence = f"没有{self._kind.title}的结尾:文件可能断了,请重新下载"
            self._read.fault(Fault(self._last, "", sentence, self._sheet))
        for statement in self._found.values():
            statement.lines, _ = in_order(statement.lines)
            self._read.statements.append(statement)
        return self._read

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        self._read.fault(Fault(row.number, row.column(name), sentence, self._sheet))
