"""Proofs by arithmetic: sums, rates and capitals. All money in integer fen."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from zhangfang_capture_ocr.proofs.rules import CONTROLLED, DIGITAL, Tolerance
from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import InvoiceLine, Reading
from zhangfang_capture_ocr.reading.capitals import fen_of_capitals
from zhangfang_capture_ocr.reading.figures import rate_of

_LOOK = "请对照原票核对；如果原票就是这样，请让开票方重开。"


def yuan(fen: int) -> str:
    """Money for a sentence: `-1,234.50`."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}"


def total_is_sum(reading: Reading) -> ProofResult:
    """金额 + 税额 = 价税合计, exactly; tax not printed (免税) counts as none."""
    amount, total, tax = reading.amount, reading.total, reading.tax or 0
    if amount is None or total is None:
        missing = "total" if total is None else "amount"
        return ProofResult("total.sum", None, missing, "没有读到金额或价税合计，请会计对照原票补上。", Fixer.ACCOUNTANT)
    if amount + tax == total:
        return ProofResult("total.sum", True, "total", "金额加税额等于价税合计。", Fixer.NOBODY)
    sentence = f"金额 {yuan(amount)} 加税额 {yuan(tax)} 不等于价税合计 {yuan(total)}。{_LOOK}"
    return ProofResult("total.sum", False, "total", sentence, Fixer.ACCOUNTANT)


def lines_are_sum(reading: Reading) -> tuple[ProofResult, ProofResult]:
    """The lines' amounts and taxes add up to the sums, exactly."""
    return (
        _lines_sum("lines.amount", "金额", "amount", reading.amount, [line.amount for line in reading.lines]),
        _lines_sum("lines.tax", "税额", "tax", reading.tax or 0, [line.tax or 0 for line in reading.lines]),
    )


def _lines_sum(code: str, word: str, field: str, sum_: int | None, parts: list[int | None]) -> ProofResult:
    known = [part for part in parts if part is not None]
    if sum_ is None or not parts or len(known) < len(parts):
        return ProofResult(code, None, field, f"没有读全每一行的{word}，请会计对照原票核对。", Fixer.ACCOUNTANT)
    if sum(known) == sum_:
        return ProofResult(code, True, field, f"各行{word}相加等于合计。", Fixer.NOBODY)
    sentence = f"各行{word}相加是 {yuan(sum(known))}，与合计 {yuan(sum_)} 不一样。{_LOOK}"
    return ProofResult(code, False, field, sentence, Fixer.ACCOUNTANT)


def rates_hold(reading: Reading) -> ProofResult:
    """Amount times rate is the tax, within the tolerance of the kind; lines without a rate in figures are exempt.

    A line whose amount is reduced before taxing (差额征税) says so in the remarks and is exempt as well.
    """
    tolerance = DIGITAL if reading.kind.is_digital else CONTROLLED
    if "差额征税" in (reading.remarks or ""):
        return ProofResult("tax.rate", None, "tax", "差额征税的发票，税额不按全额计算。", Fixer.NOBODY)
    checked = 0
    drift = Fraction(0)
    for number, line in enumerate(reading.lines, start=1):
        off = _off_rate(line)
        if off is None:
            continue
        checked += 1
        drift += off
        if abs(off) > tolerance.line_fen:
            return _rate_failed(number, line)
    if not checked:
        return ProofResult("tax.rate", None, "tax", "这张发票没有可以核算的税率。", Fixer.NOBODY)
    if abs(drift) > tolerance.for_invoice(checked):
        return ProofResult("tax.rate", False, "tax", f"全票税额与税率核算的结果相差太多。{_LOOK}", Fixer.ACCOUNTANT)
    return ProofResult("tax.rate", True, "tax", "税额与税率核算一致。", Fixer.NOBODY)


def _off_rate(line: InvoiceLine) -> Fraction | None:
    rate = rate_of(line.rate)
    if rate is None or line.amount is None or line.tax is None:
        return None
    return line.amount * rate - line.tax


def _rate_failed(number: int, line: InvoiceLine) -> ProofResult:
    sentence = (
        f"第 {number} 行金额 {yuan(line.amount or 0)} 按税率 {line.rate} 计算，"
        f"与票面税额 {yuan(line.tax or 0)} 对不上。{_LOOK}"
    )
    return ProofResult("tax.rate", False, "tax", sentence, Fixer.ACCOUNTANT)


def prices_hold(reading: Reading) -> ProofResult:
    """Quantity times unit price is the amount, as far as the printed places of both let it be; lines without both are exempt."""
    checked = 0
    for number, line in enumerate(reading.lines, start=1):
        if line.quantity is None or line.unit_price is None or line.amount is None:
            continue
        checked += 1
        # Each factor is printed rounded: half a unit of its last place may be missing.
        slack = abs(line.quantity) * _half_place(line.unit_price) + abs(line.unit_price) * _half_place(line.quantity)
        if abs(line.quantity * line.unit_price * 100 - line.amount) > slack * 100 + 1:
            sentence = (
                f"第 {number} 行的数量 {line.quantity:f} 乘单价 {line.unit_price:f} 与金额 {yuan(line.amount)} 对不上。{_LOOK}"
            )
            return ProofResult("lines.price", False, "amount", sentence, Fixer.ACCOUNTANT)
    if not checked:
        return ProofResult("lines.price", None, "amount", "这张发票没有同时写数量和单价的行。", Fixer.NOBODY)
    return ProofResult("lines.price", True, "amount", "数量乘单价等于金额。", Fixer.NOBODY)


def _half_place(value: Decimal) -> Decimal:
    """Nothing for whole numbers: those are not rounded."""
    exponent = value.as_tuple().exponent
    return Decimal(1).scaleb(exponent) / 2 if isinstance(exponent, int) and exponent < 0 else Decimal(0)


def capitals_agree(reading: Reading) -> ProofResult:
    """The total in capitals is the total in figures."""
    words, total = reading.total_in_words, reading.total
    if words is None or total is None:
        return ProofResult("total.capitals", None, "total_in_words", "没有读到大写金额。", Fixer.NOBODY)
    meant = fen_of_capitals(words)
    if meant is None:
        sentence = "大写金额看不明白，请会计对照原票核对。"
        return ProofResult("total.capitals", False, "total_in_words", sentence, Fixer.ACCOUNTANT)
    if meant == total:
        return ProofResult("total.capitals", True, "total_in_words", "大写与小写金额一致。", Fixer.NOBODY)
    sentence = f"大写金额是 {yuan(meant)}，小写金额是 {yuan(total)}，两个不一样。{_LOOK}"
    return ProofResult("total.capitals", False, "total_in_words", sentence, Fixer.ACCOUNTANT)


__all__ = [
    "Tolerance",
    "capitals_agree",
    "lines_are_sum",
    "prices_hold",
    "rates_hold",
    "total_is_sum",
    "yuan",
]
