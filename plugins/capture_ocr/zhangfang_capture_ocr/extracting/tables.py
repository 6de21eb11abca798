"""The table of an invoice on a picture: its lines, its sums and the total."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from zhangfang_capture_ocr.extracting.heads import LABELLED, SHAPED, Found, put
from zhangfang_capture_ocr.extracting.labels import CAPITALS, CAPITALS_RUN
from zhangfang_capture_ocr.extracting.layout import Run, Sheet
from zhangfang_capture_ocr.proofs.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.figures import classification_short, fen_of, number_of, printed_rate
from zhangfang_capture_ocr.reading.titles import near
from zhangfang_capture_ocr.reading.values import InvoiceLine

_MONEY: Final = re.compile(r"-?\d[\d,]*\.\d{2}(?!\d)")
_SIGNS: Final = str.maketrans({"羊": "¥", "半": "¥", "Y": "¥", "¥": "¥", "￥": "¥"})
_RATE: Final = re.compile(r"\d{1,2}(?:\.\d)?%|免税|不征税|零税率|\*{2,3}")
_COLUMNS: Final = (
    ("name", ("货物或应税劳务", "项目名称", "服务名称")),
    ("specification", ("规格型号",)),
    ("unit", ("单位",)),
    ("quantity", ("数量",)),
    ("unit_price", ("单价",)),
    ("amount", ("金额",)),
    ("rate", ("税率",)),
    ("tax", ("税额",)),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Where the table stands, in widths of the page: heading, row of sums, row of the total; and its columns' centres."""

    top: float
    sums: float
    total: float
    columns: dict[str, float]


def money_of(text: str) -> int | None:
    """The one sum in a run, fen."""
    found = _MONEY.findall(text.translate(_SIGNS))
    return fen_of(found[0]) if len(found) == 1 else None


def table_of(sheet: Sheet) -> Table | None:
    """The table by its heading and its last rows; None where no total in words or figures is labelled."""
    total = next((run for run in sheet.runs if near(run.plain, "价税合计")), None)
    if total is None:
        total = next((run for run in sheet.runs if "小写" in run.plain), None)
    if total is None:
        return None
    columns: dict[str, float] = {}
    tops = []
    marks = [run for run in sheet.runs if run.middle < total.middle]
    for name, words in _COLUMNS:
        hits = [run for run in marks if len(run.plain) < 14 and any(near(run.plain, word) for word in words)]
        if hits:
            columns[name] = hits[-1].centre
            tops.append(hits[-1].middle)
    for name, first in (("amount", "金"), ("tax", "税")):
        _split(marks, columns, tops, name, first)
    top = sorted(tops)[len(tops) // 2] if tops else total.middle * 0.6
    return Table(top, _row_of_sums(sheet, top, total), total.middle, columns)


def _split(marks: list[Run], columns: dict[str, float], tops: list[float], name: str, first: str) -> None:
    """A heading whose two characters stand apart: 金 额."""
    if name in columns:
        return
    for run in marks:
        if run.plain != first:
            continue
        for other in marks:
            if (
                other.plain == "额"
                and abs(other.middle - run.middle) < run.height
                and 0 < other.left - run.right < 0.08
            ):
                columns[name] = (run.left + other.right) / 2
                tops.append(run.middle)
                return


def _row_of_sums(sheet: Sheet, top: float, total: Run) -> float:
    rows = [
        run.middle
        for run in sheet.between(top + 0.5 * sheet.line, total.middle - 0.6 * sheet.line)
        if run.plain in ("合", "计", "合计")
        or (re.match(r"[¥]", run.plain.translate(_SIGNS)) and money_of(run.plain) is not None)
    ]
    return rows[-1] if rows else total.middle - 1.5 * sheet.line


def read_sums(sheet: Sheet, table: Table) -> Found:
    """Amount, tax, total and the total in capitals."""
    found: Found = {}
    reach = sheet.line
    row = sorted(
        (run for run in sheet.between(table.sums - reach, min(table.sums + reach, table.total - 0.4 * reach), 0.15, 1.0)
         if money_of(run.plain) is not None),
        key=lambda run: run.left,
    )  # fmt: skip
    edge = table.columns.get("tax", 1.0)
    row = [run for run in row if run.centre < edge + 0.15]
    if row:
        put(found, "amount", money_of(row[0].plain), row[0].box, LABELLED)
    if len(row) > 1:
        put(found, "tax", money_of(row[1].plain), row[1].box, LABELLED)
    _total(sheet, table, found)
    return found


def _total(sheet: Sheet, table: Table, found: Found) -> None:
    line = sheet.between(table.total - 1.2 * sheet.line, table.total + 1.2 * sheet.line)
    labelled = [run for run in line if "小写" in run.plain or near(run.plain, "(小写)")]
    for label in labelled:
        for run in (label, *sheet.beside(label, 0.2)[:2]):
            total = money_of(run.plain.partition("写")[2] or run.plain)
            if total is not None:
                put(found, "total", total, run.box, LABELLED)
                break
    if "total" not in found:
        for run in line:
            if run.plain.translate(_SIGNS).startswith("¥") and run.middle > table.sums + 0.6 * sheet.line:
                put(found, "total", money_of(run.plain), run.box, SHAPED)
    for run in line:
        plain = re.sub(r"^.*大写[)]?[:]?", "", run.plain).translate(CAPITALS)
        plain = plain.lstrip("⊗Ⓧ×X⑧@®&Q0·8:：")
        match = CAPITALS_RUN.search(plain)
        if (
            match is not None
            and len(match[0]) >= 3
            and fen_of_capitals(match[0]) is not None
            and match.end() > len(plain) - 3
        ):
            put(found, "total_in_words", match[0], run.box, LABELLED)


def read_lines(sheet: Sheet, table: Table) -> tuple[InvoiceLine, ...]:
    """The lines between heading and sums: a line begins where the amount column has a sum; names wrap below it."""
    if "amount" not in table.columns:
        return ()
    inside = sheet.between(table.top + 0.6 * sheet.line, table.sums - 0.6 * sheet.line)
    lines = []
    for row in _rows(sheet, inside):
        amount = _amount(table, row)
        if amount is not None:
            lines.append(_line(table, amount, row))
    return tuple(lines)


def _rows(sheet: Sheet, inside: list[Run]) -> list[list[Run]]:
    """Rows of the table, each around a sum: lines of print may be closer than the sheet's usual line."""
    rows: list[list[Run]] = []
    for run in (run for run in inside if money_of(run.plain) is not None):
        if rows and abs(run.middle - rows[-1][0].middle) < 0.45 * sheet.line:
            rows[-1].append(run)
        else:
            rows.append([run])
    for row in rows:
        middle = row[0].middle
        row.extend(o for o in inside if o not in row and abs(o.middle - middle) < 0.55 * sheet.line)
    return [sorted(row, key=lambda run: run.left) for row in rows]


def _amount(table: Table, row: list[Run]) -> Run | None:
    """The sum left of the rate; without a rate the one nearest to the amounts' column."""
    sums = [run for run in row if money_of(run.plain) is not None]
    rates = [run for run in row if _RATE.fullmatch(run.plain)]
    if rates:
        sums = [run for run in sums if run.centre < rates[-1].left]
        return sums[-1] if sums else None
    wide = [run for run in sums if run.centre > table.columns["amount"] - 0.06]
    return wide[0] if wide else None


def _column(table: Table, run: Run) -> str:
    """The column whose heading is nearest; sums stand right in theirs, names left."""
    if run.left < table.columns.get("specification", table.columns.get("unit", 0.3)) - 0.06 and not re.match(
        r"[-\d.,]+$", run.plain
    ):
        return "name"
    return min(
        table.columns,
        key=lambda name: abs(table.columns[name] - (run.centre if name not in ("amount", "tax") else run.right - 0.02)),
    )


def _line(table: Table, amount: Run, row: list[Run]) -> InvoiceLine:
    texts: dict[str, str] = {}
    tax, rate = None, ""
    for run in sorted(row, key=lambda each: each.left):
        plain = run.plain
        if run is amount:
            continue
        if run.left > amount.left:
            match = _RATE.search(plain)
            if match is not None:
                rate = printed_rate(match[0])
            money = money_of(plain[match.end() :] if match is not None else plain)
            if money is not None:
                tax = money
            continue
        column = _column(table, run)
        texts[column] = texts.get(column, "") + run.text.strip()
    price, many = number_of(texts.get("unit_price", "")), number_of(texts.get("quantity", ""))
    name = texts.get("name", "")
    return InvoiceLine(
        name, classification_short(name), "", texts.get("specification", ""), texts.get("unit", ""), many, price,
        money_of(amount.plain), rate, tax, amount.box,
    )  # fmt: skip
