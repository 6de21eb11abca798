"""Sales vouchers from issued invoices: one each, or one a day with a line for each rate, as the firm chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from piccolo.columns.combination import And, Where

from zhangfang_books.sales.register import TITLES, Method, lines_of, method_of, rate_of
from zhangfang_books.sales.source import NAME, get
from zhangfang_books.sales.tables import IssuedInvoice
from zhangfang_books.tax.facts import TaxFacts, facts_of
from zhangfang_sdk import use
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Invoice, Invoices
from zhangfang_sdk.ledger import Account, Ledger, Line, Voucher, VoucherDraft, VoucherState
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.settings import settings

SOURCE = "books.sales"
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class SalesSettings:
    """``sales_vouchers``: "invoice" or "day"; ``sales_account``: where sales are booked, "" for the standard's own."""

    sales_vouchers: str
    sales_account: str


@dataclass(frozen=True, slots=True)
class Codes:
    """Leaf accounts that sales are booked on."""

    receivable: str
    sales: str
    output: str
    simple: str


async def draft_sales(client: int, month: Period) -> Sequence[int]:
    """Draft vouchers for the month's invoices that have none; their ids. Needs ``books.sales`` and ``ledger.draft``.

    Raises as ``Ledger.draft``, and Refusal ``books.sales_account_missing``, ``books.no_forms`` for a standard whose accounts are not known.
    """
    require("books.sales")
    await _free_discarded(client, month)
    rows = await IssuedInvoice.select(IssuedInvoice.id).where(
        _of_month(client, month), IssuedInvoice.voucher.is_null(), IssuedInvoice.voided.eq(False)
    )
    invoices = sorted(await get([row["id"] for row in rows]), key=lambda i: (i.issued_on, i.id))
    facts = await facts_of(client, month)
    if facts is None:
        raise Refusal("books.no_forms", "这家企业适用的会计制度还没有科目对照,请手工填制销售凭证。", status=409)
    chosen = await settings("books", SalesSettings, client=client)
    codes = codes_of(facts, chosen.sales_account, {a.code: a for a in await use(Ledger).accounts(client)})
    made: list[int] = []
    for group in grouped(invoices, chosen.sales_vouchers):
        voucher = await use(Ledger).draft(voucher_of(client, group, facts, codes))
        made.append(voucher)
        await IssuedInvoice.update({IssuedInvoice.voucher: voucher}).where(
            IssuedInvoice.client == client, IssuedInvoice.id.is_in([invoice.id for invoice in group])
        )
    return made


async def follow_postings(vouchers: Sequence[int]) -> None:
    """Invoices whose voucher was posted are booked."""
    rows = await IssuedInvoice.select(IssuedInvoice.id).where(
        IssuedInvoice.voucher.is_in(list(vouchers)), IssuedInvoice.booked.eq(False)
    )
    ids = [row["id"] for row in rows]
    if ids:
        await IssuedInvoice.update({IssuedInvoice.booked: True}).where(IssuedInvoice.id.is_in(ids))
        await use(Invoices).tell_booked(NAME, ids)


def grouped(invoices: Sequence[Invoice], by: str) -> list[list[Invoice]]:
    """In order of day: each alone, or those of a day together, red letters apart."""
    if by == "invoice":
        return [[invoice] for invoice in invoices]
    days = groupby(sorted(invoices, key=lambda i: (i.issued_on, i.total < 0, i.id)), lambda i: (i.issued_on, i.total < 0))
    return [list(group) for _, group in days]


def voucher_of(client: int, invoices: Sequence[Invoice], facts: TaxFacts, codes: Codes) -> VoucherDraft:
    """Receivable by buyer against sales and tax by rate; a red letter's lines are negative on the same sides. Pure."""
    first = invoices[0]
    owed: dict[str, int] = {}
    sold: dict[tuple[Method, str], list[int]] = {}
    for invoice in invoices:
        owed[invoice.buyer.name] = owed.get(invoice.buyer.name, 0) + invoice.total
        for line in lines_of(invoice):
            rate = rate_of(line)
            sums = sold.setdefault((method_of(rate, invoice.issued_on, general=facts.is_general), rate), [0, 0])
            sums[0] += line.amount or 0
            sums[1] += line.tax or 0
    summary = _summary(invoices)
    lines = [Line(codes.receivable, summary, debit=total, counterparty=buyer) for buyer, total in owed.items() if total]
    for (method, rate), (amount, tax) in sold.items():
        words = f"{summary} {rate or TITLES[method]}"[:200]
        if amount:
            lines.append(Line(codes.sales, words, credit=amount, counterparty=first.buyer.name if len(owed) == 1 else ""))
        if tax:
            lines.append(Line(codes.output if method is not Method.SIMPLE else codes.simple, words, credit=tax))
    return VoucherDraft(client, first.issued_on, summary, tuple(lines), source=SOURCE, reasons=_reasons(invoices))


def codes_of(facts: TaxFacts, chosen: str, accounts: Mapping[str, Account]) -> Codes:
    names = facts.accounts
    return Codes(
        _leaf(names.receivable, accounts),
        _leaf(chosen or names.sales[0], accounts),
        _leaf(names.vat_output if facts.is_general else names.vat, accounts),
        _leaf(names.vat_simple if facts.is_general else names.vat, accounts),
    )


def _leaf(code: str, accounts: Mapping[str, Account]) -> str:
    """The account itself, or the only one below it that takes entries."""
    below = [a.code for a in accounts.values() if a.code.startswith(code) and a.is_leaf and not a.retired]
    if code in below or len(below) == 1:
        return code if code in below else below[0]
    sentence = f"科目 {code} " + ("有好几个明细科目,请在模块设置里选定销售收入科目。" if below else "不在科目表里,请先添加。")
    raise Refusal("books.sales_account_missing", sentence, status=409)


def _summary(invoices: Sequence[Invoice]) -> str:
    first = invoices[0]
    if len(invoices) > 1:
        return f"{'冲减' if first.total < 0 else ''}销售收入 {first.issued_on:%m-%d} {len(invoices)} 张发票"
    if first.total < 0:
        return f"红字发票 {first.number[-8:]}" + (f" 冲 {first.reverses[-8:]}" if first.reverses else "")
    return f"销售 {first.buyer.name[:40]} 发票 {first.number[-8:]}"


def _reasons(invoices: Sequence[Invoice]) -> tuple[str, ...]:
    named = [f"发票 {i.number},价税合计 {yuan(i.total)}" + (f",冲红 {i.reverses}" if i.reverses else "") for i in invoices[:20]]
    return (*named, f"共 {len(invoices)} 张") if len(invoices) > len(named) else tuple(named)


async def _free_discarded(client: int, month: Period) -> None:
    """Invoices whose draft somebody gave up wait for a voucher again."""
    rows = await IssuedInvoice.select(IssuedInvoice.voucher).where(
        _of_month(client, month), IssuedInvoice.voucher.is_not_null(), IssuedInvoice.booked.eq(False)
    )
    waiting = {row["voucher"] for row in rows}
    if not waiting:
        return
    gone = waiting - {v.id for state in (VoucherState.DRAFT, VoucherState.POSTED) for v in await _vouchers(client, month, state)}
    if gone:
        await IssuedInvoice.update({IssuedInvoice.voucher: None}).where(
            IssuedInvoice.client == client, IssuedInvoice.voucher.is_in(sorted(gone))
        )


async def _vouchers(client: int, month: Period, state: VoucherState) -> Sequence[Voucher]:
    found: list[Voucher] = []
    before: int | None = None
    while True:
        page = await use(Ledger).vouchers(client, period=month, state=state, limit=AT_ONCE, before=before)
        found += page
        if len(page) < AT_ONCE:
            return found
        before = page[-1].id


def _of_month(client: int, month: Period) -> And | Where:
    return (
        (IssuedInvoice.client == client)
        & (IssuedInvoice.issued_on >= month.first_day)
        & (IssuedInvoice.issued_on <= month.last_day)
    )
