"""Invoices of the former tax control system: 专票 and 普票 on paper, electronic ones, toll invoices. 国家税务总局公告2014年第43号, 2017年第4号."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

from . import goods
from .chance import Chance
from .digital import FIRST_DAY, LAST_DAY, digital
from .figures import capital, yuan
from .looks import Look
from .marks import faded, oval, square, square_text, stamp
from .parties import Place, firm, person, place_of, plate
from .surfaces import BLUE, GREY, Ink, Surface, box, down, wrapped
from .truths import Invoice, Line

PAGE = (620.0, 400.0)
PAPER, ORDINARY, ELECTRONIC, ELECTRONIC_SPECIAL = (
    "增值税专用发票",
    "增值税普通发票",
    "增值税电子普通发票",
    "增值税电子专用发票",
)
TOLL = "通行费发票"
_USUAL = ("usual", "one", "discount")


def paper(kind: str, chance: Chance) -> Invoice:
    """One of the kinds above but the toll invoice. Since the end of 2024 few are issued."""
    invoice = digital(chance.of(_USUAL), chance)
    place = place_of(invoice.seller)
    date = chance.date(FIRST_DAY, dt.date(2025, 12, 20) if kind in (PAPER, ORDINARY) else LAST_DAY)
    printed = {"省": place.province, "密码区": chance.marks("0123456789+-*/<>", 84)}
    if kind != PAPER:
        printed |= {"校验码": chance.digits(20), "机器编号": chance.digits(12, "456")}
    return replace(
        invoice,
        type=kind,
        number=chance.digits(8),
        code=_code(kind, place, date, chance),
        date=date,
        buyer=invoice.buyer if invoice.buyer.tax_id or kind not in (PAPER, ELECTRONIC_SPECIAL) else firm(chance),
        printed=printed,
        remark=invoice.remark.split("\n")[0] if "合同" in invoice.remark else "",
    ).with_lines(tuple(replace(line, price=line.price and _short(line.price)) for line in invoice.lines[:4]))


def toll(chance: Chance) -> Invoice:
    """通行费增值税电子普通发票: rates 3 %, 5 %, 9 % by road (交通运输部公告2020年第17号)."""
    base = paper(ELECTRONIC, chance)
    assert base.date is not None
    rate = chance.of(("3%", "5%", "9%"))
    amount = chance.whole(600, 48_000)
    line = Line("*经营租赁*通行费", amount, rate, goods.tax_of(amount, rate))
    day = base.date - dt.timedelta(days=chance.whole(1, 20))
    ways = {
        "车牌号": plate(chance),
        "类型": chance.of(("客车", "货车")),
        "通行日期起": f"{day:%Y%m%d}",
        "通行日期止": f"{day:%Y%m%d}",
    }
    code = _code(TOLL, place_of(base.seller), base.date, chance)
    return replace(base, type=TOLL, code=code, printed=base.printed | ways, remark="").with_lines((line,))


def _short(price: Decimal) -> Decimal:
    return price.quantize(Decimal(1).scaleb(-8)) if price.as_tuple().exponent not in range(-8, 1) else price


def _code(kind: str, place: Place, date: dt.date, chance: Chance) -> str:
    area = place.region[:2] + "00"
    if kind == PAPER:
        return f"{area}{date:%y}{chance.whole(1, 4)}1{chance.of('30')}0"
    tail = {ORDINARY: chance.of(("04", "05")), ELECTRONIC: "11", ELECTRONIC_SPECIAL: "13", TOLL: "12"}[kind]
    return f"0{area}{date:%y}{chance.digits(3, '01')}{tail}"


def draw(on: Surface, invoice: Invoice, look: Look, chance: Chance) -> None:
    frame_ink: Ink = (
        chance.of(((150, 60, 30), (60, 110, 70), (50, 80, 150))) if look.a else chance.of((BLUE, (120, 40, 90), GREY))
    )
    look = replace(look, ink=frame_ink, value=chance.of(("song", "mono")) if look.a else chance.of(("hei", "kai")))
    left, top, wide = (34.0, 84.0, 552.0) if look.a else (22.0, 92.0, 576.0)
    _head(on, invoice, look, left, wide)
    side = 16 if look.a else 20
    cipher = left + wide * (0.6 if look.a else 0.63)
    _party(on, "购买方", invoice, left, top, cipher - left, side, look)
    box(on, cipher, top, left + wide - cipher, 62, line=0.7, ink=look.ink)
    down(on, cipher + 7, top + 18, "密码区", 7, 16, face=look.label, ink=look.ink)
    secret = invoice.printed["密码区"]
    for n in range(4):
        on.text(cipher + 20, top + 15 + n * 13, secret[n * 21 : n * 21 + 21], 9, face="mono")
    body = top + 62
    _body(on, invoice, look, left, body, wide)
    box(on, left, body + 120, wide, 20, line=0.7, ink=look.ink)
    on.text(left + 50, body + 133, "价税合计（大写）", 8, face=look.label, align="centre", ink=look.ink)
    on.text(left + 130, body + 133, "⊗ " + capital(invoice.total), 9, face=look.value)
    on.text(left + wide * 0.7, body + 133, "（小写）", 8, face=look.label, ink=look.ink)
    on.text(left + wide * 0.78, body + 133, look.money_sign + yuan(invoice.total), 9, face=look.value)
    _party(on, "销售方", invoice, left, body + 140, cipher - left, side, look)
    box(on, cipher, body + 140, left + wide - cipher, 62, line=0.7, ink=look.ink)
    down(on, cipher + 7, body + 164, "备注", 7, 18, face=look.label, ink=look.ink)
    for n, text in enumerate(wrapped(on, invoice.remark, left + wide - cipher - 26, 7.5, look.value)[:4]):
        on.text(cipher + 20, body + 153 + n * 10, text, 7.5, face=look.value)
    for n, (label, name) in enumerate(
        (("收款人", person(chance)), ("复核", person(chance)), ("开票人", invoice.drawer))
    ):
        x = left + 14 + n * 140
        on.text(x, body + 218, label + look.colon, 8, face=look.label, ink=look.ink)
        on.text(x + 36, body + 218, name, 8.5, face=look.value)
    on.text(left + 450, body + 218, "销售方：（章）", 8, face=look.label, ink=look.ink)
    seal = stamp(invoice.seller.name, "发票专用章", invoice.seller.tax_id)
    on.image(faded(seal, chance.share(0.45, 0.75)), left + wide - 150, body + 132, 108, 82)


def _title(invoice: Invoice) -> str:
    kind = "通行费增值税电子普通发票" if invoice.type == TOLL else invoice.type
    return invoice.printed["省"] + kind


def _head(on: Surface, invoice: Invoice, look: Look, left: float, wide: float) -> None:
    middle, right = left + wide / 2, left + wide
    assert invoice.date is not None
    electronic = invoice.type not in (PAPER, ORDINARY)
    middle -= 22 if electronic else 0
    on.text(middle, 40, _title(invoice), 15.5 if electronic else 18, face=look.label, align="centre", ink=look.ink)
    on.line(middle - 120, 46, middle + 120, 46, ink=look.ink)
    on.line(middle - 120, 48.5, middle + 120, 48.5, ink=look.ink)
    on.image(oval(invoice.printed["省"]), middle - 38, 16, 76, 50)
    on.image(square(square_text(invoice)), left, 14, 50, 50)
    date = f"{invoice.date:%Y年%m月%d日}" if look.a else f"{invoice.date:%Y 年 %m 月 %d 日}"
    if not electronic:
        on.text(left + 58, 36, invoice.code, 15, face="song", ink=look.ink)
        on.text(right - 118, 36, "№", 13, face="hei", ink=look.ink)
        on.text(right - 98, 36, invoice.number, 17, face="mono", ink=(40, 50, 110))
        on.text(right, 50, invoice.code, 8, face=look.value, align="right")
        on.text(right, 60, invoice.number, 8, face=look.value, align="right")
        begin = right - on.width(date, 9, look.value) - 3
        on.text(begin, 76, f"开票日期{look.colon}", 8.5, face=look.label, align="right", ink=look.ink)
        on.text(right, 76, date, 9, face=look.value, align="right")
        on.text(middle, 74, "发  票  联", 9, face=look.label, align="centre", ink=look.ink)
        if check := invoice.printed.get("校验码"):
            told = " ".join(check[n : n + 5] for n in range(0, 20, 5))
            on.text(left + 60, 76, f"校验码 {told}", 8, face=look.value)
        return
    told_pairs = [
        ("发票代码", invoice.code),
        ("发票号码", invoice.number),
        ("开票日期", date),
        ("校验码", invoice.printed["校验码"]),
    ]
    for n, (label, value) in enumerate(told_pairs):
        on.text(right - 160, 26 + n * 15, label + look.colon, 8.5, face=look.label, ink=look.ink)
        on.text(right - 112, 26 + n * 15, value, 9, face=look.value)
    on.text(left + 60, 76, f"机器编号{look.colon}{invoice.printed['机器编号']}", 8.5, face=look.value)


def _party(on: Surface, head: str, invoice: Invoice, x: float, y: float, wide: float, side: float, look: Look) -> None:
    party = invoice.buyer if head == "购买方" else invoice.seller
    box(on, x, y, wide, 62, line=0.7, ink=look.ink)
    on.line(x + side, y, x + side, y + 62, ink=look.ink)
    down(on, x + side / 2, y + 18, head, 8, 18, face=look.label, ink=look.ink)
    labels = ("名        称", "纳税人识别号", "地 址、电 话", "开户行及账号")
    values = (party.name, party.tax_id, party.address, party.bank)
    for n, (label, value) in enumerate(zip(labels, values, strict=True)):
        low = y + 13 + n * 14.5
        on.text(x + side + 4, low, label + look.colon, 7.5, face=look.label, ink=look.ink)
        size = 9.5 if n == 1 else 8.5
        while on.width(value, size, look.value) > wide - side - 66 and size > 5:
            size -= 0.5
        on.text(x + side + 64, low, value, size, face=look.value)


def _body(on: Surface, invoice: Invoice, look: Look, left: float, y: float, wide: float) -> None:
    toll_heads = ["项目名称", "车牌号", "类型", "通行日期起", "通行日期止", "金额", "税率", "税额"]
    usual = ["货物或应税劳务、服务名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额"]
    heads = toll_heads if invoice.type == TOLL else usual
    shares = (
        (0.26, 0.12, 0.06, 0.1, 0.13, 0.13, 0.07, 0.13) if look.a else (0.24, 0.14, 0.07, 0.09, 0.14, 0.13, 0.06, 0.13)
    )
    at = [left]
    for share, head in zip(shares, heads, strict=True):
        at.append(at[-1] + share * wide)
        on.text((at[-2] + at[-1]) / 2, y + 12, head, 8, face=look.label, align="centre", ink=look.ink)
        on.line(at[-1], y, at[-1], y + 120, ink=look.ink)
    box(on, left, y, wide, 120, line=0.7, ink=look.ink)
    low = y + 26
    for line in invoice.lines:
        told = [invoice.printed[head] for head in toll_heads[1:5]] if invoice.type == TOLL else []
        told = told or [line.model, line.unit, line.quantity_text, line.price_text]
        cells = [line.name, *told, yuan(line.amount), line.rate, line.tax_text]
        name = wrapped(on, line.name, at[1] - at[0] - 5, 8, look.value)
        for n, part in enumerate(name):
            on.text(at[0] + 2, low + n * 9, part, 8, face=look.value)
        for n, cell in enumerate(cells[1:], 1):
            size = 8.0
            while on.width(cell, size, look.value) > at[n + 1] - at[n] - 3:
                size -= 0.4
            figure = (n in (3, 4, 5, 7) and invoice.type != TOLL) or n in (5, 7)
            x = at[n + 1] - 2 if figure else (at[n] + at[n + 1]) / 2
            on.text(x, low, cell, size, face=look.value, align="right" if figure else "centre")
        low += 9 * len(name) + 1
    on.line(left, y + 104, left + wide, y + 104, wide=0.3, ink=look.ink) if not look.a else None
    on.text(left + 70, y + 115, "合        计", 8, face=look.label, align="centre", ink=look.ink)
    on.text(at[6] - 2, y + 115, look.money_sign + yuan(invoice.amount or 0), 8.5, face=look.value, align="right")
    tax = invoice.tax_text
    on.text(at[8] - 2, y + 115, (look.money_sign if tax != "***" else "") + tax, 8.5, face=look.value, align="right")
