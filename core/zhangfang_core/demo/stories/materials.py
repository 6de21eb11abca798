"""宏图建材: a small wholesaler of building materials, general taxpayer. Little is left between buying and selling, less since its prices
fell, and lately it bills consulting that its licence does not name: what early warning is there to see."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.invoices import Good, bought, charged, invoice, pay_supplier, plan_bill, purchase
from zhangfang_core.demo.stories.parties import invented_tax_id, party
from zhangfang_core.demo.stories.rates import rated, share
from zhangfang_core.demo.stories.recurring import Payroll, opening, plan_month_end, plan_taxes_paid, plan_wages
from zhangfang_core.demo.stories.values import Company, Party, Story
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

MONTHS = 17
"""Enough to hold the last three closed months against those of the year before."""
CHEAPER_MONTHS, CHEAPER = 4, 92
"""In the last so many months goods are sold at so many per cent."""
_CONSULTING = ((2, 68_000_00), (1, 75_000_00))
"""Months from the end and fen without tax."""


@dataclass(frozen=True, slots=True)
class _Ware:
    """``pieces`` of ``good`` are bought and sold in each sale, at ``asked`` fen without tax before prices fell."""

    good: Good
    supplier: Party
    asked: int
    pieces: int


_WARES = (
    _Ware(Good("*非金属矿物制品*普通硅酸盐水泥", 368_00, 13, "吨", "42.5"), party(70, "长兴固泰水泥有限公司", "330522"), 412_00, 125),
    _Ware(Good("*黑色金属冶炼压延品*螺纹钢", 3_320_00, 13, "吨", "HRB400 16mm"), party(71, "杭州萧江钢材有限公司", "330109"), 3_690_00, 19),
)
# Customer and days until they pay.
_CUSTOMERS = (("绍兴宏业建设有限公司", 24), ("杭州广厦装饰工程有限公司", 35), ("嘉兴众合建筑有限公司", 41))
_LANDLORD = party(72, "杭州城东建材市场管理有限公司", "330104")
_CARRIER = party(25, "杭州顺路货运有限公司", "330114")
_PHONE = party(27, "杭州示例电信服务有限公司", "330102")
_BOOKKEEPER = party(10, "杭州加喜财税咨询有限公司")
_MONTHLY_RENT = 2_400_00


def materials(today: date) -> Story:
    """Seventeen months that end with the month of ``today``."""
    first = Period.of(today).plus(1 - MONTHS)
    company = Company("materials", "杭州宏图建材有限公司", invented_tax_id(104), TaxpayerKind.GENERAL, "trading", first.first_day)
    entries, year = opening(
        first,
        4_000_00,
        2_100_00,
        True,
        [
            debit("1001", 2_600_00),
            debit("1002", 216_480_20),
            *(debit("1122", 121_000_00 - 14_000_00 * place, who) for place, (who, _) in enumerate(_CUSTOMERS)),
            debit("1405", 112_000_00),
            *(credit("2202", 112_000_00 - 20_000_00 * place, ware.supplier.name) for place, ware in enumerate(_WARES)),
            credit("221101", 11_600_00),
            credit("3001", 200_000_00),
        ],
    )
    books = StoryBooks(company, entries)
    for place, (who, _) in enumerate(_CUSTOMERS):
        owed = books.balance("1122", who)
        books.at_office(date(first.year, first.month, 8 + 6 * place), partial(_received, books, customer=who, amount=owed))
    for index in range(MONTHS):
        period = first.plus(index)
        _plan(books, period, index)
        plan_month_end(books, period, year)
        books.live(period, today)
    return books.story()


def _received(books: StoryBooks, day: date, customer: str, amount: int) -> None:
    books.record(day, f"收{customer}货款", debit("1002", amount), credit("1122", amount, customer))


def _plan(books: StoryBooks, period: Period, index: int) -> None:
    left = MONTHS - index
    for place, number in enumerate((4, 11, 18)):
        ware = _WARES[place % 2]
        books.at_office(_day(period, number), partial(_buy, books, ware=ware))
        books.at_office(_day(period, number + 1), partial(_sell, books, ware=ware, customer=place, cheaper=left <= CHEAPER_MONTHS), 60)
    for ware in _WARES:
        books.at_office(_day(period, 25), partial(pay_supplier, books, supplier=ware.supplier.name))
    for month, amount in _CONSULTING:
        if month == left:
            books.at_office(_day(period, 13), partial(_advise, books, amount=amount, customer=month - 1), 65)
    plan_wages(books, period, Payroll({"560101": 5_600_00, "560201": 6_000_00}, insured=9_200_00))
    plan_taxes_paid(books, period)
    rent = charged("*经营租赁*摊位租金", _MONTHLY_RENT, 9, "月")
    plan_bill(books, _day(period, 3), "支付本月摊位租金", _LANDLORD, rent, "560105", special=True)
    plan_bill(books, _day(period, 10), "支付通讯费", _PHONE, charged("*电信服务*宽带及通话费", 260_00, 6, "月"), "560212", special=True)
    freight = charged("*运输服务*货物运输", books.dice.around(f"{index}/freight", 1_500_00, 150), 9, "次")
    plan_bill(books, _day(period, 20), "支付货物运费", _CARRIER, freight, "560104", special=True)
    keeping = charged("*鉴证咨询服务*代理记账服务费", 1_000_00, 1)
    plan_bill(books, _day(period, 21), "支付代理记账费", _BOOKKEEPER, keeping, "560210", special=False)
    if period.month % 3 == 0:
        books.on(period.last_day, partial(_stamp_duty, books), 70)


def _buy(books: StoryBooks, day: date, ware: _Ware) -> None:
    document = invoice(books, day, ware.supplier, bought(ware.good, ware.pieces), special=True)
    purchase(books, day, f"购进{_short(ware)}", document, "1405", "2202")


def _sell(books: StoryBooks, day: date, ware: _Ware, customer: int, cheaper: bool) -> None:
    """The line of sales is called what the invoice calls it."""
    who, waits = _CUSTOMERS[customer]
    net = ware.pieces * (ware.asked * CHEAPER // 100 if cheaper else ware.asked)
    tax, cost = share(net, 13, 100), ware.pieces * ware.good.price
    sold = credit("5001", net, summary=ware.good.name)
    books.record(day, f"销售{_short(ware)}给{who}", debit("1122", net + tax, who), sold, credit("22210107", tax))
    books.record(day, f"结转{_short(ware)}销售成本", debit("5401", cost), credit("1405", cost))
    books.later_at_office(day, waits, lambda paid: _received(books, paid, who, net + tax))


def _advise(books: StoryBooks, day: date, amount: int, customer: int) -> None:
    who, waits = _CUSTOMERS[customer]
    tax = share(amount, 6, 100)
    sold = credit("5001", amount, summary="*咨询服务*市场咨询")
    books.record(day, f"收取{who}咨询费", debit("1122", amount + tax, who), sold, credit("22210107", tax))
    books.later_at_office(day, waits, lambda paid: _received(books, paid, who, amount + tax))


def _stamp_duty(books: StoryBooks, day: date) -> None:
    duty = rated(-books.movement["5001"] * 3, "stamp_duty_on_sales", day)
    books.record(day, "计提本季度印花税", debit("5403", duty), credit("222122", duty))


def _short(ware: _Ware) -> str:
    return ware.good.name.rpartition("*")[2]


def _day(period: Period, number: int) -> date:
    return date(period.year, period.month, number)
