"""What booking is told and what it answers. Money in integer fen; red (negative) invoices carry negative amounts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from zhangfang_sdk.clients import TaxpayerKind

CONFIRMED_INPUT_VAT = "22210101"  # 应交增值税-进项税额
UNCONFIRMED_INPUT_VAT = "222105"  # 待认证进项税额 (财会〔2016〕22号)

PURCHASE_SETTLEMENTS: Mapping[str, str] = {
    "2202": "先挂应付账款，付款时再冲",
    "1002": "按客户设置，直接从银行存款付",
    "1001": "按客户设置，直接用现金付",
    "224104": "按客户设置，由老板或股东垫付",
}
SALES_SETTLEMENTS: Mapping[str, str] = {
    "1122": "先挂应收账款，收款时再冲",
    "1002": "按客户设置，款已收到银行",
    "1001": "按客户设置，收的是现金",
    "1012": "按客户设置，收到微信、支付宝等平台",
}


_IDENTITY = re.compile(r"(?<!\d)\d{3,10}\*{2,12}\d{2,4}[\dXx](?!\d)|(?<!\d)\d{17}[\dXx](?![\dA-Za-z])")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of an invoice: ``amount_fen`` without tax; ``rate`` as printed ("13%", "免税"); ``quantity`` if printed."""

    name: str
    classification_short: str
    amount_fen: int
    rate: str
    tax_fen: int
    quantity: Decimal | None = None
    classification_code: str = ""


@dataclass(frozen=True, slots=True)
class InvoiceFacts:
    """What stands on the invoice. ``kind`` is the Chinese name of the kind of document ("数电专票").

    ``issued_on`` is a business date (Asia/Shanghai). ``may_carry_input_vat`` says that this kind of document can
    give input VAT at all; ``confirmed_for_deduction`` that its use was confirmed (用途确认/勾选) already.
    """

    kind: str
    direction: Literal["purchase", "sales"]
    seller_name: str
    seller_tax_id: str
    buyer_name: str
    issued_on: date
    lines: tuple[FactLine, ...]
    amount_fen: int
    tax_fen: int
    total_fen: int
    may_carry_input_vat: bool
    confirmed_for_deduction: bool = False
    printed: str = ""
    """Everything that stands on the document, where it was read."""

    @property
    def names_passenger(self) -> bool:
        """Whether an identity number stands on it, whole or with stars in its middle."""
        return _IDENTITY.search(self.printed) is not None


@dataclass(frozen=True, slots=True)
class ClientProfile:
    """Whose books. ``industry``: restaurant, retail, trading, manufacturing, software or another key.

    ``trades_in`` are beginnings of short names which this client buys to sell again (a furniture dealer's 家具).
    Settlement accounts are keys of PURCHASE_SETTLEMENTS and SALES_SETTLEMENTS; another raises ValueError.
    """

    name: str
    taxpayer_kind: TaxpayerKind
    industry: str
    purchase_settlement: str = "2202"
    sales_settlement: str = "1122"
    trades_in: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (
            self.purchase_settlement not in PURCHASE_SETTLEMENTS
            or self.sales_settlement not in SALES_SETTLEMENTS
        ):
            raise ValueError("unknown settlement account")


@dataclass(frozen=True, slots=True)
class SellerMemory:
    """Accounts that accountants chose before for one seller, by the item's name without its short name; "" is any item (CAP-6)."""

    accounts: Mapping[str, str] = field(default_factory=dict)

    def of(self, item: str) -> str | None:
        """The account of this item, else of the seller's invoices as a whole; None where its items go to several accounts."""
        if item in self.accounts:
            return self.accounts[item]
        by_item = {account for name, account in self.accounts.items() if name}
        return self.accounts.get("") if len(by_item) < 2 else None


class InputVatState(StrEnum):
    """Whether the tax on a purchase may be deducted (抵扣)."""

    DEDUCTIBLE = "deductible"
    AWAITING_CONFIRMATION = "awaiting_confirmation"
    PARTLY = "partly"
    NOT_DEDUCTIBLE = "not_deductible"
    NOT_APPLICABLE = "not_applicable"


@dataclass(frozen=True, slots=True)
class InputVat:
    """``deductible_fen`` is the tax booked apart; ``why`` one Chinese sentence, with the rule's source where law says no.

    ``is_computed``: the document states no tax, it follows from the price.
    """

    state: InputVatState
    deductible_fen: int
    why: str
    is_computed: bool = False


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """One line of the voucher; exactly one of debit and credit is not zero, a red line negative on its own side."""

    account_code: str
    summary: str
    debit_fen: int
    credit_fen: int
    counterparty: str = ""
    items: tuple[str, ...] = ()
    """Names, without short names, of the invoice's lines that stand in it."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A balanced voucher (no lines where the invoice comes to nothing), with reasons in Chinese.

    ``confidence`` in per mille is that of the least sure line.
    """

    lines: tuple[ProposedLine, ...]
    reasons: tuple[str, ...]
    confidence: int
    input_vat: InputVat
