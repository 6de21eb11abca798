"""城市维护建设税 and the two surcharges on education, on the VAT of a month or quarter. Pure; amounts are fen."""

from dataclasses import dataclass

from zhangfang_books.tax.facts import SETTINGS_PAGE, TaxFacts, ask_for, span_of
from zhangfang_books.tax.rates import TEN_THOUSAND, Row, in_force, one_in_force, part_of, percent, source_of
from zhangfang_books.tax.small import settled, so_far, taxable_of_year
from zhangfang_books.tax.vat import owed, sales_of
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.money import yuan
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind

TITLE = "计提附加税费"
LAST_DISTRICT, LAST_COUNTY = 20, 80
"""GB/T 2260: the last two digits of a county-level code are 01–20 for districts, 21–80 for counties, above for county-level cities."""


def surtaxes(books: MonthBooks, facts: TaxFacts) -> Accrual:
    """What the VAT of the span that ends with the month calls for, less what the span booked."""
    nothing = Accrual("surtaxes", TITLE)
    first = span_of(books.period, facts)
    due = 0 if first is None else vat_due(books, facts, first)
    if first is None or due <= 0:
        return nothing
    place, asks = place_of(books, facts)
    share = share_of(books, facts)
    asks += share.asks
    if place is None or share.levied is None:
        names = facts.accounts
        booked = books.credits(first, names.city_maintenance, names.education, names.local_education)
        return nothing if booked else Accrual("surtaxes", TITLE, asks=asks)
    return _booked(books, facts, first, due, place, share.levied, share.why + share.doubt)


def vat_due(books: MonthBooks, facts: TaxFacts, first: Period) -> int:
    """计税依据: VAT of the span that is paid, 简易计税 included. A small-scale payer below the limit pays none."""
    names = facts.accounts
    simple = books.credits(first, names.vat_simple)
    if facts.is_general:
        return books.debits(first, names.vat_out) + books.debits(first, names.vat_paid) + simple
    return owed(books, facts, first) + simple


def _booked(books: MonthBooks, facts: TaxFacts, first: Period, due: int, place: Row, share: int, why: str) -> Accrual:
    sales = sales_of(books, facts, first)
    rows: list[Row] = [{**place, "key": "city_maintenance", "title": f"城市维护建设税({place['title']})"}]
    free = one_in_force("surcharge_free", books.period.last_day)
    limit = None if free is None else free["month" if first == books.period else "quarter"]
    reasons = [why] if why else []
    if facts.elsewhere(first):
        reasons.append(
            f"只算了{facts.starts.label}建账以后的增值税:本季度建账前几个月的增值税不在账上,请按申报的增值税核对,不够的手工补提。"
        )
    if limit is not None and sales <= limit and not facts.lacks_months_of(first):
        reasons.append(f"销售额 {yuan(sales)},不计教育费附加和地方教育附加;{source_of(free)}。")
    else:
        rows += in_force("surcharge", books.period.last_day)
    lines: list[Line] = []
    for row in rows:
        account = getattr(facts.accounts, row["key"])
        whole = part_of(due, row["rate"] * share // TEN_THOUSAND)
        amount = whole - books.credits(first, account)
        if amount > 0:
            lines.append(Line(account, f"计提{row['title']}", credit=amount))
            reasons.append(
                f"{row['title']} {yuan(whole)}:增值税 {yuan(due)} × {percent(row['rate'] * share // TEN_THOUSAND)};{source_of(row)}。"
            )
    if not lines:
        return Accrual("surtaxes", TITLE)
    total = sum(line.credit for line in lines)
    return Accrual("surtaxes", TITLE, (Line(facts.accounts.surtax_expense, TITLE, debit=total), *lines), tuple(reasons))


def place_of(books: MonthBooks, facts: TaxFacts) -> tuple[Row | None, tuple[Ask, ...]]:
    """The rate of 城市维护建设税 where the client is registered, or what has to be known first."""
    rows = {row["place"]: row for row in in_force("city_maintenance", books.period.last_day)}
    if facts.chosen.city_place != "by_address":
        return rows.get(facts.chosen.city_place), ()
    address = facts.profile.registered_address
    area = "" if address is None else address.value.area
    if not area:
        return None, ask_for([FactKind.REGISTERED_ADDRESS], "城市维护建设税按所在地分 7%、5%、1%。")
    county = int(area[4:6])
    if 0 < county <= LAST_DISTRICT:
        return rows.get("urban"), ()
    what = "县" if county <= LAST_COUNTY else "县级市"
    sentence = f"注册地({area})是{what},城市维护建设税要看在市区、县城(镇)还是其他地方,请在设置里选定。"
    return None, (Ask(sentence, SETTINGS_PAGE),)


@dataclass(frozen=True, slots=True)
class Share:
    """Of a tax that 六税两费减半 is about: parts of ten thousand that are levied, None while ``asks`` are open; ``why`` says by which rule.

    ``doubt`` is what a person has to look at first, "" without one.
    """

    levied: int | None
    why: str = ""
    asks: tuple[Ask, ...] = ()
    doubt: str = ""


def share_of(books: MonthBooks, facts: TaxFacts) -> Share:
    """By the rules in force on the month's last day, the first that is about the client."""
    rules = {row["who"]: row for row in in_force("halving", books.period.last_day)}
    if not facts.is_general and "small_scale" in rules:
        return _halved(rules["small_scale"])
    if facts.chosen.income_tax == "personal" and "individual" in rules:
        return _halved(rules["individual"])
    if "small_low_profit" not in rules:
        return Share(TEN_THOUSAND)
    judged = settled(facts, so_far(taxable_of_year(books, facts), books.period, facts))
    if judged.answer is Answer.UNKNOWN:
        return Share(None, asks=ask_for(judged.missing, "小型微利企业的附加税费减半,现在还无法判断。"))
    if judged.answer is Answer.NO:
        return Share(TEN_THOUSAND, f"{judged.sentence}不减半。")
    return _halved(rules["small_low_profit"], judged.sentence)


def _halved(rule: Row, judged: str = "") -> Share:
    return Share(rule["share"], f"{judged}{rule['title']};{source_of(rule)}。", doubt=str(rule.get("doubt", "")))
