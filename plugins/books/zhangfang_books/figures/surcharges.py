"""附加税费 on the VAT of the return. Pure; amounts are fen."""

from zhangfang_books.figures.material import Lines, Material, from_line
from zhangfang_books.figures.vat_general import DUE as VAT_DUE
from zhangfang_books.tax.facts import SETTINGS_PAGE
from zhangfang_books.tax.rates import TEN_THOUSAND, Row, in_force, one_in_force, part_of, percent, source_of
from zhangfang_books.tax.surtaxes import place_of, share_of
from zhangfang_sdk.money import yuan
from zhangfang_sdk.tax_figures import Step, Tax

DUE = "本期应补(退)税(费)额合计"


def surcharges(m: Material, vat: Lines) -> Lines:
    """城市维护建设税 by place, 教育费附加 and 地方教育附加; halved for whom 公告2023年第12号 says."""
    found = Lines()
    found.doubts |= vat.doubts
    base = max(next(line.amount for line in vat.lines if line.name == VAT_DUE), 0)
    found.add("计税(费)依据:增值税税额", [Step(VAT_DUE, base, "增值税申报表", f"/books/taxes?period={m.last.key}#tax-{Tax.VAT.value}")])
    place, asks = place_of(m.books, m.facts)
    share = share_of(m.books, m.facts)
    for ask in (*asks, *share.asks) if base else ():
        found.doubt(ask.sentence, ask.path)
    if base and (place is None or share.levied is None):
        return found
    found.doubt(share.doubt if base else "", SETTINGS_PAGE)
    free = _free(m, found) if base else None
    levied, why = TEN_THOUSAND if share.levied is None else share.levied, share.why
    amounts = [found.add("城市维护建设税", _steps(place, base, levied, why))] if place is not None else []
    for row in in_force("surcharge", m.last.last_day):
        steps = _steps(row, base, TEN_THOUSAND if free else levied, why)
        amounts.append(found.add(row["title"], [*steps, Step("免征", -sum(s.amount for s in steps), free)] if free else steps))
    titles = [line.name for line in found.lines[1:]]
    found.add(DUE, [from_line(title, amount) for title, amount in zip(titles, amounts, strict=True)])
    return found


def _free(m: Material, found: Lines) -> str:
    """The rule by which the two surcharges on education are not levied, "" where they are."""
    rule = one_in_force("surcharge_free", m.last.last_day)
    limit = None if rule is None else rule["month" if m.first == m.last else "quarter"]
    if rule is None or limit is None or m.whole_sales > limit or m.facts.lacks_months_of(m.first):
        return ""
    if m.whole_sales == limit:
        found.doubt(f"销售额刚好 {yuan(limit)}:教育费附加的免征含本数,增值税的起征点不含,口径是否一致请向主管税务机关核实。")
    return f"销售额 {yuan(m.whole_sales)};{source_of(rule)}"


def _steps(row: Row, base: int, share: int, why: str) -> list[Step]:
    whole, part = part_of(base, row["rate"]), part_of(base, row["rate"] * share // TEN_THOUSAND)
    title = f"增值税税额 {yuan(base)} × {percent(row['rate'])}"
    return [Step(title, whole, source_of(row)), Step("减征", part - whole, why)]
