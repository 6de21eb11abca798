"""企业所得税月(季)度预缴 (A200000), on the year's profit so far. Pure; amounts are fen."""

from zhangfang_books.figures.material import BOOKS, Lines, Material, from_line
from zhangfang_books.tax.income_tax import TITLE, rate_of
from zhangfang_books.tax.rates import one_in_force, part_of, percent
from zhangfang_books.tax.year import is_unknown, losses_of, profit_of_year
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Step

DUE = "本期应补(退)所得税额"


def income_tax(m: Material) -> Lines:
    """Profit less earlier losses, at 25 % or what a 小型微利企业 pays (公告2023年第12号), less the quarters before."""
    found = Lines()
    if is_unknown(m.books, m.facts):
        found.doubt(f"客户在 {m.facts.starts.label}建账,请先补录 1 月到建账前的损益发生额,才能按全年累计利润计算。")
        return found
    profit = _profit(m, found)
    losses = min(losses_of(m.facts, m.last.year), max(profit, 0))
    rule = one_in_force("loss", m.last.last_day)
    source = "" if rule is None else f"{rule['source']}({rule['from']} 起)"
    known = found.add("弥补以前年度亏损", [Step("登记的可弥补亏损", losses, source, "/profile/loss")])
    base = found.add("实际利润额", [from_line("利润总额", profit), from_line("弥补以前年度亏损", -known)])
    found.doubt("纳税调整(业务招待费、罚款等)、不征税和免税收入没有计入,申报前请核对。")
    rate, why, asks = rate_of(max(base, 0), m.last, m.facts)
    for ask in asks:
        found.doubt(ask.sentence, ask.path)
    if rate is not None:
        _tax(m, found, max(base, 0), rate, why)
    return found


def _profit(m: Material, found: Lines) -> int:
    names, january = m.facts.accounts, Period(m.last.year, 1)

    def of_year(*codes: str) -> int:
        before = sum(v for code, v in m.facts.brought.items() if code.startswith(codes))
        return -(m.books.turnover(january, *codes) + before)

    def at(code: str) -> str:
        return f"/books/detail?account={code}&period={january.key}&to={m.last.key}"

    income = found.add("营业收入", [Step(f"{code} 本年累计", of_year(code), BOOKS, at(code)) for code in names.sales])
    costs = found.add("营业成本", [Step(f"{code} 本年累计", -of_year(code), BOOKS, at(code)) for code in names.costs])
    profit = profit_of_year(m.books, m.facts)
    rest = Step("税金、费用和其他损益", profit - income + costs, BOOKS, f"/books/statements?kind=income&period={m.last.key}")
    return found.add("利润总额", [from_line("营业收入", income), from_line("营业成本", -costs), rest])


def _tax(m: Material, found: Lines, base: int, rate: int, why: str) -> None:
    ordinary = one_in_force("income_tax", m.last.last_day)
    full = rate if ordinary is None else int(ordinary["rate"])
    source = "" if ordinary is None else f"{ordinary['source']}({ordinary['from']} 起)"
    whole = found.add("应纳所得税额", [Step(f"实际利润额 {yuan(base)} × {percent(full)}", part_of(base, full), source)])
    less = found.add("减免所得税额", [Step("小型微利企业减免", whole - part_of(base, rate), why)])
    before = found.add("本年前期已预缴所得税额", [_before(m)])
    left = whole - less - before
    steps = [from_line("应纳所得税额", whole), from_line("减免所得税额", -less), from_line("本年前期已预缴所得税额", -before)]
    found.add(DUE, [*steps, Step("预缴不退,留待汇算清缴", max(-left, 0), "企业所得税法第五十四条")])


def _before(m: Material) -> Step:
    """What the quarters before were to pay, as the books have it."""
    expense, january = m.facts.accounts.income_tax_expense, Period(m.last.year, 1)
    brought = sum(v for code, v in m.facts.brought.items() if code.startswith(expense))
    booked = sum(
        b.debit - b.credit
        for b in m.books.balances
        if b.period is not None and january <= b.period < m.first and b.account.startswith(expense)
    )
    path = f"/books/detail?account={expense}&period={january.key}&to={m.last.key}"
    return Step(f"前几季度{TITLE}", brought + booked, BOOKS, path)
