"""The plugin's month-end source: taxes before 结转损益, 利润分配 after the year's."""

from collections.abc import Callable, Sequence

from zhangfang_books.tax.distribution import ending, reserve
from zhangfang_books.tax.facts import TaxFacts, facts_of
from zhangfang_books.tax.income_tax import income_tax
from zhangfang_books.tax.surtaxes import surtaxes
from zhangfang_books.tax.vat import exemption, transfer
from zhangfang_sdk.month_end import Accrual, MonthBooks, MonthEndSource

Rule = Callable[[MonthBooks, TaxFacts], Accrual]
TAXES: tuple[Rule, ...] = (transfer, exemption, surtaxes, income_tax)
DISTRIBUTION: tuple[Rule, ...] = (reserve, ending)


async def taxes(books: MonthBooks) -> Sequence[Accrual]:
    return await _counted(TAXES, books)


async def distributions(books: MonthBooks) -> Sequence[Accrual]:
    return await _counted(DISTRIBUTION, books)


async def _counted(rules: Sequence[Rule], books: MonthBooks) -> list[Accrual]:
    """Each with those before it."""
    facts = await facts_of(books.client, books.period)
    found: list[Accrual] = []
    if facts is None:
        return found
    for rule in rules:
        accrual = rule(books, facts)
        found.append(accrual)
        if accrual.key not in books.aside:
            books = books.plus(accrual.lines)
    return found


SOURCE = MonthEndSource("taxes", "税金计提和利润分配", taxes, distributions)
