"""企业所得税按季预缴, on the year's profit so far. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts, ask_for
from zhangfang_books.tax.rates import one_in_force, part_of, percent, source_of
from zhangfang_books.tax.small import so_far
from zhangfang_books.tax.year import accrued_of_year, is_unknown, losses_of, profit_of_year
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind

TITLE = "计提企业所得税"


def income_tax(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """Tax on the profit of the year, less earlier losses and what was accrued; a lower profit takes back what was too much."""
    nothing = Accrual("income_tax", TITLE)
    if books.period.month % 3 or facts.chosen.income_tax != "corporate":
        return nothing
    if is_unknown(books, facts):
        return _asking(books, facts, (_before_the_books(facts),))
    profit, accrued = profit_of_year(books, facts), accrued_of_year(books, facts)
    losses = losses_of(facts, books.period.year)
    base = max(profit - losses, 0)
    if base and not losses and _owes_to_earlier_years(books, facts):
        why = "未分配利润年初是借方余额,有可弥补亏损的要先弥补;没有的请填 0。"
        return _asking(books, facts, ask_for([FactKind.LOSS], why))
    rate, why, asks = rate_of(base, books.period, facts)
    if rate is None:
        return _asking(books, facts, asks)
    amount = part_of(base, rate) - accrued
    if not amount:
        return nothing
    return Accrual("income_tax", TITLE, _lines(facts, amount), (_said(profit, losses, base, rate, accrued), why))


def _asking(books: MonthBooks, facts: TaxFacts, asks: tuple[Ask, ...]) -> Accrual:
    """Nobody is asked where the quarter's tax is booked already."""
    booked = books.credits(books.period.plus(-2), facts.accounts.income_tax)
    return Accrual("income_tax", TITLE, asks=() if booked else asks)


def _before_the_books(facts: TaxFacts) -> Ask:
    return Ask(
        f"客户在 {facts.starts.label}建账,请先补录 1 月到建账前的损益发生额,才能按全年累计利润计算所得税。", "/opening"
    )


def rate_of(base: int, period: Period, facts: TaxFacts) -> tuple[int | None, str, tuple[Ask, ...]]:
    """The rate with its source, or what has to be known before it can be told."""
    whole, small = one_in_force("income_tax", period.last_day), one_in_force("small_income_tax", period.last_day)
    if whole is None:
        return None, "", (Ask("没有这一年的企业所得税税率,请更新系统。", ""),)
    ordinary = int(whole["rate"])
    source = f"税率 {percent(ordinary)};{source_of(whole)}。"
    if small is None or base == 0:
        return ordinary, source, ()
    judged = so_far(base, period, facts)
    if judged.answer is Answer.NO:
        return ordinary, f"{judged.sentence}{source}", ()
    if judged.answer is Answer.UNKNOWN:
        return None, "", ask_for(judged.missing, "要判断是不是小型微利企业,才能确定税率。")
    return int(small["rate"]), f"{judged.sentence}实际税负 {percent(small['rate'])};{source_of(small)}。", ()


def _owes_to_earlier_years(books: MonthBooks, facts: TaxFacts) -> bool:
    """A loss of earlier years in 利润分配 at the year's start, and nobody said what of it may be made up."""
    january = Period(books.period.year, 1)
    before = sum(
        b.debit - b.credit + b.closing_debit - b.closing_credit
        for b in books.balances
        if b.account.startswith(facts.accounts.distribution) and (b.period is None or b.period < january)
    )
    return before > 0 and not facts.losses_told


def _lines(facts: TaxFacts, amount: int) -> tuple[Line, ...]:
    names = facts.accounts
    return (Line(names.income_tax_expense, TITLE, debit=amount), Line(names.income_tax, TITLE, credit=amount))


def _said(profit: int, losses: int, base: int, rate: int, accrued: int) -> str:
    made_up = f"弥补以前年度亏损 {yuan(losses)}," if losses else "没有登记可弥补的亏损,"
    return (
        f"本年累计利润总额 {yuan(profit)},{made_up}计税 {yuan(base)} × {percent(rate)},已计提 {yuan(accrued)}。"
        "纳税调整在申报时另算。"
    )
