"""Rows of voucher files → vouchers, each fault with its row and column. Pure; amounts are integer fen."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.importing.cells import HeadedRow
from zhangfang_books.importing.dates import day_of
from zhangfang_books.importing.details import foreign_of, named_of, quantity_of
from zhangfang_books.importing.faults import Fault, amount_in
from zhangfang_books.importing.other_columns import OtherColumns
from zhangfang_books.importing.outcome import FileLine, FileVoucher, Outcome
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen, yuan

_LABEL = re.compile(r"(\D*?)[-—字第_ ]*0*(\d{1,9})号?")
_CODE = re.compile(r"'?(\d[\d.\-/\\]*)")
TOTAL = re.compile(r"(合计|小计|总计|共计|(本页|本月|本期|本日|凭证)(合计|小计)|累计|本年累计|过次页|承前页)[:\uff1a]?")
_NOT_COMPARED = ("累计", "过次页", "承前页")
_WORDS = {"记账": "记", "记帐": "记", "收款": "收", "付款": "付", "转账": "转", "转帐": "转"}


@dataclass(frozen=True, slots=True)
class Chart:
    """``leaves``: the client's codes → whether entries may stand on them; ``mapping``: the other program's code → the client's."""

    leaves: Mapping[str, bool]
    mapping: Mapping[str, str]

    def account(self, theirs: str) -> str:
        """The client's code, whether it is in the chart or not."""
        match = _CODE.match(theirs)
        code = match[1] if match else theirs
        digits = re.sub(r"[.\-/\\]", "", code)
        return self.mapping.get(theirs) or self.mapping.get(code) or (code if code in self.leaves else digits)


def vouchers_of(
    rows: Iterable[SheetRow], sheets: Sequence[SheetHead], chart: Chart, outcome: Outcome
) -> list[FileVoucher]:
    """Go through the file once, filling ``outcome``; vouchers in the order of their first rows. One with a fault is left out."""
    by_name = {sheet.name: _SheetReader(sheet, chart, outcome) for sheet in sheets if sheet.profile is not None}
    for row in rows:
        reader = by_name.get(row.sheet)
        if reader is not None and row.number > reader.head.number:
            reader.read(row)
    return [voucher for reader in by_name.values() for voucher in reader.close()]


@dataclass(slots=True)
class _Group:
    """The rows of one voucher, wherever they stand in the sheet."""

    first: HeadedRow
    date: str
    word: str
    number: str
    lines: list[FileLine] = field(default_factory=list)
    sound: bool = True


class _SheetReader:
    def __init__(self, head: SheetHead, chart: Chart, outcome: Outcome) -> None:
        self.head, self._chart, self._outcome = head, chart, outcome
        self._groups: dict[tuple[str, str, str], _Group] = {}
        self._last: tuple[str, str, str] | None = None
        self._sheet, self._part, self._voucher = [0, 0], [0, 0], [0, 0]
        self._others = OtherColumns(head)

    def read(self, raw: SheetRow) -> None:
        row = HeadedRow(raw, self.head.places, self.head.headings)
        if row.repeats_heading():
            return
        total = self._total_word(row)
        if total:
            self._compare(row, total)
            return
        if not (row.text("account") or row.text("debit") or row.text("credit") or row.text("amount")):
            return
        key = self._key(row)
        if key != self._last:
            self._voucher = [0, 0]
        self._last = key
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = _Group(row, *key)
        self._add(group, row)
        self._others.note(raw)

    def _key(self, row: HeadedRow) -> tuple[str, str, str]:
        """A voucher's head may stand on its first row only: what is missing is the row's before."""
        date, word, number = row.text("date"), row.text("word"), row.text("number")
        match = _LABEL.fullmatch(row.text("label") or number)
        if match is not None:
            word, number = match[1].strip() or word, match[2]
        word = word.removesuffix("凭证")
        word = _WORDS.get(word, word)
        if self._last is not None:
            before = self._last
            if not date or (not number and date == before[0]):
                return date or before[0], word or before[1], number or before[2]
        return date, word or "记", number

    def _total_word(self, row: HeadedRow) -> str:
        if _CODE.match(row.text("account")):
            return ""
        texts = [row.text(name) for name in ("date", "label", "number", "word", "summary", "account", "account_name")]
        for text in [*texts, row.first_text()]:
            if match := TOTAL.match(re.sub(r"\s", "", text)):
                return match[0]
        return ""

    def _compare(self, row: HeadedRow, word: str) -> None:
        """合计 must be the sum of the sheet, of what stands since the last one, or of the last voucher."""
        if any(part in word for part in _NOT_COMPARED):
            return
        try:
            said = [fen(row.text(side) or "0") for side in ("debit", "credit")]
        except Refusal:
            return
        if said == [0, 0]:
            return
        self._outcome.totals += 1
        if said not in (self._sheet, self._part, self._voucher):
            debit, credit = self._sheet
            sentence = (
                f"{word}行写的是借方 {yuan(said[0])}、贷方 {yuan(said[1])},而它前面的行加起来是借方 {yuan(debit)}、贷方 {yuan(credit)}:"
                "文件里可能少了或多了行"
            )
            self._fault(row, "debit", sentence)
        self._part = [0, 0]

    def _add(self, group: _Group, row: HeadedRow) -> None:
        before = self._outcome.faults_found
        self._outcome.lines += 1
        account = self._account(row)
        debit, credit = self._sides(row)
        if self._outcome.faults_found == before and (debit == 0) == (credit == 0):
            self._fault(row, "debit", "借方和贷方要填且只能填一边")
        for sums in (self._sheet, self._part, self._voucher):
            sums[0] += debit
            sums[1] += credit
        if self._outcome.faults_found != before:
            group.sound = False
            return
        quantity, price = quantity_of(row, debit or credit, self._outcome)
        summary = row.text("summary")[:255]
        line = FileLine(account, summary, debit, credit, named_of(row), quantity, price, foreign_of(row))
        group.lines.append(line)

    def _account(self, row: HeadedRow) -> str:
        theirs = row.text("account")
        account = self._chart.account(theirs)
        if self._chart.leaves.get(account, False):
            return account
        known = account in self._chart.leaves
        name, rows = self._outcome.unknown.get(theirs, (row.text("account_name"), 0))
        self._outcome.unknown[theirs] = (name, rows + 1)
        what = "还有下级科目,请对应到最末一级" if known else "在这家企业的科目表里没有"
        self._fault(row, "account", f"科目“{theirs[:20]}”{what}")
        return account

    def _sides(self, row: HeadedRow) -> tuple[int, int]:
        if "debit" in self.head.places:
            return self._amount(row, "debit"), self._amount(row, "credit")
        amount, side = self._amount(row, "amount"), row.text("direction")
        if side.startswith(("借", "D", "d")):
            return amount, 0
        if side.startswith(("贷", "C", "c")):
            return 0, amount
        self._fault(row, "direction", f"借贷方向“{side[:10]}”看不懂")
        return 0, 0

    def _amount(self, row: HeadedRow, name: str) -> int:
        return amount_in(row.text(name), lambda sentence: self._fault(row, name, sentence))

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        self._outcome.fault(Fault(row.number, row.column(name), sentence, self.head.name))

    def close(self) -> Iterable[FileVoucher]:
        self._outcome.lost_columns += self._others.lost
        for group in self._groups.values():
            day = day_of(group.date)
            if day is None:
                self._fault(group.first, "date", f"日期“{group.date[:20]}”看不懂")
                continue
            debit, credit = sum(x.debit for x in group.lines), sum(x.credit for x in group.lines)
            if group.sound and debit != credit:
                sentence = f"这张凭证借方 {yuan(debit)}、贷方 {yuan(credit)},相差 {yuan(abs(debit - credit))}"
                self._fault(group.first, "debit", sentence)
                continue
            if group.sound:
                yield self._voucher_of(group, day, debit, credit)

    def _voucher_of(self, group: _Group, day: dt.date, debit: int, credit: int) -> FileVoucher:
        found = self._outcome
        found.vouchers += 1
        found.debit, found.credit = found.debit + debit, found.credit + credit
        found.first, found.last = min(found.first or day, day), max(found.last or day, day)
        reference = f"{group.word}-{group.number}" if group.number else group.word
        return FileVoucher(self.head.name, group.first.number, day, group.word[:10], reference[:30], group.lines)
