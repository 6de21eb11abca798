"""The year's profit so far, its losses, and whether the company is 小型微利 by it. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.rates import one_in_force
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind


def profit_of_year(books: MonthBooks, facts: TaxFacts) -> int:
    """利润总额 from January, what was brought along included; 所得税费用 and 以前年度损益调整 are no part of it."""
    left_out = (facts.accounts.income_tax_expense, *facts.accounts.prior_years)
    counted = tuple(code for code in facts.results if not code.startswith(left_out))
    brought = sum(
        v
        for code, v in facts.brought.items()
        if code.startswith(counted_above(counted)) and not code.startswith(left_out)
    )
    return -(books.turnover(Period(books.period.year, 1), *counted) + brought) if counted else 0


def counted_above(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Figures that were brought along may stand on the first level."""
    return tuple({code[:4] for code in codes})


def accrued_of_year(books: MonthBooks, facts: TaxFacts) -> int:
    expense = facts.accounts.income_tax_expense
    brought = sum(v for code, v in facts.brought.items() if code.startswith(expense))
    return books.turnover(Period(books.period.year, 1), expense) + brought


def losses_of(facts: TaxFacts, year: int) -> int:
    """Losses of earlier years that may still be made up."""
    found = 0
    for fact in facts.profile.losses:
        rule = one_in_force("loss", Period(fact.value.year, 12).last_day)
        if rule is not None and fact.value.year < year <= fact.value.year + rule["years"]:
            found += fact.value.amount
    return found


def is_unknown(books: MonthBooks, facts: TaxFacts) -> bool:
    """Taken over within the year: without its first months' figures nothing is claimed, least of all a negative tax."""
    january = Period(books.period.year, 1)
    taken_over = facts.starts_within(january) and facts.starts.year == january.year
    return taken_over and not facts.brought and not facts.founded_in(facts.starts)


def small_now(base: int | None, period: Period, facts: TaxFacts) -> tuple[Answer, tuple[FactKind, ...]]:
    """小型微利 by this year so far, ``base`` being its taxable income as far as the books tell it; and what has to be known first."""
    small, judged = one_in_force("small_income_tax", period.last_day), facts.profile.small_low_profit
    if judged.answer is Answer.NO or small is None or (base is not None and base > small["limit"]):
        return Answer.NO, ()
    if judged.answer is Answer.YES:
        return Answer.YES, ()
    missing = tuple(kind for kind in judged.missing if base is None or kind is not FactKind.TAXABLE_INCOME)
    return (Answer.UNKNOWN, missing) if missing or not judged.missing else (Answer.YES, ())
