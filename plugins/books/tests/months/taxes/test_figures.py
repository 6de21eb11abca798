"""Returns to the fen against answers computed apart, against the worked months, and from registers as from books (LEDG-5)."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from months.sales.lists import BUYER, ORDINARY, SPECIAL, Sold, number, workbook
from months.taxes import truth
from months.taxes.test_tax_rules import CHOSEN, facts, profile
from months.test_worked_months import booked
from months.worked import ours
from zhangfang_books.figures import vat_general, vat_small
from zhangfang_books.figures.material import Material
from zhangfang_books.figures.service import PAYABLE, WorkedOut, worked_out
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.sales.drafting import draft_sales
from zhangfang_books.sales.keeping import keep, read_list
from zhangfang_books.sales.register import Method, RegisterRow
from zhangfang_books.tax import rates
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID, TRADING_TAX_ID, TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Balance, Ledger, Line, VoucherDraft
from zhangfang_sdk.money import fen
from zhangfang_sdk.month_end import MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind, NewFact, QuarterEnds, RegisteredAddress, SmallLowProfit, YearAmount
from zhangfang_sdk.tax_figures import ReturnFigures, Tax

JULY, SEPTEMBER = Period(2026, 7), Period(2026, 9)
START = dt.date(2025, 1, 1)


def adds_up(found: ReturnFigures) -> None:
    for line in found.lines:
        assert line.amount == sum(step.amount for step in line.derivation), line.name
        assert all(step.source for step in line.derivation), line.name


def agrees(found: ReturnFigures, answer: Mapping[str, Decimal]) -> None:
    adds_up(found)
    known = {line.name: line.amount for line in found.lines}
    wanted = {name: fen(value) for name, value in answer.items() if name != "附加"}
    assert {name: known[name] for name in wanted} == wanted


async def know(firm: TestFirm, client: int, *more: NewFact) -> None:
    """A small company in a city, of no restricted trade."""
    async with scoped_transaction(system_scope(firm.id)):
        for fact_ in (
            NewFact(FactKind.REGISTERED_ADDRESS, RegisteredAddress("西湖区示例路 1 号", "330106"), START),
            NewFact(FactKind.RESTRICTED_INDUSTRY, False, START),
            *more,
        ):
            await use(Clients).record(client, fact_)


def sizes(year: int, last: int) -> list[NewFact]:
    """Few people and small assets in each quarter."""
    days = [dt.date(year, 3 * q - 2, 1) for q in range(1, last + 1)]
    return [
        *(NewFact(FactKind.EMPLOYEES, QuarterEnds(9, 9), day) for day in days),
        *(NewFact(FactKind.TOTAL_ASSETS, QuarterEnds(10**8, 10**8), day) for day in days),
    ]


async def sell(firm: TestFirm, client: int, own: str, sold: Sequence[Sold]) -> None:
    """The list comes in, its vouchers are drafted and posted."""
    async with rows_of(workbook(own, sold)) as rows, acting(firm, "accountant", client=client):
        await keep(client, await read_list(client, rows), really=True)
    async with acting(firm, "accountant", client=client):
        made = await draft_sales(client, SEPTEMBER)
    async with scoped_transaction(system_scope(firm.id)):
        for voucher in made:
            await use(Ledger).post(voucher)


async def figures(firm: TestFirm, client: int, tax: Tax, first: Period, last: Period) -> ReturnFigures:
    async with acting(firm, "accountant", client=client):
        return await WorkedOut().figures(client, tax, first, last)


def of(n: int, amount: str, rate: str, kind: str = ORDINARY) -> Sold:
    tax = "0.00" if rate == "免税" else str(truth.fen(Decimal(amount) * Decimal(rate.rstrip("%")) / 100))
    return Sold(number(n), "2026-09-05", [("*示例*货品", amount, rate, tax)], kind, buyer=BUYER)


@pytest.mark.parametrize("sold", [truth.BELOW, truth.AT, truth.ABOVE], ids=["below", "at", "above"])
async def test_a_small_scale_quarter_at_the_threshold(firm: TestFirm, sold: list[tuple[str, bool, str]]) -> None:
    answer = truth.small_quarter(sold)
    await know(firm, firm.restaurant)
    listed = [of(n, amount, rate, SPECIAL if special else ORDINARY) for n, (amount, special, rate) in enumerate(sold)]
    await sell(firm, firm.restaurant, RESTAURANT_TAX_ID, listed)
    agrees(await figures(firm, firm.restaurant, Tax.VAT, JULY, SEPTEMBER), answer)
    more = await figures(firm, firm.restaurant, Tax.SURCHARGES, JULY, SEPTEMBER)
    adds_up(more)
    assert more.value(PAYABLE[Tax.SURCHARGES]) == fen(answer["附加"])


async def test_a_general_payer_with_red_letters_exempt_and_simple_sales(firm: TestFirm) -> None:
    answer = truth.general_month(truth.GENERAL, truth.BOUGHT, truth.TURNED_OUT, truth.CARRIED)
    too_large = YearAmount(2025, 400_000_000)
    await know(firm, firm.trading, NewFact(FactKind.TAXABLE_INCOME, too_large, START), *sizes(2025, 4))
    await sell(firm, firm.trading, TRADING_TAX_ID, [of(n, amount, rate) for n, (amount, rate) in enumerate(truth.GENERAL)])
    async with scoped_transaction(system_scope(firm.id)):
        vouchers = [
            (dt.date(2026, 8, 31), (Line("22210101", "留抵", debit=fen(truth.CARRIED)), Line("1002", "留抵", credit=fen(truth.CARRIED)))),
            (dt.date(2026, 9, 8), (Line("22210101", "进项", debit=fen(truth.BOUGHT)), Line("1002", "进项", credit=fen(truth.BOUGHT)))),
            (dt.date(2026, 9, 9), (Line("221102", "转出", debit=fen(truth.TURNED_OUT)), Line("22210109", "转出", credit=fen(truth.TURNED_OUT)))),
        ]
        await import_posted(firm.trading, [VoucherDraft(firm.trading, day, "试", lines) for day, lines in vouchers])
    agrees(await figures(firm, firm.trading, Tax.VAT, SEPTEMBER, SEPTEMBER), answer)
    more = await figures(firm, firm.trading, Tax.SURCHARGES, SEPTEMBER, SEPTEMBER)
    adds_up(more)
    assert more.value(PAYABLE[Tax.SURCHARGES]) == fen(answer["附加"]), more


async def test_losses_of_five_years_are_made_up(firm: TestFirm) -> None:
    answer = truth.income_quarter(truth.PROFITS, truth.LOSSES, 2026, truth.PAID)
    losses = [NewFact(FactKind.LOSS, YearAmount(year, fen(amount)), START) for year, amount in truth.LOSSES.items()]
    await know(firm, firm.restaurant, *losses, *sizes(2026, 3))
    drafts = []
    for quarter, profit in enumerate(truth.PROFITS):
        day, amount = dt.date(2026, 3 * quarter + 2, 9), fen(profit)
        drafts.append(VoucherDraft(firm.restaurant, day, "利润", (Line("1002", "利润", debit=amount), Line("5001", "利润", credit=amount))))
    paid = fen(truth.PAID)
    drafts.append(VoucherDraft(firm.restaurant, dt.date(2026, 6, 30), "计提", (Line("5801", "计提", debit=paid), Line("222113", "计提", credit=paid))))
    async with scoped_transaction(system_scope(firm.id)):
        await import_posted(firm.restaurant, drafts)
    agrees(await figures(firm, firm.restaurant, Tax.CIT, JULY, SEPTEMBER), answer)


async def test_the_worked_month_s_taxes(firm: TestFirm) -> None:
    """What the worked month of the trading company booked for each tax is what its returns say."""
    month = next(m for m in ours() if "商贸公司(一般纳税人)2026年9月" in m.name)
    client = await booked(firm, month)
    await know(firm, client, *sizes(2026, 3))
    wanted = {Tax.VAT: "10704.00", Tax.SURCHARGES: "642.24", Tax.CIT: "1213.15", Tax.STAMP: "187.50", Tax.IIT: "210.00"}
    for tax, amount in wanted.items():
        first = JULY if tax in (Tax.CIT, Tax.STAMP) else SEPTEMBER
        found = await figures(firm, client, tax, first, SEPTEMBER)
        adds_up(found)
        assert found.value(PAYABLE[tax]) == fen(amount), (tax, found)


async def test_what_is_no_return_of_the_client_is_refused(firm: TestFirm) -> None:
    with pytest.raises(Refusal, match=r"taxes\.no_return"):
        await figures(firm, firm.restaurant, Tax.VAT, SEPTEMBER, SEPTEMBER)
    with pytest.raises(Refusal, match=r"taxes\.no_rules"):
        await figures(firm, firm.restaurant, Tax.IIT, Period(2019, 1), Period(2019, 1))
    with pytest.raises(Refusal, match=r"access\.forbidden"):
        async with acting(firm, "driver"):
            await WorkedOut().figures(firm.restaurant, Tax.IIT, SEPTEMBER, SEPTEMBER)


def quarter(sales: int, year: int, *, rows: Sequence[RegisterRow] = ()) -> Material:
    last = Period(year, 9)
    books = MonthBooks(1, last, [Balance("5001", last, 0, sales), Balance("222101", last, 0, sales // 100)])
    return Material(books, facts(profile=profile(at=last.last_day)), Period(year, 7), last, rows)


def test_a_law_of_2028_is_data_and_changes_2028_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """LEDG-5: a rule with its dates is added to the table; 2027 says what it said."""
    years = (2025, 2026, 2027, 2028)
    before = {year: worked_out(quarter(320_000_00, year), Tax.VAT) for year in years}
    assert before[2028].value("应纳税额合计") == 9_600_00
    raw = rates._read("rates.toml")
    new = {
        "month": 15_000_000, "quarter": 45_000_000, "inclusive": False, "from": dt.date(2028, 1, 1),
        "until": dt.date(2028, 12, 31), "source": "2028 年的新规则",
    }  # fmt: skip
    monkeypatch.setattr(rates, "_read", lambda name: {**raw, "vat_free": [*raw["vat_free"], new]})
    after = {year: worked_out(quarter(320_000_00, year), Tax.VAT) for year in years}
    assert {year: after[year] == before[year] for year in years} == {2025: True, 2026: True, 2027: True, 2028: False}
    assert after[2028].value("应纳税额合计") == 0
    assert "2028 年的新规则" in after[2028].line("本期免税额").derivation[0].source


def test_the_limit_itself_was_free_until_2025_and_is_not_since() -> None:
    found = {year: worked_out(quarter(300_000_00, year), Tax.VAT).value("应纳税额合计") for year in (2025, 2026)}
    assert found == {2025: 0, 2026: 3_000_00}


def test_additional_deduction_is_used_as_far_as_there_is_tax() -> None:
    """加计抵减 5 %: what July can't use is used in August."""
    july, august = Period(2026, 7), Period(2026, 8)
    rows = [
        Balance("22210101", july, 1000_00, 0), Balance("22210107", july, 0, 1010_00), Balance("22210104", july, 10_00, 0),
        Balance("22210101", august, 200_00, 0), Balance("22210107", august, 0, 300_00),
    ]  # fmt: skip
    known = facts(general=True, chosen=replace(CHOSEN, additional_deduction="advanced_manufacturing"), starts=july)
    found = worked_out(Material(MonthBooks(1, august, rows), known, august, august), Tax.VAT)
    assert found.value("应纳税额") == 100_00 - (50_00 - 10_00) - 10_00
    assert any("加计抵减" in doubt for doubt in found.doubts)


row = st.builds(
    lambda rate, special, amount: (rate, special, amount),
    st.sampled_from(["13%", "9%", "6%", "3%", "1%", "免税"]), st.booleans(), st.integers(-10**9, 10**9),
)  # fmt: skip


def sides(drawn: Sequence[tuple[str, bool, int]], *, general: bool) -> tuple[list[RegisterRow], list[Balance]]:
    """The register of drawn invoices, and what their vouchers put on the books."""
    register, balances = list[RegisterRow](), list[Balance]()
    for rate, special, amount in drawn:
        of_law = rate in ("13%", "9%", "6%")
        method = Method.EXEMPT if rate == "免税" else Method.GENERAL if general and of_law else Method.SIMPLE
        tax = 0 if rate == "免税" else rates.part_of(amount, int(rate.rstrip("%")) * 100)
        account = "222101" if not general else "22210107" if method is Method.GENERAL else "222108"
        register.append(RegisterRow(method, rate, special, 1, amount, tax))
        balances += [Balance("5001", SEPTEMBER, 0, amount), Balance(account, SEPTEMBER, 0, tax)]
    return register, balances


@settings(max_examples=500, deadline=None)
@given(st.lists(row, max_size=12), st.integers(0, 10**8))
def test_a_general_payer_s_tax_from_registers_is_that_from_books(drawn: list[tuple[str, bool, int]], bought: int) -> None:
    """LEDG-5: with the register and without it, tax payable and what is carried forward are the same to the fen."""
    register, balances = sides(drawn, general=True)
    books = MonthBooks(1, SEPTEMBER, [*balances, Balance("22210101", SEPTEMBER, bought, 0)])
    known = facts(general=True)
    with_register, books_alone = (vat_general.vat_general(Material(books, known, SEPTEMBER, SEPTEMBER, rows)) for rows in (register, ()))
    for name in ("销项税额", "应纳税额", "期末留抵税额", "简易计税办法计算的应纳税额", "应纳税额合计"):
        first, second = ({line.name: line.amount for line in found.lines}[name] for found in (with_register, books_alone))
        assert first == second, name
    if register:
        assert not [d for d in with_register.doubts if "不一致" in d]


@settings(max_examples=500, deadline=None)
@given(st.lists(st.tuples(st.just("1%"), st.just(value=False), st.integers(-10**8, 10**8)), max_size=12))
def test_a_small_scale_payer_s_tax_from_registers_is_that_from_books(drawn: list[tuple[str, bool, int]]) -> None:
    register, balances = sides(drawn, general=False)
    books, levy = MonthBooks(1, SEPTEMBER, balances), rates.one_in_force("small_levy", SEPTEMBER.last_day)
    assert levy is not None
    first, second = (
        [(line.name, line.amount) for line in vat_small.vat_small(Material(books, facts(), JULY, SEPTEMBER, rows), levy).lines]
        for rows in (register, ())
    )
    assert first == second


def test_who_is_no_small_company_pays_the_whole() -> None:
    """公告2023年第12号: neither 小规模 nor 小型微利: nothing is halved; what isn't known isn't claimed."""
    rows = [Balance("22210107", SEPTEMBER, 0, 10_000_00), Balance("5001", SEPTEMBER, 0, 100_000_01)]
    judged = {answer: SmallLowProfit(answer, 2025) for answer in (Answer.YES, Answer.NO)}
    paid = {}
    for answer, settled in judged.items():
        known = facts(general=True, settled_year=settled)
        found = worked_out(Material(MonthBooks(1, SEPTEMBER, rows), known, SEPTEMBER, SEPTEMBER), Tax.SURCHARGES)
        paid[answer] = found.value(PAYABLE[Tax.SURCHARGES])
    assert paid == {Answer.YES: 600_00, Answer.NO: 1_200_00}
    unknown = facts(general=True, profile=profile(registered_address=None))
    found = worked_out(Material(MonthBooks(1, SEPTEMBER, rows), unknown, SEPTEMBER, SEPTEMBER), Tax.SURCHARGES)
    assert PAYABLE[Tax.SURCHARGES] not in {line.name for line in found.lines}
    assert any("注册地" in doubt for doubt in found.doubts)


@pytest.mark.parametrize("tax", [Tax.VAT, Tax.SURCHARGES, Tax.STAMP])
def test_a_quarter_that_another_began_says_that_its_first_months_are_not_here(tax: Tax) -> None:
    rows = [Balance("5001", SEPTEMBER, 0, 50_000_00), Balance("222101", SEPTEMBER, 0, 500_00)]
    known = facts(starts=Period(2026, 8))
    found = worked_out(Material(MonthBooks(1, SEPTEMBER, rows), known, JULY, SEPTEMBER), tax)
    assert any("2026年8月" in doubt and "建账" in doubt for doubt in found.doubts), found.doubts


@pytest.mark.parametrize(("payroll", "doubted"), [(None, False), (210_00, False), (163_50, True)])
def test_income_tax_that_the_month_s_payroll_has_otherwise_is_doubted(payroll: int | None, doubted: bool) -> None:
    rows = [Balance(facts().accounts.withheld, SEPTEMBER, 0, 210_00)]
    found = worked_out(Material(MonthBooks(1, SEPTEMBER, rows), facts(), SEPTEMBER, SEPTEMBER, withheld=payroll), Tax.IIT)
    assert found.value(PAYABLE[Tax.IIT]) == 210_00
    assert any("工资表" in doubt for doubt in found.doubts) is doubted
