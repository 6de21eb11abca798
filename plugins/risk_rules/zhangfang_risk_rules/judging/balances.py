"""Money, receivables and payables: what stands on the balance sheet. Figures are fen and basis points."""

import re
from collections import defaultdict

from zhangfang_risk_rules.judging.registering import judges, over, share_of, short_of, ten_thousands
from zhangfang_risk_rules.judging.vat import sales_of
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.open_items import OpenItem
from zhangfang_sdk.periods import Period
from zhangfang_sdk.risk import Cost, Finding, Lacking, Material, NotApplicable, Unit, Verdict
from zhangfang_sdk.risk_books import Part, Sum

YEAR = 12


@judges("B00")
def bank_below_zero(m: Material) -> Verdict:
    standing = m.books.stands("银行存款余额", m.month, "bank")
    below = standing.amount < -m.limits["tolerance"]
    return [Finding(standing.amount, Unit.FEN, (standing,), worse_is_less=True, limit=0)] if below else ()


@judges("B07")
def cash(m: Material) -> Verdict:
    standing = m.books.stands("库存现金余额", m.month, "cash")
    if standing.amount < -m.limits["tolerance"]:
        told = "现金不可能是负数,多半是有收入没入账或垫付款没登记"
        return [Finding(standing.amount, Unit.FEN, (standing,), "below", {"told": told}, Severity.HIGH, worse_is_less=True, limit=0)]
    if standing.amount > m.limits["most"]:
        told = f"超过 {ten_thousands(m.limits['most'])},账上的钱和抽屉里的钱容易对不上"
        return [Finding(standing.amount, Unit.FEN, (standing,), "large", {"told": told}, limit=m.limits["most"])]
    return ()


@judges("B08")
def cash_in_one_day(m: Material) -> Verdict:
    """Paid in or out in cash on one day, by the month's entries."""
    days: defaultdict[str, list[Part]] = defaultdict(list)
    for entry in m.cash_entries:
        if Period.of(entry.date) == m.month:
            fen = entry.debit + entry.credit
            days[entry.date.isoformat()].append(Part(f"{entry.label} {entry.summary}", fen, path=f"/vouchers/{entry.voucher}"))
    sums = {day: Sum(f"{day} 现金收付", tuple(parts)) for day, parts in sorted(days.items())}
    return [
        Finding(total.amount, Unit.FEN, (total,), day, {"day": day}, limit=m.limits["most"])
        for day, total in sums.items()
        if total.amount >= m.limits["most"]
    ]


def _is_called(party: str, name: str) -> bool:
    """"股东李明" and "李明(个人)" are 李明; "李明华" is somebody else."""
    return re.search(f"{re.escape(name)}(?![\u4e00-\u9fff])", party) is not None


@judges("B01")
def lent_to_owner(m: Material) -> Verdict:
    """What the legal representative owed at the last year's end and still owes; towards the year's end what is owed now."""
    owner = m.profile.legal_representative
    if owner is None:
        return Lacking("企业资料没有法定代表人。", "/profile/legal_representative")
    year_end = Period(m.month.year - 1, 12)

    def owed(until: Period) -> int:
        return sum(b.balance for b in m.parties if b.until == until and _is_called(b.party, owner.value))

    now, then = owed(m.month), owed(year_end)
    crossed = min(now, then)
    if crossed > 0:
        told, amount, severity = "上年末就没有还,到现在还欠着", crossed, Severity.HIGH
    elif now > 0 and m.month.month >= m.limits["from_month"]:
        told, amount, severity = "到年底还没归还又没有用于经营的,可能按分红扣个人所得税", now, Severity.LOW
    else:
        return ()
    part = Part(f"其他应收款 {owner.value}", amount, m.books.codes("other_receivable"), None, m.month)
    cost = Cost(0, amount // 5, "上限是按 20% 计算的个人所得税")
    return [Finding(amount, Unit.FEN, (Sum("借给法定代表人", (part,)),), values={"owner": owner.value, "told": told}, severity=severity, cost=cost)]


@judges("B02")
def other_payables(m: Material) -> Verdict:
    owed = m.books.owes("其他应付款", m.month, "other_payable")
    held = m.books.owes("代扣款和押金", m.month, "withheld")
    amount = owed.amount - held.amount
    assets = m.books.stands("资产总额", m.month, "assets")
    if assets.amount <= 0:
        return Lacking("账上没有资产。")
    less = Sum("减:代扣款和押金", tuple(Part(p.title, -p.amount, p.accounts, p.first, p.last) for p in held.parts))
    return over(share_of(max(amount, 0), assets.amount), m.limits["share"], Unit.BASIS_POINTS, owed, less, assets, amount=ten_thousands(amount))


@judges("B03")
def advances(m: Material) -> Verdict:
    """What stood a year ago and still stands, or much of the year's sales."""
    if (lacking := short_of(m, YEAR)) is not None:
        return lacking
    now = m.books.owes("预收账款", m.month, "advances")
    if now.amount <= 0:
        return NotApplicable("账上没有预收账款。")
    sales = sales_of(m, m.months(YEAR), m.month)
    if sales.amount <= 0:
        return NotApplicable("近 12 个月没有销售额。")
    return over(share_of(now.amount, sales.amount), m.limits["share"], Unit.BASIS_POINTS, now, sales, amount=ten_thousands(now.amount))


def _older(m: Material, items: tuple[OpenItem, ...] | list[OpenItem], title: str, sign: int) -> Sum:
    before = m.month.plus(-m.limits["months"])
    parts = [
        Part(f"{item.date} {item.counterparty or '未写明单位'} {item.summary}", sign * item.open, path=f"/vouchers/{item.voucher}")
        for item in items
        if Period.of(item.date) <= before and sign * item.open > 0
    ]
    return Sum(title, tuple(parts))


@judges("B04")
def old_receivables(m: Material) -> Verdict:
    items = m.dues.get("receivable")
    if items is None:
        return Lacking("没有读到应收往来。")
    old = _older(m, list(items), "逾三年未收回的应收账款", 1)
    return [Finding(old.amount, Unit.FEN, (old,), cost=Cost(0, old.amount, "收不回来时就是全部金额"))] if old.parts else ()


@judges("B05")
def old_payables(m: Material) -> Verdict:
    items = m.dues.get("payable")
    if items is None:
        return Lacking("没有读到应付往来。")
    old = _older(m, list(items), "逾三年未支付的应付账款", -1)
    cost = Cost(old.amount * 5 // 100, old.amount // 4, "确实付不出去、转作收入时,按 5% 至 25% 的企业所得税")
    return [Finding(old.amount, Unit.FEN, (old,), cost=cost)] if old.parts else ()


@judges("B09")
def unexplained_bank_lines(m: Material) -> Verdict:
    if m.unexplained is None:
        return Lacking("本月还没有银行对账单。")
    into, out = m.unexplained
    if into == 0 and out == 0:
        return ()
    total = Sum(
        "没有凭证对应的银行流水",
        tuple(Part(title, fen) for title, fen in (("收款", into), ("付款", out)) if fen),
    )
    return [Finding(total.amount, Unit.FEN, (total,), values={"into": ten_thousands(into), "out": ten_thousands(out)})]
