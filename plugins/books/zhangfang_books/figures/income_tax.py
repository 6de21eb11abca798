"""企业所得税月(季)度预缴 (A200000), on the year's profit so far. Pure; amounts are fen."""

from collections.abc import Iterable

from zhangfang_books.figures.behind import Side
from zhangfang_books.figures.material import BOOKS, Lines, Material, from_line
from zhangfang_books.tax.income_tax import TITLE, rate_of
from zhangfang_books.tax.rates import one_in_force, part_of, percent, source_of
from zhangfang_books.tax.year import counted_accounts, is_unknown, losses_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Step

DUE = "本期应补(退)所得税额"
OPENING = "/opening"
"""Where the figures of the months before the books are."""


def income_tax(m: Material) -> Lines:
    """Profit less earlier losses, at 25 % or what a 小型微利企业 pays (公告2023年第12号), less the quarters before."""
    found = Lines()
    if is_unknown(m.books, m.facts):
        found.doubt(f"客户在 {m.facts.starts.label}建账,请先补录 1 月到建账前的损益发生额,才能按全年累计利润计算。", OPENING)
        return found
    profit = _profit(m, found)
    losses = losses_of(m.facts, m.last.year)
    rule = source_of(one_in_force("loss", m.last.last_day))
    too_many = max(losses - max(profit, 0), 0)
    known = found.add(
        "弥补以前年度亏损", [Step("登记的可弥补亏损", losses, rule, "/profile/loss"), Step("超过本年利润的,留待以后弥补", -too_many, rule)]
    )
    base = found.add("实际利润额", [from_line("利润总额", profit), from_line("弥补以前年度亏损", -known)])
    found.doubt("纳税调整(业务招待费、罚款等)、不征税和免税收入没有计入,申报前请核对。")
    rate, why, asks = rate_of(max(base, 0), m.last, m.facts)
    for ask in asks:
        found.doubt(ask.sentence, ask.path)
    if rate is not None:
        _tax(m, found, max(base, 0), rate, why)
    return found


def _profit(m: Material, found: Lines) -> int:
    names = m.facts.accounts
    income = found.add("营业收入", _of_year(m, names.sales, Side.CREDIT_NET))
    costs = found.add("营业成本", _of_year(m, names.costs, Side.DEBIT_NET))
    rest = [code for code in counted_accounts(m.facts) if not code.startswith((*names.sales, *names.costs))]
    others = found.add("税金、费用和其他损益", _of_year(m, rest, Side.CREDIT_NET))
    return found.add(
        "利润总额", [from_line("营业收入", income), from_line("营业成本", -costs), from_line("税金、费用和其他损益", others)]
    )


def _of_year(m: Material, codes: Iterable[str], side: Side) -> list[Step]:
    """Each account's turnover from January, and what was brought along of it."""
    january, steps = Period(m.last.year, 1), []
    for code in codes:
        title = f"{code} {m.facts.names.get(code, '')}".strip()
        turned = side.of(m.books.debits(january, code), m.books.credits(january, code))
        steps.append(Step(f"{title} 本年累计", turned, BOOKS, m.entries(code, side=side, first=january)))
        steps.append(Step(f"{title} 建账前累计", _brought(m, code, side), "期初", OPENING))
    return steps


def _brought(m: Material, code: str, side: Side) -> int:
    """Debit positive as it is kept, of the account and all below it."""
    return side.of(sum(amount for own, amount in m.facts.brought.items() if own.startswith(code)), 0)


def _tax(m: Material, found: Lines, base: int, rate: int, why: str) -> None:
    ordinary = one_in_force("income_tax", m.last.last_day)
    full = rate if ordinary is None else int(ordinary["rate"])
    source = source_of(ordinary)
    whole = found.add("应纳所得税额", [Step(f"实际利润额 {yuan(base)} × {percent(full)}", part_of(base, full), source)])
    less = found.add("减免所得税额", [Step("小型微利企业减免", whole - part_of(base, rate), why)])
    before = found.add("本年前期已预缴所得税额", _before(m))
    left = whole - less - before
    steps = [from_line("应纳所得税额", whole), from_line("减免所得税额", -less), from_line("本年前期已预缴所得税额", -before)]
    found.add(DUE, [*steps, Step("预缴不退,留待汇算清缴", max(-left, 0), source_of(one_in_force("settled_after", m.last.last_day)))])


def _before(m: Material) -> list[Step]:
    """What the quarters before were to pay, as the books have it."""
    expense, january = m.facts.accounts.income_tax_expense, Period(m.last.year, 1)
    booked = sum(
        b.debit - b.credit
        for b in m.books.balances
        if b.period is not None and january <= b.period < m.first and b.account.startswith(expense)
    )
    brought = Step(f"建账前{TITLE}", _brought(m, expense, Side.DEBIT_NET), "期初", OPENING)
    if m.first == january:
        return [brought]
    path = m.entries(expense, side=Side.DEBIT_NET, first=january, last=m.first.plus(-1))
    return [Step(f"前几季度{TITLE}", booked, BOOKS, path), brought]
