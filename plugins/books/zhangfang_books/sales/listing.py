"""Rows of a tax authority's invoice list → the client's issued and received invoices, or faults by row and column. Pure; amounts are fen."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from zhangfang_books.importing.cells import HeadedRow
from zhangfang_books.importing.dates import day_of
from zhangfang_books.importing.details import number_of
from zhangfang_books.importing.faults import Fault, Faults, amount_in
from zhangfang_books.importing.parsing import TOTAL
from zhangfang_books.importing.profiles import standing_at
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead, candidates
from zhangfang_books.sales.lines import rate_called
from zhangfang_sdk.invoices import InvoiceLine
from zhangfang_sdk.money import yuan

_FILE = Path(__file__).parent.parent / "data" / "invoice_lists.toml"
_REVERSED = re.compile(r"(?:被红冲蓝字(?:数电)?(?:发)?票号码|对应(?:正数|蓝字)发票(?:代码[:\uff1a]?\d{10,12})?号码)[:\uff1a]?\s*(\d{8,20})")
_SUMMARY_SHEET = "信息汇总"

Key = tuple[str, str]
"""Code ("" on fully digital invoices) and number."""


@dataclass(frozen=True, slots=True)
class Own:
    """The client whose list it is; ``tax_id`` in capitals."""

    name: str
    tax_id: str


@dataclass(frozen=True, slots=True)
class Listed:
    """One invoice of the list; amounts are negative on a red letter. ``row`` is the first one that speaks of it."""

    code: str
    number: str
    kind: str
    day: dt.date
    seller: str
    seller_id: str
    buyer: str
    buyer_id: str
    amount: int
    tax: int
    total: int
    voided: bool
    reverses: str
    lines: tuple[InvoiceLine, ...]
    row: int = field(default=0, compare=False)
    sheet: str = field(default="", compare=False)
    column: str = field(default="", compare=False)

    @property
    def key(self) -> Key:
        return self.code, self.number


@dataclass(slots=True)
class Listing(Faults):
    """``received`` are invoices that the client was given; ``headed`` whether any sheet has the headings of a list."""

    issued: list[Listed] = field(default_factory=list)
    received: list[Listed] = field(default_factory=list)
    headed: bool = False


@cache
def columns() -> Mapping[str, Sequence[str]]:
    """Field → its headings, as data/invoice_lists.toml has them."""
    return {name: tuple(headings) for name, headings in tomllib.loads(_FILE.read_text("utf-8"))["columns"].items()}


def find_headings(sheets: Iterable[SheetHead]) -> None:
    """Note in each sheet its heading row, the one with most known words; none where no row names number, day and amount."""
    for sheet in sheets:
        most = 0
        for number, headings in candidates(sheet.first):
            places = standing_at(columns(), headings)
            if not {"number", "paper_number"} & places.keys() or not {"day", "amount"} <= places.keys():
                continue
            known = sum(map(len, places.values()))
            if known > most:
                most, sheet.number, sheet.places, sheet.headings = known, number, places, list(headings)


def listing_of(rows: Iterable[SheetRow], sheets: Sequence[SheetHead], own: Own, until: dt.date) -> Listing:
    """Read the sheet of totals (a row for each invoice) and the sheet of lines, whichever there are; ``find_headings`` first.

    An invoice issued after ``until`` is a fault.
    """
    found = Listing()
    headed = [sheet for sheet in sheets if sheet.places]
    with_lines = [sheet for sheet in headed if {"name", "rate"} <= sheet.places.keys()]
    lined = next((s for s in with_lines if _SUMMARY_SHEET in s.name), with_lines[0] if with_lines else None)
    totals = next((sheet for sheet in headed if sheet not in with_lines), None)
    found.headed = bool(headed)
    readers = {sheet.name: _Reader(sheet, found, until) for sheet in (lined, totals) if sheet is not None}
    for row in rows:
        reader = readers.get(row.sheet)
        if reader is not None and row.number > reader.head.number:
            reader.read(row)
    _Joining(found, own).join(
        readers[lined.name].read_rows if lined is not None else {},
        readers[totals.name].read_rows if totals is not None else {},
    )
    return found


@dataclass(slots=True)
class _Row:
    row: HeadedRow
    day: dt.date
    amount: int
    tax: int
    total: int
    line: InvoiceLine


class _Reader:
    """Rows of one sheet by invoice."""

    def __init__(self, head: SheetHead, found: Listing, until: dt.date) -> None:
        self.head, self._found, self._until = head, found, until
        self.read_rows: dict[Key, list[_Row]] = {}
        self._last: tuple[Key, dt.date] | None = None

    def read(self, raw: SheetRow) -> None:
        row = HeadedRow(raw, self.head.places, self.head.headings)
        words = (row.first_text(), row.text("name"), row.text("number") or row.text("paper_number"))
        if any(TOTAL.match(re.sub(r"\s", "", word)) for word in words):
            return
        if not row.text("amount") + row.text("tax"):
            if re.fullmatch(r"\d{8}|\d{20}", words[2]) and "作废" not in row.text("state"):
                self._fault(row, "amount", f"发票 {words[2]} 没有金额和税额(清单可能不完整)")
            return
        if row.text("amount") in columns()["amount"]:
            return
        before = self._found.faults_found
        named = self._named(row)
        rate = self._rate(row)
        amount, tax = self._fen(row, "amount"), self._fen(row, "tax")
        total = self._fen(row, "total") if row.text("total") else amount + tax
        if amount + tax != total:
            self._fault(row, "total", f"金额 {yuan(amount)} 加税额 {yuan(tax)} 不等于价税合计 {yuan(total)}")
        if named is None or self._found.faults_found > before:
            return
        key, day = named
        line = InvoiceLine(
            row.text("name")[:200], amount, tax, rate, row.text("model")[:60], row.text("unit")[:20],
            number_of(row.text("quantity")), number_of(row.text("price")),
        )  # fmt: skip
        self.read_rows.setdefault(key, []).append(_Row(row, day, amount, tax, total, line))

    def _named(self, row: HeadedRow) -> tuple[Key, dt.date] | None:
        """Number and day; a further line of an invoice may leave both out."""
        digital, paper, code = row.text("number"), row.text("paper_number"), row.text("code")
        number = digital or paper
        if not number and not row.text("day") and self._last is not None:
            return self._last
        if re.fullmatch(r"\d{20}", number):
            key = ("", number)
        elif re.fullmatch(r"\d{8}", number):
            key = (code if re.fullmatch(r"\d{10}|\d{12}", code) else "", number)
        else:
            wrong = "没有发票号码" if not number else f"发票号码“{number[:30]}”不是 20 位或 8 位数字"
            self._fault(row, "number" if digital or "number" in self.head.places else "paper_number", wrong)
            return None
        day = day_of(row.text("day").split("T")[0].split(" ")[0])
        if day is None:
            self._fault(row, "day", f"开票日期“{row.text('day')[:20]}”看不懂")
            return None
        if day > self._until:
            self._fault(row, "day", f"开票日期 {day} 还没有到:请核对年份")
            return None
        self._last = (key, day)
        return self._last

    def _rate(self, row: HeadedRow) -> str:
        rate = rate_called(row.text("rate"))
        if rate is None:
            self._fault(row, "rate", f"税率“{row.text('rate')[:20]}”看不懂")
        return rate or ""

    def _fen(self, row: HeadedRow, name: str) -> int:
        text = row.text(name)
        return amount_in(text if text.strip("*-—") else "", lambda sentence: self._fault(row, name, sentence))

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        self._found.fault(Fault(row.number, row.column(name), sentence, self.head.name))


class _Joining:
    """Totals and lines of each invoice put together, and held against one another."""

    def __init__(self, found: Listing, own: Own) -> None:
        self._found, self._own = found, own

    def join(self, lined: Mapping[Key, list[_Row]], totals: Mapping[Key, list[_Row]]) -> None:
        for key in dict.fromkeys((*totals, *lined)):
            whole, lines = totals.get(key, []), lined.get(key, [])
            if len(whole) > 1:
                self._fault(whole[1], "number", f"发票 {key[1]} 在清单里有两行")
                continue
            if whole and lines and whole[0].total != (of_lines := sum(x.total for x in lines)):
                said = f"价税合计 {yuan(whole[0].total)} 与明细之和 {yuan(of_lines)} 不一致"
                self._fault(whole[0], "total", said)
                continue
            self._keep(key, (whole or lines)[0], lines or whole)

    def _keep(self, key: Key, head: _Row, lines: list[_Row]) -> None:
        row, own = head.row, self._own
        seller, buyer = row.text("seller_id").upper(), row.text("buyer_id").upper()
        has_sellers = bool(row.column("seller_id") or row.column("seller"))
        is_issued = seller == own.tax_id if has_sellers else buyer != own.tax_id
        if not is_issued and buyer != own.tax_id:
            said = f"销方 {seller or '(空)'}、购方 {buyer or '(空)'} 都不是本企业({own.tax_id})"
            self._fault(head, "seller_id", said)
            return
        amount, tax = sum(x.amount for x in lines), sum(x.tax for x in lines)
        if not self._signs_fit(head, amount + tax):
            return
        reversed_ = _REVERSED.search(re.sub(r"\s", "", row.text("remark"))) if amount + tax < 0 else None
        sellers = (row.text("seller") or own.name, own.tax_id) if is_issued else (row.text("seller"), seller)
        listed = Listed(
            *key, row.text("kind")[:40], head.day, sellers[0][:120], sellers[1][:20],
            row.text("buyer")[:120], buyer[:20], amount, tax, amount + tax, "作废" in row.text("state"),
            reversed_[1] if reversed_ else "", tuple(x.line for x in lines), row.number, row.sheet,
            row.column("number") or row.column("paper_number"),
        )  # fmt: skip
        (self._found.issued if is_issued else self._found.received).append(listed)

    def _signs_fit(self, head: _Row, total: int) -> bool:
        said = head.row.text("positive")
        if (said == "否" and total > 0) or (said == "是" and total < 0):
            self._fault(head, "positive", f"“是否正数发票”写的是{said},价税合计却是 {yuan(total)}")
            return False
        return True

    def _fault(self, at: _Row, name: str, sentence: str) -> None:
        self._found.fault(Fault(at.row.number, at.row.column(name) or at.row.column("paper_number"), sentence, at.row.sheet))
