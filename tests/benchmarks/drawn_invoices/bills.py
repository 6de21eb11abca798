"""财政票据 (electronic non-tax receipts, 财政部令第70号) and 银行回单, as data and as printed."""

from __future__ import annotations

from decimal import Decimal

from .chance import Chance
from .digital import FIRST_DAY, LAST_DAY
from .figures import capital, half_up, yuan
from .looks import Look
from .marks import faded, oval, square, stamp
from .parties import BANKS, PLACES, firm, person
from .surfaces import RED, Ink, Surface, box, wrapped
from .truths import Invoice, Line, Party

FISCAL, BANK = "财政票据", "银行回单"
FISCAL_PAGE, BANK_PAGE = (600.0, 380.0), (600.0, 330.0)
CHARGES = (
    ("10304", "不动产登记费", "件", 550), ("10305", "考试考务费", "科", 61), ("10307", "城镇垃圾处理费", "户", 96),
    ("10312", "特种设备检验检测费", "台", 480), ("10399", "社会团体会员会费", "年", 3000),
)  # fmt: skip


def fiscal(chance: Chance) -> Invoice:
    place, date = chance.of(PLACES), chance.date(FIRST_DAY, LAST_DAY)
    lines = []
    for _, name, unit, price in chance.some(CHARGES, chance.whole(1, 3)):
        quantity = Decimal(chance.whole(1, 9))
        lines.append(Line(name, half_up(quantity * price * 100), "", 0, "", unit, quantity, Decimal(price)))
    return Invoice(
        type=FISCAL,
        code=f"{place.region[:2]}0{chance.whole(1, 9)}{date:%y}{chance.digits(2)}",
        number=chance.digits(10, "0"),
        date=date,
        buyer=firm(chance),
        seller=Party(
            f"{place.city}{chance.of(('自然资源和规划局', '人事考试中心', '特种设备检测研究院', '电子商务协会'))}"
        ),
        lines=tuple(lines),
        total=sum(line.amount for line in lines),
        drawer=person(chance),
        printed={"省": place.whole, "校验码": chance.marks("0123456789abcdef", 6), "复核人": person(chance)},
    )


def draw_fiscal(on: Surface, bill: Invoice, look: Look, chance: Chance) -> None:
    p = bill.printed
    assert bill.date is not None
    ink: Ink = (150, 40, 40) if look.a else (60, 60, 60)
    size, lead = 9.0, 17
    title = f"{p['省']}{chance.of(('非税收入统一票据', '政府非税收入票据'))}（电子）"
    on.text(300, 36, title, 18, face="song" if look.a else "hei", ink=ink, align="centre")
    on.image(oval("财政"), 265, 12, 70, 46)
    date = f"{bill.date:%Y-%m-%d}" if look.a else f"{bill.date:%Y年%m月%d日}"
    left = [("票据代码", bill.code), ("交款人统一社会信用代码", bill.buyer.tax_id), ("交款人", bill.buyer.name)]
    right = [("票据号码", bill.number), ("校验码", p["校验码"]), ("开票日期", date)]
    for x, told in ((86, left), (400, right)):
        for n, (label, value) in enumerate(told):
            on.text(x, 72 + n * lead, f"{label}{look.colon}{value}", size, face=look.value)
    on.image(square(f"{bill.code},{bill.number},{p['校验码']},{bill.date:%Y%m%d},{yuan(bill.total)}"), 26, 54, 54, 54)
    heads = ["项目编码", "项目名称", "单位", "数量", "标准", "金额（元）", "备注"]
    at = [30.0, 100.0, 270.0, 320.0, 370.0, 430.0, 510.0, 570.0]
    box(on, 30, 120, 540, 150, ink=ink)
    on.line(30, 138, 570, 138, ink=ink)
    for n, head in enumerate(heads):
        on.text((at[n] + at[n + 1]) / 2, 133, head, size, face=look.label, ink=ink, align="centre")
        if n and not look.a:
            on.line(at[n], 120, at[n], 270, ink=ink)
    codes = {name: code for code, name, *_ in CHARGES}
    for row, line in enumerate(bill.lines):
        cells = [
            codes[line.name],
            line.name,
            line.unit,
            line.quantity_text,
            f"{line.price or 0:.2f}",
            yuan(line.amount),
        ]
        for n, cell in enumerate(cells):
            on.text((at[n] + at[n + 1]) / 2, 156 + row * lead, cell, size, face=look.value, align="centre")
    box(on, 30, 270, 540, 22, ink=ink)
    on.text(36, 285, f"金额合计（大写）{capital(bill.total, yuan_word='元')}", size, face=look.value)
    on.text(390, 285, f"（小写）{yuan(bill.total)}", size, face=look.value)
    box(on, 30, 292, 540, 30, ink=ink)
    on.text(36, 310, "其他信息", size, face=look.label, ink=ink)
    on.text(36, 340, f"收款单位（章）{look.colon}{bill.seller.name}", size, face=look.value)
    on.text(330, 340, f"复核人{look.colon}{p['复核人']}", size, face=look.value)
    on.text(460, 340, f"收款人{look.colon}{bill.drawer}", size, face=look.value)
    on.image(faded(stamp(bill.seller.name, "财务专用章", ink=RED), 0.55), 120, 296, 78, 78)


def bank(chance: Chance) -> Invoice:
    """Buyer is who paid, seller who was paid."""
    payer, payee = firm(chance), firm(chance, long=chance.happens(0.2))
    return Invoice(
        type=BANK,
        number=chance.digits(chance.of((14, 16, 20)), "123456789"),
        date=chance.date(FIRST_DAY, LAST_DAY),
        buyer=Party(payer.name),
        seller=Party(payee.name),
        total=chance.whole(1_000, 88_000_000),
        printed={
            "银行": chance.of(BANKS),
            "付款账户": payer.bank,
            "收款账户": payee.bank,
            "用途": chance.of(("货款", "服务费", "往来款", "租金", "工程款")),
            "流水": chance.digits(12),
        },
    )


def draw_bank(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p = slip.printed
    assert slip.date is not None
    ink: Ink = (40, 40, 40) if look.a else (160, 40, 40)
    on.text(36 if look.a else 300, 40, p["银行"], 15, face="hei", ink=RED, align="left" if look.a else "centre")
    title = chance.of(("电子回单", "网上银行电子回单", "客户专用回单"))
    on.text(300, 40 if look.a else 60, title, 16, face=look.label, align="centre")
    on.text(40, 78, f"{'电子回单号码' if look.a else '回单编号'}{look.colon}{slip.number}", 9, face=look.value)
    date = f"{slip.date:%Y年%m月%d日}" if look.a else f"{slip.date:%Y-%m-%d}"
    on.text(560, 78, f"{'日期' if look.a else '交易日期'}{look.colon}{date}", 9, face=look.value, align="right")
    top, high = 86.0, 28.0
    sides = (("付款", slip.buyer.name, p["付款账户"]), ("收款", slip.seller.name, p["收款账户"]))
    for n, (side, name, account) in enumerate(sides):
        left = 40 + n * 260
        opened, _, number = account.partition(" ")
        for row, (label, value) in enumerate((("户名", name), ("账号", number), ("开户银行", opened))):
            label = f"{side}人{label}" if not look.a else label
            edge = left + 24 if look.a else left
            box(on, edge, top + row * high, left + 260 - edge, high, ink=ink)
            begin = 64 if not look.a else 74
            on.line(left + begin, top + row * high, left + begin, top + (row + 1) * high, ink=ink)
            on.text(left + begin - 3, top + row * high + 18, label, 8.5, face=look.label, align="right")
            lines = wrapped(on, value, 260 - begin - 6, 8.5, look.value)
            for deep, part in enumerate(lines[:2]):
                on.text(
                    left + begin + 4,
                    top + row * high + (18 if len(lines) == 1 else 11 + deep * 11),
                    part,
                    8.5,
                    face=look.value,
                )
        if look.a:
            for row, mark in enumerate(side + "人"):
                on.text(left + 12, top + 26 + row * 20, mark, 9, face=look.label, align="centre")
            box(on, left, top, 24, 3 * high, ink=ink)
    lower = top + 3 * high
    rows = (
        [
            ("金额（小写）", f"￥{slip.total / 100:,.2f}元"),
            ("金额（大写）", "人民币" + capital(slip.total, yuan_word="元")),
        ],
        [("用途", p["用途"]), ("交易流水号", p["流水"])],
        [("摘要", chance.of(("转账", "网银支付", "跨行转账"))), ("币种", "人民币")],
    )
    for n, row_told in enumerate(rows):
        for side_n, (label, value) in enumerate(row_told):
            left = 40 + side_n * 260
            box(on, left, lower + n * high, 260, high, ink=ink)
            on.text(left + 6, lower + n * high + 18, label + look.colon, 8.5, face=look.label)
            on.text(left + 74, lower + n * high + 18, value, 8.5 if len(value) < 20 else 7.5, face=look.value)
    on.text(
        40,
        lower + 3 * high + 20,
        "重要提示：本回单仅表明交易已受理，不作为收款方发货依据，请勿重复记账。",
        7.5,
        face=look.label,
    )
    seal = stamp(p["银行"] + "股份有限公司", "电子回单专用章", "(01)")
    on.image(faded(seal, 0.7), 440, lower + 2 * high + 4, 104, 78)
