"""企业所得税: who is a 小型微利企业, at the limits and where something is not known."""

import datetime as dt

import pytest

from zhangfang_core.tenancy.small_low_profit import judge, last_year_of_loss
from zhangfang_sdk.profile import (
    Answer,
    Fact,
    FactKind,
    FactSource,
    FactValue,
    NewFact,
    QuarterEnds,
    Standing,
    YearAmount,
    holding,
)

YEAR_END = dt.date(2026, 12, 31)
YUAN = 100


def fact(number: int, new: NewFact) -> Fact[FactValue]:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return Fact(
        number, 1, new.kind, new.value, new.valid_from, FactSource.TYPED, Standing.IN_FORCE, at, "王会计", at, "王会计"
    )


def year(
    *,
    income: int | None = 3_000_000 * YUAN,
    people: tuple[tuple[int, int], ...] = ((300, 300),) * 4,
    assets: tuple[tuple[int, int], ...] = ((50_000_000 * YUAN, 50_000_000 * YUAN),) * 4,
    restricted: bool | None = False,
    founded: dt.date | None = None,
    first_quarter: int = 1,
) -> list[Fact[FactValue]]:
    """Facts of 2026; at every limit by default."""
    new: list[NewFact] = []
    if income is not None:
        new.append(NewFact(FactKind.TAXABLE_INCOME, YearAmount(2026, income), dt.date(2026, 1, 1)))
    if restricted is not None:
        new.append(NewFact(FactKind.RESTRICTED_INDUSTRY, restricted, dt.date(2020, 1, 1)))
    if founded is not None:
        new.append(NewFact(FactKind.FOUNDED_ON, founded, founded))
    for kind, ends in ((FactKind.EMPLOYEES, people), (FactKind.TOTAL_ASSETS, assets)):
        for number, (start, end) in enumerate(ends, start=first_quarter):
            new.append(NewFact(kind, QuarterEnds(start, end), dt.date(2026, number * 3 - 2, 1)))
    return [fact(number, each) for number, each in enumerate(new, start=1)]


def answer(facts: list[Fact[FactValue]], at: dt.date = YEAR_END) -> Answer:
    return judge(holding(1, facts, at)).answer


def test_at_every_limit_it_is_one() -> None:
    """不超过: the limit itself is still within."""
    judged = judge(holding(1, year(), YEAR_END))
    assert judged.answer is Answer.YES
    assert judged.missing == ()
    assert "2023年第12号" in judged.law
    assert any("3,000,000.00" in reason for reason in judged.reasons)


@pytest.mark.parametrize(
    "facts",
    [
        year(income=3_000_000 * YUAN + 1),
        year(people=((300, 300), (300, 300), (300, 300), (300, 301))),
        year(assets=((50_000_000 * YUAN, 50_000_000 * YUAN),) * 3 + ((50_000_000 * YUAN, 50_000_000 * YUAN + 1),)),
        year(restricted=True),
    ],
)
def test_one_step_beyond_one_limit_it_is_none(facts: list[Fact[FactValue]]) -> None:
    assert answer(facts) is Answer.NO


def test_people_are_the_average_of_the_quarters() -> None:
    """A peak of 400 in one quarter's end is no matter when the year's average is within 300."""
    assert answer(year(people=((200, 200), (200, 400), (400, 300), (300, 300)))) is Answer.YES


@pytest.mark.parametrize(
    ("facts", "missing"),
    [
        (year(income=None), FactKind.TAXABLE_INCOME),
        (year(restricted=None), FactKind.RESTRICTED_INDUSTRY),
        (year(people=()), FactKind.EMPLOYEES),
        (year(assets=((1, 1),) * 2), FactKind.TOTAL_ASSETS),
        (year(people=((1, 1),) * 3, first_quarter=2, assets=((1, 1),) * 3), FactKind.EMPLOYEES),
    ],
)
def test_what_is_missing_leaves_it_unknown(facts: list[Fact[FactValue]], missing: FactKind) -> None:
    judged = judge(holding(1, facts, YEAR_END))
    assert judged.answer is Answer.UNKNOWN
    assert missing in judged.missing


def test_one_passed_limit_says_no_whatever_else_is_missing() -> None:
    assert answer(year(income=4_000_000 * YUAN, people=(), restricted=None)) is Answer.NO


def test_a_company_of_this_year_counts_from_its_first_quarter() -> None:
    facts = year(people=((5, 9),) * 2, assets=((0, 9),) * 2, first_quarter=3, founded=dt.date(2026, 8, 3))
    assert answer(facts) is Answer.YES
    assert answer([f for f in facts if f.kind is not FactKind.FOUNDED_ON]) is Answer.UNKNOWN


def test_within_the_year_the_quarters_that_are_over_are_enough() -> None:
    facts = year(people=((5, 5),) * 3, assets=((1, 1),) * 3)
    assert answer(facts, dt.date(2026, 11, 26)) is Answer.YES
    assert answer(facts, YEAR_END) is Answer.YES
    assert answer(year(people=((5, 5),) * 2, assets=((1, 1),) * 3), dt.date(2026, 11, 26)) is Answer.UNKNOWN


def test_after_the_rule_ends_nobody_guesses() -> None:
    judged = judge(holding(1, year(), dt.date(2028, 1, 1)))
    assert (judged.answer, judged.law) == (Answer.UNKNOWN, "")


def test_a_loss_is_made_up_within_five_years() -> None:
    """企业所得税法 第十八条 (2008-01-01)."""
    assert last_year_of_loss(2024) == 2029
    assert last_year_of_loss(2007) is None
