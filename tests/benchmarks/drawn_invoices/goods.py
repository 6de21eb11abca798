"""What is sold: names with their short classification, units, prices and rates as they were in 2024 to 2026."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .chance import Chance
from .figures import half_up
from .truths import Line

Rate = str


@dataclass(frozen=True, slots=True)
class Good:
    """``prices`` in yuan without tax."""

    name: str
    rate: Rate
    models: tuple[str, ...]
    units: tuple[str, ...]
    prices: tuple[int, int]


GOODS = (
    Good("*金属制品*不锈钢六角螺栓", "13%", ("M8×40", "GB/T5782 M12*60", ""), ("套", "千克", "盒"), (2, 90)),
    Good("*计算机外部设备*激光多功能一体机", "13%", ("HX-2606DN", "LJ 3080w"), ("台",), (900, 6800)),
    Good("*纸制品*静电复印纸", "13%", ("A4 70g 500张/包", "A3/80g"), ("箱", "包"), (90, 240)),
    Good("*橡胶制品*丁腈橡胶密封圈(耐油)", "13%", ("Φ25*3.5", "OD32"), ("个", "只"), (1, 16)),
    Good("*电线电缆*阻燃铜芯聚氯乙烯绝缘软电线", "13%", ("ZR-BVR 2.5mm²", "WDZ-BYJ 4"), ("米", "卷"), (2, 350)),
    Good("*乳制品*巴氏杀菌鲜牛奶", "13%", ("950ml", "200ml*12"), ("瓶", "件"), (8, 96)),
    Good("*化学试剂助剂*无水乙醇（分析纯）", "13%", ("AR 500mL", "GR2.5L"), ("瓶", "桶"), (9, 180)),
    Good("*家具*人体工学办公椅", "13%", ("", "Y-09 网布"), ("把", "张"), (260, 1900)),
    Good("*谷物*东北珍珠米", "9%", ("10kg/袋", ""), ("袋", "公斤"), (5, 90)),
    Good("*水冰雪*居民用自来水", "3%", ("",), ("吨", "立方米"), (2, 5)),
    Good("*印刷品*小学数学练习册(三年级下)", "9%", ("16开",), ("册", "本"), (8, 40)),
    Good("*信息技术服务*软件运维服务费", "6%", ("", "2025年度"), ("项", "次", ""), (800, 60000)),
    Good("*餐饮服务*餐费", "6%", ("",), ("", "次"), (60, 2600)),
    Good("*住宿服务*住宿费", "6%", ("", "大床房"), ("天", "间夜"), (180, 760)),
    Good("*鉴证咨询服务*企业所得税汇算清缴鉴证及纳税咨询服务费", "6%", ("",), ("项", ""), (1500, 30000)),
    Good("*物流辅助服务*仓储装卸搬运费", "6%", ("", "常温库"), ("托", "吨"), (15, 130)),
    Good("*经营租赁*会议设备租赁费", "13%", ("LED屏 P2.5",), ("天", "平方米"), (90, 1200)),
    Good("*现代服务*代理记账服务费", "1%", ("", "小规模"), ("月", "季"), (200, 900)),
    Good("*生活服务*绿植养护", "1%", ("",), ("盆", "月"), (10, 500)),
    Good("*设计服务*品牌形象及包装延展设计（含三次修改）", "6%", ("VI-全套",), ("套", "项"), (3000, 28000)),
)
FREE = (
    Good("*蔬菜*鲜或冷藏结球甘蓝", "免税", ("", "净菜"), ("公斤", "斤"), (1, 6)),
    Good("*非学历教育服务*养老服务费", "免税", ("",), ("月",), (1200, 5200)),
    Good("*鲜活肉产品*冷鲜猪前腿肉", "免税", ("",), ("千克",), (14, 38)),
)
UNTAXED = (
    Good("*预付卡销售*单用途商业预付卡充值", "不征税", ("",), ("", "张"), (100, 5000)),
    Good("*代理收取*代收水电费", "不征税", ("",), ("", "项"), (80, 1500)),
)


def percent(rate: Rate) -> Decimal:
    return Decimal(rate.removesuffix("%")) / 100 if rate.endswith("%") else Decimal(0)


def tax_of(amount: int, rate: Rate) -> int:
    return half_up(amount * percent(rate))


def sold(good: Good, chance: Chance, *, sign: int = 1, rate: Rate = "") -> Line:
    """One line, whose quantity times price is its amount to the fen. Some print no quantity, as services do."""
    rate = rate or good.rate
    unit, model = chance.of(good.units), chance.of(good.models)
    base = Decimal(chance.whole(good.prices[0] * 100, good.prices[1] * 100)) / 100
    if not unit and chance.happens(0.6):
        amount = sign * half_up(base * 100)
        return Line(good.name, amount, rate, tax_of(amount, rate), model)
    quantity = Decimal(chance.whole(1, 48))
    if unit in ("千克", "公斤", "斤", "吨", "立方米", "米", "平方米") and chance.happens(0.7):
        quantity += Decimal(chance.whole(1, 999)) / 1000
    if chance.happens(0.45):  # agreed with tax: the price without it has many places
        with_tax = half_up(base * 100 * (1 + percent(rate)) * quantity)
        amount = half_up(Decimal(with_tax) / (1 + percent(rate)))
        places = chance.of((6, 8, 13))
        price = (Decimal(amount) / 100 / quantity).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    else:
        amount, price = half_up(base * quantity * 100), base
    return Line(good.name, sign * amount, rate, tax_of(sign * amount, rate), model, unit, sign * quantity, price)


def discount(line: Line, chance: Chance) -> Line:
    """The line that follows the one it lowers: same name and rate, an amount below zero, no price."""
    amount = -half_up(Decimal(line.amount) * chance.of((5, 8, 10, 12, 20)) / 100)
    return Line(line.name, amount, line.rate, tax_of(amount, line.rate))
