"""Rows of a bank's or a wallet's file → statements, each fault with its row and column. Pure; amounts are fen."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from zhangfang_books.bank.layouts import bank_named, words
from zhangfang_books.bank.statements import ReadStatements, Statement, StatementLine, in_order
from zhangfang_books.importing.cells import HeadedRow, cleaned
from zhangfang_books.importing.dates import clock_of, moment_of
from zhangfang_books.importing.faults import Fault
from zhangfang_books.importing.layouts import TableHead
from zhangfang_books.importing.parsing import TOTAL
from zhangfang_books.importing.profiles import plain
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import fen, yuan

_ROUNDED = re.compile(r"\d(\.\d+)?[eE]\+\d+")
_CLOSING_LINES = re.compile(r"总(交易单数|笔数)|资金流水总笔数|(支出|收入|借方|贷方)(合计|总)|^#|^-{4,}|第\d+页|导出时间|打印时间|以上")
_BEGUN = re.compile(r"\d{4,}[\d\-./年月日]*")
"""The first cell of a line that breaks off after its account or date."""
LONGEST_PARTY, LONGEST_NUMBER, LONGEST_TEXT, LONGEST_SERIAL = 120, 64, 255, 80


def statements_of(rows: Iterable[SheetRow], heads: Sequence[TableHead], until: dt.date, file: str = "") -> ReadStatements:
    """Go through the file once; a line after ``until`` is a fault. ``file`` is its name, which may tell the bank."""
    read = ReadStatements()
    readers = {head.sheet.name: _SheetReader(head, read, until, file) for head in heads if head.number}
    for row in rows:
        reader = readers.get(row.sheet)
        if reader is not None and row.number > reader.head.number:
            reader.read(row)
    for reader in readers.values():
        reader.close()
    return read


class _SheetReader:
    def __init__(self, head: TableHead, read: ReadStatements, until: dt.date, file: str) -> None:
        self.head, self._read, self._until = head, read, until
        above = [row for row in head.sheet.first if row.number < head.number]
        self._said = preamble_of(above)
        texts = [file, *(cell for row in above for cell in row.cells)]
        self._bank = bank_named(texts)
        self._statements: dict[str, Statement] = {}
        self._dated_by = "date" if "date" in head.places else "time"

    def read(self, raw: SheetRow) -> None:
        row = HeadedRow(raw, self.head.places, self.head.headings)
        first = "date" if "date" in self.head.places else "time"
        if row.repeats_heading(first):
            return
        filled = any(row.text(name) for name in ("in", "out", "amount"))
        closing = _CLOSING_LINES.search(row.first_text())
        total = TOTAL.match(re.sub(r"\s", "", row.first_text()))
        if total or (closing and not self._moment(row)):
            self._compare(row, total is not None)
            return
        if not filled:
            if self._moment(row) is not None or _BEGUN.fullmatch(row.first_text()):
                self._fault(row, self._money_column(), "这一行没有金额:文件可能在这里断了,请重新下载")
            return
        self._line(row)

    def _line(self, row: HeadedRow) -> None:
        before = self._read.faults_found
        statement = self._statement(row)
        if self._is_foreign(row):
            self._fault(row, "currency", f"币种是{row.text('currency')[:10]}:外币账户的对账单还不能导入")
            return
        amount = self._amount(row, statement)
        moment = self._moment(row)
        if moment is None:
            self._fault(row, self._dated_by, self._undated(row))
        elif moment[0] > self._until:
            self._fault(row, self._dated_by, f"日期 {moment[0]} 还没有到:请核对年份")
        balance = self._money(row, "balance") if row.text("balance") else None
        for name in ("serial", "counterparty_number"):
            if _ROUNDED.fullmatch(row.text(name)):
                self._fault(row, name, "这个号码已被 Excel 改成科学计数,位数丢了:请从网银重新下载,不要打开另存")
        if self._read.faults_found != before or moment is None or amount is None:
            return
        party, number = self._party(row, amount)
        # Of what is neither income nor spending the kind says what it is.
        kind = [row.text("kind")] if row.text("direction") in words().neutral else []
        text = " ".join(dict.fromkeys(t for t in (*kind, *row.texts("texts")) if t not in ("", "/", "-")))
        statement.lines.append(
            StatementLine(
                row.number, *moment, amount, balance,
                party[:LONGEST_PARTY], number[:LONGEST_NUMBER], text[:LONGEST_TEXT], row.text("serial")[:LONGEST_SERIAL],
            )
        )  # fmt: skip

    def _statement(self, row: HeadedRow) -> Statement:
        number = digits_of(row.text("own_number") or self._said.get("own_number", ""))
        found = self._statements.get(number)
        if found is None:
            name = row.text("own_name") or self._said.get("own_name", "")
            found = self._statements[number] = Statement(number, name, self._bank)
        return found

    def _is_foreign(self, row: HeadedRow) -> bool:
        currency = plain(row.text("currency"))
        return currency != "" and currency not in {plain(word) for word in words().yuan}

    def _undated(self, row: HeadedRow) -> str:
        text = row.text("date") or row.text("time")
        return f"日期“{text[:20]}”看不懂" if text else "没有日期(合并的单元格请先取消合并,每一行都填上)"

    def _moment(self, row: HeadedRow) -> tuple[dt.date, dt.time | None] | None:
        """The time's column may hold the date too, or the date's the time."""
        day, stamp = moment_of(row.text("date")), moment_of(row.text("time"))
        if stamp is not None and (stamp[1] is not None or day is None):
            self._dated_by = "time"
            return stamp
        if day is None:
            return None
        self._dated_by = "date"
        return day[0], day[1] or clock_of(row.text("time"))

    def _amount(self, row: HeadedRow, statement: Statement) -> int | None:
        """None for what is a fault, and for rows that are no line."""
        said = words()
        if row.text("state") and any(word in row.text("state") for word in said.undone):
            statement.left_out[f"交易状态是“{row.text('state')[:12]}”"] += 1
            return None
        if row.text("in") or row.text("out"):
            came, went = (self._money(row, name) if row.text(name) else 0 for name in ("in", "out"))
            if came is None or went is None:
                return None
            if came and went:
                self._fault(row, "in", "收入和支出都有金额,只能有一个")
                return None
            # A wallet writes what goes out with a minus; a bank takes a payment back with one.
            return came or (-abs(went) if "-" in self.head.headings[self.head.places["out"][0]] else -went)
        amount = self._money(row, "amount")
        if amount is None:
            return None
        direction = row.text("direction")
        if not direction:
            return amount
        if direction in said.neutral:
            return self._neutral(row, amount, statement)
        if direction.startswith(said.out):
            return None if self._is_anothers(row, statement) else -abs(amount)
        if direction.startswith(said.coming):
            return abs(amount)
        self._fault(row, "direction", f"收支方向“{direction[:10]}”看不懂")
        return None

    def _neutral(self, row: HeadedRow, amount: int, statement: Statement) -> int | None:
        text = " ".join([row.text("kind"), row.text("purse"), *row.texts("texts")])
        if any(word in text for word in words().inner) and "银行" not in text:
            statement.left_out["不计收支"] += 1
            return None
        if any(word in text for word in words().neutral_out):
            return -abs(amount)
        if any(word in text for word in words().neutral_in):
            return abs(amount)
        statement.left_out["不计收支"] += 1
        return None

    def _is_anothers(self, row: HeadedRow, statement: Statement) -> bool:
        """What a bank's card or a loan paid moves no money of the wallet."""
        purse = row.text("purse")
        if self._bank not in words().wallets or not purse.strip("/-") or any(own in purse for own in words().own_purses):
            return False
        statement.left_out[f"用{purse[:20]}支付"] += 1
        return True

    def _party(self, row: HeadedRow, amount: int) -> tuple[str, str]:
        if "payer" in self.head.places:
            side = "payer" if amount > 0 else "payee"
            return row.text(side), row.text(f"{side}_number")
        party, number = row.text("counterparty"), row.text("counterparty_number")
        return ("" if party in ("/", "-") else party), ("" if number in ("/", "-") else number)

    def _money(self, row: HeadedRow, name: str) -> int | None:
        try:
            return fen(row.text(name).removesuffix("元"))
        except Refusal as refusal:
            self._fault(row, name, refusal.sentence)
            return None

    def _money_column(self) -> str:
        return "in" if "in" in self.head.places else "amount"

    def _compare(self, row: HeadedRow, is_total: bool) -> None:
        """合计 of income and spending must be the sums of the lines above."""
        if not is_total or len(self._statements) != 1 or "in" not in self.head.places:
            return
        statement = next(iter(self._statements.values()))
        try:
            said = [abs(fen(row.text(name) or "0")) for name in ("in", "out")]
        except Refusal:
            return
        statement.totals += 1
        if any(said) and said != [statement.came, statement.went]:
            sentence = (
                f"合计行写的是收入 {yuan(said[0])}、支出 {yuan(said[1])},而它前面的行加起来是收入 {yuan(statement.came)}、"
                f"支出 {yuan(statement.went)}:文件里可能少了或多了行"
            )
            self._fault(row, "in", sentence)

    def close(self) -> None:
        for statement in self._statements.values():
            self._refuse_cut(statement.lines)
            statement.lines, broken = in_order(statement.lines)
            if broken is not None:
                self._broken(broken)
            self._ends(statement)
            self._read.statements.append(statement)

    def _refuse_cut(self, lines: Sequence[StatementLine]) -> None:
        """A last row without the balance that all others have breaks off in its amount, which may lack digits."""
        last = max(lines, key=lambda line: line.row, default=None)
        if last is not None and last.balance is None and len(lines) > 1 and sum(line.balance is None for line in lines) == 1:
            sentence = "前面各行都有余额,最后一行没有:文件可能在这里断了,请重新下载"
            self._read.fault(Fault(last.row, self._column("balance"), sentence, self.head.sheet.name))

    def _broken(self, line: StatementLine) -> None:
        sentence = f"余额 {yuan(line.balance or 0)} 与上一行的余额加减本行金额对不上:中间可能少了行,或金额被改过"
        self._read.fault(Fault(line.row, self._column("balance"), sentence, self.head.sheet.name))

    def _ends(self, statement: Statement) -> None:
        """Opening + lines = closing, as far as the file says them."""
        lines = statement.lines
        if not lines:
            return
        first, last = lines[0], lines[-1]
        told = [self._told("opening"), self._told("closing")]
        statement.opening = told[0] if told[0] is not None else None if first.balance is None else first.balance - first.amount
        statement.closing = last.balance if last.balance is not None else told[1]
        total = sum(line.amount for line in lines)
        if statement.opening is not None and statement.closing is None:
            statement.closing = statement.opening + total
        if statement.opening is None and statement.closing is not None:
            statement.opening = statement.closing - total
        if statement.opening is None or statement.closing is None:
            return
        sums = statement.opening + total
        wrong = next((said for said in (statement.closing, told[1]) if said is not None and said != sums), None)
        if wrong is not None:
            sentence = (
                f"期初 {yuan(statement.opening)} 加收入减支出是 {yuan(sums)},而期末写的是 {yuan(wrong)},相差 {yuan(abs(sums - wrong))}:"
                "文件里可能少了行"
            )
            self._read.fault(Fault(last.row, self._column("balance"), sentence, self.head.sheet.name))

    def _told(self, name: str) -> int | None:
        text = self._said.get(name, "")
        try:
            return fen(text.removesuffix("元")) if text else None
        except Refusal:
            return None

    def _column(self, name: str) -> str:
        row = HeadedRow(SheetRow("", 0, []), self.head.places, self.head.headings)
        return row.column(name) or row.column(self._money_column())

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        column = row.column(name) or row.column(self._money_column())
        self._read.fault(Fault(row.number, column, sentence, self.head.sheet.name))


def digits_of(number: str) -> str:
    """An account's number as it is compared: without spaces and dashes."""
    return re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", number))[:LONGEST_NUMBER]


def preamble_of(rows: Sequence[SheetRow]) -> Mapping[str, str]:
    """What stands above the headings: "账号:6222…" in one cell, or its name and value in two."""
    found: dict[str, str] = {}
    for row in rows:
        cells = [cleaned(cell) for cell in row.cells if cleaned(cell)]
        for place, cell in enumerate(cells):
            name, _, value = cell.replace("\uff1a", ":").partition(":")
            value = value.strip() or (cells[place + 1] if place + 1 < len(cells) else "")
            for field, names in words().preamble.items():
                if plain(name.lstrip("#")) in {plain(n) for n in names} and value:
                    found.setdefault(field, value.strip("[]"))
    return found
