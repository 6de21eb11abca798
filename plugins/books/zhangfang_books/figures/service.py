"""The SDK's ``TaxFigures``: which returns a client files, and the figures of one from books and invoices."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zhangfang_books.figures import income_tax, small_taxes, surcharges, vat_general, vat_small
from zhangfang_books.figures.material import Lines, Material, tax_of
from zhangfang_books.payroll import booking
from zhangfang_books.sales.booked import against_vouchers
from zhangfang_books.sales.reading import issued
from zhangfang_books.sales.register import Method, register
from zhangfang_books.tax.facts import TaxFacts, facts_of
from zhangfang_books.tax.rates import one_in_force
from zhangfang_sdk import use
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import InvoiceDirection, InvoiceQuery, Invoices
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period, label_of
from zhangfang_sdk.tax_figures import TAX_TITLES, ReturnFigures, Tax

TITLES: Mapping[Tax, str] = {**TAX_TITLES, Tax.CIT: f"{TAX_TITLES[Tax.CIT]}预缴", Tax.IIT: f"{TAX_TITLES[Tax.IIT]}扣缴"}
"""Of returns: what is filed of the tax."""
PAYABLE: Mapping[Tax, str] = {
    Tax.VAT: "本期应补(退)税额",
    Tax.SURCHARGES: surcharges.DUE,
    Tax.CIT: income_tax.DUE,
    Tax.IIT: small_taxes.WITHHELD,
    Tax.STAMP: small_taxes.STAMP_DUE,
}
"""The line that says what is to be paid."""

INVOICED = frozenset({Tax.VAT, Tax.SURCHARGES, Tax.STAMP})
QUARTERLY = frozenset({Tax.CIT, Tax.STAMP})
DEDUCTED_WITHIN = 12
"""Months that are looked through for the invoices whose tax a month deducts; the law sets no limit."""


@dataclass(frozen=True, slots=True)
class Span:
    """One return: ``tax`` of the months from ``first`` to ``last``."""

    tax: Tax
    first: Period
    last: Period

    @property
    def label(self) -> str:
        return label_of(self.first, self.last)


def payable(found: ReturnFigures) -> int | None:
    """Fen to be paid; None where it can't be told yet."""
    names = {line.name: line.amount for line in found.lines}
    return names.get(PAYABLE[found.tax])


def spans_at(month: Period, *, general: bool, vat_period: str, income_tax: str) -> Sequence[Span]:
    """The returns whose months hold ``month``."""
    quarter_end = Period(month.year, (month.month + 2) // 3 * 3)
    quarter = (quarter_end.plus(-2), quarter_end)
    monthly = (month, month)
    vat = monthly if general or vat_period == "month" else quarter
    found = [Span(Tax.VAT, *vat), Span(Tax.SURCHARGES, *vat), Span(Tax.IIT, *monthly)]
    if income_tax == "corporate":
        found.append(Span(Tax.CIT, *quarter))
    return [*found, Span(Tax.STAMP, *quarter)]


def spans_of(month: Period, facts: TaxFacts) -> Sequence[Span]:
    chosen = facts.chosen
    return spans_at(month, general=facts.is_general, vat_period=chosen.vat_period, income_tax=chosen.income_tax)


class WorkedOut:
    async def figures(self, client: int, tax: Tax, first: Period, last: Period) -> ReturnFigures:
        require("taxes.read")
        facts = await known_facts(client, last)
        if Span(tax, first, last) not in spans_of(last, facts):
            raise Refusal("taxes.no_return", f"这家企业没有这一期的{TITLES[tax]}申报。", status=404)
        return worked_out(await material(client, tax, first, last, facts), tax)


async def known_facts(client: int, month: Period) -> TaxFacts:
    """Raises Refusal ``taxes.no_rules`` for a standard whose accounts are not known."""
    facts = await facts_of(client, month)
    if facts is None:
        raise Refusal("taxes.no_rules", "这家企业适用的会计制度还没有税务规则。", status=409)
    return facts


async def material(client: int, tax: Tax, first: Period, last: Period, facts: TaxFacts) -> Material:
    books = MonthBooks(client, last, await use(Ledger).balances(client, None, last))
    if tax is Tax.IIT:
        return Material(books, facts, first, last, withheld=await booking.withheld(client, last))
    if tax not in INVOICED:
        return Material(books, facts, first, last)
    invoices, missing = await issued(client, first, last)
    rows = register(invoices, general=facts.is_general)
    found = Material(books, facts, first, last, rows, missing=missing)
    if not _as_booked(found):
        held = await against_vouchers(client, first, last, facts)
        unbooked, earlier = (register(each, general=facts.is_general) for each in (held.unbooked, held.earlier))
        found = replace(found, unbooked=unbooked, unbooked_count=len(held.unbooked), earlier=earlier)
    if tax is not Tax.STAMP and not facts.is_general:
        return found
    since = first if tax is Tax.STAMP else last.plus(1 - DEDUCTED_WITHIN)
    received = await use(Invoices).sums(InvoiceQuery(client, since, last, InvoiceDirection.RECEIVED))
    return replace(found, received=received, received_since=since)


def _as_booked(m: Material) -> bool:
    """Whether the books have the sales and the tax of the invoices to the fen: then each is booked, and nothing else."""
    if m.sales != sum(r.amount for r in m.register):
        return False
    output, simple = (sum(map(tax_of(*methods), m.register)) for methods in ((Method.GENERAL, Method.UNKNOWN), (Method.SIMPLE,)))
    names = m.facts.accounts
    return not m.facts.is_general or (-m.turned(names.vat_output), m.credits(names.vat_simple)) == (output, simple)


def worked_out(m: Material, tax: Tax) -> ReturnFigures:
    """Raises Refusal ``taxes.no_rules`` for months whose rules are not known. Pure."""
    levy = one_in_force("small_levy", m.last.last_day)
    if levy is None or one_in_force("income_tax", m.last.last_day) is None:
        raise Refusal("taxes.no_rules", f"没有 {m.last.label}的税务规则。", status=409)
    found = Lines()
    if tax in (Tax.VAT, Tax.SURCHARGES):
        found = vat_general.vat_general(m) if m.facts.is_general else vat_small.vat_small(m, levy)
    if tax is Tax.SURCHARGES:
        found = surcharges.surcharges(m, found)
    elif tax is Tax.CIT:
        found = income_tax.income_tax(m)
    elif tax is Tax.IIT:
        found = small_taxes.withheld(m)
    elif tax is Tax.STAMP:
        found = small_taxes.stamp(m)
    if m.missing:
        found.doubt(f"“{'、'.join(m.missing)}”没有回应,发票数据不全。")
    paths = {sentence: path for sentence, path in found.doubts.items() if path}
    return ReturnFigures(tax, m.first, m.last, tuple(found.lines), tuple(found.doubts), m.last.last_day.isoformat(), paths)
