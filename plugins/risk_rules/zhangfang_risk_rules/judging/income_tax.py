"""企业所得税: margins, expenses and what may be deducted. Figures are fen and basis points."""

from zhangfang_risk_rules.judging.registering import change_of, judges, over, percent, share_of, short_of, ten_thousands
from zhangfang_risk_rules.judging.vat import sales_of
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer
from zhangfang_sdk.risk import Cost, Finding, Lacking, Material, NotApplicable, Unit, Verdict
from zhangfang_sdk.risk_books import Sum

YEAR = 12
FULL_RATE, SMALL_RATE = 25, 5
"""Per cent: 企业所得税法第四条; 小型微利企业, 财政部 税务总局公告2023年第12号 (until 2027-12-31)."""


def year_so_far(m: Material) -> Period:
    return Period(m.month.year, 1)


def _begun(m: Material) -> Lacking | None:
    """The year's figures are whole only when the books begin with the year."""
    return Lacking("账套在本年中途开始,本年数不全。") if Period.of(m.client.books_start) > year_so_far(m) else None


def _cost(m: Material, first: Period, last: Period) -> Sum:
    return m.books.debited("营业成本", first, last, "cost")


def _at_rates(amount: int) -> Cost:
    return Cost(amount * SMALL_RATE // 100, amount * FULL_RATE // 100, "按小型微利企业 5% 至一般企业 25% 计算")


@judges("C01")
def contribution(m: Material) -> Verdict:
    if (lacking := short_of(m, YEAR)) is not None:
        return lacking
    reference = m.limits["reference"]
    if reference == 0:
        return Lacking("本机构还没有为这个行业设定所得税参考值。", is_off=True)
    sales = sales_of(m, m.months(YEAR), m.month)
    if sales.amount <= 0:
        return NotApplicable("近 12 个月没有销售额。")
    tax = m.books.debited("计提的企业所得税", m.months(YEAR), m.month, "income_tax")
    figure = share_of(tax.amount, sales.amount)
    if figure * 10_000 >= reference * m.limits["of_reference"]:
        return ()
    gap = max(sales.amount * reference // 10_000 - tax.amount, 0)
    cost = Cost(0, gap, "上限是按参考值计算的所得税减去已计提的所得税")
    return [Finding(figure, Unit.BASIS_POINTS, (tax, sales), values={"reference": percent(reference)}, limit=reference, worse_is_less=True, cost=cost)]


@judges("C02")
def margin(m: Material) -> Verdict:
    first = m.months(3)
    sales, cost = sales_of(m, first, m.month), _cost(m, first, m.month)
    if sales.amount <= 0:
        return NotApplicable("近三个月没有销售额。")
    if cost.amount == 0:
        return Lacking("近三个月没有结转成本。")
    now = share_of(sales.amount - cost.amount, sales.amount)
    if now < 0:
        told = f"近三个月毛利率是 {percent(now)},卖得比成本还低"
        return [Finding(now, Unit.BASIS_POINTS, (sales, cost), values={"told": told}, severity=Severity.HIGH, worse_is_less=True, limit=0)]
    if not m.has_months(15):
        return ()
    earlier, until = first.plus(-YEAR), m.month.plus(-YEAR)
    sales_before, cost_before = sales_of(m, earlier, until, "上年同期销售额"), _cost(m, earlier, until)
    if sales_before.amount <= 0 or cost_before.amount == 0:
        return ()
    before = share_of(sales_before.amount - cost_before.amount, sales_before.amount)
    if abs(now - before) <= m.limits["change"]:
        return ()
    told = f"近三个月毛利率是 {percent(now)},上年同期是 {percent(before)}"
    return [Finding(abs(now - before), Unit.BASIS_POINTS, (sales, cost, sales_before, cost_before), values={"told": told}, limit=m.limits["change"])]


@judges("C03")
def expenses(m: Material) -> Verdict:
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    first, before, until = m.months(3), m.months(3).plus(-YEAR), m.month.plus(-YEAR)
    sales, sales_before = sales_of(m, first, m.month), sales_of(m, before, until, "上年同期销售额")
    spent = m.books.debited("期间费用", first, m.month, "expenses")
    spent_before = m.books.debited("上年同期期间费用", before, until, "expenses")
    if min(sales.amount, sales_before.amount, spent_before.amount) <= 0:
        return NotApplicable("没有可比的上年同期数。")
    now, then = share_of(spent.amount, sales.amount), share_of(spent_before.amount, sales_before.amount)
    figure = change_of((spent.amount, sales.amount), (spent_before.amount, sales_before.amount)) if then else 0
    return over(figure, m.limits["rise"], Unit.BASIS_POINTS, spent, sales, spent_before, sales_before, now=percent(now), then=percent(then))


@judges("C04")
def cost_before_sales(m: Material) -> Verdict:
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    first, before, until = m.months(3), m.months(3).plus(-YEAR), m.month.plus(-YEAR)
    sales, sales_before = sales_of(m, first, m.month), sales_of(m, before, until, "上年同期销售额")
    cost, cost_before = _cost(m, first, m.month), _cost(m, before, until)
    if min(sales_before.amount, cost_before.amount) <= 0:
        return NotApplicable("没有可比的上年同期数。")
    growth = share_of(sales.amount - sales_before.amount, sales_before.amount)
    rise = share_of(cost.amount - cost_before.amount, cost_before.amount)
    if growth <= 0 or rise <= m.limits["least"]:
        return ()
    figure = share_of((cost.amount - cost_before.amount) * sales_before.amount, (sales.amount - sales_before.amount) * cost_before.amount)
    return over(figure, m.limits["times"], Unit.BASIS_POINTS, cost, cost_before, sales, sales_before, growth=percent(growth), rise=percent(rise))


@judges("C05")
def stock_below_zero(m: Material) -> Verdict:
    standing = m.books.stands("存货余额", m.month, "stock")
    if not standing.parts:
        return NotApplicable("账上没有存货。")
    below = tuple(part for part in standing.parts if part.amount < 0)
    if not below:
        return ()
    total = Sum("余额为负的存货科目", below)
    return [Finding(total.amount, Unit.FEN, (total,), worse_is_less=True, cost=_at_rates(-total.amount), limit=0)]


@judges("C06")
def stock_too_large(m: Material) -> Verdict:
    if (lacking := short_of(m, YEAR)) is not None:
        return lacking
    stock, cost = m.books.stands("存货余额", m.month, "stock"), _cost(m, m.months(YEAR), m.month)
    if stock.amount <= 0:
        return NotApplicable("账上没有存货。")
    if cost.amount <= 0:
        return Lacking("近 12 个月没有结转成本。")
    months = stock.amount * YEAR // cost.amount
    return over(months, m.limits["months"], Unit.MONTHS, stock, cost, stock=ten_thousands(stock.amount))


def _beyond(m: Material, spent: Sum, allowed: int, *others: Sum) -> Verdict:
    """More than may be deducted."""
    more = spent.amount - allowed
    if more <= 0:
        return ()
    values = {"spent": ten_thousands(spent.amount), "allowed": ten_thousands(max(allowed, 0))}
    return [Finding(more, Unit.FEN, (spent, *others), values=values, cost=_at_rates(more), limit=max(allowed, 0))]


@judges("C09")
def entertainment(m: Material) -> Verdict:
    """The smaller of sixty per cent of it and five per mille of the year's sales may be deducted (实施条例第四十三条)."""
    if (lacking := _begun(m)) is not None:
        return lacking
    spent = m.books.debited("业务招待费", year_so_far(m), m.month, "entertainment")
    if spent.amount <= 0:
        return NotApplicable("本年没有业务招待费。")
    sales = sales_of(m, year_so_far(m), m.month, "本年销售额")
    allowed = min(spent.amount * m.limits["part"] // 10_000, sales.amount * m.limits["of_sales"] // 10_000)
    return _beyond(m, spent, allowed, sales)


@judges("C10")
def advertising(m: Material) -> Verdict:
    if (lacking := _begun(m)) is not None:
        return lacking
    spent = m.books.debited("广告费和业务宣传费", year_so_far(m), m.month, "advertising")
    if spent.amount <= 0:
        return NotApplicable("本年没有广告费和业务宣传费。")
    sales = sales_of(m, year_so_far(m), m.month, "本年销售额")
    return _beyond(m, spent, sales.amount * m.limits["of_sales"] // 10_000, sales)


@judges("C11")
def welfare(m: Material) -> Verdict:
    if (lacking := _begun(m)) is not None:
        return lacking
    spent = m.books.debited("职工福利费", year_so_far(m), m.month, "welfare")
    if spent.amount <= 0:
        return NotApplicable("本年没有职工福利费。")
    wages = m.books.put_in("本年计提的工资", year_so_far(m), m.month, "wages")
    return _beyond(m, spent, wages.amount * m.limits["of_wages"] // 10_000, wages)


@judges("C12")
def near_small_limits(m: Material) -> Verdict:
    """Profit before tax of the year, people and assets against the limits of 小型微利企业: one fen more, and all is taxed at 25 %."""
    if (lacking := _begun(m)) is not None:
        return lacking
    after = m.books.credited("本年利润总额", year_so_far(m), m.month, "results")
    tax = m.books.debited("加回所得税费用", year_so_far(m), m.month, "income_tax")
    profit = Sum("本年利润总额", (*after.parts, *tax.parts))
    assets = m.books.stands("资产总额", m.month, "assets")
    quarters = [fact.value for fact in m.profile.employees]
    # The average of the quarters' averages (国家税务总局公告2023年第6号); a part of a person above the limit is above it.
    people = -(-sum(q.start + q.end for q in quarters) // (2 * len(quarters))) if quarters else 0
    limits = m.limits
    found = []
    for subject, title, figure, near, most, unit, sums in (
        ("profit", "本年利润", profit.amount, limits["profit_near"], limits["profit"], Unit.FEN, (profit,)),
        ("people", "从业人数(已填季度的平均)", people, limits["people_near"], limits["people"], Unit.COUNT, ()),
        ("assets", "资产总额", assets.amount, limits["assets_near"], limits["assets"], Unit.FEN, (assets,)),
    ):
        if figure >= near:
            said = ten_thousands(figure) if unit is Unit.FEN else f"{figure} 人"
            limit = ten_thousands(most) if unit is Unit.FEN else f"{most} 人"
            over_it = figure > most
            told = f"{title}已到 {said}," + (f"超过 {limit},全部按 25% 缴税" if over_it else f"超过 {limit}就要全部按 25% 缴税,而不是 5%")
            gap = max(profit.amount, 0) * (FULL_RATE - SMALL_RATE) // 100
            cost = Cost(gap if over_it else 0, gap, "本年利润按 25% 与 5% 计算的差额")
            severity = Severity.URGENT if over_it else Severity.HIGH
            found.append(Finding(figure, unit, sums, subject, {"told": told}, severity, cost, most))
    if not found and m.profile.small_low_profit.answer is Answer.NO:
        return NotApplicable("已经不是小型微利企业。")
    return found


@judges("C13")
def losses_and_growth(m: Material) -> Verdict:
    years = sorted(fact.value.year for fact in m.profile.losses)
    wanted = [m.month.year - n for n in (3, 2, 1)]
    if not years:
        return Lacking("企业资料没有以前年度亏损。", "/profile/loss")
    if not set(wanted) <= set(years):
        return ()
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    first, before, until = m.months(3), m.months(3).plus(-YEAR), m.month.plus(-YEAR)
    sales, sales_before = sales_of(m, first, m.month), sales_of(m, before, until, "上年同期销售额")
    if sales.amount <= sales_before.amount or sales_before.amount <= 0:
        return ()
    growth = share_of(sales.amount - sales_before.amount, sales_before.amount)
    return [Finding(growth, Unit.BASIS_POINTS, (sales, sales_before))]


@judges("C14")
def research_in_barred_industry(m: Material) -> Verdict:
    if (lacking := _begun(m)) is not None:
        return lacking
    spent = m.books.debited("研发费用", year_so_far(m), m.month, "research")
    return [Finding(spent.amount, Unit.FEN, (spent,), cost=_at_rates(spent.amount))] if spent.amount > 0 else ()
