"""Railway e-tickets and air itineraries as fully digital invoices (公告2024年第8号 and 第9号)."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from .chance import Chance
from .digital import LAST_DAY, number
from .figures import half_up, yuan
from .looks import Look
from .marks import oval, square, square_text
from .parties import PLACES, firm, identity, masked, person
from .surfaces import BLUE, RED, Surface, box
from .truths import NOBODY, Invoice

STATIONS = (
    ("绍兴北", "Shaoxingbei"), ("常州", "Changzhou"), ("绵阳", "Mianyang"), ("襄阳东", "Xiangyangdong"), ("泉州南", "Quanzhounan"),
    ("宝鸡南", "Baojinan"), ("潍坊", "Weifang"), ("洛阳龙门", "Luoyanglongmen"), ("赣州西", "Ganzhouxi"), ("亳州南", "Bozhounan"),
)  # fmt: skip
FLIGHTS = (("东海航空", "EH"), ("西岭航空", "XL"), ("北固航空", "BG"))
AIRPORTS = ("绍兴", "绵阳南郊", "襄阳刘集", "泉州晋江", "洛阳北郊", "赣州黄金", "上海虹桥T2", "重庆江北T3")
RAILWAY_PAGE, AIR_PAGE = (480.0, 300.0), (640.0, 330.0)
_NINE = Decimal("1.09")


def train(chance: Chance) -> tuple[str, str]:
    """Number of a train and a kind of seat that it has."""
    letter = chance.of("GDCKZT")
    seats = ("二等座", "一等座", "商务座") if letter in "GDC" else ("硬座", "硬卧", "软卧")
    return f"{letter}{chance.whole(3, 9000)}", chance.of(seats)


def railway(chance: Chance, *, named_sums: bool) -> Invoice:
    """``named_sums``: with amount and tax, which the XML names and the print does not."""
    date = chance.date(dt.date(2024, 11, 5), LAST_DAY)
    total = chance.whole(20, 1600) * 50
    amount = half_up(total / _NINE)
    start, end = chance.some(STATIONS, 2)
    name, seat = train(chance)
    ride = date - dt.timedelta(days=chance.whole(0, 40))
    return Invoice(
        type="铁路电子客票",
        number=number(date, chance.of(PLACES).region, chance),
        date=date,
        buyer=firm(chance, long=chance.happens(0.2)) if chance.happens(0.8) else NOBODY,
        total=total,
        amount=amount if named_sums else None,
        tax=total - amount if named_sums else None,
        printed={
            "出发站": start[0] + "站",
            "到达站": end[0] + "站",
            "拼音": f"{start[1]}|{end[1]}",
            "车次": name,
            "乘车日期": ride.isoformat(),
            "时刻": f"{chance.whole(6, 22):02d}:{chance.whole(0, 59):02d}开",
            "座位": f"{chance.whole(1, 16):02d}车{chance.whole(1, 18):02d}{chance.of('ABCDF')}号",
            "席别": seat,
            "姓名": person(chance),
            "证件": masked(identity(chance)),
            "电子客票号": chance.digits(21, "123456789"),
        },
    )


def draw_railway(on: Surface, ticket: Invoice, look: Look) -> None:
    p, date = ticket.printed, ticket.date
    assert date is not None
    size = look.size + 1.5
    ride = dt.date.fromisoformat(p["乘车日期"])
    left, right = (34, 446) if look.a else (26, 454)
    on.text(
        240 if look.a else left,
        34,
        "电子发票（铁路电子客票）",
        16,
        face=look.label,
        ink=look.ink,
        align="centre" if look.a else "left",
    )
    on.image(oval("国铁"), *((205, 40, 70, 46) if look.a else (215, 14, 66, 44)))
    first, second = f"发票号码{look.colon}{ticket.number}", f"开票日期{look.colon}{date:%Y年%m月%d日}"
    on.text(left, 62, first, size, face=look.value)
    on.text(right, 62, second, size, face=look.value, align="right")
    if not look.a:
        box(on, left - 8, 70, right - left + 16, 205, ink=look.ink)
    for n, station in enumerate((p["出发站"], p["到达站"])):
        x = 110 + n * 260
        on.text(x, 108, station, 17, face="hei", align="centre")
        on.text(x, 121, p["拼音"].split("|")[n], 8, face=look.value, align="centre")
    on.text(240, 104, p["车次"], 14, face="hei", align="centre")
    on.line(198, 110, 282, 110, wide=0.8)
    when = f"{ride:%Y年%m月%d日}"
    if look.a:
        on.text(left, 144, f"{when}    {p['时刻']}", size, face=look.value)
        on.text(260, 144, p["座位"], size, face=look.value)
        on.text(right, 144, p["席别"], size, face=look.value, align="right")
    else:
        for x, text in ((left, when), (left + 110, p["时刻"]), (left + 190, p["席别"]), (left + 290, p["座位"])):
            on.text(x, 144, text, size, face=look.value)
    on.text(left, 168, f"票价{look.colon}{look.money_sign}{yuan(ticket.total)}", size + 2, face=look.value)
    on.text(left, 194, f"{p['证件']}    {p['姓名']}", size, face=look.value)
    on.text(left, 216, f"电子客票号{look.colon}{p['电子客票号']}", size, face=look.value)
    if ticket.buyer.name:
        on.text(left, 238, f"购买方名称{look.colon}{ticket.buyer.name}", size, face=look.value)
        code = f"统一社会信用代码{look.colon}{ticket.buyer.tax_id}"
        on.text(left, 256, code, size, face=look.value)
    on.image(square(square_text(ticket)), right - 76, 166, 72, 72)
    on.text(left, 288, "买票请到12306 发货请到95306  中国铁路祝您旅途愉快", 7.5, face=look.label, ink=look.ink)


def air(chance: Chance) -> Invoice:
    """合计 is fare, fuel charge and their tax, and the development fund, which bears none."""
    date = chance.date(dt.date(2024, 12, 2), LAST_DAY)
    gross = (chance.whole(30, 240) * 1000, chance.whole(1, 7) * 1000)
    fare, fuel = (half_up(part / _NINE) for part in gross)
    tax, fund = sum(gross) - fare - fuel, 5000
    line, code = chance.of(FLIGHTS)
    start, end = chance.some(AIRPORTS, 2)
    return Invoice(
        type="航空行程单",
        number=number(date, chance.of(PLACES).region, chance),
        date=date,
        buyer=firm(chance, long=chance.happens(0.2)) if chance.happens(0.85) else NOBODY,
        total=sum(gross) + fund,
        tax=tax,
        printed={
            "旅客姓名": person(chance),
            "证件": masked(identity(chance)),
            "自": start,
            "至": end,
            "承运人": line,
            "航班号": f"{code}{chance.whole(1000, 9899)}",
            "等级": chance.of("YBMVUK"),
            "日期": f"{date - dt.timedelta(days=chance.whole(0, 25)):%Y年%m月%d日}",
            "时间": f"{chance.whole(6, 22):02d}:{chance.whole(0, 11) * 5:02d}",
            "票价": yuan(fare),
            "燃油": yuan(fuel),
            "基金": yuan(fund),
            "电子客票号码": f"{chance.whole(700, 899)}-{chance.digits(10)}",
            "验证码": chance.digits(4),
            "销售网点": f"{chance.marks('ABCDEHKLM', 3)}{chance.digits(3)} {chance.digits(8)}",
        },
    )


def draw_air(on: Surface, sheet: Invoice, look: Look) -> None:
    p, size = sheet.printed, look.size + 0.5
    assert sheet.date is not None
    middle, left, wide = 320, 20.0, 600.0
    on.text(middle, 30, "电子发票（航空运输电子客票行程单）", 15, face=look.label, ink=look.ink, align="centre")
    on.image(oval("民航"), middle - 32, 32, 64, 42)
    on.image(square(square_text(sheet)), *((left + 4, 8, 62, 62) if look.a else (left + wide - 66, 8, 62, 62)))
    x = left + wide - 165 if look.a else left
    on.text(x, 48, f"发票号码{look.colon}{sheet.number}", size, face=look.value)
    on.text(x, 62, f"开票状态{look.colon}正常  国内国际标识{look.colon}国内", size - 1, face=look.value)
    steps = [
        ("旅客姓名", p["旅客姓名"]),
        ("有效身份证件号码", p["证件"]),
        ("签注", "不得签转" if look.a else "退改收费"),
    ]
    _row(on, steps, left, 78, wide, look)
    flight = [
        ("自", p["自"]),
        ("承运人", p["承运人"]),
        ("航班号", p["航班号"]),
        ("座位等级", p["等级"]),
        ("日期", p["日期"]),
        ("时间", p["时间"]),
    ]
    flight += [("客票级别/客票类别", p["等级"]), ("免费行李", "20KG")]
    _row(on, flight, left, 108, wide, look)
    on.text(left + 4, 152, f"至{look.colon}{p['至']}", size, face=look.value)
    box(on, left, 138, wide, 22, ink=look.ink)
    sign = "CNY " if look.a else look.money_sign
    money = [("票价", p["票价"]), ("燃油附加费", p["燃油"]), ("增值税税率", "9%"), ("增值税税额", yuan(sheet.tax or 0))]
    money += [("民航发展基金", p["基金"]), ("其他税费", "0.00"), ("合计", yuan(sheet.total))]
    signed = [(label, value if "%" in value else sign + value) for label, value in money]
    _row(on, signed, left, 160, wide, look)
    ticket = [("电子客票号码", p["电子客票号码"]), ("验证码", p["验证码"]), ("提示信息", ""), ("保险费", "XXX")]
    _row(on, ticket, left, 190, wide, look)
    seller = [
        ("销售网点代号", p["销售网点"]),
        ("填开单位", p["承运人"] + "股份有限公司"),
        ("填开日期", f"{sheet.date:%Y年%m月%d日}"),
    ]
    _row(on, seller, left, 220, wide, look)
    buyer = [("购买方名称", sheet.buyer.name), ("统一社会信用代码/纳税人识别号", sheet.buyer.tax_id)]
    _row(on, buyer, left, 250, wide, look)
    on.text(
        left,
        296,
        "验真网址：见承运人公告    信息不一致时以承运人记录为准",
        7,
        face=look.label,
        ink=RED if look.a else BLUE,
    )


def _row(on: Surface, told: list[tuple[str, str]], x: float, y: float, wide: float, look: Look) -> None:
    """A row of boxes, each with its label above what it holds (a) or before it where there is room (b)."""
    size = look.size - 0.5
    need = [max(on.width(label, size, look.label), on.width(value, size, look.value)) + 8 for label, value in told]
    spare = (wide - sum(need)) / len(told)
    for (label, value), mine in zip(told, need, strict=True):
        step = mine + spare
        box(on, x, y, step, 30, ink=look.ink)
        if look.a:
            on.text(x + step / 2, y + 12, label, size, face=look.label, ink=look.ink, align="centre")
            on.text(x + step / 2, y + 24, value, size, face=look.value, align="centre")
        else:
            on.text(x + 3, y + 11, label + look.colon, size, face=look.label, ink=look.ink)
            on.text(x + 3, y + 24, value, size, face=look.value)
        x += step
