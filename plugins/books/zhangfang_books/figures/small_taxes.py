"""印花税 of a quarter, 个人所得税 withheld of a month. Pure; amounts are fen."""

from zhangfang_books.figures.material import BOOKS, Lines, Material, from_line
from zhangfang_books.tax.rates import TEN_THOUSAND, Row, in_force, part_of, parts_of
from zhangfang_books.tax.surtaxes import share_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Step

MILLION = 1_000_000
STAMP_DUE, WITHHELD = "应补(退)税额", "代扣代缴个人所得税"


def stamp(m: Material) -> Lines:
    """What the books set aside; while they set nothing aside, an estimate by invoices, which is said to be one."""
    found = Lines()
    if m.facts.lacks_months_of(m.first):
        found.doubt(f"这一季度建账({m.facts.starts.label})以前的合同和发票不在这里,补录那几个月的销售和采购后才算得全。")
    booked = m.credits(m.facts.accounts.stamp)
    if booked:
        found.add("应纳税额", [Step("账上已计提", booked, BOOKS, m.account(m.facts.accounts.stamp))])
        found.add(STAMP_DUE, [from_line("应纳税额", booked)])
        found.doubt("印花税按合同计税,账上计提的依据请与合同台账核对。")
        if m.before:
            found.doubt(f"账上只计提了{m.facts.starts.label}建账以后的,建账前几个月的请加上。")
        return found
    found.doubt("印花税按合同所列金额计税。账上没有计提,这里按发票(不含税)估算,请与合同核对。")
    share, why, asks = share_of(m.books, m.facts)
    for ask in asks:
        found.doubt(ask.sentence, ask.path)
    amounts = {row["title"]: found.add(row["title"], _steps(m, row)) for row in in_force("stamp", m.last.last_day)}
    whole = sum(amounts.values())
    if share is None:
        return found
    less = whole - part_of(whole, share)
    found.add("减征税额", [Step("减半征收", less, why)] if share < TEN_THOUSAND else [])
    found.add(STAMP_DUE, [*(from_line(t, a) for t, a in amounts.items()), from_line("减征税额", -less)])
    return found


def _steps(m: Material, row: Row) -> list[Step]:
    source = f"{row['source']}({row['from']} 起)"
    if row["key"] == "sale":
        sold = (sum(r.amount for r in m.register) if m.register else m.sales) + sum(b.sales for b in m.before)
        parts = (("销售", sold), ("采购", m.received + sum(b.purchases for b in m.before)))
        return [Step(f"{title} {yuan(base)} × {row['rate'] / 100:g}‱", parts_of(max(base, 0), row["rate"], MILLION), source) for title, base in parts]
    if m.last.month != 12:
        return []
    more = -m.books.turnover(Period(m.last.year, 1), *m.facts.accounts.capital)
    path = f"/books/detail?account={m.facts.accounts.capital[0]}&period={Period(m.last.year, 1).key}&to={m.last.key}"
    title = f"本年增加的实收资本和资本公积 {yuan(more)} × {row['rate'] / 100:g}‱"
    return [Step(title, parts_of(max(more, 0), row["rate"], MILLION), source, path)]


def withheld(m: Material) -> Lines:
    """As the books withheld it from what was paid in the month."""
    found = Lines()
    code = m.facts.accounts.withheld
    rule = next(iter(in_force("withholding", m.last.last_day)), None)
    source = BOOKS if rule is None else f"账;{rule['source']}"
    booked = found.add(WITHHELD, [Step("账上代扣的个人所得税", m.credits(code), source, m.account(code))])
    if m.withheld is not None and m.withheld != booked:
        # Without the amount: who sees taxes need not see payrolls.
        found.doubt("账上代扣的个人所得税与本月工资表的不一致:工资凭证可能还没有过账,请先核对。")
    return found
