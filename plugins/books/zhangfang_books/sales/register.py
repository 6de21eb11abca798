"""The output register: issued invoices by method, rate and kind. Pure; amounts are fen."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from zhangfang_books.tax.rates import in_force, part_of, percent
from zhangfang_sdk.invoices import Invoice, InvoiceLine, InvoiceState


class Method(StrEnum):
    """How a line's VAT is counted. ``UNKNOWN``: the list has no rate, and the tax fits none."""

    GENERAL = "general"
    SIMPLE = "simple"
    EXEMPT = "exempt"
    UNTAXED = "untaxed"
    ZERO = "zero"
    UNKNOWN = "unknown"


TITLES = {
    Method.GENERAL: "一般计税",
    Method.SIMPLE: "简易计税",
    Method.EXEMPT: "免税",
    Method.UNTAXED: "不征税",
    Method.ZERO: "零税率",
    Method.UNKNOWN: "税率不明",
}
_PRINTED = {"免税": Method.EXEMPT, "不征税": Method.UNTAXED, "出口零税率": Method.ZERO, "0%": Method.ZERO}
_KNOWN_RATES = (1300, 900, 600, 500, 300, 100)


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """``rate`` as printed ("13%", "免税"); ``special`` whether they are 专用发票; red letters are counted in, with their sign."""

    method: Method
    rate: str
    special: bool
    count: int
    amount: int
    tax: int


def is_special(kind: str) -> bool:
    """专用发票, on paper or digital; of motor vehicles too, whose tax a buyer may deduct."""
    return "专" in kind or "机动车" in kind


def rate_of(line: InvoiceLine) -> str:
    """As printed; where nothing is, the one whose tax it is to the fen."""
    if line.rate or line.amount is None or not line.tax:
        return line.rate
    amount, tax = abs(line.amount), abs(line.tax)
    return next((percent(rate) for rate in _KNOWN_RATES if abs(part_of(amount, rate) - tax) <= 1), "")


def method_of(rate: str, day: dt.date, *, general: bool) -> Method:
    """Of a client who is a general payer or not on ``day``."""
    if rate in _PRINTED:
        return _PRINTED[rate]
    if not rate:
        return Method.UNKNOWN
    of_law = {percent(row["rate"]) for row in in_force("vat_rate", day)}
    return Method.GENERAL if general and rate in of_law else Method.SIMPLE


def register(invoices: Iterable[Invoice], *, general: bool) -> list[RegisterRow]:
    """In force only, each number once: what two sources have is counted from the first."""
    found: dict[tuple[Method, str, bool], list[int]] = {}
    for invoice in once(invoices):
        seen = set[tuple[Method, str, bool]]()
        for line in lines_of(invoice):
            rate = rate_of(line)
            key = (method_of(rate, invoice.issued_on, general=general), rate, is_special(invoice.kind))
            sums = found.setdefault(key, [0, 0, 0])
            sums[0] += key not in seen
            sums[1] += line.amount or 0
            sums[2] += line.tax or 0
            seen.add(key)
    order = list(Method)
    return [RegisterRow(*key, *sums) for key, sums in sorted(found.items(), key=lambda kv: (order.index(kv[0][0]), kv[0][1], kv[0][2]))]


def once(invoices: Iterable[Invoice]) -> list[Invoice]:
    kept: dict[tuple[str, str], Invoice] = {}
    for invoice in invoices:
        if invoice.state is not InvoiceState.VOIDED:
            kept.setdefault((invoice.code, invoice.number), invoice)
    return list(kept.values())


def lines_of(invoice: Invoice) -> Sequence[InvoiceLine]:
    """Its lines; one for the whole where none are legible or they don't add up to it."""
    lines = invoice.lines
    if lines and sum(x.amount or 0 for x in lines) == invoice.amount and sum(x.tax or 0 for x in lines) == invoice.tax:
        return lines
    rates = {x.rate for x in lines}
    return (InvoiceLine("", invoice.amount, invoice.tax, rates.pop() if len(rates) == 1 else ""),)
