"""增值税: burden, thresholds of small payers, deduction. Figures are fen and basis points."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from zhangfang_risk_rules.judging.registering import change_of, judges, percent, share_of, short_of, ten_thousands
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.periods import Period, label_of
from zhangfang_sdk.risk import Cost, Finding, Lacking, Material, NotApplicable, Span, Unit, Verdict
from zhangfang_sdk.risk_books import Sum, billed

YEAR = 12
FORESEEN = 24
"""Months ahead of which a trend is worth telling."""


def sales_of(m: Material, first: Period, last: Period, title: str = "账上销售额(不含税)") -> Sum:
    return m.books.credited(title, first, last, "sales")


def vat_of(m: Material, first: Period, last: Period) -> Sum:
    """What a general payer owes: turned over at the months' ends, and 简易计税."""
    due = m.books.taken("转出未交增值税", first, last, "vat_turned")
    simple = m.books.put_in("简易计税", first, last, "vat_simple")
    return Sum("应纳增值税", (*due.parts, *simple.parts))


@judges("V01")
def burden(m: Material) -> Verdict:
    """The year's tax by its sales, held against what the firm has set for the trade."""
    if (lacking := short_of(m, YEAR)) is not None:
        return lacking
    reference = m.limits["reference"]
    if reference == 0:
        return Lacking("本机构还没有为这个行业设定税负参考值。", is_off=True)
    sales, vat = sales_of(m, m.months(YEAR), m.month), vat_of(m, m.months(YEAR), m.month)
    if sales.amount <= 0:
        return NotApplicable("近 12 个月没有销售额。")
    figure = share_of(vat.amount, sales.amount)
    if figure * 10_000 >= reference * (10_000 - m.limits["below"]):
        return ()
    severity = Severity.HIGH if figure * 2 < reference else Severity.LOW
    gap = max(sales.amount * reference // 10_000 - vat.amount, 0)
    cost = Cost(0, gap, "上限是按参考值计算的增值税减去已计提的增值税;有正当理由时不用补")
    return [
        Finding(
            figure, Unit.BASIS_POINTS, (vat, sales), severity=severity, cost=cost, limit=reference, worse_is_less=True,
            values={"reference": percent(reference)},
        )
    ]  # fmt: skip


def _yearly_change(m: Material) -> tuple[Sum, Sum, Sum, Sum]:
    """Tax and sales of the last three months and of the same months a year before."""
    first, before, last_before = m.months(3), m.months(3).plus(-YEAR), m.month.plus(-YEAR)
    return (
        vat_of(m, first, m.month),
        sales_of(m, first, m.month),
        vat_of(m, before, last_before),
        sales_of(m, before, last_before, "上年同期销售额"),
    )


@judges("V02")
def burden_moved(m: Material) -> Verdict:
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    vat, sales, vat_before, sales_before = _yearly_change(m)
    if min(sales.amount, sales_before.amount, vat_before.amount) <= 0:
        return NotApplicable("上年同期没有销售额或税额,不能比较。")
    now, before = share_of(vat.amount, sales.amount), share_of(vat_before.amount, sales_before.amount)
    if before == 0:
        return NotApplicable("上年同期税负接近零,不能比较。")
    figure = change_of((vat.amount, sales.amount), (vat_before.amount, sales_before.amount))
    if abs(figure) <= m.limits["change"]:
        return ()
    values = {"now": percent(now), "before": percent(before)}
    return [Finding(abs(figure), Unit.BASIS_POINTS, (vat, sales, vat_before, sales_before), values=values, limit=m.limits["change"])]


@judges("V03")
def sales_up_tax_down(m: Material) -> Verdict:
    if (lacking := short_of(m, 15)) is not None:
        return lacking
    vat, sales, vat_before, sales_before = _yearly_change(m)
    if min(sales_before.amount, vat_before.amount) <= 0:
        return NotApplicable("上年同期没有销售额或税额,不能比较。")
    growth = share_of(sales.amount - sales_before.amount, sales_before.amount)
    tax_growth = share_of(vat.amount - vat_before.amount, vat_before.amount)
    if growth <= m.limits["growth"] or tax_growth > 0:
        return ()
    values = {"growth": percent(growth), "tax_growth": percent(tax_growth)}
    return [Finding(growth - tax_growth, Unit.BASIS_POINTS, (vat, sales, vat_before, sales_before), values=values)]


@judges("V16")
def exempt_without_transfer(m: Material) -> Verdict:
    first = m.months(YEAR)
    exempt = [
        (invoice, sum(line.amount or 0 for line in invoice.lines if line.rate == "免税")) for invoice in m.invoices.issued(first, m.month)
    ]
    simple = m.books.put_in("简易计税税额", first, m.month, "vat_simple")
    amount = sum(fen for _, fen in exempt)
    if amount <= 0 and simple.amount <= 0:
        return ()
    paid = m.books.taken("进项税额", first, m.month, "vat_input")
    out = m.books.put_in("进项税额转出", first, m.month, "vat_input_out")
    if out.amount > 0 or paid.amount <= 0:
        return ()
    by_key = {invoice.key: fen for invoice, fen in exempt if fen}
    sold = billed("免税销售额", [i for i, fen in exempt if fen], lambda i: by_key[i.key])
    return [Finding(amount or simple.amount, Unit.FEN, (sold, simple, paid), cost=Cost(0, paid.amount, "上限是同期全部进项税额"))]


@judges("V20")
def credit_carried_long(m: Material) -> Verdict:
    if (lacking := short_of(m, YEAR)) is not None:
        return lacking
    ends = [m.books.stands("期末留抵", m.month.plus(-back), "vat") for back in range(YEAR)]
    if min(end.amount for end in ends) <= 0:
        return ()
    carried, stock = ends[0], m.books.stands("期末存货", m.month, "stock")
    meant = carried.amount * 100 // 13
    if stock.amount * 2 >= meant:
        return ()
    return [Finding(carried.amount, Unit.FEN, (carried, stock), values={"stock": ten_thousands(stock.amount)})]


def _quarters_back(m: Material, count: int) -> list[tuple[Period, Period]]:
    """The last so many whole quarters up to the month, the newest first."""
    last = Span.WHOLE_QUARTER.end_of(m.month)
    return [(last.plus(-2 - 3 * n), last.plus(-3 * n)) for n in range(count)]


@judges("V24")
def just_below_exemption(m: Material) -> Verdict:
    if (lacking := short_of(m, 9)) is not None:
        return lacking
    spans = [sales_of(m, first, last, f"{label_of(first, last)}销售额") for first, last in _quarters_back(m, 3)]
    low, high = m.limits["low"], m.limits["high"]
    if not all(low <= span.amount < high for span in spans):
        return ()
    return [Finding(spans[0].amount, Unit.FEN, tuple(spans), limit=high)]


@judges("V25")
def reached_not_taxed(m: Material) -> Verdict:
    """At the threshold the whole quarter is taxed, at one per cent at least."""
    (first, last), limit = _quarters_back(m, 1)[0], m.limits["exemption"]
    if not m.books.moved(first, last):
        return Lacking("上个季度没有记账。")
    sales = sales_of(m, first, last, f"{label_of(first, last)}销售额")
    if sales.amount < limit:
        return ()
    booked = m.books.put_in("账上计提的增值税", first, last, "vat")
    freed = m.books.credited("转入营业外收入的免税额", first, last, "vat_exempt")
    tax, wanted = booked.amount - freed.amount, sales.amount * m.limits["levy"] // 10_000
    if tax >= wanted - m.limits["rounding"]:
        return ()
    cost = Cost(wanted - tax, wanted - tax, "销售额按征收率计算的税额减去账上计提的税额,不含滞纳金")
    values = {"sales": ten_thousands(sales.amount), "quarter": label_of(first, last), "exemption": ten_thousands(limit)}
    return [Finding(wanted - tax, Unit.FEN, (sales, booked, freed), cost=cost, values=values)]


@judges("V25N")
def near_exemption(m: Material) -> Verdict:
    """The running quarter comes near, or has come to, the threshold; for who stayed below it in one of the four quarters before."""
    first, limit = m.month.plus(-((m.month.month - 1) % 3)), m.limits["exemption"]
    sales = sales_of(m, first, m.month, "本季度到今天的销售额")
    if sales.amount < m.limits["near"]:
        return ()
    earlier = [sales_of(m, a, b).amount for a, b in _quarters_back(m, 5) if b < first and m.books.moved(a, b)][:4]
    if earlier and min(earlier) >= limit:
        return NotApplicable("以前各季度都已达到起征点,一直是全额计税。")
    if sales.amount >= limit:
        tax = sales.amount * m.limits["levy"] // 10_000
        told = f"已经达到 {ten_thousands(limit)},这个季度的全部销售额都要交增值税"
        cost = Cost(tax, tax, "全部销售额按征收率计算")
        return [Finding(sales.amount, Unit.FEN, (sales,), severity=Severity.HIGH, limit=limit, values={"told": told}, cost=cost)]
    told = f"离 {ten_thousands(limit)}还差 {ten_thousands(limit - sales.amount)};刚好等于也算达到,达到后整个季度都要交税"
    tax = limit * m.limits["levy"] // 10_000
    return [Finding(sales.amount, Unit.FEN, (sales,), limit=limit, values={"told": told}, cost=Cost(0, tax, "刚达到起征点时按征收率计算的税额"))]


@judges("V26")
def near_registration(m: Material) -> Verdict:
    """Twelve months that end with the month, or with the one before when those are more."""
    ends = [m.month, m.month.plus(-1)]
    if Period.of(m.client.books_start) > ends[1].plus(-11) and m.books.last_moved is None:
        return Lacking("还没有记账。")
    sums = [sales_of(m, end.plus(-11), end, f"{end.plus(-11).label}至{end.label}销售额") for end in ends]
    sales, end = max(zip(sums, ends, strict=True), key=lambda pair: pair[0].amount)
    limit = m.limits["registration"]
    if sales.amount < m.limits["tell"]:
        return ()
    recent = sales_of(m, end.plus(-2), end).amount // 3
    if sales.amount > limit:
        severity, told = Severity.URGENT, f"已经超过 {ten_thousands(limit)},要从超过的当期 1 日起按一般纳税人计税,登记后不能转回"
    else:
        severity = Severity.HIGH if sales.amount >= m.limits["warn"] else Severity.LOW
        left = limit - sales.amount
        told = f"到 {ten_thousands(limit)}必须登记一般纳税人"
        growing = recent - sales_of(m, end.plus(-11), end.plus(-9)).amount // 3
        if growing > 0 and left // growing <= FORESEEN:
            told += f",按现在的速度还有约 {max(1, left // growing)} 个月"
        elif growing > 0:
            told += f",还差 {ten_thousands(left)};照现在的速度,两年内不会超过"
        else:
            told += f",还差 {ten_thousands(left)};近三个月没有比一年前多,照现在的速度不会超过"
    values = {"sales": ten_thousands(sales.amount), "told": told, "tell": ten_thousands(m.limits["warn" if severity >= Severity.HIGH else "tell"])}
    return [Finding(sales.amount, Unit.FEN, (sales,), severity=severity, values=values, limit=limit, cost=_as_general_payer(m, sales.amount))]


def _as_general_payer(m: Material, sales: int) -> Cost | None:
    """What a year would be taxed more at the rate of a general payer, before any input tax; None where the rate of the industry is not known."""
    rate, levy = m.limits["general"] or general_rates().get(m.industry, 0), m.limits["levy"]
    if rate <= levy:
        return None
    basis = f"登记以后一年可能多交的增值税:上限是近 12 个月销售额按 {percent(rate)} 与现在 {percent(levy)} 计算的差额;有进项发票可以抵扣,实际比上限少"
    return Cost(0, sales * (rate - levy) // 10_000, basis)


@cache
def general_rates() -> Mapping[str, int]:
    """Basis points by industry."""
    return tomllib.loads(files("zhangfang_risk_rules").joinpath("data/general_rates.toml").read_text("utf-8"))
