"""小型微利企业, said in one way wherever a tax asks for it: by the year that is settled, or by this year so far. Pure; amounts are fen."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books.tax.facts import TaxFacts
from zhangfang_books.tax.year import is_unknown, losses_of, profit_of_year
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind, SmallLowProfit


@dataclass(frozen=True, slots=True)
class Judged:
    """``sentence`` says of which year, whether, and by which conditions; "" while ``missing`` facts leave it unknown."""

    answer: Answer
    sentence: str = ""
    missing: Sequence[FactKind] = ()


def taxable_of_year(books: MonthBooks, facts: TaxFacts) -> int | None:
    """This year's profit so far less the losses of earlier years, below zero too; None where the books don't tell the whole year."""
    return None if is_unknown(books, facts) else profit_of_year(books, facts) - losses_of(facts, books.period.year)


def so_far(base: int | None, period: Period, facts: TaxFacts) -> Judged:
    """By this year up to ``period``; ``base`` is its taxable income as far as the books tell it."""
    known = facts.profile.small_low_profit
    limit = known.income_limit
    above = base is not None and limit is not None and base > limit
    missing = [kind for kind in known.missing if base is None or kind is not FactKind.TAXABLE_INCOME]
    if known.answer is Answer.UNKNOWN and not above and (missing or limit is None):
        return Judged(Answer.UNKNOWN, missing=missing)
    answer = Answer.NO if above or known.answer is Answer.NO else Answer.YES
    income = ""
    if base is not None and limit is not None:
        income = f"本年至今应纳税所得额 {yuan(max(base, 0))} 元,标准是不超过 {yuan(limit)} 元。"
    return Judged(answer, _said(period.year, "按本年至今,以汇算清缴结果为准", answer, known, income))


def settled(facts: TaxFacts, so_far: Judged) -> Judged:
    """By the year whose 汇算清缴 governs 六税两费; by ``so_far`` where nobody knows it."""
    known = facts.settled_year
    if known.answer is Answer.UNKNOWN:
        return so_far
    return Judged(known.answer, _said(known.year, "按汇算清缴", known.answer, known, ""))


def _said(year: int, by: str, answer: Answer, known: SmallLowProfit, income: str) -> str:
    verdict = "是" if answer is Answer.YES else "不是"
    law = f"标准:{known.law}。" if known.law else ""
    return f"{year} 年{verdict}小型微利企业({by})。{income}{''.join(known.reasons)}{law}"
