"""The year's profit so far and its losses. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.rates import one_in_force
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period


def profit_of_year(books: MonthBooks, facts: TaxFacts) -> int:
    """利润总额 from January, what was brought along included; 所得税费用 and 以前年度损益调整 are no part of it."""
    left_out, counted = _left_out(facts), _counted(facts)
    brought = sum(
        v
        for code, v in facts.brought.items()
        if code.startswith(tuple(counted_accounts(facts))) and not code.startswith(left_out)
    )
    return -(books.turnover(Period(books.period.year, 1), *counted) + brought) if counted else 0


def counted_accounts(facts: TaxFacts) -> list[str]:
    """The first-level accounts that the profit is counted from, on which figures that were brought along may stand."""
    return sorted({code[:4] for code in _counted(facts)})


def _counted(facts: TaxFacts) -> tuple[str, ...]:
    return tuple(code for code in facts.results if not code.startswith(_left_out(facts)))


def _left_out(facts: TaxFacts) -> tuple[str, ...]:
    return (facts.accounts.income_tax_expense, *facts.accounts.prior_years)


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
