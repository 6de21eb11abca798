"""增值税 at a month's end: 转出未交 of a general payer, exemption of a small-scale one. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts, span_of
from zhangfang_books.tax.rates import one_in_force, source_of
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks
from zhangfang_sdk.periods import Period


def transfer(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """转出未交增值税 (财会〔2016〕22号, 2016-12-03) of a general payer; a debit balance of 应交增值税 is carried forward."""
    names, title = facts.accounts, "转出未交增值税"
    due = -books.balance(names.vat)
    if not facts.is_general or due <= 0:
        return Accrual("vat_transfer", title)
    lines = (Line(names.vat_out, title, debit=due), Line(names.vat_unpaid, title, credit=due))
    return Accrual(
        "vat_transfer", title, lines, (f"应交增值税各专栏月末贷方余额 {yuan(due)},转入未交增值税(财会〔2016〕22号)。",)
    )


def exemption(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """A small-scale payer below the limit owes no VAT: what was set aside goes to income (财会〔2016〕22号, 财会〔2013〕24号)."""
    names, title = facts.accounts, "小规模纳税人免征增值税转出"
    nothing = Accrual("vat_exemption", title)
    first = span_of(books.period, facts)
    rule = one_in_force("vat_free", books.period.last_day)
    if facts.is_general or first is None or rule is None:
        return nothing
    amount = min(-books.balance(names.vat), owed(books, facts, first))
    sales = sales_of(books, facts, first)
    if amount <= 0 or not is_free(sales, first, books.period, facts):
        return nothing
    if facts.lacks_months_of(first):
        return Accrual("vat_exemption", title, asks=(_before_the_books(facts),))
    lines = (Line(names.vat, title, debit=amount), Line(names.vat_exempt, title, credit=amount))
    reasons = (
        f"{_span(first, books.period)}不含税销售额 {yuan(sales)},未达到起征点;{source_of(rule)}。",
        "开具了增值税专用发票的部分不免税,有的话请把金额减去这部分税额。",
    )
    return Accrual("vat_exemption", title, lines, reasons)


def owed(books: MonthBooks, facts: TaxFacts, first: Period) -> int:
    """VAT of a small-scale payer's span, less what was exempted already."""
    names = facts.accounts
    return books.credits(first, names.vat) - books.credits(first, names.vat_exempt)


def sales_of(books: MonthBooks, facts: TaxFacts, first: Period) -> int:
    """By the books, and by what was told of the months before them."""
    return -books.turnover(first, *facts.accounts.sales) + sum(each.sales for each in facts.told_of(first))


def is_free(sales: int, first: Period, last: Period, facts: TaxFacts) -> bool:
    """Whether a small-scale payer's sales of the span stay below the limit in force."""
    rule = one_in_force("vat_free", last.last_day)
    if rule is None or facts.is_general:
        return False
    limit = rule["month" if first == last else "quarter"]
    return bool(sales <= limit if rule["inclusive"] else sales < limit)


def _before_the_books(facts: TaxFacts) -> Ask:
    return Ask(
        f"本季度有一部分在建账({facts.starts.label})之前,那部分销售额不在账上,无法判断是否达到起征点。"
        "请在税款页补录那几个月的销售额。",
        f"/books/taxes?period={facts.starts.key}",
    )


def _span(first: Period, last: Period) -> str:
    return last.label if first == last else f"{first.label}至{last.month}月"
