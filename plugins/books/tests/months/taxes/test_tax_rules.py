"""Tax rules of a month's end, by tables with their sources. Pure; amounts are fen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhangfang_books.tax.chosen import TaxSettings
from zhangfang_books.tax.distribution import ending, reserve
from zhangfang_books.tax.facts import TaxFacts, settled_year
from zhangfang_books.tax.income_tax import income_tax, rate_of
from zhangfang_books.tax.rates import accounts_of
from zhangfang_books.tax.small import so_far, taxable_of_year
from zhangfang_books.tax.surtaxes import share_of, surtaxes
from zhangfang_books.tax.vat import exemption, transfer
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.month_end import Accrual, MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import (
    Answer,
    Fact,
    FactKind,
    FactSource,
    FactValue,
    Profile,
    RegisteredAddress,
    SmallLowProfit,
    Standing,
    YearAmount,
)

STANDARD = "small_business_2013"
SEPTEMBER, DECEMBER = Period(2026, 9), Period(2026, 12)
RESULTS = ("5001", "5051", "5301", "5401", "5403", "560205", "571199", "5801")
CHOSEN = TaxSettings("corporate", "quarter", "by_address")
URBAN = RegisteredAddress("西湖区示例路 1 号", "330106")
LIMIT = 3_000_000_00
YES = SmallLowProfit(Answer.YES, 2026, law="2023 年第 12 号", income_limit=LIMIT)


def fact(kind: FactKind, value: FactValue) -> Fact[FactValue]:
    return Fact(
        1, 1, kind, value, dt.date(2020, 1, 1), FactSource.TYPED, Standing.IN_FORCE, dt.datetime.now(dt.UTC), ""
    )


def profile(**more: object) -> Profile:
    address = fact(FactKind.REGISTERED_ADDRESS, URBAN)
    return replace(Profile(1, SEPTEMBER.last_day, registered_address=address, small_low_profit=YES), **more)  # type: ignore[arg-type]


def facts(*, general: bool = False, **more: object) -> TaxFacts:
    accounts = accounts_of(STANDARD)
    assert accounts is not None
    plain = TaxFacts(general, CHOSEN, accounts, Period(2024, 1), profile(), RESULTS)
    return replace(plain, **more)  # type: ignore[arg-type]  # a test names what it changes


def books(
    *rows: tuple[str, int], period: Period = SEPTEMBER, before: Sequence[tuple[Period | None, str, int]] = ()
) -> MonthBooks:
    """Turnover of the month by account, debit positive; ``before`` with its month (None: opening)."""
    all_rows = [*before, *((period, code, amount) for code, amount in rows)]
    return MonthBooks(1, period, [Balance(code, month, max(n, 0), max(-n, 0)) for month, code, n in all_rows])


def amounts(accrual: Accrual) -> dict[str, int]:
    assert not accrual.asks, accrual.asks
    assert sum(x.debit - x.credit for x in accrual.lines) == 0
    return {x.account: x.debit - x.credit for x in accrual.lines}


def asked(accrual: Accrual) -> str:
    assert not accrual.lines
    return "".join(ask.sentence for ask in accrual.asks)


def test_a_general_payer_s_vat_is_turned_over_and_a_debit_stays() -> None:
    """财会〔2016〕22号."""
    sold = books(("22210107", -47_580_00), ("22210101", 37_266_00), ("22210109", -390_00))
    assert amounts(transfer(sold, facts(general=True))) == {"22210104": 10_704_00, "222102": -10_704_00}
    assert amounts(transfer(sold, facts())) == {}
    assert amounts(transfer(books(("22210101", 5)), facts(general=True))) == {}


@pytest.mark.parametrize(
    ("period", "sales", "is_free"),
    [
        (SEPTEMBER, 299_999_99, True),
        (SEPTEMBER, 300_000_00, False),  # 增值税法 第二十三条: 未达到, from 2026
        (SEPTEMBER, 300_000_01, False),
        (Period(2025, 9), 300_000_00, True),  # 公告2023年第19号: 10 万元以下(含本数)
        (Period(2025, 9), 300_000_01, False),
    ],
)
def test_a_small_scale_payer_below_the_limit_owes_no_vat(period: Period, sales: int, is_free: bool) -> None:
    vat = sales // 100
    found = amounts(exemption(books(("5001", -sales), ("222101", -vat), period=period), facts()))
    assert found == ({"222101": vat, "530104": -vat} if is_free else {})


def test_the_exemption_counts_the_quarter_and_only_its_own_vat() -> None:
    """Paying the last quarter's VAT is no part of this one's; monthly payers are held to the monthly limit."""
    july, august = Period(2026, 7), Period(2026, 8)
    before = [
        (None, "222101", -90_00),
        (july, "222101", 90_00),
        (july, "5001", -50_000_00),
        (july, "222101", -500_00),
        (august, "5001", -1_00),
    ]
    quarter = books(("5001", -10_000_00), ("222101", -100_00), before=before)
    assert amounts(exemption(quarter, facts())) == {"222101": 600_00, "530104": -600_00}
    monthly = facts(chosen=replace(CHOSEN, vat_period="month"))
    assert amounts(exemption(quarter, monthly)) == {"222101": 100_00, "530104": -100_00}
    assert amounts(exemption(replace(quarter, period=august), facts())) == {}
    made = quarter.plus(exemption(quarter, facts()).lines)
    assert amounts(exemption(made, facts())) == {}
    assert "建账" in asked(exemption(quarter, facts(starts=august)))


VAT_DUE = (("22210104", 10_704_00), ("222102", -10_704_00), ("5001", -366_000_00))
WHOLE = {"5403": 1_284_48, "222115": -749_28, "222120": -321_12, "222121": -214_08}
HALVED = {"5403": 642_24, "222115": -374_64, "222120": -160_56, "222121": -107_04}


@pytest.mark.parametrize(
    ("settled", "now", "expected"),
    [
        (Answer.YES, Answer.NO, HALVED),
        (Answer.NO, Answer.YES, WHOLE),
        (Answer.UNKNOWN, Answer.YES, HALVED),
        (Answer.UNKNOWN, Answer.NO, WHOLE),
    ],
)
def test_surtaxes_are_halved_for_whom_the_rule_is(settled: Answer, now: Answer, expected: dict[str, int]) -> None:
    """公告2023年第12号 第二条; 国家税务总局公告2022年第3号: the 汇算清缴 governs, where there is one."""
    known = facts(
        general=True,
        profile=profile(small_low_profit=SmallLowProfit(now, 2026, income_limit=LIMIT)),
        settled_year=SmallLowProfit(settled, 2025),
    )
    assert amounts(surtaxes(books(*VAT_DUE), known)) == expected


def test_nobody_is_asked_about_what_is_booked_already() -> None:
    unknown = profile(small_low_profit=SmallLowProfit(Answer.UNKNOWN, 2026, missing=(FactKind.TOTAL_ASSETS,)))
    known = facts(general=True, profile=unknown)
    assert surtaxes(books(*VAT_DUE), known).asks
    assert not surtaxes(books(*VAT_DUE, ("222115", -1_00)), known).asks
    sold = books(("5001", -10_000_00))
    assert income_tax(sold, known).asks
    assert not income_tax(books(("5001", -10_000_00), ("222113", -500_00)), known).asks


def test_what_the_year_earns_so_far_is_read_from_the_books() -> None:
    """Mid-year nobody has entered 应纳税所得额: it is counted; above the limit nothing is halved."""
    only_income = SmallLowProfit(Answer.UNKNOWN, 2026, missing=(FactKind.TAXABLE_INCOME,), income_limit=LIMIT)
    known = facts(general=True, profile=profile(small_low_profit=only_income))
    assert amounts(surtaxes(books(*VAT_DUE), known)) == HALVED
    rich = books(*VAT_DUE, before=[(Period(2026, 6), "5001", -9_000_000_00)])
    assert amounts(surtaxes(rich, known)) == WHOLE
    assert "应纳税所得额" in asked(surtaxes(books(*VAT_DUE), replace(known, starts=Period(2026, 8))))


def test_small_is_said_in_one_way_to_every_tax() -> None:
    """Judged by the year so far, both say the same of it, with the figures and the rule that they were judged by."""
    known = facts(general=True, profile=profile(small_low_profit=replace(YES, reasons=("第 1 季度从业人数平均 9 人,标准是不超过 300 人。",))))
    sold = books(*VAT_DUE, ("5001", -10_000_00))
    said = so_far(taxable_of_year(sold, known), SEPTEMBER, known).sentence
    assert all(words in said for words in ("2026 年是小型微利企业", "376,000.00", "3,000,000.00", "平均 9 人", "2023 年第 12 号"))
    _, by_income_tax, _ = rate_of(376_000_00, SEPTEMBER, known)
    assert by_income_tax.startswith(said)
    assert share_of(sold, known).why.startswith(said)
    assert all("2027-12-31" in each for each in (by_income_tax, share_of(sold, known).why)), "until when the rule holds"


def test_who_is_an_individual_is_halved_with_a_doubt() -> None:
    """The settings tell no 个体工商户 from a partnership, which is not halved."""
    known = facts(general=True, chosen=replace(CHOSEN, income_tax="personal"))
    share = share_of(books(*VAT_DUE), known)
    assert share.levied == 5000
    assert "合伙企业" in share.doubt


def test_surtaxes_ask_for_what_is_not_known() -> None:
    missing = (FactKind.EMPLOYEES, FactKind.RESTRICTED_INDUSTRY)
    unknown = profile(small_low_profit=SmallLowProfit(Answer.UNKNOWN, 2026, missing=missing), registered_address=None)
    sentence = asked(surtaxes(books(*VAT_DUE), facts(general=True, profile=unknown)))
    assert all(words in sentence for words in ("注册地", "从业人数", "限制或禁止"))
    county = profile(registered_address=fact(FactKind.REGISTERED_ADDRESS, RegisteredAddress("某县", "330122")))
    assert "县城" in asked(surtaxes(books(*VAT_DUE), facts(general=True, profile=county)))
    # From 2028 nothing is halved, so nothing has to be known.
    later = books(*VAT_DUE, period=Period(2028, 1))
    assert (
        amounts(
            surtaxes(
                later, facts(general=True, profile=replace(unknown, registered_address=profile().registered_address))
            )
        )
        == WHOLE
    )


@pytest.mark.parametrize(("place", "amount"), [("urban", 374_64), ("town", 267_60), ("elsewhere", 53_52)])
def test_city_maintenance_goes_by_place(place: str, amount: int) -> None:
    """城市维护建设税法 第四条."""
    known = facts(general=True, chosen=replace(CHOSEN, city_place=place), settled_year=YES)
    assert amounts(surtaxes(books(*VAT_DUE), known))["222115"] == -amount


def test_surtaxes_of_a_small_scale_quarter() -> None:
    """The worked restaurant: 3,655.00 of VAT bear 127.93 + 54.83 + 36.55; what the quarter booked comes off; an exempt one bears none."""
    sold = books(("5001", -365_500_00), ("222101", -3_655_00))
    expected = {"5403": 219_31, "222115": -127_93, "222120": -54_83, "222121": -36_55}
    assert amounts(surtaxes(sold, facts())) == expected
    assert amounts(surtaxes(sold.plus(surtaxes(sold, facts()).lines), facts())) == {}
    part = books(("5001", -365_500_00), ("222101", -3_655_00), before=[(Period(2026, 7), "222115", -100_00)])
    assert amounts(surtaxes(part, facts()))["222115"] == -27_93
    free = books(("5001", -10_000_00), ("222101", -100_00))
    assert amounts(surtaxes(free.plus(exemption(free, facts()).lines), facts())) == {}


def test_small_sales_bear_no_surcharges_on_education() -> None:
    """财税〔2016〕12号: a general payer's month up to 100,000, the limit itself free."""
    sold = (("22210104", 1_000_00), ("222102", -1_000_00))
    at_limit = books(*sold, ("5001", -100_000_00))
    assert amounts(surtaxes(at_limit, facts(general=True, settled_year=YES))) == {"5403": 35_00, "222115": -35_00}
    above = books(*sold, ("5001", -100_000_01))
    assert len(amounts(surtaxes(above, facts(general=True, settled_year=YES)))) == 4


@pytest.mark.parametrize(
    ("profit", "tax"),
    [(0, 0), (1, 0), (4_427_75, 221_39), (3_000_000_00, 150_000_00), (3_000_000_01, 750_000_00), (-53_399_00, 0)],
)
def test_income_tax_is_all_or_nothing_at_the_limit(profit: int, tax: int) -> None:
    """公告2023年第12号 第三条: 3,000,000 bears 5 %, a fen more bears 25 % on the whole; a loss bears none."""
    found = amounts(income_tax(books(("5001", -max(profit, 0)), ("560205", max(-profit, 0))), facts()))
    assert found == ({"5801": tax, "222113": -tax} if tax else {})


def test_income_tax_makes_up_earlier_losses_and_takes_off_what_was_accrued() -> None:
    """企业所得税法 第十八条: five years; the worked restaurant's (29,427.75 − 25,000) × 5 % = 221.39."""
    known = facts(
        starts=SEPTEMBER,
        brought={
            "5001": -880_000_00,
            "5401": 352_000_00,
            "5403": 500_00,
            "5601": 400_000_00,
            "5602": 105_000_00,
            "5603": 800_00,
        },
        results=(*RESULTS, "560101", "560302"),
        profile=profile(
            losses=[fact(FactKind.LOSS, YearAmount(2025, 25_000_00)), fact(FactKind.LOSS, YearAmount(2020, 9_000_00))]
        ),
    )
    sold = books(("5001", -135_500_00), ("560101", 127_772_25))
    assert amounts(income_tax(sold, known)) == {"5801": 221_39, "222113": -221_39}
    accrued = sold.plus(income_tax(sold, known).lines)
    assert amounts(income_tax(accrued, known)) == {}


def test_a_lower_profit_takes_back_what_was_accrued() -> None:
    june = Period(2026, 6)
    before = [(june, "5001", -10_000_00), (june, "5801", 500_00)]
    assert amounts(income_tax(books(("560205", 4_000_00), before=before), facts())) == {
        "5801": -200_00,
        "222113": 200_00,
    }


def test_a_client_taken_over_within_the_year_is_asked_and_never_given_a_negative_tax() -> None:
    """B12: without the first months' figures nothing is claimed."""
    loss = books(("560205", 1_067_987_80))
    assert "补录" in asked(income_tax(loss, facts(starts=Period(2026, 7))))
    founded = profile(founded_on=fact(FactKind.FOUNDED_ON, dt.date(2026, 7, 3)))
    assert amounts(income_tax(loss, facts(starts=Period(2026, 7), profile=founded))) == {}


def test_income_tax_asks_for_the_conditions_by_name() -> None:
    sold = books(("5001", -10_000_00))
    missing = (FactKind.TAXABLE_INCOME, FactKind.TOTAL_ASSETS)
    unknown = facts(profile=profile(small_low_profit=SmallLowProfit(Answer.UNKNOWN, 2026, missing=missing)))
    assert "资产总额" in asked(income_tax(sold, unknown))
    assert "应纳税所得额" not in asked(income_tax(sold, unknown))
    only_income = profile(small_low_profit=SmallLowProfit(Answer.UNKNOWN, 2026, missing=missing[:1], income_limit=LIMIT))
    assert amounts(income_tax(sold, facts(profile=only_income)))["5801"] == 500_00
    owing = books(("5001", -10_000_00), before=[(None, "310415", 80_00)])
    assert "亏损" in asked(income_tax(owing, facts()))
    assert amounts(income_tax(owing, facts(losses_told=True)))["5801"] == 500_00
    assert amounts(income_tax(sold, facts(chosen=replace(CHOSEN, income_tax="personal")))) == {}
    assert amounts(income_tax(replace(sold, period=Period(2026, 10)), facts())) == {}


CAPITAL = profile(registered_capital=fact(FactKind.REGISTERED_CAPITAL, 1_000_000_00))


@pytest.mark.parametrize(
    ("before", "taken", "amount"),
    [
        (0, 0, 10_000_00),
        (30_000_00, 0, 7_000_00),  # a loss of earlier years is made up first
        (100_000_00, 0, 0),
        (-50_000_00, 0, 10_000_00),
        (0, 495_000_00, 5_000_00),  # until half of the registered capital
        (0, 500_000_00, 0),
    ],
)
def test_the_legal_reserve(before: int, taken: int, amount: int) -> None:
    """公司法(2023 年修订)第二百一十条, on a profit of 100,000 that stands in 未分配利润 already."""
    start = [(None, "310415", before), (None, "310101", -taken)]
    year = books(("5001", -100_000_00), ("310415", -100_000_00), ("1002", 200_000_00), period=DECEMBER, before=start)
    found = amounts(reserve(year, facts(profile=CAPITAL)))
    assert found == ({"310402": amount, "310101": -amount} if amount else {})
    if amount:
        after = year.plus(reserve(year, facts(profile=CAPITAL)).lines)
        assert amounts(ending(after, facts())) == {"310415": amount, "310402": -amount}


def test_the_reserve_asks_for_the_registered_capital() -> None:
    year = books(("5001", -100_000_00), ("310415", -100_000_00), period=DECEMBER)
    assert "注册资本" in asked(reserve(year, facts()))
    assert amounts(reserve(year, facts(chosen=replace(CHOSEN, income_tax="personal")))) == {}


@pytest.mark.parametrize(
    ("period", "year"), [(Period(2026, 6), 2024), (Period(2026, 7), 2025), (Period(2027, 1), 2025)]
)
def test_the_year_whose_settlement_governs(period: Period, year: int) -> None:
    assert settled_year(period) == year


@given(st.integers(0, 10**12), st.integers(0, 10**10), st.sampled_from(["urban", "town", "elsewhere"]))
def test_surtaxes_balance_and_are_done_once(sales: int, vat: int, place: str) -> None:
    known = facts(chosen=replace(CHOSEN, city_place=place))
    sold = books(("5001", -sales), ("222101", -vat))
    for rule in (exemption, surtaxes):
        sold = sold.plus(rule(sold, known).lines)
    assert sum(b.debit - b.credit for b in sold.balances) == -sales - vat
    assert amounts(exemption(sold, known)) == amounts(surtaxes(sold, known)) == {}


def test_surtaxes_of_a_quarter_that_another_began_say_so_and_a_new_company_has_no_other() -> None:
    """The months before the books are in nobody's figures; a company founded since is below the limit by its own."""
    sold = books(("5001", -50_000_00), ("222101", -500_00))
    taken_over = surtaxes(sold, facts(starts=Period(2026, 8)))
    assert any("2026年8月建账以后" in reason for reason in taken_over.reasons)
    assert {"222120", "222121"} <= amounts(taken_over).keys()
    founded = facts(starts=Period(2026, 8), profile=profile(founded_on=fact(FactKind.FOUNDED_ON, dt.date(2026, 8, 3))))
    young = surtaxes(sold, founded)
    assert not any("建账以后" in reason for reason in young.reasons)
    assert amounts(young).keys().isdisjoint({"222120", "222121"})
