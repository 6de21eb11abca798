"""The register of one month as its page shows it, and how it ties to the books. Amounts are fen, negative on red letters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from piccolo.columns.combination import And, Or

from zhangfang_capture_ocr.booking import CONFIRMED_INPUT_VAT, UNCONFIRMED_INPUT_VAT
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.states import TO_REVIEW, InputTaxDecision, ItemState
from zhangfang_capture_ocr.tables import InputTaxUse, Invoice
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

AT_MOST = 2_000
"""Invoices of one register: more than a firm's clients have in a month, and all that is still open."""
_COUNTED = sorted({*TO_REVIEW, ItemState.APPROVED})
_KINDS = sorted(kind.value for kind in InvoiceKind if kind.may_carry_input_vat)


class Standing(StrEnum):
    """Where an invoice's tax stands: ``BARRED`` by a rule, ``REFUSED`` by a person."""

    WAITING = "waiting"
    DEDUCTED = "deducted"
    REFUSED = "refused"
    BARRED = "barred"


@dataclass(frozen=True, slots=True)
class Entry:
    """One invoice. ``stated`` is the tax on its face, ``input_tax`` what may be deducted, ``why`` by which rule or for which reason.

    ``is_booked``: its own voucher is posted; ``voucher`` carried the tax over (None while nothing did).
    """

    id: int
    item: int
    kind: str
    number: str
    issued_on: date
    seller: str
    amount: int
    stated: int
    input_tax: int
    is_computed: bool
    standing: Standing
    why: str
    is_booked: bool
    voucher: int | None


@dataclass(frozen=True, slots=True)
class Tie:
    """One sum by the register and by posted vouchers."""

    account: str
    register: int
    books: int

    @property
    def difference(self) -> int:
        """What the books have more."""
        return self.books - self.register


@dataclass(frozen=True, slots=True)
class Register:
    """What waits was issued up to the end of the month; the rest belongs to the month itself. ``is_cut``: there is more than is listed."""

    month: Period
    entries: Sequence[Entry]
    deducted: Tie
    waiting: Tie
    is_cut: bool

    def of(self, standing: Standing) -> Sequence[Entry]:
        return [entry for entry in self.entries if entry.standing == standing]

    def sum_of(self, standing: Standing) -> int:
        return sum(entry.input_tax for entry in self.of(standing))

    @property
    def to_carry(self) -> int:
        """How many decided invoices have a posted voucher of their own and none yet that carries the tax over."""
        return sum(
            entry.is_booked and entry.voucher is None and bool(entry.input_tax)
            for entry in self.entries
            if entry.standing in (Standing.DEDUCTED, Standing.REFUSED)
        )


async def register(client: int, month: Period) -> Register:
    """Needs ``ledger.read``."""
    decided = {row["invoice"]: row for row in await InputTaxUse.select().where(InputTaxUse.client == client)}
    entries = [_entry(row, decided.get(row["id"])) for row in await _invoices(client, month, decided)]
    carried = [row["voucher"] for row in decided.values() if row["voucher"] is not None]
    live = {v.id for v in await use(Ledger).vouchers_by_id(carried) if v.state is not VoucherState.DISCARDED}
    shown = [entry if entry.voucher in live else replace(entry, voucher=None) for entry in entries]
    balances = await use(Ledger).balances(client, None, month)
    input_tax = sum(
        b.debit - b.credit for b in balances if b.account.startswith(CONFIRMED_INPUT_VAT) and b.period == month
    )
    unconfirmed = sum(b.debit - b.credit for b in balances if b.account.startswith(UNCONFIRMED_INPUT_VAT))
    waiting = sum(e.input_tax for e in shown if e.standing is Standing.WAITING and e.is_booked)
    deducted = sum(e.input_tax for e in shown if e.standing is Standing.DEDUCTED)
    return Register(
        month,
        shown[:AT_MOST],
        Tie(CONFIRMED_INPUT_VAT, deducted, input_tax),
        Tie(UNCONFIRMED_INPUT_VAT, waiting, unconfirmed),
        len(shown) > AT_MOST,
    )


async def _invoices(
    client: int, month: Period, decided: Mapping[int, Mapping[str, Any]]
) -> Sequence[Mapping[str, Any]]:
    """Purchases that count: decided for the month, or undecided up to its end; of those without deductible tax the month's own."""
    of_month = [invoice for invoice, row in decided.items() if row["period"] == month.number]
    open_ones = And(Invoice.issued_on <= month.last_day, Invoice.id.not_in([*decided] or [0]))
    barred = And(Invoice.issued_on >= month.first_day, And(Invoice.input_tax == 0, Invoice.kind.is_in(_KINDS)))
    found: Sequence[Mapping[str, Any]] = (
        await Invoice.select(*Invoice.all_columns(), Invoice.item.state)
        .where(
            Invoice.client == client,
            Invoice.direction == Direction.PURCHASE,
            Invoice.live.eq(True),
            Invoice.issued_on.is_not_null(),
            Invoice.item.state.is_in(_COUNTED),
            Or(Invoice.id.is_in(of_month or [0]), And(open_ones, Or(Invoice.input_tax != 0, barred))),
        )
        .order_by(Invoice.issued_on, Invoice.id, ascending=False)
        .limit(AT_MOST + 1)
    )
    return found


def _entry(row: Mapping[str, Any], decided: Mapping[str, Any] | None) -> Entry:
    standing, why = Standing.WAITING if row["input_tax"] else Standing.BARRED, row["input_tax_why"]
    if decided is not None and decided["decision"] == InputTaxDecision.DEDUCTED:
        standing = Standing.DEDUCTED
    elif decided is not None:
        standing, why = Standing.REFUSED, decided["reason"]
    tax = row["tax"] or 0
    return Entry(
        id=row["id"],
        item=row["item"],
        kind=row["kind"],
        number=row["number"],
        issued_on=row["issued_on"],
        seller=row["seller_name"],
        amount=row["total"] - tax if row["amount"] is None else row["amount"],
        stated=tax,
        input_tax=row["input_tax"] or 0,
        is_computed=row["input_tax_computed"],
        standing=standing,
        why=why,
        is_booked=row["item.state"] == ItemState.APPROVED,
        voucher=None if decided is None else decided["voucher"],
    )
