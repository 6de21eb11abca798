"""禾木家居: a wholesaler of furniture and household goods, general taxpayer. Sells on credit; some customers pay late."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.invoices import (
    Good,
    bought,
    charged,
    invoice,
    pay_supplier,
    plan_bill,
    purchase,
)
from zhangfang_core.demo.stories.parties import invented_tax_id, party
from zhangfang_core.demo.stories.rates import rated, share
from zhangfang_core.demo.stories.recurring import (
    Payroll,
    opening,
    plan_month_end,
    plan_taxes_paid,
    plan_wages,
)
from zhangfang_core.demo.stories.values import Company, Party, Pieces, Story, StoryAsset, StoryDocumentLine, StoryItem
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

MONTHS = 14
_SEASONS = (1020, 820, 1010, 990, 1020, 1040, 930, 950, 1050, 1060, 1130, 1080)  # per mille, January first
_MONTHLY_RENT = 13_000_00


@dataclass(frozen=True, slots=True)
class _Ware:
    """What is traded: bought from one supplier, sold at ``asked`` (fen without tax), ``pieces`` in a normal month."""

    good: Good
    supplier: Party
    asked: int
    pieces: int

    @property
    def name(self) -> str:
        """Without its class of goods: what the books call the item in stock."""
        return self.good.name.rpartition("*")[2]

    def counted(self, pieces: int) -> Pieces:
        """At what they were bought for."""
        return Pieces(self.name, Decimal(pieces), Decimal(self.good.price) / 100)


_WARES = (
    _Ware(
        Good("*家具*实木餐桌", 620_00, 13, "张", "1.4米"),
        party(20, "安吉竹溪家具制造有限公司", "330523"),
        788_00,
        420,
    ),
    _Ware(
        Good("*家具*办公椅", 208_00, 13, "把", "网布"),
        party(21, "湖州升阶座椅有限公司", "330502"),
        268_00,
        900,
    ),
    _Ware(
        Good("*照明器具*护眼台灯", 84_00, 13, "台", "LED 12W"),
        party(22, "宁波明屿照明有限公司", "330203"),
        109_00,
        1500,
    ),
    _Ware(
        Good("*金属制品*不锈钢保温壶", 46_00, 13, "只", "1.5L"),
        party(23, "永康恒壶五金制品有限公司", "330784"),
        61_00,
        1800,
    ),
)
# Customer and days until they pay.
_CUSTOMERS = (
    ("绍兴悦居百货有限公司", 28),
    ("杭州宏达商贸有限公司", 46),
    ("嘉兴家和采购服务有限公司", 21),
    ("金华乐家生活用品有限公司", 63),
)
_LANDLORD = party(24, "杭州北站仓储租赁有限公司", "330105")
_CARRIER = party(25, "杭州顺路货运有限公司", "330114")
_COURIER = party(26, "杭州飞羽快递服务有限公司", "330108")
_PHONE = party(27, "杭州示例电信服务有限公司", "330102")
_PLATFORM = party(28, "杭州优采网络科技有限公司", "330110")
_HOTEL = party(29, "广州展中酒店管理有限公司", "440105")
_DINING = party(30, "杭州湖滨宴会餐饮有限公司", "330102")
_OFFICE = party(31, "杭州齐备办公用品有限公司", "330106")
_BOOKKEEPER = party(10, "杭州加喜财税咨询有限公司")


def trading(today: date) -> Story:
    """Fourteen months that end with the month of ``today``."""
    first = Period.of(today).plus(1 - MONTHS)
    company = Company(
        "trading",
        "杭州禾木家居商贸有限公司",
        invented_tax_id(101),
        TaxpayerKind.GENERAL,
        "trading",
        first.first_day,
    )
    stock = {ware.good.name: ware.pieces * 4 // 10 for ware in _WARES}
    entries, year = opening(
        first,
        62_000_00,
        24_000_00,
        True,
        [
            debit("1001", 6_300_00),
            debit("1002", 412_815_60),
            *(
                debit("1122", 372_400_00 - 51_000_00 * place, who)
                for place, (who, _) in enumerate(_CUSTOMERS)
            ),
            debit("1123", _MONTHLY_RENT * ((4 - first.month % 3) % 3)),
            *(
                debit("1405", ware.good.price * stock[ware.good.name], pieces=ware.counted(stock[ware.good.name]))
                for ware in _WARES
            ),
            debit("1601", 186_000_00),
            credit("1602", 58_900_00),
            credit("2001", 500_000_00),
            *(
                credit("2202", 212_500_00 - 34_000_00 * place, w.supplier.name)
                for place, w in enumerate(_WARES)
            ),
            credit("221101", 66_000_00),
            credit("3001", 100_000_00),
        ],
    )
    books = StoryBooks(company, entries)
    for place, (who, _) in enumerate(_CUSTOMERS):
        owed = books.balance("1122", who)
        books.at_office(
            date(first.year, first.month, 6 + 5 * place),
            partial(_received, books, customer=who, amount=owed),
        )
    for index in range(MONTHS):
        period = first.plus(index)
        _Month(books, period, index, stock).plan()
        plan_month_end(books, period, year)
        books.live(period, today)
    items = tuple(StoryItem(ware.name, ware.good.unit) for ware in _WARES)
    return replace(books.story(), assets=_assets(first), stock=items)


def _assets(first: Period) -> tuple[StoryAsset, ...]:
    """What 1601 and 1602 are made of when the books start, written off for nineteen months by then."""
    bought = first.plus(-20).first_day
    return (
        StoryAsset("厢式货车两辆", "vehicle", 114_000_00, 36_100_00, 5_700_00, bought, 38, "560106"),
        StoryAsset("办公和仓库电子设备", "electronics", 72_000_00, 22_800_00, 3_600_00, bought, 38, "560208"),
    )


def _received(books: StoryBooks, day: date, customer: str, amount: int) -> None:
    books.record(day, f"收{customer}货款", debit("1002", amount), credit("1122", amount, customer))


class _Month:
    """One month's plan; ``index`` counts from 0 and carries the growth; ``stock`` counts the pieces in the store."""

    def __init__(self, books: StoryBooks, period: Period, index: int, stock: dict[str, int]) -> None:
        self.books, self.period, self.index, self.stock = books, period, index, stock
        self.pace = _SEASONS[period.month - 1] * (1000 + 14 * index) // 1000

    def day(self, number: int) -> date:
        return date(self.period.year, self.period.month, number)

    def amount(self, label: str, amount: int, per_mille: int = 80) -> int:
        return self.books.dice.around(f"{self.index}/{label}", amount, per_mille)

    def plan(self) -> None:
        books = self.books
        for place, ware in enumerate(_WARES):
            if place < 2:
                # Bought twice: the first ware is sold once more after the middle of the month, the second twice.
                books.at_office(self.day(2 + place), partial(self._restock, ware=ware, cover=80))
                books.at_office(
                    self.day(14 + place), partial(self._restock, ware=ware, cover=45 + 30 * place)
                )
            else:
                books.at_office(self.day(2 + place), partial(self._restock, ware=ware, cover=108))
            owed, who = books.owed_to(ware.supplier.name), ware.supplier.name
            books.at_office(self.day(23 + place), partial(pay_supplier, books, supplier=who, most=owed))
        for place, number in enumerate((3, 8, 12, 16, 19, 22)):
            books.at_office(self.day(number), partial(self._sell, place=place), 60)
        plan_wages(
            books,
            self.period,
            Payroll(
                {"560101": 36_000_00 + 400_00 * self.index, "560201": 30_000_00},
                insured=52_000_00,
                income_tax=640_00,
                housing_fund=True,
            ),
        )
        plan_taxes_paid(books, self.period)
        self._plan_services()

    def _restock(self, day: date, ware: _Ware, cover: int) -> None:
        """Buy until ``cover`` per cent of a month's sales are in store."""
        wanted = ware.pieces * self.pace // 1000
        pieces = max(wanted * cover // 100 - self.stock[ware.good.name], wanted // 5)
        line = bought(ware.good, pieces // 10 * 10)
        document = invoice(self.books, day, ware.supplier, line, special=True)
        came = ware.counted(int(line.quantity))
        purchase(self.books, day, f"购进{ware.name}", document, "1405", "2202", pieces=came)
        self.stock[ware.good.name] += int(line.quantity)

    def _sell(self, day: date, place: int) -> None:
        books, dice = self.books, self.books.dice
        label = f"{self.index}/sale/{place}"
        customer, waits = _CUSTOMERS[place % len(_CUSTOMERS)]
        chosen = (_WARES[place % 2], _WARES[2 + place % 2])
        net = 0
        sold, went = [], []
        for ware in chosen:
            usual = ware.pieces * self.pace // 1000 // 3
            pieces = min(dice.around(f"{label}/{ware.good.name}", usual, 120), self.stock[ware.good.name])
            self.stock[ware.good.name] -= pieces
            net += pieces * ware.asked
            sold.append(credit("5001", pieces * ware.asked, summary=ware.good.name))
            went.append(credit("1405", pieces * ware.good.price, pieces=ware.counted(pieces)))
        tax = share(net, 13, 100)
        names = "、".join(ware.name for ware in chosen)
        books.record(
            day,
            f"销售{names}给{customer}",
            debit("1122", net + tax, customer),
            *sold,
            credit("22210107", tax),
        )
        books.record(day, f"结转{names}销售成本", debit("5401", sum(entry.credit for entry in went)), *went)
        paid_after = waits + dice.between(f"{label}/waits", -6, 9)
        books.later_at_office(day, paid_after, lambda paid: _received(books, paid, customer, net + tax))

    def _bill(
        self,
        number: int,
        summary: str,
        seller: Party,
        line: StoryDocumentLine,
        account: str,
        special: bool = True,
    ) -> None:
        plan_bill(self.books, self.day(number), summary, seller, line, account, special)

    def _plan_services(self) -> None:
        books, period = self.books, self.period
        if period.month % 3 == 1:
            rent = charged(f"*经营租赁*第{(period.month + 2) // 3}季度仓库租金", 3 * _MONTHLY_RENT, 9, "季")
            self._bill(3, "预付本季度仓库租金", _LANDLORD, rent, "1123")
        books.on(self.day(4), self._spread)
        for place, number in enumerate((8, 20)):
            freight = charged("*运输服务*货物运输", self.amount(f"freight/{place}", 6_800_00, 150), 9, "次")
            self._bill(number, "支付货物运费", _CARRIER, freight, "560104")
        parcels = charged("*收派服务*快递费", self.amount("courier", 1_350_00, 150), 6)
        self._bill(17, "支付快递费", _COURIER, parcels, "560104")
        phone = charged("*电信服务*宽带及通话费", 480_00, 6, "月")
        self._bill(10, "支付通讯费", _PHONE, phone, "560212")
        fee = charged("*信息技术服务*采购平台技术服务费", self.amount("platform", 7_400_00), 6)
        self._bill(22, "支付平台服务费", _PLATFORM, fee, "560108")
        dinner = charged("*餐饮服务*餐费", self.amount("dining", 1_900_00, 250), 6)
        self._bill(19, "业务招待餐费", _DINING, dinner, "560202", special=False)
        if self.index % 2 == 0:
            nights = charged("*住宿服务*住宿费", self.amount("hotel", 2_600_00, 250), 6, "晚")
            self._bill(23, "参展出差住宿费", _HOTEL, nights, "560206")
        else:
            paper = charged("*纸制品*复印纸及文具", self.amount("office", 1_360_00, 200), 13, "批")
            self._bill(13, "购办公用品", _OFFICE, paper, "560205")
        keeping = charged("*鉴证咨询服务*代理记账服务费", 1_500_00, 1)
        self._bill(20, "支付代理记账费", _BOOKKEEPER, keeping, "560210", special=False)
        books.at_office(
            self.day(21),
            lambda day: books.record(
                day, "支付短期借款利息", debit("560301", 1_520_00), credit("1002", 1_520_00)
            ),
        )
        if period.month % 3 == 0:
            books.on(period.last_day, self._stamp_duty, 70)

    def _spread(self, day: date) -> None:
        books = self.books
        rent = min(books.balance("1123"), _MONTHLY_RENT)
        books.record(day, "摊销本月仓库租金", debit("560105", rent), credit("1123", rent))
        books.record(
            day,
            "计提本月折旧",
            debit("560106", 1_900_00),
            debit("560208", 1_200_00),
            credit("1602", 3_100_00),
        )

    def _stamp_duty(self, day: date) -> None:
        """On three times the month's sales, which stand for the quarter's contracts."""
        duty = rated(-self.books.movement["5001"] * 3, "stamp_duty_on_sales", day)
        self.books.record(day, "计提本季度印花税", debit("5403", duty), credit("222122", duty))
