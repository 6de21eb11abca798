"""Wages, social insurance, filings and registration. Figures are fen, days and basis points."""

import datetime as dt

from zhangfang_risk_rules.judging.registering import judges, over, percent, share_of, short_of, ten_thousands
from zhangfang_risk_rules.judging.vat import sales_of
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.risk import Cost, Finding, Lacking, Material, NotApplicable, Unit, Verdict
from zhangfang_sdk.risk_books import Part, Sum
from zhangfang_sdk.tasks import return_filed
from zhangfang_sdk.tax_figures import TAX_TITLES
from zhangfang_sdk.waiting import about


@judges("H01")
def wages_differ(m: Material) -> Verdict:
    payroll = m.payrolls.get(m.month)
    if payroll is None:
        return Lacking("本月没有导入工资表。")
    booked = m.books.put_in("账上计提的工资", m.month, m.month, "wages")
    listed = Sum("工资表应发合计", (Part(m.month.label, payroll.gross),))
    gap = abs(booked.amount - payroll.gross)
    return over(gap, m.limits["tolerance"], Unit.FEN, booked, listed, booked=ten_thousands(booked.amount), listed=ten_thousands(payroll.gross))


@judges("H02")
def insured_below_wages(m: Material) -> Verdict:
    """The base that the withheld insurance tells, against the wages of the month before, in which the pay was earned."""
    first = m.months(3)
    withheld = m.books.put_in("代扣个人社会保险费", first, m.month, "insurance_withheld")
    wages = m.books.put_in("计提的工资", first.plus(-1), m.month.plus(-1), "wages")
    if wages.amount <= 0:
        return NotApplicable("近三个月没有工资。")
    if withheld.amount <= 0:
        return Lacking("近三个月账上没有代扣社会保险费,请核对是否已经参保。")
    base = withheld.amount * 10_000 // m.limits["rate"]
    figure = share_of(base, wages.amount)
    if figure >= m.limits["share"]:
        return ()
    gap = wages.amount - base
    values = {"base": ten_thousands(base // 3), "wages": ten_thousands(wages.amount // 3), "share": percent(figure)}
    owed = gap * m.limits["both"] // 10_000
    cost = Cost(owed, owed * 4, "近三个月少缴基数按单位和个人合计费率补缴;上限是责令以后仍不补缴,再处三倍罚款")
    return [Finding(figure, Unit.BASIS_POINTS, (withheld, wages), values=values, cost=cost, limit=m.limits["share"], worse_is_less=True)]


@judges("H05")
def sales_without_wages(m: Material) -> Verdict:
    if (lacking := short_of(m, 3)) is not None:
        return lacking
    sales, wages = sales_of(m, m.months(3), m.month), m.books.put_in("计提的工资", m.months(3), m.month, "wages")
    if sales.amount <= 0:
        return NotApplicable("近三个月没有销售额。")
    return [Finding(sales.amount, Unit.FEN, (sales, wages))] if wages.amount == 0 else ()


@judges("V28")
def nothing_sold(m: Material) -> Verdict:
    """Months without sales in a row, up to the month."""
    if (lacking := short_of(m, 3)) is not None:
        return lacking
    months = 0
    while months < 24 and m.has_months(months + 1) and sales_of(m, m.month.plus(-months), m.month.plus(-months)).amount == 0:
        months += 1
    if months < m.limits["tell"]:
        return ()
    severity = Severity.HIGH if months >= m.limits["warn"] else Severity.LOW
    sales = sales_of(m, m.month.plus(1 - months), m.month)
    return [Finding(months, Unit.MONTHS, (sales,), severity=severity, limit=m.limits["tell"])]


@judges("V29")
def nothing_sold_yet_alive(m: Material) -> Verdict:
    if (lacking := short_of(m, 3)) is not None:
        return lacking
    first = m.months(3)
    if sales_of(m, first, m.month).amount != 0:
        return NotApplicable("近三个月有销售额。")
    signs = (
        m.books.taken("银行存款收到", first, m.month, "bank"),
        m.books.put_in("计提的工资", first, m.month, "wages"),
        m.books.taken("进项税额", first, m.month, "vat_input"),
    )
    alive = tuple(sign for sign in signs if sign.amount > m.limits["least"])
    if not alive:
        return ()
    values = {"signs": "、".join(f"{sign.title} {ten_thousands(sign.amount)}" for sign in alive)}
    return [Finding(max(sign.amount for sign in alive), Unit.FEN, alive, values=values)]


@judges("V35")
def wages_against_sales(m: Material) -> Verdict:
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    first, before, until = m.months(3), m.months(3).plus(-12), m.month.plus(-12)
    sales, sales_before = sales_of(m, first, m.month), sales_of(m, before, until, "上年同期销售额")
    wages = m.books.put_in("计提的工资", first, m.month, "wages")
    wages_before = m.books.put_in("上年同期计提的工资", before, until, "wages")
    if min(sales_before.amount, wages_before.amount) <= 0:
        return NotApplicable("没有可比的上年同期数。")
    growth = share_of(sales.amount - sales_before.amount, sales_before.amount)
    rise = share_of(wages.amount - wages_before.amount, wages_before.amount)
    return over(abs(growth - rise), m.limits["gap"], Unit.BASIS_POINTS, sales, sales_before, wages, wages_before, growth=percent(growth), rise=percent(rise))


@judges("G03")
def capital_due(m: Material) -> Verdict:
    """公司法 (2024-07-01): five years after founding; companies founded before have until 2032-06-30 at the latest."""
    capital, founded = m.profile.registered_capital, m.profile.founded_on
    if capital is None or founded is None:
        return Lacking("企业资料没有注册资本或成立日期。", "/profile")
    day = founded.value
    due = day.replace(year=day.year + 5, day=28 if (day.month, day.day) == (2, 29) else day.day) if day >= dt.date(2024, 7, 1) else dt.date(2032, 6, 30)
    paid = m.books.owes("实收资本", m.month, "capital")
    left = capital.value - paid.amount
    days = (due - m.day).days
    if left <= 0:
        return NotApplicable("注册资本已经缴足。")
    if days > m.limits["days"]:
        return ()
    severity = Severity.HIGH if days < 0 else Severity.LOW
    return [Finding(left, Unit.FEN, (paid,), severity=severity, values={"due": due.isoformat()})]


@judges("G08")
def filed_late(m: Material) -> Verdict:
    """Returns that are due and not filed, by the oldest."""
    if not m.filings:
        return Lacking("没有登记要申报的税。")
    late = sorted((f for f in m.filings if f.due < m.day and f.step < FilingStep.FILED), key=lambda f: (f.due, f.id))
    if not late:
        return ()
    owed = Sum("应缴税额", tuple(Part(f"{_title(f)},应在 {f.due} 前申报", f.payable or 0) for f in late))
    fee = sum((f.payable or 0) * (m.day - f.due).days * 5 // 10_000 for f in late)
    cost = Cost(fee, fee + len(late) * 10_000_00, "滞纳金每天万分之五;逾期申报每项可处 2000 元以下、情节严重的 1 万元以下罚款")
    values = {"titles": "、".join(_title(f) for f in late[:3]) + (f"等 {len(late)} 项" if len(late) > 3 else ""), "due": late[0].due.isoformat()}
    only = about(return_filed(late[0].tax), late[0].last) if len(late) == 1 else ""
    return [Finding((m.day - late[0].due).days, Unit.DAYS, (owed,), values=values, cost=cost, about=only)]


def _title(filing: Filing) -> str:
    return f"{filing.label}{TAX_TITLES[filing.tax]}"
