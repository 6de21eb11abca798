"""Every rule on golden cases: it fires, just does not, is not about the client, lacks something; and a broken formula is seen."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from golden_cases import of_books, of_invoices, of_vat
from golden_cases.story import Story, fact
from zhangfang_risk_rules.alerts.slips import sentence_of, slip_of
from zhangfang_risk_rules.rules.reading_data import accounts_of, own_rules
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind, YearAmount, holding
from zhangfang_sdk.risk import Cost, Lacking, Material, NotApplicable, Rhythm
from zhangfang_sdk.risk_books import BookSums
from zhangfang_sdk.testing.risk_material import check, material

CASES = {**of_vat.CASES, **of_invoices.CASES, **of_books.CASES}
RULES = {rule.id: rule for rule in own_rules()}
EACH = [pytest.param(rule, *case, id=f"{rule}-{name}") for rule, cases in CASES.items() for name, case in cases.items()]


def material_of(story: Story) -> Material:
    more: dict[str, Any] = dict(story.more)
    losses = more.pop("losses", {})
    facts = [fact(kind, value, n) for n, (kind, value) in enumerate(story.facts.items(), 1)]
    facts += [fact(FactKind.LOSS, YearAmount(year, fen), 50 + year) for year, fen in losses.items()]
    profile = holding(1, facts, story.month.last_day)
    return material(
        story.month.key, posts=story.posts, invoices=story.invoices, missing=story.missing, kind=story.kind, industry=story.industry,
        books_start=story.starts, profile=profile, roles=accounts_of("small_business_2013"), limits=story.limits, **more,
    )  # fmt: skip


@pytest.mark.parametrize(("rule", "story", "expected"), EACH)
def test_a_rule_says_what_it_should(rule: str, story: Story, expected: Any) -> None:
    check(RULES[rule], material_of(story), expected)


def test_at_least_forty_rules_have_cases_and_every_rule_has() -> None:
    assert set(CASES) == set(RULES)
    assert len(RULES) >= 40
    for rule, cases in CASES.items():
        assert {"fires", "just not"} <= set(cases), rule


def test_how_a_figure_came_about_adds_up_and_leads_somewhere() -> None:
    """Where the figure is an amount, one sum is it or they make it; every part leads to entries, invoices or a page, or says itself what it is."""
    for rule, cases in CASES.items():
        story, _ = cases["fires"]
        given = material_of(story)
        ready = replace(given, limits={n: t.value for n, t in RULES[rule].thresholds.items()} | dict(story.limits))
        said = RULES[rule].judge(ready)
        assert not isinstance(said, NotApplicable | Lacking)
        for finding in said:
            assert finding.sums, rule
            for one in finding.sums:
                assert one.amount == sum(part.amount for part in one.parts)
            RULES[rule].sentence.format_map({"figure": "1", "limit": "1", "month": "1", **finding.values})


def test_a_whole_month_s_sentence_says_which_month_it_is_of() -> None:
    """Read in November, 近三个月 of September's books would be a lie, and 本月 of an event of March as well."""
    for id_, rule in RULES.items():
        story, _ = CASES[id_]["fires"]
        given = replace(material_of(story), limits={n: t.value for n, t in rule.thresholds.items()} | dict(story.limits))
        said = rule.judge(given)
        assert not isinstance(said, NotApplicable | Lacking)
        for finding in said:
            sentence = sentence_of(rule, finding, given.month)
            if rule.rhythm is Rhythm.SETTLED:
                assert given.month.label in sentence, id_
            if rule.rhythm is not Rhythm.RUNNING:
                assert "本月" not in sentence, id_
                assert "这个月" not in sentence, id_


def test_a_cost_of_nothing_is_no_cost_that_was_worked_out() -> None:
    rule = RULES["V30"]
    (bare,) = [replace(f, cost=Cost(0, 0, "没有抵扣")) for f in rule.judge(material_of(CASES["V30"]["fires"][0]))]  # type: ignore[union-attr]  # it fires
    assert slip_of(rule, bare).cost is None


@pytest.mark.parametrize(("founded", "due"), [(dt.date(2024, 10, 31), "2029-10-31"), (dt.date(2028, 2, 29), "2033-02-28")])
def test_capital_is_due_five_years_to_the_day_after_founding(founded: dt.date, due: str) -> None:
    story = Story(facts={FactKind.REGISTERED_CAPITAL: 100, FactKind.FOUNDED_ON: founded}, limits={"days": 4000}, month=Period(2028, 3))
    (found,) = RULES["G03"].judge(replace(material_of(story), limits=story.limits))  # type: ignore[union-attr]  # it fires
    assert found.values["due"] == due


def test_every_rule_says_of_whom_it_is_not() -> None:
    assert [rule for rule, cases in CASES.items() if "not applicable" not in cases] == []


BROKEN = {
    "reached is not passed": ("V25", lambda m: replace(m, limits={**m.limits, "exemption": m.limits["exemption"] + 1})),
    "a month too late": ("V12", lambda m: replace(m, month=m.month.plus(-1))),
    "sales of nobody": ("C09", lambda m: replace(m, books=BookSums((), accounts_of("small_business_2013") or {}))),
}


@pytest.mark.parametrize("slip", BROKEN)
def test_a_broken_formula_is_caught(slip: str) -> None:
    id_, bent = BROKEN[slip]
    rule = RULES[id_]
    broken = replace(rule, judge=lambda m: rule.judge(bent(m)))

    def all_cases() -> None:
        for story, expected in CASES[id_].values():
            check(broken, material_of(story), expected)

    with pytest.raises(AssertionError):
        all_cases()
