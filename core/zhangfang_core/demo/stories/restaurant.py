"""味来香: a restaurant, small-scale taxpayer. Takings by week over counter, cash and delivery platforms; stocks counted weekly."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.invoices import (
    Good,
    charged,
    invoice,
    pay_supplier,
    plan_bill,
    purchase,
    worth,
)
from zhangfang_core.demo.stories.parties import invented_tax_id, party
from zhangfang_core.demo.stories.rates import share, without_levy
from zhangfang_core.demo.stories.recurring import (
    Payroll,
    opening,
    plan_month_end,
    plan_taxes_paid,
    plan_wages,
)
from zhangfang_core.demo.stories.values import Company, Party, Story, StoryAsset, StoryDocumentLine
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

MONTHS = 14
_MONTHLY_SALES = 306_000_00
_SEASONS = (1050, 880, 960, 970, 1030, 970, 980, 1000, 990, 1060, 1010, 1090)  # per mille, January first
_FOOD_COST = 395  # per mille of sales: a gross margin of about 62 %, with what is left in store

_MEAT = party(1, "杭州临江鲜肉配送有限公司")
_SEAFOOD = party(2, "宁波海拾鲜水产有限公司", "330206")
_DRY = party(3, "杭州百味调料商行有限公司", "330105")
_GREENS = party(4, "杭州富春蔬菜专业合作社", "330111", "93")
_DRINKS = party(5, "杭州西溪酒水贸易有限公司", "330110")
_PACKAGING = party(6, "绍兴青盒包装制品有限公司", "330602")
_POWER = party(7, "杭州示例供电服务有限公司", "330104")
_LANDLORD = party(8, "杭州文晖商业管理有限公司", "330105")
_DELIVERY = party(9, "杭州快享外卖平台服务有限公司", "330108")
_BOOKKEEPER = party(10, "杭州加喜财税咨询有限公司")
_CLEANING = party(11, "杭州净万家保洁服务有限公司", "330103")
_TABLEWARE = party(12, "景德镇窑里陶瓷有限公司", "360203")
_ON_ACCOUNT = (_MEAT, _SEAFOOD, _DRY)
_GUESTS = ("杭州宏达商贸有限公司", "绍兴悦食文化有限公司", "宁波远洋冷链物流有限公司", "杭州东篱会务有限公司")

_PORK = Good("*肉及肉制品*冷鲜猪肉", 22_00, 9, "千克", "五花")
_BEEF = Good("*肉及肉制品*牛腩", 58_00, 9, "千克", "冷鲜")
_FISH = Good("*水产品*鲈鱼", 36_00, 9, "千克", "鲜活")
_SHRIMP = Good("*水产品*基围虾", 72_00, 9, "千克", "鲜活")
_SAUCE = Good("*调味品*酱油", 86_00, 13, "箱", "500ml×12")
_OIL = Good("*食用植物油*菜籽油", 168_00, 9, "桶", "10L")
_CABBAGE = Good("*蔬菜*时令叶菜", 4_60, None, "千克")
_ROOTS = Good("*蔬菜*根茎菜", 3_20, None, "千克")
_BEER = Good("*酒*啤酒", 62_00, 13, "箱", "500ml×12")
_JUICE = Good("*饮料*果汁饮料", 48_00, 13, "箱", "300ml×24")
_BOXES = Good("*塑料制品*可降解餐盒", 186_00, 13, "箱", "750ml×300")
_PLATES = Good("*日用陶瓷制品*餐盘", 18_00, 13, "只", "8寸")


def restaurant(today: date) -> Story:
    """Fourteen months that end with the month of ``today``."""
    first = Period.of(today).plus(1 - MONTHS)
    company = Company(
        "restaurant",
        "味来香餐饮管理有限公司",
        invented_tax_id(100),
        TaxpayerKind.SMALL_SCALE,
        "restaurant",
        first.first_day,
    )
    entries, year = opening(
        first,
        28_000_00,
        _MONTHLY_SALES // 100,
        False,
        [
            debit("1001", 5_200_00),
            debit("1002", 386_420_35),
            debit("1012", 12_000_00),
            debit("1122", 18_600_00, _GUESTS[0]),
            debit("1123", 84_000_00 // 3 * ((3 - first.month % 3 + 1) % 3)),
            debit("1403", 30_000_00),
            debit("1411", 6_000_00),
            debit("1601", 268_000_00),
            credit("1602", 64_320_00),
            debit("1801", 216_000_00),
            credit("2202", 32_460_00, _MEAT.name),
            credit("2202", 14_280_00, _SEAFOOD.name),
            credit("221101", 78_000_00),
            credit("3001", 300_000_00),
        ],
    )
    books = StoryBooks(company, entries)
    for index in range(MONTHS):
        _Month(books, first.plus(index), index).plan()
        plan_month_end(books, first.plus(index), year)
        books.live(first.plus(index), today)
    return replace(books.story(), assets=_assets(first))


def _assets(first: Period) -> tuple[StoryAsset, ...]:
    """What 1601 and 1602 are made of when the books start: over 76 months, written off for 24 and for 12 of them by then."""
    return (
        StoryAsset("厨房设备和冷库", "machinery", 160_800_00, 48_240_00, 8_040_00, first.plus(-25).first_day, 52, "560106"),
        StoryAsset("桌椅和空调", "furniture", 107_200_00, 16_080_00, 5_360_00, first.plus(-13).first_day, 64, "560106"),
    )


class _Month:
    """One month's plan; ``index`` counts from 0 and carries the growth."""

    def __init__(self, books: StoryBooks, period: Period, index: int) -> None:
        self.books, self.period, self.index = books, period, index
        season = _SEASONS[period.month - 1]
        steady = _MONTHLY_SALES * (1000 + 12 * index) // 1000 * season // 1000
        self.sales = books.dice.around(f"sales/{index}", steady, 25)
        self.ends = (7, 14, 21, period.last_day.day)

    def day(self, number: int) -> date:
        return date(self.period.year, self.period.month, number)

    def amount(self, label: str, amount: int, per_mille: int = 60) -> int:
        return self.books.dice.around(f"{self.index}/{label}", amount, per_mille)

    def plan(self) -> None:
        for week in range(4):
            self._plan_week(week)
        self._plan_services()
        plan_wages(
            self.books,
            self.period,
            Payroll({"560101": 62_000_00 + 600_00 * self.index, "560201": 18_500_00}, insured=58_000_00),
        )
        plan_taxes_paid(self.books, self.period)
        for supplier in _ON_ACCOUNT:
            self.books.at_office(self.day(8), partial(pay_supplier, self.books, supplier=supplier.name))

    def _plan_week(self, week: int) -> None:
        start = self.ends[week - 1] + 1 if week else 1
        end = self.ends[week]
        takings = self.sales * (end - start + 1) // self.period.last_day.day
        food = takings * _FOOD_COST // 1000
        books, label = self.books, f"w{week}"
        books.on(
            self.day(start),
            lambda day: self._greens(day, self.amount(f"{label}/greens", food * 18 // 100)),
            20,
        )
        books.on(
            self.day(start + 1), lambda day: self._meat(day, self.amount(f"{label}/meat", food * 40 // 100))
        )
        if week % 2 == 0:
            books.on(
                self.day(start + 2),
                lambda day: self._seafood(day, self.amount(f"{label}/sea", food * 42 // 100)),
            )
            books.on(
                self.day(start + 3),
                lambda day: self._drinks(day, self.amount(f"{label}/drink", food * 18 // 100)),
            )
        else:
            books.on(
                self.day(start + 2), lambda day: self._dry(day, self.amount(f"{label}/dry", food * 22 // 100))
            )
        books.on(
            self.day(end),
            lambda day: self._takings(day, week, self.amount(f"{label}/takings", takings, 30)),
            70,
        )
        books.on(self.day(end), lambda day: self._count(day, week), 75)
        books.later_at_office(self.day(end), 1, self._to_bank)

    def _takings(self, day: date, week: int, takings: int) -> None:
        books = self.books
        delivered, cash = takings * 24 // 100, takings * 4 // 100
        scanned = takings - delivered - cash
        net, levy = without_levy(scanned + cash, day)
        books.record(
            day,
            f"第{week + 1}周堂食收款",
            debit("1012", scanned),
            debit("1001", cash),
            credit("5001", net),
            credit("222101", levy),
        )
        net, levy = without_levy(delivered, day)
        commission = share(delivered, 17, 100)
        books.record(
            day,
            f"第{week + 1}周外卖平台结算，扣除平台服务费",
            debit("1002", delivered - commission),
            debit("560108", commission),
            credit("5001", net),
            credit("222101", levy),
        )

    def _count(self, day: date, week: int) -> None:
        """Stocks are counted and what is gone is cost (盘存倒挤)."""
        left = self.amount(f"count/{week}", 30_000_00, 80)
        used = self.books.balance("1403") - left
        self.books.record(day, f"第{week + 1}周盘点，结转食材成本", debit("5401", used), credit("1403", used))

    def _to_bank(self, day: date) -> None:
        books = self.books
        wallet = books.balance("1012") - 12_000_00
        fee = share(wallet, 38, 10_000)
        books.record(
            day,
            "微信支付宝提现到银行",
            debit("1002", wallet - fee),
            debit("560302", fee),
            credit("1012", wallet),
        )
        spare = (books.balance("1001") - 5_000_00) // 100_00 * 100_00
        if spare > 4_000_00:
            books.record(day, "现金存入银行", debit("1002", spare), credit("1001", spare))

    def _greens(self, day: date, amount: int) -> None:
        lines = (worth(_CABBAGE, amount * 6 // 10), worth(_ROOTS, amount * 4 // 10))
        document = invoice(self.books, day, _GREENS, *lines)
        purchase(self.books, day, "采购蔬菜", document, "1403")

    def _meat(self, day: date, amount: int) -> None:
        lines = (worth(_PORK, amount * 45 // 109), worth(_BEEF, amount * 55 // 109))
        purchase(self.books, day, "采购肉类", invoice(self.books, day, _MEAT, *lines), "1403", "2202")

    def _seafood(self, day: date, amount: int) -> None:
        lines = (worth(_FISH, amount * 45 // 109), worth(_SHRIMP, amount * 55 // 109))
        purchase(self.books, day, "采购水产", invoice(self.books, day, _SEAFOOD, *lines), "1403", "2202")

    def _dry(self, day: date, amount: int) -> None:
        lines = (worth(_SAUCE, amount * 5 // 11), worth(_OIL, amount * 5 // 11))
        purchase(self.books, day, "采购粮油调料", invoice(self.books, day, _DRY, *lines), "1403", "2202")

    def _drinks(self, day: date, amount: int) -> None:
        lines = (worth(_BEER, amount * 50 // 113), worth(_JUICE, amount * 50 // 113))
        purchase(self.books, day, "采购酒水饮料", invoice(self.books, day, _DRINKS, *lines), "1403")

    def _plan_services(self) -> None:
        books, period = self.books, self.period
        if period.month % 3 == 1:
            rent = charged(f"*经营租赁*第{(period.month + 2) // 3}季度店面租金", 80_000_00, 5, "季")
            self._bill(3, "预付本季度房租", _LANDLORD, rent, "1123")
        books.on(self.day(4), self._spread)
        light = charged(
            "*供电*电费", self.amount("power", 8_600_00 if period.month in (1, 7, 8, 12) else 6_900_00), 13
        )
        self._bill(9, "支付水电费", _POWER, light, "560107")
        boxes = worth(_BOXES, self.amount("boxes", 4_200_00))
        self._bill(11, "采购外卖餐盒", _PACKAGING, boxes, "560111")
        cleaning = charged("*保洁服务*厨房深度清洁", self.amount("cleaning", 1_700_00), 1)
        self._bill(16, "支付保洁费", _CLEANING, cleaning, "560221")
        advert = charged("*信息技术服务*外卖平台推广服务费", self.amount("advert", 2_900_00, 200), 6)
        self._bill(18, "支付外卖平台推广费", _DELIVERY, advert, "560102")
        keeping = charged("*鉴证咨询服务*代理记账服务费", 792_08, 1)
        self._bill(20, "支付代理记账费", _BOOKKEEPER, keeping, "560210")
        if self.index % 3 == 1:
            plates = worth(_PLATES, self.amount("plates", 2_600_00))
            self._bill(17, "采购餐具", _TABLEWARE, plates, "1411")
        books.at_office(self.day(19), self._banquet)
        if period.month % 3 == 0:
            books.at_office(self.day(21), self._interest)

    def _bill(self, number: int, summary: str, seller: Party, line: StoryDocumentLine, account: str) -> None:
        plan_bill(self.books, self.day(number), summary, seller, line, account, special=False)

    def _spread(self, day: date) -> None:
        books = self.books
        rent = min(books.balance("1123"), 28_000_00)
        books.record(day, "摊销本月房租", debit("560105", rent), credit("1123", rent))
        fitting = min(books.balance("1801"), 4_500_00)
        books.record(day, "摊销店面装修费", debit("560113", fitting), credit("1801", fitting))
        books.record(day, "计提本月折旧", debit("560106", 3_350_00), credit("1602", 3_350_00))
        worn = min(books.balance("1411"), 850_00)
        books.record(day, "领用餐具摊销", debit("560109", worn), credit("1411", worn))

    def _banquet(self, day: date) -> None:
        books, dice = self.books, self.books.dice
        guest = dice.pick(f"guest/{self.index}", _GUESTS)
        gross = dice.between(f"banquet/{self.index}", 60, 150) * 101_00
        net, levy = without_levy(gross, day)
        books.record(
            day, f"{guest}宴会餐费", debit("1122", gross, guest), credit("5001", net), credit("222101", levy)
        )
        waits = dice.between(f"waits/{self.index}", 12, 58)
        books.at_office(
            day + timedelta(waits),
            lambda paid: books.record(
                paid, f"收{guest}餐费", debit("1002", gross), credit("1122", gross, guest)
            ),
        )

    def _interest(self, day: date) -> None:
        interest = share(self.books.balance("1002"), 5, 10_000 * 4)
        self.books.record(day, "存款利息", debit("1002", interest), debit("560301", -interest))
