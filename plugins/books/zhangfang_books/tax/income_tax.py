"""企业所得税按季预缴, on the year's profit so far. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts, ask_for
from zhangfang_books.tax.rates import one_in_force, part_of, percent
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
    asks = _unknown_year(books, facts)
    if asks:
        return Accrual("income_tax", TITLE, asks=asks)
    profit, accrued = profit_of_year(books, facts), accrued_of_year(books, facts)
    losses = losses_of(facts, books.period.year)
    base = max(profit - losses, 0)
    if base and not losses and _owes_to_earlier_years(books, facts):
        why = "未分配利润年初是借方余额,有可弥补亏损的要先弥补;没有的请填 0。"
        return Accrual("income_tax", TITLE, asks=ask_for([FactKind.LOSS], why))
    rate, why, asks = rate_of(base, books.period, facts)
    if rate is None:
        return Accrual("income_tax", TITLE, asks=asks)
    amount = part_of(base, rate) - accrued
    if not amount:
        return nothing
    return Accrual("income_tax", TITLE, _lines(facts, amount), (_said(profit, losses, base, rate, accrued), why))


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


def rate_of(base: int, period: Period, facts: TaxFacts) -> tuple[int | None, str, tuple[Ask, ...]]:
    """The rate with its source, or what has to be known before it can be told."""
    whole, small = one_in_force("income_tax", period.last_day), one_in_force("small_income_tax", period.last_day)
    if whole is None:
        return None, "", (Ask("没有这一年的企业所得税税率,请更新系统。", ""),)
    ordinary = (int(whole["rate"]), f"税率 {percent(whole['rate'])};{whole['source']}。")
    if small is None or base == 0:
        return *ordinary, ()
    if base > small["limit"]:
        return ordinary[0], f"应纳税所得额超过 {yuan(small['limit'])},不是小型微利企业。{ordinary[1]}", ()
    judged = facts.profile.small_low_profit
    if judged.answer is Answer.NO:
        return ordinary[0], f"不是小型微利企业:{''.join(judged.reasons)}{ordinary[1]}", ()
    # What the year earns so far is what is counted here; the other conditions are facts.
    missing = [kind for kind in judged.missing if kind is not FactKind.TAXABLE_INCOME]
    if judged.answer is Answer.UNKNOWN and (missing or not judged.missing):
        return (
            None,
            "",
            ask_for(missing, "要判断是不是小型微利企业,才能确定税率。")
            or (Ask("没有这一年的小型微利企业标准,请更新系统。", ""),),
        )
    return int(small["rate"]), f"小型微利企业,实际税负 {percent(small['rate'])};{small['source']}。", ()


def _unknown_year(books: MonthBooks, facts: TaxFacts) -> tuple[Ask, ...]:
    """Taken over within the year: without its first months' figures nothing is claimed, least of all a negative tax."""
    january = Period(books.period.year, 1)
    if (
        not facts.starts_within(january)
        or facts.brought
        or facts.founded_in(facts.starts)
        or facts.starts.year != january.year
    ):
        return ()
    return (
        Ask(f"客户在 {facts.starts.label}建账,请先补录 1 月到建账前的损益发生额,才能按全年累计利润计算所得税。", ""),
    )


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
