"""Fully digital invoices (数电票) of all businesses, as data. Rules: 公告2024年第11号 and the forms it prints."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from . import goods
from .chance import Chance
from .figures import half_up, yuan
from .parties import PLACES, firm, identity, masked, person, plate
from .truths import Invoice, Line, Party

FIRST_DAY, LAST_DAY = dt.date(2024, 1, 2), dt.date(2026, 11, 20)
SPECIAL, PLAIN = "数电专票", "数电普票"
BUSINESSES = ("建筑服务", "不动产经营租赁服务", "旅客运输服务", "货物运输服务")
VARIANTS = ("usual", "one", "discount", "rates", "free", "untaxed", "margin", "red", "long", *BUSINESSES)


def number(date: dt.date, region: str, chance: Chance) -> str:
    """Year, the seller's province (two digits of ``region``), channel, serial number."""
    return f"{date:%y}{region[:2]}{chance.of('0127')}{chance.digits(15)}"


def digital(variant: str, chance: Chance) -> Invoice:
    """One of :data:`VARIANTS`."""
    date = chance.date(FIRST_DAY, LAST_DAY)
    seller = firm(chance, long=chance.happens(0.15), sole=chance.happens(0.08))
    buyer = firm(chance, long=chance.happens(0.2))
    lines, remark, printed = _lines(variant, chance)
    special = variant not in ("free", "untaxed", "旅客运输服务") and chance.happens(0.5)
    if not special and chance.happens(0.15):
        buyer = Party(person(chance) + chance.of(("", "（个人）")))
    if chance.happens(0.3):
        remark = "\n".join(filter(None, (remark, _banks(seller, buyer))))
    elif chance.happens(0.25):
        remark = "\n".join(
            filter(None, (remark, f"合同编号：{chance.of(('HT', 'XS-', 'CG'))}{date:%Y}{chance.digits(4)}"))
        )
    amount, tax = sum(line.amount for line in lines), sum(line.tax for line in lines)
    return Invoice(
        type=SPECIAL if special else PLAIN,
        number=number(date, seller.tax_id[2:], chance),
        date=date,
        seller=seller,
        buyer=buyer,
        lines=tuple(lines),
        amount=amount,
        tax=tax,
        total=amount + tax,
        business=variant if variant in BUSINESSES else "差额征税" if variant == "margin" else "",
        remark=remark,
        drawer=person(chance),
        printed=printed,
    )


def _banks(seller: Party, buyer: Party) -> str:
    told = f"销方开户银行:{seller.bank.split()[0]};  银行账号:{seller.bank.split()[1]};"
    return f"购方开户银行:{buyer.bank.split()[0]};  银行账号:{buyer.bank.split()[1]};\n{told}" if buyer.bank else told


def _lines(variant: str, chance: Chance) -> tuple[list[Line], str, dict[str, str]]:
    if variant in BUSINESSES:
        return _of_business(variant, chance)
    if variant in ("free", "untaxed"):
        choice = goods.FREE if variant == "free" else goods.UNTAXED
        return [goods.sold(good, chance) for good in chance.some(choice, chance.whole(1, len(choice)))], "", {}
    if variant == "red":
        lines = [goods.sold(good, chance, sign=-1) for good in _same_rate(chance, chance.whole(1, 3))]
        blue = number(chance.date(FIRST_DAY, LAST_DAY), chance.of(PLACES).region, chance)
        return lines, f"被红冲蓝字数电发票号码：{blue} 红字发票信息确认单编号：{chance.digits(20, '3')}", {}
    if variant == "margin":
        return _margin(chance)
    if variant == "long":
        return [goods.sold(chance.of(goods.GOODS), chance) for _ in range(chance.whole(20, 32))], "", {}
    if variant == "rates":
        rates = [good for good in goods.GOODS if good.rate in ("13%", "9%", "6%")]
        return [goods.sold(good, chance) for good in chance.some(rates, chance.whole(3, 6))], "", {}
    lines = [goods.sold(good, chance) for good in _same_rate(chance, 1 if variant == "one" else chance.whole(2, 6))]
    if variant == "discount":
        lines = [
            part
            for line in lines
            for part in ((line, goods.discount(line, chance)) if chance.happens(0.7) else (line,))
        ]
    return lines, "", {}


def _same_rate(chance: Chance, most: int) -> list[goods.Good]:
    rate = chance.of(("13%", "13%", "6%", "6%", "9%", "1%"))
    fitting = [good for good in goods.GOODS if good.rate == rate]
    return chance.some(fitting, min(most, len(fitting)))


def _margin(chance: Chance) -> tuple[list[Line], str, dict[str, str]]:
    """差额开票: tax on what is left of the price after what is taken off (财税〔2016〕47号: labour dispatch, 5 %)."""
    gross, off = chance.whole(2_000_000, 9_000_000), chance.whole(1_000_000, 1_900_000)
    tax = half_up(Decimal(gross - off) / Decimal("1.05") * Decimal("0.05"))
    price = Decimal(gross - tax) / 100
    line = Line("*人力资源服务*劳务派遣服务费", gross - tax, "***", tax, "", "项", Decimal(1), price)
    return [line], f"差额征税：{yuan(off)}。", {}


def _of_business(variant: str, chance: Chance) -> tuple[list[Line], str, dict[str, str]]:
    place = chance.of(PLACES)
    where = place.whole + (place.city if place.whole != place.city else "") + place.district
    if variant == "建筑服务":
        rate = chance.of(("9%", "3%"))
        amount = chance.whole(1_200_000, 98_000_000)
        line = Line(
            f"*建筑服务*{chance.of(('工程款', '外墙保温工程进度款', '室内装饰装修工程服务'))}",
            amount,
            rate,
            goods.tax_of(amount, rate),
        )
        name = f"{chance.of(('滨江', '科创', '锦绣', '云栖'))}{chance.of(('花园二期', '产业园A区', '综合楼'))}{chance.of(('装饰工程', '改造项目'))}"
        return (
            [line],
            f"土地增值税项目编号：{chance.digits(12)}  跨地（市）标志：{chance.of('是否')}",
            {"发生地": where, "项目": name},
        )
    if variant == "不动产经营租赁服务":
        rate = chance.of(("9%", "5%"))
        area = Decimal(chance.whole(2000, 90000)) / 100
        price = Decimal(chance.whole(2000, 15000)) / 100
        amount = half_up(area * price * 100)
        tax = goods.tax_of(amount, rate)
        line = Line(
            f"*经营租赁*{chance.of(('房屋租赁费', '写字楼租金', '仓库租金'))}",
            amount,
            rate,
            tax,
            "",
            "平方米",
            area,
            price,
        )
        start = chance.date(dt.date(2024, 1, 1), dt.date(2026, 6, 1)).replace(day=1)
        term = f"{start} {(start + dt.timedelta(days=179)).replace(day=28)}"
        deed = f"{place.short}（{start:%Y}）{place.city}不动产权第{chance.digits(7)}号"
        remark = f"不动产地址：{where}{chance.whole(1, 400)}号 租赁期起止：{term} 跨地（市）标志：否"
        return [line], remark, {"产权证": deed}
    if variant == "旅客运输服务":
        lines = [_ride(chance) for _ in range(chance.whole(1, 2))]
        rides = []
        for _ in lines:
            day = chance.date(FIRST_DAY, LAST_DAY)
            origin, goal = chance.some(PLACES, 2)
            rides.append(
                f"{person(chance)}|{masked(identity(chance))}|{day}|{origin.city}|{goal.city}||{chance.of(('出租车', '客车', '网约车'))}"
            )
        return lines, "", {"出行": "\n".join(rides)}
    origin, goal = chance.some(PLACES, 2)
    amount = chance.whole(80_000, 2_600_000)
    line = Line(
        "*运输服务*国内货物运输服务",
        amount,
        "9%",
        goods.tax_of(amount, "9%"),
        "",
        "次",
        Decimal(1),
        Decimal(amount) / 100,
    )
    load = chance.of(("纺织面料", "袋装水泥", "机械配件", "冷冻水产品"))
    return (
        [line],
        "",
        {"货运": f"公路运输|{plate(chance)}|{origin.province}{origin.city}|{goal.province}{goal.city}|{load}"},
    )


def _ride(chance: Chance) -> Line:
    """Without a unit, for which the form of passenger transport has no column."""
    sold = goods.sold(goods.Good("*运输服务*客运服务费", chance.of(("3%", "9%")), ("",), ("次",), (12, 260)), chance)
    return replace(sold, unit="")
