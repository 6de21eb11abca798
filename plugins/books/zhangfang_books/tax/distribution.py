"""利润分配 at the year's end: 法定公积金, then what was distributed goes to 未分配利润. Pure; amounts are fen."""

from zhangfang_books.tax.facts import TaxFacts, ask_for
from zhangfang_books.tax.rates import one_in_force, part_of
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import Accrual, MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import FactKind

RESERVE, ENDING = "提取法定盈余公积", "结转利润分配"


def reserve(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """Of a company's profit of the year, after the losses of earlier years (公司法); sole traders and partnerships set none aside."""
    nothing = Accrual("reserve", RESERVE)
    rule = one_in_force("reserve", books.period.last_day)
    if rule is None or facts.chosen.income_tax != "corporate":
        return nothing
    names, january = facts.accounts, Period(books.period.year, 1)
    profit = net_profit(books, facts)
    loss_before = max(books.balance(names.distribution) + profit, 0)
    base = profit - loss_before
    if base <= 0:
        return nothing
    capital = facts.profile.registered_capital
    if capital is None:
        return Accrual("reserve", RESERVE, asks=ask_for([FactKind.REGISTERED_CAPITAL], rule["source"] + "。"))
    taken = books.debits(january, names.appropriation)
    room = part_of(capital.value, rule["until_share"]) + books.balance(names.reserve)
    amount = min(part_of(base, rule["share"]) - taken, room)
    if amount <= 0:
        return nothing
    lines = (Line(names.appropriation, RESERVE, debit=amount), Line(names.reserve, RESERVE, credit=amount))
    after = f"弥补以前年度亏损 {yuan(loss_before)} 后" if loss_before else ""
    return Accrual(
        "reserve", RESERVE, lines, (f"本年净利润 {yuan(profit)},{after}提取 {yuan(amount)};{rule['source']}。",)
    )


def net_profit(books: MonthBooks, facts: TaxFacts) -> int:
    """净利润 of the year: what the months earned, and 本年利润 with which the books began within the year."""
    january = Period(books.period.year, 1)
    counted = (
        tuple(code for code in facts.results if not code.startswith(facts.accounts.prior_years))
        if facts.accounts.prior_years
        else facts.results
    )
    begun = sum(
        b.credit - b.debit
        for b in books.balances
        if b.period is None and b.account.startswith(facts.accounts.profit) and facts.starts.year == january.year
    )
    return begun - (books.turnover(january, *counted) if counted else 0)


def ending(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """The other accounts of 利润分配 are emptied into 未分配利润."""
    names = facts.accounts
    codes = sorted({b.account for b in books.balances if b.account.startswith(names.distribution)} - {names.retained})
    lines: list[Line] = []
    for code in codes:
        left = books.balance(code)
        if left > 0:
            lines += [Line(names.retained, ENDING, debit=left), Line(code, ENDING, credit=left)]
        elif left < 0:
            lines += [Line(code, ENDING, debit=-left), Line(names.retained, ENDING, credit=-left)]
    return Accrual("distribution", ENDING, tuple(lines), ("利润分配的其他明细科目年末结转到未分配利润。",))
