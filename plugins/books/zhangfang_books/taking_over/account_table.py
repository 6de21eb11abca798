"""Rows of an account table (科目表, 期初余额, 科目余额表) → what each account and item stands at. Pure; amounts are integer fen."""

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path

from zhangfang_books.importing.cells import HeadedRow
from zhangfang_books.importing.dates import day_of
from zhangfang_books.importing.details import kind_called, named_of, number_of
from zhangfang_books.importing.faults import Fault, Faults, amount_in
from zhangfang_books.importing.other_columns import OtherColumns
from zhangfang_books.importing.outcome import LostColumn, Named
from zhangfang_books.importing.parsing import TOTAL
from zhangfang_books.importing.profiles import plain, standing_at
from zhangfang_books.importing.reading_rows import SheetRow
from zhangfang_books.importing.recognising import SheetHead, candidates
from zhangfang_sdk.ledger import DimensionKind
from zhangfang_sdk.money import yuan

_FILE = Path(__file__).parent.parent / "data" / "account_tables.toml"
_CODE = re.compile(r"'?(\d[\d.\-/\\]*)(?:[\s_]+(.*))?")


@dataclass(frozen=True, slots=True)
class Balance:
    """Debit positive, but for the two sides of turnover."""

    amount: int = 0
    year_debit: int = 0
    year_credit: int = 0
    quantity: Decimal | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    """A row: an account, or one item of it where ``named`` is. ``theirs`` is the code as the file writes it, ``code`` its digits.

    ``side`` is "debit", "credit" or empty where the file does not say; ``kinds`` are those of 辅助核算 that the file names.
    """

    sheet: str
    number: int
    theirs: str
    code: str
    name: str
    side: str
    kinds: tuple[DimensionKind, ...]
    named: Named | None
    balance: Balance
    due: dt.date | None = None
    column: str = ""
    """Of the code, as faults name it."""


@dataclass(slots=True)
class Table(Faults):
    """``has_balances`` whether any row may say one; ``both`` whether the file has opening and closing balances."""

    rows: list[AccountRow] = field(default_factory=list)
    lost_columns: list[LostColumn] = field(default_factory=list)
    sheets: dict[str, int] = field(default_factory=dict)
    has_balances: bool = False
    both: bool = False
    totals: int = 0


@cache
def columns() -> Mapping[str, tuple[str, ...]]:
    """Field → its headings, as data/account_tables.toml has them."""
    return {name: tuple(headings) for name, headings in tomllib.loads(_FILE.read_text("utf-8"))["columns"].items()}


@cache
def harmless_here() -> frozenset[str]:
    """Headings of account tables whose columns say nothing that the books do not know or make themselves."""
    return frozenset(plain(heading) for heading in tomllib.loads(_FILE.read_text("utf-8"))["harmless"])


def find_headings(sheets: Iterable[SheetHead]) -> None:
    """Note in each sheet its heading row, the one with most known words; none where no row names code and name of accounts."""
    for sheet in sheets:
        most = 0
        for number, headings in candidates(sheet.first):
            places = standing_at(columns(), [heading.replace("_", "") for heading in headings])
            known = sum(map(len, places.values())) if {"account", "account_name"} <= places.keys() else 0
            if known > most:
                most, sheet.number, sheet.places, sheet.headings = known, number, places, list(headings)


def table_of(rows: Iterable[SheetRow], sheets: Sequence[SheetHead], *, closing: bool | None) -> Table:
    """Read the first sheet that has the most headings. ``closing``: the closing balances are where the books begin here.

    None takes the closing ones where the file has them: a 科目余额表 of the month before the take-over.
    """
    table = Table()
    head = max((s for s in sheets if s.places), key=lambda s: len(s.places), default=None)
    if head is None:
        return table
    table.sheets = {s.name: s.rows for s in sheets}
    reader = _Reader(head, table, closing=closing)
    for row in rows:
        if row.sheet == head.name and row.number > head.number:
            reader.read(row)
    reader.close()
    return table


class _Reader:
    def __init__(self, head: SheetHead, table: Table, *, closing: bool | None) -> None:
        self.head, self._table, self._others = head, table, OtherColumns(head, also=harmless_here())
        at = head.places
        self._has = {which: which in at or f"{which}_debit" in at for which in ("opening", "closing")}
        plain_sides = "plain_debit" in at and not any(self._has.values())
        table.both, table.has_balances = all(self._has.values()), any(self._has.values()) or plain_sides
        self._which = "closing" if self._has["closing"] and closing is not False else "opening"
        if plain_sides:
            self._which = "plain"
        if closing is False and not self._has["opening"] and self._has["closing"]:
            self._which = "closing"
        self._last: AccountRow | None = None
        self._totals: list[tuple[HeadedRow, int, int]] = []

    def read(self, raw: SheetRow) -> None:
        row = HeadedRow(raw, self.head.places, self.head.headings)
        if row.repeats_heading():
            return
        match = _CODE.fullmatch(row.text("account"))
        if match is None and TOTAL.match(re.sub(r"\s", "", row.text("account") or row.text("account_name") or row.first_text())):
            self._note_total(row)
            return
        named = next(iter(named_of(row)), None)
        if match is None and not (row.text("account_name") or named):
            return
        if match is None and row.text("account"):
            self._fault(row, "account", f"科目编码“{row.text('account')[:20]}”看不懂")
            return
        if match is None and self._last is None:
            self._fault(row, "account", "没有科目编码")
            return
        self._add(row, match, named)
        self._others.note(raw)

    def _add(self, row: HeadedRow, match: re.Match[str] | None, named: Named | None) -> None:
        before = self._last
        theirs = match[1] if match is not None else before.theirs if before is not None else ""
        name = row.text("account_name") or ((match[2] or "").strip() if match is not None else "")
        if named is None and before is not None and theirs == before.theirs:
            # Items stand under their account, named in its place: "应收账款_甲公司", or the item alone.
            item = name.removeprefix(before.name).lstrip("_-— /")
            if not item or item == before.name:
                self._fault(row, "account", f"科目 {theirs} 有两行")
                return
            named, name = Named("", "", item[:120]), before.name
        side = _side(row.text("direction"))
        found = AccountRow(
            self.head.name,
            row.number,
            theirs,
            re.sub(r"\D", "", theirs),
            (before.name if named and before and theirs == before.theirs else name)[:80],
            side,
            tuple(dict.fromkeys(DimensionKind(k) for word in re.split(r"[,、/;，；\s]+", row.text("kinds")) if (k := kind_called(word)))),
            named,
            self._balance(row, side),
            self._due(row),
            row.column("account"),
        )
        if named is None or before is None or theirs != before.theirs:
            self._last = found
        self._table.rows.append(found)

    def _balance(self, row: HeadedRow, side: str) -> Balance:
        if not self._table.has_balances:
            return Balance()
        amount = self._standing(row, side)
        debit, credit = self._amount(row, "year_debit"), self._amount(row, "year_credit")
        if self._which == "opening" and self._has["closing"]:
            # The file speaks of the month after: what it moved is no part of what was brought along.
            debit, credit = debit - self._amount(row, "period_debit"), credit - self._amount(row, "period_credit")
        quantity = number_of(row.text("closing_quantity" if self._which == "closing" else "quantity") or row.text("quantity"))
        return Balance(amount, debit, credit, quantity or None)

    def _standing(self, row: HeadedRow, side: str) -> int:
        which = self._which
        if f"{which}_debit" in self.head.places or f"{which}_credit" in self.head.places:
            return self._amount(row, f"{which}_debit") - self._amount(row, f"{which}_credit")
        amount = self._amount(row, which)
        side = _side(row.text(f"{which}_direction")) or side
        if amount and not side:
            self._fault(row, which, "这一行有余额,但没有借贷方向")
        return -amount if side == "credit" else amount

    def _note_total(self, row: HeadedRow) -> None:
        which = self._which
        if f"{which}_debit" in self.head.places and f"{which}_credit" in self.head.places:
            self._totals.append((row, self._amount(row, f"{which}_debit"), self._amount(row, f"{which}_credit")))

    def close(self) -> None:
        self._table.lost_columns = list(self._others.lost)
        tops = [row for row in self._table.rows if row.named is None and len(row.code) == 4]
        debit = sum(max(row.balance.amount, 0) for row in tops)
        credit = sum(max(-row.balance.amount, 0) for row in tops)
        for row, said_debit, said_credit in self._totals[-1:]:
            self._table.totals += 1
            if said_debit - said_credit != debit - credit:
                sentence = f"合计行写的是借方 {yuan(said_debit)}、贷方 {yuan(said_credit)},而一级科目加起来是借方 {yuan(debit)}、贷方 {yuan(credit)}"
                self._fault(row, f"{self._which}_debit", sentence)

    def _amount(self, row: HeadedRow, name: str) -> int:
        text = row.text(name)
        return amount_in("" if text in ("-", "*") else text, lambda sentence: self._fault(row, name, sentence))

    def _due(self, row: HeadedRow) -> dt.date | None:
        text = row.text("due")
        found = day_of(text) if text else None
        if text and found is None:
            self._fault(row, "due", f"日期“{text[:20]}”看不懂")
        return found

    def _fault(self, row: HeadedRow, name: str, sentence: str) -> None:
        self._table.fault(Fault(row.number, row.column(name), sentence, self.head.name))


def _side(text: str) -> str:
    word = plain(text)
    return "debit" if word.startswith(("借", "D")) else "credit" if word.startswith(("贷", "C")) else ""


