"""Invoices that the client received: from whom, whether they may be deducted, whether they are its own. Figures are fen and counts."""

from collections import defaultdict
from collections.abc import Sequence

from zhangfang_risk_rules.judging.invoices import class_of
from zhangfang_risk_rules.judging.listed import RiskList, subject_of
from zhangfang_risk_rules.judging.registering import judges, share_of, ten_thousands
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.invoices import IN_FORCE, Invoice, InvoiceState
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Cost, Finding, ListedSeller, Material, NotApplicable, Unit, Verdict
from zhangfang_sdk.risk_books import Part, Sum, billed

UNDEDUCTIBLE = frozenset({"餐饮服务", "居民日常服务", "娱乐服务", "贷款服务"})


@judges("V15")
def undeductible_deducted(m: Material) -> Verdict:
    found = []
    for invoice in m.invoices.received(m.month, m.month):
        names = {class_of(line) for line in invoice.lines} & UNDEDUCTIBLE
        tax = m.deducted.get(invoice.key, 0)
        if names and tax > 0:
            part = Part(f"{invoice.issued_on} {invoice.seller.name} 已抵扣税额", tax, invoices=(invoice.key,))
            values = {"seller": invoice.seller.name, "names": "、".join(sorted(names))}
            cost = Cost(tax, tax, "已抵扣的税额,不含滞纳金")
            found.append(Finding(tax, Unit.FEN, (Sum("已抵扣税额", (part,)),), invoice.key, values, cost=cost))
    return found


@judges("V30")
def listed_seller(m: Material) -> Verdict:
    """Of the month's invoices; a name alone only asks."""
    listed = RiskList(m.risk_list)
    by_seller: defaultdict[tuple[ListedSeller, bool], list[Invoice]] = defaultdict(list)
    for invoice in m.invoices.received(m.month, m.month):
        if (found := listed.found(invoice.seller)) is not None:
            by_seller[found].append(invoice)
    return [_of_seller(m, one, invoices, sure=sure) for (one, sure), invoices in by_seller.items()]


def _of_seller(m: Material, listed: ListedSeller, invoices: Sequence[Invoice], *, sure: bool) -> Finding:
    parts = tuple(
        Part(f"{i.issued_on} {i.number} 已抵扣税额", m.deducted[i.key], invoices=(i.key,)) for i in invoices if m.deducted.get(i.key, 0) > 0
    )
    deducted = Sum("已抵扣税额", parts)
    bills = billed("这家销方的发票(价税合计)", invoices, lambda i: i.total)
    told = (
        f"{listed.name}(税号 {listed.tax_id})在风险名单上:{listed.reason}" if sure
        else f"{listed.name}与风险名单上的企业同名,税号不同或没有税号,请核对是不是同一家"
    )  # fmt: skip
    values = {"told": told, "count": str(len(invoices)), "deducted": ten_thousands(deducted.amount)}
    cost = Cost(0, deducted.amount, "上限是已抵扣、可能要转出的税额") if sure else None
    subject = subject_of(listed, sure)
    severity = Severity.NOTE if not sure else Severity.URGENT if parts else Severity.HIGH
    return Finding(bills.amount, Unit.FEN, (bills, deducted), subject, values, severity, cost)


@judges("V31")
def reversed_after_deduction(m: Material) -> Verdict:
    found = []
    for invoice in m.invoices.received(m.month, m.month, all_states=True):
        tax = m.deducted.get(invoice.key, 0)
        if invoice.state in (InvoiceState.RED, InvoiceState.VOIDED) and tax > 0:
            part = Part(f"{invoice.issued_on} {invoice.seller.name} 已抵扣税额", tax, invoices=(invoice.key,))
            values = {"seller": invoice.seller.name, "number": invoice.number}
            found.append(Finding(tax, Unit.FEN, (Sum("已抵扣税额", (part,)),), invoice.key, values, cost=Cost(tax, tax, "要转出的进项税额")))
    return found


@judges("V32")
def both_ways(m: Material) -> Verdict:
    """The same company billed and was billed for about the same in the month."""
    issued, received = m.invoices.issued(m.month, m.month), m.invoices.received(m.month, m.month)
    found = []
    for tax_id in sorted({i.buyer.tax_id for i in issued} & {i.seller.tax_id for i in received} - {""}):
        out, back = [i for i in issued if i.buyer.tax_id == tax_id], [i for i in received if i.seller.tax_id == tax_id]
        gave, got = billed("开给对方", out), billed("对方开来", back)
        larger = max(gave.amount, got.amount)
        if min(gave.amount, got.amount) > m.limits["amount"] and share_of(abs(gave.amount - got.amount), larger) < m.limits["gap"]:
            found.append(Finding(larger, Unit.FEN, (gave, got), tax_id, {"name": out[0].buyer.name}, limit=m.limits["amount"]))
    return found


@judges("G04")
def twice(m: Material) -> Verdict:
    """The same number, or the same seller, day and total, in two invoices in force."""
    seen: dict[tuple[str, ...], Invoice] = {}
    found: dict[str, Finding] = {}
    for invoice in sorted(m.invoices.received(m.month, m.month), key=lambda i: i.key):
        if invoice.total <= 0 or invoice.state not in IN_FORCE:
            continue
        like = (invoice.seller.tax_id or invoice.seller.name, str(invoice.total), str(invoice.issued_on))
        for key in (("number", invoice.code, invoice.number), like):
            first = seen.setdefault(key, invoice)
            if first is not invoice and "".join(key):
                pair = billed("疑似重复的发票(价税合计)", [first, invoice], lambda i: i.total)
                values = {"seller": invoice.seller.name, "numbers": "、".join(sorted({first.number, invoice.number}))}
                cost = Cost(0, invoice.total, "上限是其中一张的价税合计")
                found.setdefault(invoice.key, Finding(invoice.total, Unit.FEN, (pair,), invoice.key, values, cost=cost))
    return list(found.values())


@judges("G05")
def wrong_buyer(m: Material) -> Verdict:
    found = []
    for invoice in m.invoices.received(m.month, m.month):
        if invoice.buyer.tax_id and invoice.buyer.tax_id.upper() != m.client.tax_id.upper():
            values = {"seller": invoice.seller.name, "number": invoice.number, "buyer": invoice.buyer.name or invoice.buyer.tax_id}
            bill = billed("发票金额(价税合计)", [invoice], lambda i: i.total)
            cost = Cost(0, invoice.tax + invoice.amount // 4, "上限是不能抵扣的税额和不能税前扣除的 25%")
            found.append(Finding(invoice.total, Unit.FEN, (bill,), invoice.key, values, cost=cost))
    return found


@judges("G06")
def of_last_year(m: Material) -> Verdict:
    """Invoices of the year before that are still unbooked after 汇算清缴 (31 May)."""
    if m.day <= m.day.replace(month=5, day=31):
        return NotApplicable("5 月 31 日以前,上年的发票还来得及。")
    last = Period(m.day.year - 1, 12)
    late = [i for i in m.invoices.received(last.plus(-11), last) if i.state in (InvoiceState.READ, InvoiceState.CHECKED)]
    bills = billed("还没入账的上年发票(价税合计)", late, lambda i: i.total)
    return [Finding(bills.amount, Unit.FEN, (bills,), values={"count": str(len(late))})] if late else ()


@judges("G07")
def running_numbers(m: Material) -> Verdict:
    by_seller: defaultdict[str, list[Invoice]] = defaultdict(list)
    for invoice in m.invoices.received(m.month, m.month):
        if invoice.number.isdigit():
            by_seller[invoice.seller.tax_id or invoice.seller.name].append(invoice)
    found = []
    for seller, of in sorted(by_seller.items()):
        run = _longest_run(of)
        if len(run) >= m.limits["count"]:
            bills = billed("连号发票(价税合计)", run, lambda i: i.total)
            found.append(Finding(len(run), Unit.COUNT, (bills,), seller[:80], {"seller": run[0].seller.name}, limit=m.limits["count"]))
    return found


def _longest_run(invoices: Sequence[Invoice]) -> Sequence[Invoice]:
    ordered = sorted({int(i.number): i for i in invoices}.items())
    best: list[Invoice] = []
    run: list[tuple[int, Invoice]] = []
    for number, invoice in ordered:
        run = [*run, (number, invoice)] if run and number == run[-1][0] + 1 else [(number, invoice)]
        if len(run) > len(best):
            best = [i for _, i in run]
    return best
