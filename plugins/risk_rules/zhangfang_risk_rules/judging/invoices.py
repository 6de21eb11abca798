"""What is on invoices and how they were issued. Figures are fen, counts and basis points."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from zhangfang_risk_rules.judging.registering import judges, share_of, ten_thousands
from zhangfang_risk_rules.judging.vat import sales_of
from zhangfang_sdk.invoices import Invoice, InvoiceDirection, InvoiceLine, InvoiceState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Cost, Finding, Lacking, Material, NotApplicable, Unit, Verdict
from zhangfang_sdk.risk_books import Sum, billed

YEAR = 12
SMALL_FORGED, SMALL_FINE, LARGE_FINE = 10_000_00, 50_000_00, 500_000_00
"""发票管理办法第三十五条: up to so much that was forged, and the largest fines."""
SERVICES = ("服务", "劳务", "租赁")
CONSULTING = frozenset({"鉴证咨询服务", "咨询服务", "企业管理服务"})
AGRICULTURAL = frozenset({"谷物", "蔬菜", "水果", "肉及肉制品", "水产品", "农产品", "畜禽", "薯类", "豆类", "油料", "茶叶", "坚果", "蛋类"})


@cache
def scope_words() -> Mapping[str, Sequence[str]]:
    """Words of a business scope by classification."""
    return tomllib.loads(files("zhangfang_risk_rules").joinpath("data/scope_words.toml").read_text("utf-8"))


def class_of(line: InvoiceLine) -> str:
    """The short classification: "家具" of "*家具*实木餐桌"; "" where none is printed."""
    return line.name.split("*")[1] if line.name.startswith("*") and line.name.count("*") >= 2 else ""


def by_class(invoices: Sequence[Invoice]) -> Mapping[str, Sequence[tuple[Invoice, int]]]:
    """Invoices with the amount of their lines of each classification."""
    found: defaultdict[str, dict[str, tuple[Invoice, int]]] = defaultdict(dict)
    for invoice in invoices:
        for line in invoice.lines:
            _, before = found[class_of(line)].get(invoice.key, (invoice, 0))
            found[class_of(line)][invoice.key] = (invoice, before + (line.amount or 0))
    return {name: list(of.values()) for name, of in found.items()}


def amount_of(found: Sequence[tuple[Invoice, int]]) -> int:
    return sum(fen for _, fen in found)


def shown(title: str, found: Sequence[tuple[Invoice, int]]) -> Sum:
    amounts = {invoice.key: fen for invoice, fen in found}
    return billed(title, [invoice for invoice, _ in found], lambda i: amounts[i.key])


def _of_year(m: Material, *directions: InvoiceDirection) -> str:
    """The span that a figure of twelve months is really of: invoices before the earliest known one were never brought in."""
    known = max((since for d in directions if (since := m.invoices.since(d)) is not None), default=m.month)
    return f"近 {YEAR} 个月" if known <= m.months(YEAR) else f"{known.label}以来"


def _all_issued(m: Material, months: int) -> Sequence[Invoice] | Lacking:
    if m.invoices.missing:
        return Lacking("、".join(m.invoices.missing) + "暂时没有回应。")
    return m.invoices.issued(m.months(months), m.month) or Lacking("这段时间没有导入销项发票。")


@judges("V04")
def sold_not_bought(m: Material) -> Verdict:
    issued = _all_issued(m, YEAR)
    if isinstance(issued, Lacking):
        return issued
    bought = by_class(m.invoices.received(m.months(YEAR), m.month))
    if not bought:
        return Lacking("近 12 个月没有读到进项发票。")
    sold = by_class(issued)
    goods = {name: of for name, of in sold.items() if name and not name.endswith(SERVICES)}
    if not goods:
        return NotApplicable("没有销售货物。")
    whole = sum(amount_of(of) for of in sold.values())
    alien = {name: of for name, of in goods.items() if name not in bought and amount_of(of) > 0}
    amount = sum(amount_of(of) for of in alien.values())
    if whole <= 0 or share_of(amount, whole) <= m.limits["share"]:
        return ()
    sums = [shown(f"销售“{name}”", of) for name, of in sorted(alien.items())]
    figure = share_of(amount, whole)
    values = {"since": _of_year(m, *InvoiceDirection), "names": "、".join(sorted(alien)[:5]), "amount": ten_thousands(amount)}
    return [Finding(figure, Unit.BASIS_POINTS, (*sums, billed("全部销项", issued)), values=values, limit=m.limits["share"])]


@judges("V05")
def bought_not_sold(m: Material) -> Verdict:
    issued = _all_issued(m, YEAR)
    if isinstance(issued, Lacking):
        return issued
    received = m.invoices.received(m.months(YEAR), m.month)
    bought, sold = by_class(received), by_class(issued)
    whole = sum(amount_of(of) for of in bought.values())
    found = []
    for name, of in sorted(bought.items()):
        if not name or name.endswith(SERVICES) or name in sold or whole <= 0:
            continue
        figure = share_of(amount_of(of), whole)
        if figure > m.limits["share"]:
            values = {"since": _of_year(m, *InvoiceDirection), "name": name, "amount": ten_thousands(amount_of(of))}
            found.append(
                Finding(figure, Unit.BASIS_POINTS, (shown(f"购进“{name}”", of), billed("全部进项", received)), name, values, limit=m.limits["share"])
            )
    return found


@judges("V06")
def close_to_the_cap(m: Material) -> Verdict:
    issued = [i for i in m.invoices.issued(m.month, m.month) if i.amount > 0]
    if not issued:
        return NotApplicable("本月没有开票。")
    caps = (100_000_00, 1_000_000_00)
    near = [i for i in issued if any(cap * m.limits["near"] <= i.amount * 10_000 <= cap * 10_000 for cap in caps)]
    figure = share_of(len(near), len(issued))
    if len(near) < m.limits["count"] or figure <= m.limits["share"]:
        return ()
    return [Finding(figure, Unit.BASIS_POINTS, (billed("贴近限额的发票", near),), values={"count": str(len(near))}, limit=m.limits["share"])]


@judges("V07")
def voided_or_red(m: Material) -> Verdict:
    every = m.invoices.issued(m.month, m.month, all_states=True)
    blue = [i for i in every if i.amount > 0]
    if not blue:
        return NotApplicable("本月没有开票。")
    undone = [i for i in every if i.state is InvoiceState.VOIDED or i.amount < 0]
    whole = sum(i.amount for i in blue)
    amount = sum(abs(i.amount) for i in undone)
    figure = share_of(amount, whole)
    if figure <= m.limits["share"]:
        return ()
    sums = (billed("作废和红字发票", undone, lambda i: abs(i.amount)), billed("本月蓝字发票", blue))
    return [Finding(figure, Unit.BASIS_POINTS, sums, values={"count": str(len(undone))}, limit=m.limits["share"])]


@judges("V08")
def sudden_rise(m: Material) -> Verdict:
    known = m.invoices.since(InvoiceDirection.ISSUED)
    if known is None or known > m.months(7):
        return Lacking("前 6 个月的销项发票没有导入齐,没有可比的数。")
    now, before = m.invoices.issued(m.month, m.month), m.invoices.issued(m.months(7), m.month.plus(-1))
    this, usual = sum(i.amount for i in now), sum(i.amount for i in before) // 6
    if usual <= 0 or this - usual <= m.limits["rise"]:
        return ()
    figure = share_of(this, usual)
    if figure <= m.limits["times"]:
        return ()
    values = {"now": ten_thousands(this), "usual": ten_thousands(usual), "times": f"{figure / 10_000:.1f}"}
    return [Finding(figure, Unit.BASIS_POINTS, (billed("本月开票", now), billed("前 6 个月开票", before)), values=values, limit=m.limits["times"])]


@judges("V09")
def young_and_large(m: Material) -> Verdict:
    founded = m.profile.founded_on
    if founded is None:
        return Lacking("企业资料没有成立日期。", "/profile/founded_on")
    if Period.of(founded.value).plus(m.limits["months"]) <= m.month:
        return NotApplicable("成立已经超过规定的月数。")
    issued = m.invoices.issued(m.month, m.month)
    total = billed("本月开票", issued)
    return [Finding(total.amount, Unit.FEN, (total,), limit=m.limits["amount"])] if total.amount > m.limits["amount"] else ()


@judges("V11")
def nothing_unbilled(m: Material) -> Verdict:
    if not m.has_months(YEAR):
        return Lacking("账套还不满 12 个月。")
    issued = _all_issued(m, YEAR)
    if isinstance(issued, Lacking):
        return issued
    if _of_year(m, InvoiceDirection.ISSUED) != f"近 {YEAR} 个月":
        return Lacking("近 12 个月的销项发票没有导入齐。")
    sales, bills = sales_of(m, m.months(YEAR), m.month), billed("销项发票", issued)
    gap = sales.amount - bills.amount
    return [Finding(gap, Unit.FEN, (sales, bills))] if sales.amount > 0 and gap <= 0 else ()


@judges("V12")
def booked_less_than_billed(m: Material) -> Verdict:
    issued = m.invoices.issued(m.month, m.month)
    if not issued:
        return Lacking("本月没有导入销项发票。")
    sales, bills = sales_of(m, m.month, m.month), billed("本月销项发票", issued)
    gap = bills.amount - sales.amount
    if gap <= m.limits["tolerance"]:
        return ()
    tax = sum(i.tax for i in issued)
    cost = Cost(0, tax * gap // bills.amount if bills.amount > 0 else 0, "上限是少记部分按发票税率的税额")
    return [Finding(gap, Unit.FEN, (bills, sales), cost=cost, limit=m.limits["tolerance"])]


@judges("V17")
def mostly_agricultural(m: Material) -> Verdict:
    received = m.invoices.received(m.months(YEAR), m.month)
    if not received:
        return Lacking("近 12 个月没有读到进项发票。")
    farm = [pair for name, of in by_class(received).items() if name in AGRICULTURAL for pair in of]
    whole = billed("全部进项", received)
    figure = share_of(amount_of(farm), whole.amount) if whole.amount > 0 else 0
    if figure <= m.limits["share"]:
        return ()
    values = {"since": _of_year(m, InvoiceDirection.RECEIVED)}
    return [Finding(figure, Unit.BASIS_POINTS, (shown("农产品进项", _merged(farm)), whole), values=values, limit=m.limits["share"])]


def _merged(found: Sequence[tuple[Invoice, int]]) -> Sequence[tuple[Invoice, int]]:
    """Each invoice once."""
    amounts: dict[str, tuple[Invoice, int]] = {}
    for invoice, fen in found:
        amounts[invoice.key] = (invoice, amounts.get(invoice.key, (invoice, 0))[1] + fen)
    return list(amounts.values())


@judges("V18")
def freight(m: Material) -> Verdict:
    sales = sales_of(m, m.months(YEAR), m.month)
    if sales.amount <= 0:
        return NotApplicable("近 12 个月没有销售额。")
    cost = m.books.debited("运输费", m.months(YEAR), m.month, "freight")
    figure = share_of(cost.amount, sales.amount)
    return [Finding(figure, Unit.BASIS_POINTS, (cost, sales), limit=m.limits["share"])] if figure > m.limits["share"] else ()


@judges("V22")
def out_of_scope(m: Material) -> Verdict:
    """Items of the last three months that no word of the business scope covers."""
    scope = m.profile.business_scope
    if scope is None:
        return Lacking("企业资料没有经营范围。", "/profile/business_scope")
    issued = _all_issued(m, 3)
    if isinstance(issued, Lacking):
        return issued
    words = scope_words()
    alien = {n: of for n, of in by_class(issued).items() if n in words and not any(w in scope.value for w in words[n])}
    amount, whole = sum(amount_of(of) for of in alien.values()), sum(i.amount for i in issued)
    if whole <= 0 or amount <= 0:
        return ()
    figure = share_of(amount, whole)
    if figure <= m.limits["share"] and amount < m.limits["amount"]:
        return ()
    sums = [shown(f"开票品目“{name}”", of) for name, of in sorted(alien.items())]
    values = {"names": "、".join(sorted(alien)[:5]), "amount": ten_thousands(amount)}
    fine = SMALL_FINE if amount <= SMALL_FORGED else LARGE_FINE
    cost = Cost(0, fine, f"业务真实的没有这笔罚款;没有真实业务的算虚开,最多罚 {ten_thousands(fine)}")
    return [Finding(figure, Unit.BASIS_POINTS, (*sums, billed("全部开票", issued)), values=values, limit=m.limits["share"], cost=cost)]


@judges("V23")
def much_consulting(m: Material) -> Verdict:
    scope = m.profile.business_scope
    if m.industry in ("services", "software") or (scope is not None and scope.value.startswith("咨询")):
        return NotApplicable("咨询或服务就是主营。")
    issued = _all_issued(m, YEAR)
    if isinstance(issued, Lacking):
        return issued
    advice = _merged([pair for name, of in by_class(issued).items() if name in CONSULTING for pair in of])
    whole = billed("全部销项", issued)
    figure = share_of(amount_of(advice), whole.amount) if whole.amount > 0 else 0
    if figure <= m.limits["share"]:
        return ()
    values = {"since": _of_year(m, InvoiceDirection.ISSUED), "amount": ten_thousands(amount_of(advice))}
    return [Finding(figure, Unit.BASIS_POINTS, (shown("咨询类开票", advice), whole), values=values, limit=m.limits["share"])]
