"""Rows of a voucher Excel → voucher drafts, each fault with its row and column. Pure; amounts are integer fen."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from zhangfang_books.importing.profiles import Profile
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.money import fen, yuan

HEADING_WITHIN = 20
MOST_FAULTS = 200
_DATE = re.compile(r"(20\d\d)[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00:00)?")
_LABEL = re.compile(r"(\D*?)[-—字第_ ]*0*(\d{1,9})号?")


@dataclass(frozen=True, slots=True)
class Fault:
    """``row`` from 1 as Excel counts; ``column`` its letter with the heading."""

    row: int
    column: str
    sentence: str


@dataclass(slots=True)
class Outcome:
    """What importing would do. ``unknown`` are accounts that the client lacks → how many rows name them."""

    vouchers: int = 0
    lines: int = 0
    debit: int = 0
    credit: int = 0
    first: dt.date | None = None
    last: dt.date | None = None
    unknown: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    faults_found: int = 0
    first_rows: list[int] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return self.faults_found == 0 and self.vouchers > 0

    def fault(self, row: int, column: str, sentence: str) -> None:
        self.faults_found += 1
        if len(self.faults) < MOST_FAULTS:
            self.faults.append(Fault(row, column, sentence))


@dataclass(frozen=True, slots=True)
class Chart:
    """``leaves``: the client's codes → whether entries may stand on them; ``mapping``: the other program's code → the client's."""

    client: int
    leaves: Mapping[str, bool]
    mapping: Mapping[str, str]

    def account(self, theirs: str) -> str:
        plain = theirs.replace(".", "").replace("-", "")
        return self.mapping.get(theirs) or (theirs if theirs in self.leaves else plain)


def drafts(
    rows: Iterable[tuple[int, list[str]]], profile: Profile, chart: Chart, outcome: Outcome
) -> Iterator[VoucherDraft]:
    """Go through the file once, filling ``outcome``. A voucher with a fault is left out of what is given.

    Raises Refusal ``books.import_no_heading`` when the program's headings are nowhere in the first rows.
    """
    places: dict[str, int] | None = None
    names: list[str] = []
    group: _Group | None = None
    for number, cells in rows:
        if places is None:
            places, names = profile.places(cells), cells
            if places is None and number >= HEADING_WITHIN:
                break
            continue
        row = _Row(number, cells, places, names)
        if not row.text("account") and not row.text("debit") and not row.text("credit"):
            continue
        key = row.key() if row.text("date") or row.text("number") or row.text("label") else None
        if group is None or (key is not None and key != group.key):
            if group is not None:
                yield from group.close(chart, outcome)
            group = _Group(key or ("", "", ""), row)
        group.add(row, chart, outcome)
    if places is None:
        raise Refusal(
            "books.import_no_heading",
            f"前 {HEADING_WITHIN} 行里没有找到“{profile.name}”的表头,请检查文件,或换一个导入格式。",
            field="file",
        )
    if group is not None:
        yield from group.close(chart, outcome)


class _Row:
    def __init__(self, number: int, cells: list[str], places: Mapping[str, int], names: list[str]) -> None:
        self.number, self._cells, self._places, self._names = number, cells, places, names

    def text(self, field: str) -> str:
        place = self._places.get(field)
        return self._cells[place].strip() if place is not None and place < len(self._cells) else ""

    def column(self, field: str) -> str:
        place = self._places.get(field)
        return "" if place is None else f"{get_column_letter(place + 1)} 列({self._names[place].strip()})"

    def key(self) -> tuple[str, str, str]:
        word, number = self.text("word"), self.text("number")
        match = _LABEL.fullmatch(self.text("label") or number)
        if match is not None:
            word, number = match[1] or word, match[2]
        return self.text("date"), word or "记", number


class _Group:
    """The rows of one voucher."""

    def __init__(self, key: tuple[str, str, str], first: _Row) -> None:
        self.key, self._first, self._lines, self._sound = key, first, list[Line](), True

    def add(self, row: _Row, chart: Chart, outcome: Outcome) -> None:
        before = outcome.faults_found
        outcome.lines += 1
        account = chart.account(row.text("account"))
        if not chart.leaves.get(account, False):
            known = account in chart.leaves
            if not known:
                outcome.unknown[row.text("account")] = outcome.unknown.get(row.text("account"), 0) + 1
            what = "还有下级科目,请对应到最末一级" if known else "在这家企业的科目表里没有"
            outcome.fault(row.number, row.column("account"), f"科目“{row.text('account')[:20]}”{what}")
        debit, credit = _amount(row, "debit", outcome), _amount(row, "credit", outcome)
        if outcome.faults_found == before and (debit == 0) == (credit == 0):
            outcome.fault(row.number, row.column("debit"), "借方和贷方要填且只能填一边")
        if outcome.faults_found != before:
            self._sound = False
            return
        text, party = row.text("summary")[:255], row.text("counterparty")[:120]
        self._lines.append(Line(account, text, debit=debit, credit=credit, counterparty=party))

    def close(self, chart: Chart, outcome: Outcome) -> Iterator[VoucherDraft]:
        day = _day(self.key[0])
        if day is None:
            outcome.fault(self._first.number, self._first.column("date"), f"日期“{self.key[0][:20]}”看不懂")
            return
        debit, credit = sum(x.debit for x in self._lines), sum(x.credit for x in self._lines)
        if self._sound and debit != credit:
            sentence = f"这张凭证借方 {yuan(debit)}、贷方 {yuan(credit)},相差 {yuan(abs(debit - credit))}"
            outcome.fault(self._first.number, self._first.column("debit"), sentence)
            self._sound = False
        if not self._sound:
            return
        outcome.vouchers += 1
        outcome.first_rows.append(self._first.number)
        outcome.debit, outcome.credit = outcome.debit + debit, outcome.credit + credit
        outcome.first = min(outcome.first or day, day)
        outcome.last = max(outcome.last or day, day)
        summary = next((x.summary for x in self._lines if x.summary), "导入")
        yield VoucherDraft(chart.client, day, summary, tuple(self._lines), word=self.key[1][:10], source="import")


def _amount(row: _Row, field: str, outcome: Outcome) -> int:
    text = row.text(field)
    if not text:
        return 0
    try:
        return fen(text)
    except Refusal as refusal:
        outcome.fault(row.number, row.column(field), refusal.sentence)
        return 0


def _day(text: str) -> dt.date | None:
    match = _DATE.fullmatch(text)
    try:
        return dt.date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None
