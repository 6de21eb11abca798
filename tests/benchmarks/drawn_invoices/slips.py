"""Slips of travel and shops as data: taxi, coach, fixed amount, roll, paper train tickets, card slips."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from . import goods
from .chance import Chance
from .digital import FIRST_DAY, LAST_DAY
from .figures import half_up, plain
from .parties import PLACES, firm, identity, masked, person, place_of
from .travel import STATIONS
from .travel import train as train_and_seat
from .truths import NOBODY, Invoice, Party

TAXI, COACH, FIXED, ROLL, TRAIN, CARD = "出租车发票", "客运发票", "定额发票", "卷式发票", "火车票", "POS签购单"
FIXED_AMOUNTS = (5, 10, 20, 50, 100)


def _printed_code(chance: Chance) -> tuple[str, str]:
    """Code and number of slips printed by the province: 12 digits that begin with 1, and 8."""
    return f"1{chance.of(PLACES).region[:2]}00{chance.whole(20, 25)}{chance.digits(5)}", chance.digits(8)


def taxi(chance: Chance) -> Invoice:
    code, number = _printed_code(chance)
    place = chance.of(PLACES)
    price, far = Decimal(chance.of(("1.9", "2.1", "2.5", "3.2"))), Decimal(chance.whole(12, 400)) / 10
    total = half_up(price * far * 10 + 60) * 10  # to the tenth of a yuan
    start = chance.whole(360, 1300)
    end = start + chance.whole(6, 70)
    return Invoice(
        type=TAXI,
        code=code,
        number=number,
        date=chance.date(FIRST_DAY, LAST_DAY),
        total=total,
        printed={
            "城市": place.city,
            "单位": firm(chance).name,
            "车号": f"{place.short}{chance.of('ABCD')}·{chance.of('TXU')}{chance.digits(4)}",
            "证号": chance.digits(6),
            "上车": f"{start // 60:02d}:{start % 60:02d}",
            "下车": f"{end // 60:02d}:{end % 60:02d}",
            "单价": f"{price:.2f}",
            "里程": plain(far) if chance.happens(0.5) else f"{far:.1f}",
            "等候": f"00:0{chance.whole(0, 9)}:{chance.whole(10, 59)}",
            "状态": chance.digits(6),
        },
    )


def coach(chance: Chance) -> Invoice:
    code, number = _printed_code(chance)
    start, end = chance.some(PLACES, 2)
    return Invoice(
        type=COACH,
        code=code,
        number=number,
        date=chance.date(FIRST_DAY, LAST_DAY),
        total=chance.whole(18, 420) * 50,
        printed={
            "省": start.whole,
            "起": start.city.removesuffix("市") + chance.of(("客运中心", "汽车东站", "南站")),
            "到": end.city.removesuffix("市"),
            "时间": f"{chance.whole(6, 20):02d}:{chance.whole(0, 11) * 5:02d}",
            "座号": str(chance.whole(1, 45)),
            "车次": f"{chance.of(('', 'K', 'B'))}{chance.digits(4, '123')}",
            "检票口": str(chance.whole(1, 16)),
            "姓名": person(chance),
            "证件": masked(identity(chance)),
        },
    )


def fixed(chance: Chance) -> Invoice:
    """Bears no date, and no buyer."""
    code, number = _printed_code(chance)
    total = chance.of(FIXED_AMOUNTS) * 100
    return Invoice(
        type=FIXED, code=code, number=number, date=None, total=total, printed={"省": chance.of(PLACES).whole}
    )


def roll(chance: Chance) -> Invoice:
    """增值税普通发票（卷票), 57 or 76 mm wide: prices and sums with tax (国家税务总局公告2016年第82号)."""
    seller, date = firm(chance, sole=chance.happens(0.5)), chance.date(FIRST_DAY, LAST_DAY)
    place, lines = place_of(seller), []
    for good in chance.some([good for good in goods.GOODS if len(good.name) < 16], chance.whole(1, 4)):
        line = goods.sold(good, chance)
        quantity = Decimal(chance.whole(1, 6))
        price = Decimal(chance.whole(300, 28_000)) / 100
        amount = half_up(price * quantity * 100)
        lines.append(replace(line, model="", unit="", quantity=quantity, price=price, amount=amount, rate="", tax=0))
    return Invoice(
        type=ROLL,
        code=f"0{place.region[:2]}00{date:%y}{chance.digits(3, '01')}{chance.of(('06', '07'))}",
        number=chance.digits(8),
        date=date,
        seller=seller,
        buyer=firm(chance) if chance.happens(0.7) else Party(person(chance)),
        lines=tuple(lines),
        total=sum(line.amount for line in lines),
        drawer=person(chance),
        printed={"省": place.province, "校验码": chance.digits(20), "机器编号": chance.digits(12, "56")},
    )


def train(chance: Chance) -> Invoice:
    """On paper, which ended on 30 September 2025. Its number is the red one at its head."""
    ride = chance.date(dt.date(2024, 1, 2), dt.date(2025, 9, 28))
    start, end = chance.some(STATIONS, 2)
    name, seat = train_and_seat(chance)
    return Invoice(
        type=TRAIN,
        number=f"{chance.of('ABCDEFGHK')}{chance.digits(6)}",
        date=ride,
        total=chance.whole(20, 1500) * 50,
        printed={
            "出发站": start[0],
            "到达站": end[0],
            "拼音": f"{start[1]}|{end[1]}",
            "车次": name,
            "时刻": f"{chance.whole(6, 22):02d}:{chance.whole(0, 59):02d}开",
            "座位": f"{chance.whole(1, 16):02d}车{chance.whole(1, 18):02d}{chance.of('ABCDF')}号",
            "席别": seat,
            "姓名": person(chance),
            "证件": masked(identity(chance)),
            "检票": f"{chance.whole(1, 24)}{chance.of(('A', 'B', ''))}",
            "票号": f"{chance.digits(14, '123456789')}{chance.of('ABCDEJK')}{chance.digits(6)}",
        },
    )


def card(chance: Chance) -> Invoice:
    """A slip of a card terminal: it has no tax, and no number that is an invoice's."""
    seller = firm(chance, sole=chance.happens(0.6))
    return Invoice(
        type=CARD,
        number="",
        date=chance.date(FIRST_DAY, LAST_DAY),
        seller=replace(NOBODY, name=seller.name),
        total=chance.whole(1200, 480_000),
        printed={
            "商户编号": chance.digits(15, "8"),
            "终端编号": chance.digits(8),
            "卡号": f"{chance.digits(6, '6')}******{chance.digits(4)}",
            "发卡行": chance.of(("工商银行", "建设银行", "中信银行")),
            "批次号": chance.digits(6, "0"),
            "凭证号": chance.digits(6, "0"),
            "参考号": chance.digits(12),
            "时间": f"{chance.whole(8, 21):02d}:{chance.whole(0, 59):02d}:{chance.whole(0, 59):02d}",
        },
    )
