"""Small stories of a company: what was posted and billed. All names and numbers are invented. The month asked about is September 2026."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceLine, InvoiceState, Party
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Fact, FactKind, FactSource, FactValue, Standing
from zhangfang_sdk.testing.risk_material import Post

MONTH = Period(2026, 9)
GENERAL, SMALL = TaxpayerKind.GENERAL, TaxpayerKind.SMALL_SCALE
OWN = Party("示例有限公司", "91330106MA2TEXT16P")
OTHER = Party("杭州青禾商贸有限公司", "91330106MA2TEXT41B")
OWNER = "何示例"


@dataclass(frozen=True)
class Story:
    """``more`` are fields of Material that stand beside books and invoices; ``real`` says whether it can be posted and billed as it is."""

    posts: tuple[Post, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    kind: TaxpayerKind = GENERAL
    industry: str = "trading"
    starts: dt.date = dt.date(2025, 1, 1)
    facts: Mapping[FactKind, FactValue] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    month: Period = MONTH
    more: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    def but(self, **changes: Any) -> "Story":
        return replace(self, **changes)

    def plus(self, *posts: Post) -> "Story":
        return replace(self, posts=(*self.posts, *posts))

    def bill(self, *invoices: Invoice) -> "Story":
        return replace(self, invoices=(*self.invoices, *invoices))


def back(months: int) -> str:
    return MONTH.plus(-months).key


def each(months: int, debit: str, credit: str, fen: int, since: int = 0) -> tuple[Post, ...]:
    """The same posting in each of so many months, the last one ``since`` months before September."""
    return tuple((back(since + n), debit, credit, fen) for n in range(months))


def sales(months: int, fen: int, since: int = 0) -> tuple[Post, ...]:
    return each(months, "1002", "5001", fen, since)


def vat(months: int, fen: int, since: int = 0) -> tuple[Post, ...]:
    """Turned over at each month's end."""
    return each(months, "22210104", "222102", fen, since)


_NUMBERS = iter(range(1, 10**9, 7))


def billed(
    direction: InvoiceDirection, fen: int, name: str, *, since: int = 0, party: Party = OTHER, rate: str = "13%", day: int = 10, number: str = "",
    state: InvoiceState = InvoiceState.READ, buyer: Party | None = None, kind: str = "数电普票",
) -> Invoice:
    """One invoice over one line of ``fen`` without tax; numbers are seven apart where none is given."""
    month = MONTH.plus(-since)
    percent = int(rate.removesuffix("%")) if rate.endswith("%") else 0
    tax = fen * percent // 100
    ours = OWN if buyer is None else buyer
    seller, buys = (ours, party) if direction is InvoiceDirection.ISSUED else (party, ours)
    n = next(_NUMBERS)
    return Invoice(
        n, 1, direction, state, kind, number or f"2633{n:016d}", dt.date(month.year, month.month, day), seller, buys, fen, tax, fen + tax,
        (InvoiceLine(name, fen, tax, rate),), source="story",
    )  # fmt: skip


def sold(fen: int, name: str = "*家具*实木餐桌", **more: Any) -> Invoice:
    return billed(InvoiceDirection.ISSUED, fen, name, **more)


def bought(fen: int, name: str = "*家具*实木餐桌", **more: Any) -> Invoice:
    return billed(InvoiceDirection.RECEIVED, fen, name, **more)


def fact(kind: FactKind, value: FactValue, id_: int = 1) -> Fact[FactValue]:
    start = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    day = dt.date(2026, 7, 1) if kind in (FactKind.EMPLOYEES, FactKind.TOTAL_ASSETS) else dt.date(2025, 1, 1)
    return Fact(id_, 1, kind, value, day, FactSource.TYPED, Standing.IN_FORCE, start, "测试")
