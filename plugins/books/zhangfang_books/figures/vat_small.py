"""增值税 of a small-scale payer, by the lines of its return. Pure; amounts are fen."""

from zhangfang_books.figures.behind import Side
from zhangfang_books.figures.material import ISSUED, TOLD, Lines, Material, from_line
from zhangfang_books.figures.unbilled import beside_invoices, doubt_unbooked
from zhangfang_books.figures.vat_general import DUE
from zhangfang_books.sales.register import Method, RegisterRow
from zhangfang_books.tax.rates import Row, one_in_force, part_of, percent, source_of
from zhangfang_books.tax.vat import is_free
from zhangfang_sdk.money import yuan
from zhangfang_sdk.tax_figures import Step

UNTAXED = (Method.EXEMPT, Method.UNTAXED, Method.ZERO)


def vat_small(m: Material, levy: Row) -> Lines:
    """Sales at the levy rate, reduced where the rule says; below the limit of the month or quarter only special invoices are taxed."""
    found = Lines()
    free = is_free(m.whole_sales, m.first, m.last, m.facts)
    limit = one_in_force("vat_free", m.last.last_day)
    if limit is None:
        found.doubt(f"{m.last.year} 年的起征点还没有规定,按全部销售额征税计算。")
    if m.facts.lacks_months_of(m.first):
        found.doubt(f"这一期有一部分在建账({m.facts.starts.label})之前,那部分销售额不在账上,补录后才知道是否达到起征点。")
    taxed, exempt = _divided(m, found, free=free)
    base = found.add("应征增值税不含税销售额(3%征收率)", taxed)
    special = [r for r in m.register if r.special and r.method is Method.SIMPLE]
    told = [Step(f"{b.period.label}专用发票", b.special, TOLD, m.told()) for b in m.before]
    found.add("其中:增值税专用发票不含税销售额", [*(_step(m, r) for r in special), *told])
    small = found.add("小微企业免税销售额", exempt)
    found.add("其他免税销售额", [_step(m, r) for r in m.register if r.method in UNTAXED])
    rates = {r.rate for r in m.register if r.method is Method.SIMPLE} - {percent(levy["rate"]), percent(levy["reduced"])}
    if rates:
        found.doubt(f"有税率为 {'、'.join(sorted(rates)) or '空'} 的发票,不按 3% 征收率计,请另行核对。")
    whole = found.add("本期应纳税额", [Step(f"销售额 {yuan(base)} × {percent(levy['rate'])}", part_of(base, levy["rate"]), source_of(levy))])
    at_full = sum(r.amount for r in special if r.rate == percent(levy["rate"]))
    cut = levy["rate"] - levy["reduced"]
    less = found.add(
        "本期应纳税额减征额", [Step(f"销售额 {yuan(base - at_full)} × {percent(cut)}", part_of(base - at_full, cut), source_of(levy))]
    )
    title = f"免税销售额 {yuan(small)} × {percent(levy['rate'])}"
    found.add("本期免税额", [Step(title, part_of(small, levy["rate"]), source_of(limit))])
    total = found.add(DUE, [from_line("本期应纳税额", whole), from_line("本期应纳税额减征额", -less)])
    found.add("本期应补(退)税额", [from_line(DUE, total)])
    doubt_unbooked(m, found)
    _compared(m, found, total, free=free)
    return found


def _divided(m: Material, found: Lines, *, free: bool) -> tuple[list[Step], list[Step]]:
    """Steps of what is taxed, and of what the limit exempts."""
    rows = [r for r in m.register if r.method in (Method.SIMPLE, Method.UNKNOWN)]
    ordinary = [_step(m, r) for r in rows if not r.special]
    ordinary.append(beside_invoices(m, found, "销售额", m.facts.accounts.sales, Side.CREDIT_NET))
    special = [_step(m, r) for r in rows if r.special]
    for each in m.before:
        special.append(Step(f"{each.period.label}专用发票", each.special, TOLD, m.told()))
        ordinary.append(Step(f"{each.period.label}其他销售额", each.sales - each.special, TOLD, m.told()))
    return (special, ordinary) if free else ([*special, *ordinary], [])


def _compared(m: Material, found: Lines, total: int, *, free: bool) -> None:
    untaxed = sum(r.amount for r in m.register if r.method is Method.EXEMPT)
    if untaxed and not free:
        found.doubt(f"销售额达到了起征点,开成免税的 {yuan(untaxed)} 如果不是法定免税项目,要按含税价换算后补税,这里没有计入。")
    booked = m.credits(m.facts.accounts.vat) - m.credits(m.facts.accounts.vat_exempt)
    # The tax of months before the books is in another's books.
    if booked != total and not m.before:
        found.doubt(
            f"账上应交增值税是 {yuan(booked)},与本表应纳税额 {yuan(total)} 相差 {yuan(booked - total)},请核对。",
            m.entries(m.facts.accounts.vat, side=Side.CREDIT),
        )


def _step(m: Material, row: RegisterRow) -> Step:
    return Step(f"{row.rate or '税率不明'}{'专用发票' if row.special else '普通发票'}", row.amount, ISSUED, m.invoices(row))

