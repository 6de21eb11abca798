"""增值税 of a general payer, by the lines of its return. Pure; amounts are fen."""

from zhangfang_books.figures.behind import EntriesBehind, Side
from zhangfang_books.figures.material import BOOKS, ISSUED, Lines, Material, from_line
from zhangfang_books.figures.unbilled import beside_invoices, doubt_unbooked
from zhangfang_books.sales.register import Method, RegisterRow
from zhangfang_books.tax.rates import Row, in_force, one_in_force, part_of, percent, source_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import Step

DUE = "应纳税额合计"


def vat_general(m: Material) -> Lines:
    """销项 − (进项 − 转出 + 上期留抵), what can't be deducted being carried forward (第二十一条); 简易计税 apart."""
    found = Lines()
    _sales(m, found)
    output = found.add("销项税额", _output(m, found))
    names = m.facts.accounts
    paid = found.add("进项税额", [Step("账上进项税额", m.turned(names.vat_input), BOOKS, m.entries(names.vat_input, side=Side.DEBIT_NET))])
    if paid > m.received.tax:
        found.doubt(
            f"账上抵扣的进项税额 {yuan(paid)},近一年收到的发票税额只有 {yuan(m.received.tax)}:有的抵扣没有发票在这里,"
            "请导入或采集这些发票,并与电子税务局的勾选结果核对。",
            m.received_invoices(),
        )
    carried = found.add("上期留抵税额", [_carried(m, found)])
    turned_out = m.entries(names.vat_input_out, side=Side.CREDIT_NET)
    out = found.add("进项税额转出", [Step("账上进项税额转出", -m.turned(names.vat_input_out), BOOKS, turned_out)])
    whole = found.add(
        "应抵扣税额合计",
        [from_line("进项税额", paid), from_line("上期留抵税额", carried), from_line("进项税额转出", -out)],
    )
    left = whole - min(whole, output)
    kept = Step("大于销项税额,留抵下期", -left, source_of(one_in_force("carry_forward", m.last.last_day)))
    used = found.add("实际抵扣税额", [from_line("应抵扣税额合计", whole), kept])
    more = _additional(m, found, output - used)
    due = found.add("应纳税额", [from_line("销项税额", output), from_line("实际抵扣税额", -used), *more])
    found.add("期末留抵税额", [from_line("应抵扣税额合计", whole), from_line("实际抵扣税额", -used)])
    simple = found.add("简易计税办法计算的应纳税额", _simple(m, found))
    total = found.add(DUE, [from_line("应纳税额", due), from_line("简易计税办法计算的应纳税额", simple)])
    before = found.add("本期已缴税额", [Step("账上已交税金", m.turned(names.vat_paid), BOOKS, m.entries(names.vat_paid, side=Side.DEBIT_NET))])
    found.add("本期应补(退)税额", [from_line(DUE, total), from_line("本期已缴税额", -before)])
    return found


def _sales(m: Material, found: Lines) -> None:
    beside = beside_invoices(m, found, "销售额", m.facts.accounts.sales, Side.CREDIT_NET)
    unknown = _rows(m, Method.UNKNOWN)
    by_rate = [_of_row(m, row) for row in (*_rows(m, Method.GENERAL), *unknown)]
    found.add("按适用税率计税销售额", [*by_rate, beside])
    for name, method in (("按简易办法计税销售额", Method.SIMPLE), ("免税销售额", Method.EXEMPT)):
        found.add(name, [_of_row(m, row) for row in _rows(m, method)])
    others = [*_rows(m, Method.ZERO), *_rows(m, Method.UNTAXED)]
    if others:
        found.add("零税率和不征税销售额", [_of_row(m, row) for row in others])
    doubt_unbooked(m, found)
    if beside.amount and m.billed:
        found.doubt("账上的销售额比发票多,多出的按未开票收入列示,请核对。", m.entries(*m.facts.accounts.sales, side=Side.CREDIT_NET))
    for row in unknown:
        found.doubt("有的销项发票没有税率,请按发票核对它的计税方法。", m.invoices(row))


def _output(m: Material, found: Lines) -> list[Step]:
    methods = (Method.GENERAL, Method.UNKNOWN)
    steps = [
        Step(f"{_called(r)}:{_rule(r.rate, m.last)}", r.tax, ISSUED, m.invoices(r, tax=True))
        for method in methods
        for r in _rows(m, method)
    ]
    return [*steps, beside_invoices(m, found, "销项税额", (m.facts.accounts.vat_output,), Side.CREDIT_NET, methods)]


def _simple(m: Material, found: Lines) -> list[Step]:
    steps = [_of_row(m, row, tax=True) for row in _rows(m, Method.SIMPLE)]
    return [*steps, beside_invoices(m, found, "简易计税", (m.facts.accounts.vat_simple,), Side.CREDIT, (Method.SIMPLE,))]


def _carried(m: Material, found: Lines) -> Step:
    """应交增值税 in debit at the end of the month before; what stands in credit there was not turned over."""
    code = m.facts.accounts.vat
    balance = carried_before(m, m.first)
    if balance < 0:
        found.doubt("上月末应交增值税还有贷方余额没有转到未交增值税,请先补做转出凭证。")
    behind = EntriesBehind((code,), m.first.plus(-1), m.first.plus(-1), Side.DEBIT_NET, carried=True)
    return Step("上月末应交增值税借方余额", max(balance, 0), BOOKS, behind.path)


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
    return [Step(f"加计抵减 {percent(rule['share'])}", -used, source_of(rule))]


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


def _of_row(m: Material, row: RegisterRow, *, tax: bool = False) -> Step:
    return Step(_called(row), row.tax if tax else row.amount, ISSUED, m.invoices(row, tax=tax))


def _called(row: RegisterRow) -> str:
    return f"{row.rate or '税率不明'}{'专用发票' if row.special else '普通发票'}"


def _rule(rate: str, month: Period) -> str:
    return source_of(next((r for r in in_force("vat_rate", month.last_day) if percent(r["rate"]) == rate), None))
