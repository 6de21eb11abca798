"""The invoice that somebody thinks of issuing, and its place among what is known. Pure; amounts are fen."""

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from zhangfang_risk_rules.scanning.reading import Known
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceLine, InvoiceState, Party
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.money import fen
from zhangfang_sdk.periods import Period

SOURCE = "foreseen"
LONGEST_GOODS = 60
_KINDS = {"general": TaxpayerKind.GENERAL, "small": TaxpayerKind.SMALL_SCALE}


@dataclass(frozen=True, slots=True)
class Rate:
    """``printed`` as on the invoice. ``levy``: 征收率. ``source`` is its law."""

    printed: str
    levy: bool
    source: str

    @property
    def percent(self) -> int:
        """0 for 免税."""
        return int(self.printed.removesuffix("%")) if self.printed.endswith("%") else 0


@dataclass(frozen=True, slots=True)
class Thought:
    """``total`` is with tax. ``goods`` is the line's name with its classification ("*咨询服务*市场咨询"); ``special``: 专用发票."""

    total: int
    rate: Rate
    goods: str
    special: bool = False

    @property
    def amount(self) -> int:
        """Without tax, rounded to the fen."""
        whole = 100 + self.rate.percent
        return (2 * self.total * 100 + whole) // (2 * whole)

    @property
    def tax(self) -> int:
        return self.total - self.amount


def rates_of(kind: TaxpayerKind, day: dt.date) -> Sequence[Rate]:
    """Those in force on ``day`` for this kind of payer, the likeliest first."""
    return [
        Rate(raw["printed"], raw.get("levy", False), raw["source"])
        for raw in _rates()
        if kind in {_KINDS[name] for name in raw["kinds"]} and raw["since"] <= day <= raw.get("until", day)
    ]


def read_thought(written: Mapping[str, str], rates: Sequence[Rate]) -> Thought:
    """What a form says: yuan with tax, the printed rate, the goods as a classification or as printed.

    Raises Refusal ``money.unreadable``, ``risk_rules.foreseen_amount``, ``risk_rules.foreseen_rate``, ``risk_rules.foreseen_goods``,
    ``risk_rules.foreseen_special``.
    """
    total = fen(written.get("total", ""))
    if total <= 0:
        raise Refusal("risk_rules.foreseen_amount", "请填写大于零的开票金额。", field="total")
    rate = next((r for r in rates if r.printed == written.get("rate")), None)
    if rate is None:
        raise Refusal("risk_rules.foreseen_rate", "请从列表里选一个税率。", field="rate")
    goods = written.get("goods", "").strip()
    if len(goods) > LONGEST_GOODS:
        raise Refusal("risk_rules.foreseen_goods", f"开什么最多写 {LONGEST_GOODS} 个字。", field="goods")
    if not goods.strip("*"):
        raise Refusal("risk_rules.foreseen_goods", "请填写开什么,例如“咨询服务”。", field="goods")
    special = written.get("kind") == "special"
    if special and rate.percent == 0:
        raise Refusal("risk_rules.foreseen_special", "免税的销售不能开专用发票,请改选普通发票或税率。", field="kind")
    return Thought(total, rate, goods if goods.startswith("*") and goods.count("*") >= 2 else f"*{goods.strip('*')}*{goods.strip('*')}", special)


def with_thought(known: Known, thought: Thought, kind: TaxpayerKind, month: Period) -> Known:
    """As if it had been issued, booked and its tax been due in ``month``, on the running day at the latest; bought is nothing for it."""
    day = min(known.day, month.last_day)
    invoice = Invoice(
        0, known.client.id, InvoiceDirection.ISSUED, InvoiceState.READ, "数电专票" if thought.special else "数电普票", "", day,
        Party(known.client.name, known.client.tax_id), Party("还没有开的这张票"), thought.amount, thought.tax, thought.total,
        (InvoiceLine(thought.goods, thought.amount, thought.tax, thought.rate.printed),), source=SOURCE,
    )  # fmt: skip
    role = "vat" if kind is TaxpayerKind.SMALL_SCALE else "vat_simple" if thought.rate.levy else "vat_turned"
    tax = Balance(known.books.codes(role)[0], month, thought.tax, 0) if role == "vat_turned" else Balance(known.books.codes(role)[0], month, 0, thought.tax)
    booked = (
        Balance(known.books.codes("receivable")[0], month, thought.total, 0),
        Balance(known.books.codes("sales")[0], month, 0, thought.amount),
        tax,
    )
    return replace(known, books=known.books.plus(*booked), invoices=known.invoices.plus(invoice))


@cache
def _rates() -> Sequence[Mapping[str, Any]]:
    text = files("zhangfang_risk_rules").joinpath("data/invoice_rates.toml").read_text("utf-8")
    return tuple(tomllib.loads(text)["rate"])
