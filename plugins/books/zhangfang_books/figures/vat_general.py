"""增值税 of a general payer, by the lines of its return. Pure; amounts are fen."""

from zhangfang_books.figures.material import BOOKS, Lines, Material, from_line
from zhangfang_books.sales.register import Method, RegisterRow
from zhangfang_books.tax.rates import Row, in_force, part_of, percent
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Step

LAW = "增值税法(2026-01-01 施行)"
DUE = "应纳税额合计"


def vat_general(m: Material) -> Lines:
    """销项 − (进项 − 转出 + 上期留抵), what can't be deducted being carried forward (第二十一条); 简易计税 apart."""
    found = Lines()
    _sales(m, found)
    output = found.add("销项税额", _output(m))
    names = m.facts.accounts
    paid = found.add("进项税额", [Step("账上进项税额", m.turned(names.vat_input), BOOKS, m.account(names.vat_input))])
    carried = found.add("上期留抵税额", [_carried(m, found)])
    out = found.add(
        "进项税额转出", [Step("账上进项税额转出", -m.turned(names.vat_input_out), BOOKS, m.account(names.vat_input_out))]
    )
    whole = found.add(
        "应抵扣税额合计",
        [from_line("进项税额", paid), from_line("上期留抵税额", carried), from_line("进项税额转出", -out)],
    )
    left = whole - min(whole, output)
    used = found.add("实际抵扣税额", [from_line("应抵扣税额合计", whole), Step("大于销项税额,留抵下期", -left, f"{LAW}第二十一条")])
    more = _additional(m, found, output - used)
    due = found.add("应纳税额", [from_line("销项税额", output), from_line("实际抵扣税额", -used), *more])
    found.add("期末留抵税额", [from_line("应抵扣税额合计", whole), from_line("实际抵扣税额", -used)])
    simple = found.add("简易计税办法计算的应纳税额", _simple(m))
    total = found.add(DUE, [from_line("应纳税额", due), from_line("简易计税办法计算的应纳税额", simple)])
    before = found.add("本期已缴税额", [Step("账上已交税金", m.turned(names.vat_paid), BOOKS, m.account(names.vat_paid))])
    found.add("本期应补(退)税额", [from_line(DUE, total), from_line("本期已缴税额", -before)])
    return found


def _sales(m: Material, found: Lines) -> None:
    by_rate = [Step(_called(r.rate, special=r.special), r.amount, "销项发票", m.invoices()) for r in _rows(m, Method.GENERAL)]
    unknown = [Step("税率不明的发票", r.amount, "销项发票", m.invoices()) for r in _rows(m, Method.UNKNOWN)]
    gap = m.sales - sum(r.amount for r in m.register)
    billed = bool(m.register)
    title = "账上多出的销售额(未开票收入)" if billed else "账上销售额"
    account = m.facts.accounts.sales[0]
    found.add("按适用税率计税销售额", [*by_rate, *unknown, Step(title, gap, BOOKS, m.account(account))])
    for name, method in (("按简易办法计税销售额", Method.SIMPLE), ("免税销售额", Method.EXEMPT)):
        found.add(name, [Step(_called(r.rate, special=r.special), r.amount, "销项发票", m.invoices()) for r in _rows(m, method)])
    others = [*_rows(m, Method.ZERO), *_rows(m, Method.UNTAXED)]
    if others:
        found.add("零税率和不征税销售额", [Step(_called(r.rate, special=r.special), r.amount, "销项发票", m.invoices()) for r in others])
    if billed and gap:
        found.doubt("账上的销售额与销项发票不一致,差额按未开票收入列示,请核对。")
    if unknown:
        found.doubt("有的销项发票没有税率,请按发票核对它的计税方法。")


def _output(m: Material) -> list[Step]:
    names = m.facts.accounts
    steps = [
        Step(f"{_called(r.rate, special=r.special)}:{_source(r.rate, m.last)}", r.tax, "销项发票", m.invoices())
        for r in (*_rows(m, Method.GENERAL), *_rows(m, Method.UNKNOWN))
    ]
    gap = -m.turned(names.vat_output) - sum(step.amount for step in steps)
    title = "账上多出的销项税额(未开票收入等)" if m.register else "账上销项税额"
    return [*steps, Step(title, gap, BOOKS, m.account(names.vat_output))]


def _simple(m: Material) -> list[Step]:
    code = m.facts.accounts.vat_simple
    steps = [Step(_called(r.rate, special=r.special), r.tax, "销项发票", m.invoices()) for r in _rows(m, Method.SIMPLE)]
    gap = m.credits(code) - sum(step.amount for step in steps)
    return [*steps, Step("账上多出的简易计税" if m.register else "账上简易计税", gap, BOOKS, m.account(code))]


def _carried(m: Material, found: Lines) -> Step:
    """应交增值税 in debit at the end of the month before; what stands in credit there was not turned over."""
    code = m.facts.accounts.vat
    balance = carried_before(m, m.first)
    if balance < 0:
        found.doubt("上月末应交增值税还有贷方余额没有转到未交增值税,请先补做转出凭证。")
    return Step("上月末应交增值税借方余额", max(balance, 0), BOOKS, f"/books/detail?account={code}&period={m.first.plus(-1).key}")


def carried_before(m: Material, month: Period) -> int:
    """Balance of 应交增值税 before ``month``, debit positive."""
    return sum(
        b.debit - b.credit + b.closing_debit - b.closing_credit
        for b in m.books.balances
        if b.account.startswith(m.facts.accounts.vat) and (b.period is None or b.period < month)
    )


def _additional(m: Material, found: Lines, due: int) -> list[Step]:
    """加计抵减, counted month by month from January or the start of the books: what one month can't use the next may."""
    rule = next((r for r in in_force("additional_deduction", m.last.last_day) if r["who"] == m.facts.chosen.additional_deduction), None)
    if rule is None:
        return []
    found.doubt(str(rule.get("doubt", "")))
    found.doubt("加计抵减从本年 1 月(或建账月)起累计,以前年度结余没有计入,请核对。")
    month, balance, used = max(Period(m.last.year, 1), m.facts.starts), 0, 0
    while month <= m.last:
        balance += _accrued(m, month, rule) - used
        used = min(max(balance, 0), max(_due_of(m, month) if month < m.last else due, 0))
        month = month.plus(1)
    return [Step(f"加计抵减 {percent(rule['share'])}", -used, f"{rule['source']}({rule['from']} 起)")]


def _accrued(m: Material, month: Period, rule: Row) -> int:
    names = m.facts.accounts
    return part_of(_month(m, month, names.vat_input) + _month(m, month, names.vat_input_out), rule["share"])


def _due_of(m: Material, month: Period) -> int:
    names = m.facts.accounts
    output = -_month(m, month, names.vat_output)
    whole = _month(m, month, names.vat_input) + _month(m, month, names.vat_input_out) + max(carried_before(m, month), 0)
    return output - min(whole, output)


def _month(m: Material, month: Period, code: str) -> int:
    """Debits less credits of one month."""
    return sum(b.debit - b.credit for b in m.books.balances if b.period == month and b.account.startswith(code))


def _rows(m: Material, method: Method) -> list[RegisterRow]:
    return [row for row in m.register if row.method is method]


def _called(rate: str, *, special: bool) -> str:
    return f"{rate or '税率不明'}{'专用发票' if special else '普通发票'}"


def _source(rate: str, month: Period) -> str:
    row = next((r for r in in_force("vat_rate", month.last_day) if percent(r["rate"]) == rate), None)
    return "" if row is None else f"{row['source']}"
