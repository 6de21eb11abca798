"""What every company does each month: wages, social insurance, taxes, closing."""

from dataclasses import dataclass, field
from datetime import date

from zhangfang_core.demo.stories.books import Entry, StoryBooks, credit, debit
from zhangfang_core.demo.stories.rates import WHOLE, owes_no_vat, rate, rated, share
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.ledger import VoucherKind
from zhangfang_sdk.periods import Period

SURTAXES = {"222115": "urban_construction", "222120": "education", "222121": "local_education"}
_REVENUES = ("5001", "5051", "5111", "5301")


@dataclass(slots=True)
class Year:
    """The year so far: profit before tax of the closed months, and the income tax accrued on it."""

    profit: int = 0
    income_tax: int = 0


@dataclass(frozen=True, slots=True)
class Payroll:
    """Wages of a month by account, the base of social insurance, and the income tax withheld from the wages, in fen."""

    wages: dict[str, int]
    insured: int
    income_tax: int = 0
    housing_fund: bool = False
    insurance_account: str = field(default="560201")


def plan_wages(books: StoryBooks, period: Period, payroll: Payroll) -> None:
    """Wages accrued by halves (15th, last day), last month's paid on the 10th, insurance and fund paid on the 12th."""
    halves = {account: amount // 2 for account, amount in payroll.wages.items()}
    rests = {account: amount - halves[account] for account, amount in payroll.wages.items()}
    books.on(_day(period, 15), lambda day: _accrue_wages(books, day, "计提上半月工资", halves))
    books.on(period.last_day, lambda day: _accrue_wages(books, day, "计提下半月工资", rests), 60)
    books.at_office(_day(period, 10), lambda day: _pay_wages(books, day, payroll))
    books.at_office(_day(period, 12), lambda day: _social_insurance(books, day, payroll), 55)


def _accrue_wages(books: StoryBooks, day: date, summary: str, wages: dict[str, int]) -> None:
    books.record(
        day, summary, *(debit(a, w) for a, w in wages.items()), credit("221101", sum(wages.values()))
    )


def _pay_wages(books: StoryBooks, day: date, payroll: Payroll) -> None:
    owed = -books.balance("221101")
    insurance = rated(payroll.insured, "social_insurance_person", day)
    fund = rated(payroll.insured, "housing_fund", day) if payroll.housing_fund else 0
    books.record(
        day,
        "发放上月工资",
        debit("221101", owed),
        credit("224101", insurance),
        credit("224102", fund),
        credit("222119", payroll.income_tax),
        credit("1002", owed - insurance - fund - payroll.income_tax),
    )


def _social_insurance(books: StoryBooks, day: date, payroll: Payroll) -> None:
    company = rated(payroll.insured, "social_insurance_company", day)
    books.record(
        day, "计提单位社会保险费", debit(payroll.insurance_account, company), credit("221103", company)
    )
    person = -books.balance("224101")
    books.record(
        day,
        "缴纳社会保险费",
        debit("221103", company),
        debit("224101", person),
        credit("1002", company + person),
    )
    if payroll.housing_fund:
        fund, withheld = rated(payroll.insured, "housing_fund", day), -books.balance("224102")
        books.record(
            day, "计提单位住房公积金", debit(payroll.insurance_account, fund), credit("221104", fund)
        )
        books.record(
            day,
            "缴纳住房公积金",
            debit("221104", fund),
            debit("224102", withheld),
            credit("1002", fund + withheld),
        )


def plan_taxes_paid(books: StoryBooks, period: Period) -> None:
    """Pay on the 13th or the next workday: what the last month or quarter left due."""
    books.at_office(_day(period, 13), lambda day: _pay_taxes(books, day, period))


def _pay_taxes(books: StoryBooks, day: date, period: Period) -> None:
    after_quarter = period.month % 3 == 1
    if books.company.taxpayer_kind is TaxpayerKind.GENERAL:
        _pay(books, day, "缴纳上月增值税", "222102")
    elif after_quarter:
        # Takings of this month up to the day are due next quarter only.
        due = -books.balance("222101") + books.movement["222101"]
        if due > 0:
            books.record(day, "缴纳上季度增值税", debit("222101", due), credit("1002", due))
    _pay(books, day, "缴纳附加税费", *SURTAXES)
    _pay(books, day, "缴纳代扣个人所得税", "222119")
    if after_quarter:
        _pay(books, day, "预缴上季度企业所得税", "222113")
        _pay(books, day, "缴纳上季度印花税", "222122")


def _pay(books: StoryBooks, day: date, summary: str, *accounts: str) -> None:
    due = {account: -books.balance(account) for account in accounts}
    books.record(
        day,
        summary,
        *(debit(a, d) for a, d in due.items() if d > 0),
        credit("1002", sum(max(d, 0) for d in due.values())),
    )


def plan_month_end(books: StoryBooks, period: Period, year: Year) -> None:
    """Taxes of the month, then closing (结转损益), then the year's end in December; in this order on the last day."""
    books.on(period.last_day, lambda day: _vat_and_surtaxes(books, day, period), 80)
    books.on(period.last_day, lambda day: _income_tax(books, day, period, year), 85)
    books.on(period.last_day, lambda day: _close(books, day), 90)
    if period.month == 12:
        books.on(period.last_day, lambda day: _close_year(books, day, year), 95)


def _vat_and_surtaxes(books: StoryBooks, day: date, period: Period) -> None:
    if books.company.taxpayer_kind is TaxpayerKind.GENERAL:
        vat = -books.balance("222101")
        if vat <= 0:
            return
        books.record(day, "转出本月未交增值税", debit("22210104", vat), credit("222102", vat))
    else:
        vat = -books.balance("222101") if period.month % 3 == 0 else 0
        sales = share(vat, WHOLE, rate("small_scale_levy", day))
        if vat and owes_no_vat(sales, day):
            books.record(day, "季度销售额未达起征点，免征增值税", debit("222101", vat), credit("530104", vat))
            return
    parts = {account: rated(vat, key, day) for account, key in SURTAXES.items()}
    entries = [credit(account, amount) for account, amount in parts.items()]
    books.record(day, "计提附加税费", debit("5403", sum(parts.values())), *entries)


def _income_tax(books: StoryBooks, day: date, period: Period, year: Year) -> None:
    year.profit -= sum(amount for account, amount in books.movement.items() if account.startswith("5"))
    if period.month % 3 == 0:
        tax = max(rated(max(year.profit, 0), "corporate_income", day) - year.income_tax, 0)
        year.income_tax += tax
        books.record(day, "计提本季度企业所得税", debit("5801", tax), credit("222113", tax))


def _close(books: StoryBooks, day: date) -> None:
    moved = sorted(
        (code, amount) for code, amount in books.movement.items() if code.startswith("5") and amount
    )
    revenues = [(code, -amount) for code, amount in moved if code.startswith(_REVENUES)]
    costs = [(code, amount) for code, amount in moved if not code.startswith(_REVENUES)]
    closing = VoucherKind.CLOSING
    books.record(
        day,
        "结转本月收入",
        *(debit(code, amount) for code, amount in revenues),
        credit("3103", sum(amount for _, amount in revenues)),
        kind=closing,
    )
    books.record(
        day,
        "结转本月成本费用",
        debit("3103", sum(amount for _, amount in costs)),
        *(credit(code, amount) for code, amount in costs),
        kind=closing,
    )


def _close_year(books: StoryBooks, day: date, year: Year) -> None:
    profit = -books.balance("3103")
    closing = VoucherKind.CLOSING
    books.record(day, "结转本年利润", debit("3103", profit), credit("310415", profit), kind=closing)
    if profit > 0:
        reserve = profit // 10  # 公司法第二百一十条: a tenth of the year's profit after tax
        books.record(
            day, "提取法定盈余公积", debit("310402", reserve), credit("310101", reserve), kind=closing
        )
        books.record(
            day, "结转利润分配明细", debit("310415", reserve), credit("310402", reserve), kind=closing
        )
    year.profit, year.income_tax = 0, 0


def opening(
    first: Period, profit_a_month: int, vat_a_month: int, general: bool, others: list[Entry]
) -> tuple[list[Entry], Year]:
    """Opening balances and the year so far: ``others``, the taxes of the months before, and the profit that makes them balance."""
    start = first.first_day
    months = first.month - 1
    quarter_ended = first.month % 3 == 1
    accrued = rated(months // 3 * 3 * profit_a_month, "corporate_income", start)
    unpaid = rated(3 * profit_a_month, "corporate_income", start) if quarter_ended else 0
    unfiled = 3 if quarter_ended else months % 3
    surtaxed = vat_a_month if general else (3 * vat_a_month if quarter_ended else 0)
    entries = [
        *others,
        credit("222102", vat_a_month if general else 0),
        credit("222101", 0 if general else vat_a_month * unfiled),
        *(credit(account, rated(surtaxed, key, start)) for account, key in SURTAXES.items()),
        credit("222113", unpaid),
        credit("3103", months * profit_a_month - accrued),
    ]
    rest = sum(entry.debit - entry.credit for entry in entries)
    return [*entries, credit("310415", rest)], Year(months * profit_a_month, accrued)


def _day(period: Period, number: int) -> date:
    return date(period.year, period.month, number)
