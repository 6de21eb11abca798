"""示帆软件: a software company, general taxpayer. Projects by milestone, subscriptions, wages as the main cost; some R&D."""

from datetime import date
from functools import partial

from zhangfang_core.demo.stories.books import StoryBooks, credit, debit
from zhangfang_core.demo.stories.invoices import Good, bought, charged, plan_bill
from zhangfang_core.demo.stories.parties import invented_tax_id, party
from zhangfang_core.demo.stories.rates import share
from zhangfang_core.demo.stories.recurring import (
    Payroll,
    opening,
    plan_month_end,
    plan_taxes_paid,
    plan_wages,
)
from zhangfang_core.demo.stories.values import Company, Party, Story, StoryDocumentLine
from zhangfang_sdk.clients import TaxpayerKind
from zhangfang_sdk.periods import Period

MONTHS = 14
_MONTHLY_RENT = 24_000_00
_SEASONS = (920, 860, 980, 990, 1000, 1040, 980, 970, 1020, 1000, 1050, 1190)  # per mille, January first

# Customer, what they buy, fen without tax in a normal month, day of the invoice, days until they pay.
_CUSTOMERS = (
    ("宁波港城智慧物流有限公司", "仓储系统开发里程碑款", 168_000_00, 26, 32),
    ("杭州清渠水务科技有限公司", "巡检平台开发里程碑款", 124_000_00, 16, 51),
    ("嘉兴云织纺织有限公司", "排产系统实施款", 82_000_00, 20, 24),
    ("绍兴悦居百货有限公司", "会员系统订阅费", 46_000_00, 5, 10),
    ("湖州升阶座椅有限公司", "系统运维服务费", 28_000_00, 6, 8),
    ("温州鹿城鞋业有限公司", "订单系统订阅费", 33_000_00, 12, 15),
)
_CLOUD = party(40, "杭州示例云计算有限公司", "330108")
_LANDLORD = party(41, "杭州滨江创智园区管理有限公司", "330108")
_PHONE = party(27, "杭州示例电信服务有限公司", "330102")
_RAIL_HOTEL = party(42, "宁波三江酒店管理有限公司", "330203")
_RECRUITING = party(43, "杭州聚才人力资源服务有限公司", "330106")
_DINING = party(30, "杭州湖滨宴会餐饮有限公司", "330102")
_OFFICE = party(31, "杭州齐备办公用品有限公司", "330106")
_COMPUTERS = party(44, "杭州科颂电脑贸易有限公司", "330106")
_CODE_TOOLS = party(45, "上海示例软件工具有限公司", "310104")
_BOOKKEEPER = party(10, "杭州加喜财税咨询有限公司")
_EVENTS = party(46, "杭州会客厅会展服务有限公司", "330110")
_LAPTOP = Good("*电子计算机*笔记本电脑", 7_280_00, 13, "台", "32G/1T")


def software(today: date) -> Story:
    """Fourteen months that end with the month of ``today``."""
    first = Period.of(today).plus(1 - MONTHS)
    company = Company(
        "software",
        "杭州示帆软件有限公司",
        invented_tax_id(102, "330108"),
        TaxpayerKind.GENERAL,
        "software",
        first.first_day,
    )
    entries, year = opening(
        first,
        42_000_00,
        25_000_00,
        True,
        [
            debit("1001", 2_100_00),
            debit("1002", 538_204_77),
            *(
                debit("1122", amount * 106 // 100, who)
                for who, _, amount, _, waits in _CUSTOMERS
                if waits > 14
            ),
            debit("1123", _MONTHLY_RENT * ((4 - first.month % 3) % 3)),
            debit("1601", 232_000_00),
            credit("1602", 81_200_00),
            credit("221101", 286_000_00),
            credit("3001", 200_000_00),
        ],
    )
    books = StoryBooks(company, entries)
    for place, (who, *_) in enumerate(_CUSTOMERS):
        owed = books.balance("1122", who)
        books.at_office(
            date(first.year, first.month, 7 + 3 * place),
            partial(_received, books, customer=who, amount=owed),
        )
    for index in range(MONTHS):
        _Month(books, first.plus(index), index).plan()
        plan_month_end(books, first.plus(index), year)
        books.live(first.plus(index), today)
    return books.story()


def _received(books: StoryBooks, day: date, customer: str, amount: int) -> None:
    books.record(day, f"收{customer}款项", debit("1002", amount), credit("1122", amount, customer))


class _Month:
    """One month's plan; ``index`` counts from 0 and carries the growth."""

    def __init__(self, books: StoryBooks, period: Period, index: int) -> None:
        self.books, self.period, self.index = books, period, index
        self.pace = _SEASONS[period.month - 1] * (1000 + 11 * index) // 1000

    def day(self, number: int) -> date:
        return date(self.period.year, self.period.month, number)

    def amount(self, label: str, amount: int, per_mille: int = 80) -> int:
        return self.books.dice.around(f"{self.index}/{label}", amount, per_mille)

    def plan(self) -> None:
        books = self.books
        for place, (_, _, _, number, _) in enumerate(_CUSTOMERS):
            books.at_office(self.day(number), partial(self._sell, place=place), 60)
        team = 1_500_00 * self.index
        plan_wages(
            books,
            self.period,
            Payroll(
                {"5401": 148_000_00 + team, "560204": 46_000_00, "560201": 58_000_00, "560101": 34_000_00},
                insured=178_000_00,
                income_tax=4_860_00,
                housing_fund=True,
            ),
        )
        plan_taxes_paid(books, self.period)
        self._plan_services()

    def _sell(self, day: date, place: int) -> None:
        books, dice = self.books, self.books.dice
        customer, what, usual, _, waits = _CUSTOMERS[place]
        swing = 140 if place < 3 else 0
        net = dice.around(
            f"{self.index}/sale/{place}", usual * (self.pace if place < 3 else 1000) // 1000, swing
        )
        net = net // 100_00 * 100_00
        tax = share(net, 6, 100)
        books.record(
            day,
            f"{customer}{what}",
            debit("1122", net + tax, customer),
            credit("5001", net),
            credit("22210107", tax),
        )
        paid_after = waits + dice.between(f"{self.index}/waits/{place}", -3, 6)
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
        books, period, index = self.books, self.period, self.index
        if period.month % 3 == 1:
            rent = charged(f"*经营租赁*第{(period.month + 2) // 3}季度办公室租金", 3 * _MONTHLY_RENT, 9, "季")
            self._bill(3, "预付本季度办公室租金", _LANDLORD, rent, "1123")
        books.on(self.day(4), self._spread)
        cloud = charged(
            "*信息技术服务*云服务器租用", self.amount("cloud", 17_600_00 + 300_00 * index), 6, "月"
        )
        self._bill(6, "支付云资源费用", _CLOUD, cloud, "5401")
        self._bill(8, "支付通讯费", _PHONE, charged("*电信服务*宽带及通话费", 1_260_00, 6, "月"), "560212")
        tools = charged("*其他软件服务*开发工具订阅", self.amount("tools", 3_200_00), 6, "月")
        self._bill(11, "支付开发工具订阅费", _CODE_TOOLS, tools, "560218")
        nights = charged("*住宿服务*住宿费", self.amount("hotel", 3_400_00, 250), 6, "晚")
        self._bill(17, "项目出差住宿费", _RAIL_HOTEL, nights, "560206")
        dinner = charged("*餐饮服务*餐费", self.amount("dining", 1_600_00, 250), 6)
        self._bill(18, "业务招待餐费", _DINING, dinner, "560202", special=False)
        paper = charged("*纸制品*复印纸及文具", self.amount("office", 640_00, 200), 13, "批")
        self._bill(10, "购办公用品", _OFFICE, paper, "560205")
        power = charged("*企业管理服务*物业及水电费", self.amount("property", 3_150_00), 6, "月")
        self._bill(9, "支付物业及水电费", _LANDLORD, power, "560214")
        keeping = charged("*鉴证咨询服务*代理记账服务费", 1_800_00, 1)
        self._bill(19, "支付代理记账费", _BOOKKEEPER, keeping, "560210", special=False)
        hiring = charged("*人力资源服务*招聘服务费", self.amount("hiring", 2_400_00, 200), 6)
        self._bill(20, "支付招聘服务费", _RECRUITING, hiring, "560223")
        if index % 4 == 2:
            self._bill(13, "购笔记本电脑", _COMPUTERS, bought(_LAPTOP, 2), "1601")
        if period.month in (5, 11):
            stand = charged("*会展服务*展位费", self.amount("stand", 18_000_00), 6)
            self._bill(12, "支付参展费", _EVENTS, stand, "560102")
        if period.month == 8:
            books.at_office(
                self.day(25),
                lambda day: books.record(
                    day, "收到软件业发展补助", debit("1002", 60_000_00), credit("530102", 60_000_00)
                ),
            )
        if period.month % 3 == 0:
            books.at_office(self.day(21), self._interest)

    def _spread(self, day: date) -> None:
        books = self.books
        rent = min(books.balance("1123"), _MONTHLY_RENT)
        books.record(day, "摊销本月办公室租金", debit("560207", rent), credit("1123", rent))
        worn = share(books.balance("1601"), 1, 48)
        books.record(day, "计提本月折旧", debit("560208", worn), credit("1602", worn))

    def _interest(self, day: date) -> None:
        interest = share(self.books.balance("1002"), 5, 10_000 * 4)
        self.books.record(day, "存款利息", debit("1002", interest), debit("560301", -interest))
