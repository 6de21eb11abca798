"""印花税 of a quarter, 个人所得税 withheld of a month. Pure; amounts are fen."""

from collections.abc import Callable, Mapping

from zhangfang_books.figures.behind import Side
from zhangfang_books.figures.material import BOOKS, ISSUED, TOLD, Lines, Material, from_line
from zhangfang_books.figures.unbilled import beside_invoices, doubt_unbooked
from zhangfang_books.tax.facts import SETTINGS_PAGE
from zhangfang_books.tax.rates import TEN_THOUSAND, Row, in_force, part_of, parts_of, source_of
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
        found.add("应纳税额", [Step("账上已计提", booked, BOOKS, m.entries(m.facts.accounts.stamp, side=Side.CREDIT))])
        found.add(STAMP_DUE, [from_line("应纳税额", booked)])
        found.doubt("印花税按合同计税,账上计提的依据请与合同台账核对。")
        if m.before:
            found.doubt(f"账上只计提了{m.facts.starts.label}建账以后的,建账前几个月的请加上。")
        return found
    found.doubt("印花税按合同所列金额计税。账上没有计提,这里按发票(不含税)估算,请与合同核对。")
    share = share_of(m.books, m.facts)
    for ask in share.asks:
        found.doubt(ask.sentence, ask.path)
    amounts = {title: amount for row in in_force("stamp", m.last.last_day) for title, amount in _BASES[row["key"]](m, found, row)}
    whole = sum(amounts.values())
    if share.levied is None:
        return found
    found.doubt(share.doubt if whole else "", SETTINGS_PAGE)
    less = whole - part_of(whole, share.levied)
    found.add("减征税额", [Step("减半征收", less, share.why)] if share.levied < TEN_THOUSAND else [])
    found.add(STAMP_DUE, [*(from_line(t, a) for t, a in amounts.items()), from_line("减征税额", -less)])
    return found


def _trade(m: Material, found: Lines, row: Row) -> list[tuple[str, int]]:
    """买卖合同: what was sold and what was bought, both sides of a contract paying."""
    sold = [
        Step("销项发票", sum(r.amount for r in m.register), ISSUED, m.invoices()),
        beside_invoices(m, found, "销售额", m.facts.accounts.sales, Side.CREDIT_NET),
        *(Step(f"{each.period.label}销售额", each.sales, TOLD, m.told()) for each in m.before),
    ]
    doubt_unbooked(m, found)
    path = m.received_invoices()
    bought = [
        Step("收到的发票", m.received.amount, "进项发票", path),
        *_beside_received(m, found, path),
        *(Step(f"{each.period.label}采购", each.purchases, TOLD, m.told()) for each in m.before),
    ]
    return [_taxed(found, f"{row['title']}:{title}", steps, row) for title, steps in (("销售", sold), ("采购", bought))]


def _beside_received(m: Material, found: Lines, path: str) -> list[Step]:
    """Goods that the books bought and no invoice is here for, whatever list they were booked from.

    Where the client produces, goods come from production too: what was bought can't be told, and is asked for.
    """
    names = m.facts.accounts
    goods, input_tax = m.books.debits(m.first, *names.goods), m.turned(names.vat_input)
    if m.books.debits(m.first, names.production):
        if goods and input_tax > m.received.tax:
            found.doubt(
                f"账上抵扣的进项税额 {yuan(input_tax)},收到的发票税额只有 {yuan(m.received.tax)}:有的采购没有发票在这里,请按合同补计。", path
            )
        return []
    more = goods - m.received.amount
    if more <= 0:
        return []
    entries = m.entries(*names.goods, side=Side.DEBIT)
    found.doubt(f"账上购进 {yuan(goods)},收到的发票只有 {yuan(m.received.amount)},相差的按账上的购进计,请与合同核对。", entries)
    lines = [Step("账上购进", goods, BOOKS, entries), Step("收到的发票", -m.received.amount, "进项发票", path)]
    return [from_line("没有发票的购进", found.add("没有发票的购进", lines))]


def _capital(m: Material, found: Lines, row: Row) -> list[tuple[str, int]]:
    """营业账簿: what the capital grew by, once a year."""
    if m.last.month != 12:
        return []
    codes, january = m.facts.accounts.capital, Period(m.last.year, 1)
    grown = Step("本年增加", -m.books.turnover(january, *codes), BOOKS, m.entries(*codes, side=Side.CREDIT_NET, first=january))
    return [_taxed(found, f"{row['title']}:实收资本和资本公积", [grown], row)]


def _taxed(found: Lines, title: str, steps: list[Step], row: Row) -> tuple[str, int]:
    """The base as a line of its own, and the tax on it: name and amount."""
    base = found.add(f"{title}计税金额", steps)
    of_base = Step(f"{yuan(max(base, 0))} × {row['rate'] / 100:g}‱", parts_of(max(base, 0), row["rate"], MILLION), source_of(row))
    return title, found.add(title, [of_base])


_BASES: Mapping[str, Callable[[Material, Lines, Row], list[tuple[str, int]]]] = {"sale": _trade, "capital": _capital}


def withheld(m: Material) -> Lines:
    """As the books withheld it from what was paid in the month."""
    found = Lines()
    code = m.facts.accounts.withheld
    rule = next(iter(in_force("withholding", m.last.last_day)), None)
    source = BOOKS if rule is None else f"账;{source_of(rule)}"
    booked = found.add(WITHHELD, [Step("账上代扣的个人所得税", m.credits(code), source, m.entries(code, side=Side.CREDIT))])
    if m.withheld is not None and m.withheld != booked:
        # Without the amount: who sees taxes need not see payrolls.
        found.doubt("账上代扣的个人所得税与本月工资表的不一致:工资凭证可能还没有过账,请先核对。")
    return found
