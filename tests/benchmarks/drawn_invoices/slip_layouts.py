"""The printed forms of slips. Each answers nothing and draws on a page of the size in :data:`SIZES`."""

from __future__ import annotations

from . import slips
from .chance import Chance
from .figures import capital, yuan
from .looks import Look
from .marks import faded, oval, square, square_text, stamp
from .parties import firm
from .surfaces import BLUE, GREY, RED, Align, Ink, Surface, box, wrapped
from .truths import Invoice

SIZES = {
    slips.TAXI: (190.0, 400.0),
    slips.COACH: (430.0, 200.0),
    slips.FIXED: (400.0, 200.0),
    slips.ROLL: (190.0, 520.0),
    slips.TRAIN: (420.0, 270.0),
    slips.CARD: (180.0, 380.0),
}
PAPERS: dict[str, Ink] = {slips.TRAIN: (214, 232, 246), slips.FIXED: (248, 244, 226), slips.COACH: (246, 240, 228)}


def taxi(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p = slip.printed
    assert slip.date is not None
    head = (150, 60, 30) if look.a else BLUE
    on.image(oval(p["城市"].removesuffix("市")), 62, 6, 66, 44)
    on.text(95, 66, f"{p['城市']}出租汽车统一发票", 12, face="kai" if look.a else "hei", ink=head, align="centre")
    on.text(95, 82, "发  票  联", 9, face="kai", ink=head, align="centre")
    for n, (label, value) in enumerate((("发票代码", slip.code), ("发票号码", slip.number))):
        on.text(18, 102 + n * 16, label, 10, face="song" if look.a else "hei", ink=head)
        on.text(72, 102 + n * 16, value, 11.5, face="mono")
    if look.a:
        told = [
            ("单位", "运营二分公司"),
            ("车号", p["车号"]),
            ("证号", p["证号"]),
            ("日期", f"{slip.date:%Y年%m月%d日}"),
            ("上车", p["上车"]),
        ]
        told += [
            ("下车", p["下车"]),
            ("单价", f"{p['单价']}元"),
            ("里程", f"{p['里程']}km"),
            ("等候", p["等候"]),
            ("状态", p["状态"]),
        ]
        told += [("金额", f"{yuan(slip.total)}元")]
    else:
        told = [("车  号", p["车号"]), ("日  期", f"{slip.date:%Y-%m-%d}"), ("时  间", f"{p['上车']}-{p['下车']}")]
        told += [
            ("单  价", f"{p['单价']} 元/公里"),
            ("里  程", f"{p['里程']} 公里"),
            ("等  候", p["等候"]),
            ("附加费", "0.00元"),
        ]
        told += [("金  额", f"￥{yuan(slip.total)}"), ("证  号", p["证号"])]
    for n, (label, value) in enumerate(told):
        y = 146 + n * (20 if look.a else 23)
        on.text(20, y, label, 11, face="song" if look.a else "kai", ink=head)
        size = 12.5 if "金" in label else 11.5
        on.text(72, y, value, size, face="mono")
    on.image(faded(stamp(p["单位"], "发票专用章", ink=RED), 0.45), 108, 268, 80, 80)
    on.text(95, 392, "手写无效  当日有效", 7.5, face="kai", ink=GREY, align="centre")


def coach(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p = slip.printed
    assert slip.date is not None
    ink: Ink = (40, 110, 80) if look.a else (130, 60, 40)
    box(on, 6, 6, 418, 188, line=0.8, ink=ink)
    align: Align = "centre" if look.a else "left"
    on.text(
        215 if look.a else 20,
        30,
        f"{p['省']}道路客运{'发票' if look.a else '客票发票'}",
        14,
        face="kai",
        ink=ink,
        align=align,
    )
    on.image(oval(p["省"][:2]), 300, 10, 60, 40)
    on.text(20, 52, "发票代码", 8, face="song", ink=ink)
    on.text(62, 52, slip.code, 10.5, face="mono")
    on.text(190, 52, "发票号码", 8, face="song", ink=ink)
    on.text(232, 52, slip.number, 10.5, face="mono", ink=RED)
    on.text(24, 84, p["起"], 16, face="hei")
    on.text(170, 83, "→" if look.a else "至", 13, face="hei")
    on.text(200, 84, p["到"], 16, face="hei")
    date = f"{slip.date:%Y年%m月%d日}" if look.a else f"{slip.date:%Y-%m-%d}"
    heads = [("乘车日期", date), ("开车时间", p["时间"]), ("车次", p["车次"]), ("座号", p["座号"])]
    heads += [("票价", f"￥{yuan(slip.total)}" if look.a else f"{yuan(slip.total)}元"), ("检票口", p["检票口"])]
    step = 68
    for n, (label, value) in enumerate(heads):
        x = 20 + n * step + (14 if n else 0) - (8 if n > 3 else 0)
        on.text(x, 110, label, 8, face="song", ink=ink)
        on.text(x, 127, value, 10.5, face="hei" if look.a else "mono")
    on.text(24, 154, f"{p['姓名']}  {p['证件']}", 10, face="song")
    on.text(24, 180, "票价含站务费  当日当次有效  请妥善保管", 7.5, face="kai", ink=ink)
    if not look.a:
        on.image(square(f"{slip.code}{slip.number}"), 362, 136, 52, 52)


def fixed(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    ink: Ink = (150, 50, 40) if look.a else (40, 90, 120)
    box(on, 8, 8, 384, 184, line=1, ink=ink)
    on.text(200, 36, f"{slip.printed['省']}通用定额发票", 17, face="kai" if look.a else "song", ink=ink, align="centre")
    on.image(oval(slip.printed["省"][:2]), 165, 36, 70, 46)
    on.text(200, 94, "发  票  联", 10, face="kai", ink=ink, align="centre")
    x = 30 if look.a else 210
    for n, (label, value) in enumerate((("发票代码", slip.code), ("发票号码", slip.number))):
        on.text(x, 118 + n * 17, label, 10, face="song", ink=ink)
        on.text(x + 50, 118 + n * 17, value, 12, face="mono", ink=RED if n else (30, 30, 30))
    words = capital(slip.total, yuan_word="元")
    on.text(30 if not look.a else 235, 132, words, 20, face="hei", ink=ink)
    if not look.a:
        on.text(30, 158, f"￥{slip.total // 100}.00", 12, face="hei", ink=ink)
    on.text(30, 180, "收款单位（盖章有效）", 9, face="song", ink=ink)
    on.text(280, 180, "开票日期    年   月   日", 8, face="song", ink=ink)
    on.image(faded(stamp(firm(chance).name, "发票专用章"), 0.5), 300 if look.a else 126, 100, 78, 78)


def roll(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p, size = slip.printed, 8.0 if look.a else 7.5
    assert slip.date is not None
    face = "song" if look.a else "hei"
    on.image(oval(p["省"]), 65, 4, 60, 40)
    on.text(95, 58, f"{p['省']}增值税普通发票（卷票）", 10, face="kai", align="centre")
    on.text(95, 72, "发 票 联", 8, face="kai", align="centre")
    told = [("发票代码", slip.code), ("发票号码", slip.number), ("机打号码", slip.number), ("机器编号", p["机器编号"])]
    told += [("销售方名称", slip.seller.name), ("纳税人识别号", slip.seller.tax_id)]
    date = f"{slip.date:%Y-%m-%d}" if look.a else f"{slip.date:%Y年%m月%d日}"
    told += [
        ("开票日期", date),
        ("收款员", slip.drawer),
        ("购买方名称", slip.buyer.name),
        ("纳税人识别号", slip.buyer.tax_id),
    ]
    y = 92.0
    for label, value in told:
        for n, part in enumerate(wrapped(on, f"{label}：{value}", 166, size, face)):
            on.text(12, y + n * (size + 2), part, size, face=face)
        y += (size + 2) * len(wrapped(on, f"{label}：{value}", 166, size, face)) + 2
    on.line(12, y - 4, 178, y - 4, wide=0.4)
    at = (12.0, 108.0, 136.0, 178.0)
    for x, head in zip(at, ("项目", "单价", "数量", "金额"), strict=True):
        on.text(x, y + 7, head, size, face=face, align="left" if x == 12 else "right")
    y += 20
    for line in slip.lines:
        on.text(12, y, line.name, size, face=face)
        on.text(at[1], y + size + 2, line.price_text, size, face=face, align="right")
        on.text(at[2], y + size + 2, line.quantity_text, size, face=face, align="right")
        on.text(at[3], y + size + 2, yuan(line.amount), size, face=face, align="right")
        y += size * 2 + 6
    on.line(12, y - 6, 178, y - 6, wide=0.4)
    on.text(12, y + 6, f"合计金额（小写）：￥{yuan(slip.total)}", size + 0.5, face=face)
    on.text(12, y + 20, f"合计金额（大写）：{capital(slip.total)}", size, face=face)
    on.text(12, y + 34, f"校验码：{p['校验码']}", size, face=face)
    on.image(square(square_text(slip)), 14, y + 44, 58, 58)
    on.image(faded(stamp(slip.seller.name, "发票专用章", slip.seller.tax_id), 0.6), 92, y + 38, 84, 64)


def train(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p = slip.printed
    assert slip.date is not None
    on.text(24, 34, slip.number, 17, face="mono", ink=RED)
    on.text(396, 32, f"检票:{p['检票']}", 11, face="hei", align="right") if look.a else on.text(
        330, 32, f"检票口{p['检票']}", 11, face="song"
    )
    for n, station in enumerate((p["出发站"], p["到达站"])):
        x = 92 + n * 232
        on.text(x, 68, station + ("站" if look.a else ""), 20, face="hei", align="centre")
        on.text(x, 84, p["拼音"].split("|")[n], 10, face="song", align="centre")
    on.text(208, 66, p["车次"], 17, face="hei", align="centre")
    on.line(166, 74, 250, 74, wide=0.9)
    date = f"{slip.date:%Y年%m月%d日} {p['时刻']}" if look.a else f"{slip.date:%Y 年 %m 月 %d 日}  {p['时刻']}"
    on.text(28, 108, date, 13, face="song")
    on.text(270, 108, p["座位"], 13, face="song")
    on.text(
        28,
        130,
        f"{'￥' if look.a else '¥'}{slip.total / 100:.1f}元" if slip.total % 10 == 0 else f"￥{yuan(slip.total)}元",
        14,
        face="song",
    )
    on.text(312, 130, p["席别"], 13, face="song")
    on.text(28, 150, "限乘当日当次车", 11, face="song")
    on.text(28, 186, f"{p['证件']}{'' if look.a else ' '} {p['姓名']}", 13, face="song")
    if look.a:
        box(on, 60, 196, 210, 34, line=0.4)
    for n, text in enumerate(
        ("报销凭证 遗失不补", "退票、改签时须交回车站" if look.a else "买票请到12306 发货请到95306")
    ):
        on.text(165, 210 + n * 14, text, 10, face="song", align="centre")
    on.image(square(p["票号"] + chance.digits(60)), 312, 160, 84, 84)
    on.text(28, 256, f"{p['票号']} {p['出发站']}售", 11, face="song")


def card(on: Surface, slip: Invoice, look: Look, chance: Chance) -> None:
    p = slip.printed
    assert slip.date is not None
    face, size = ("song", 8.5) if look.a else ("hei", 8.0)
    on.text(90, 28, "银联商务 POS签购单" if look.a else "POS 签购单", 12, face=face, align="centre")
    on.text(90, 42, "商户存根  请妥善保管" if look.a else "持卡人存根", 7.5, face=face, align="centre")
    on.line(10, 50, 170, 50, wide=0.4)
    date = f"{slip.date:%Y/%m/%d} {p['时间']}" if look.a else f"{slip.date:%Y-%m-%d} {p['时间']}"
    told = [
        ("商户名称", slip.seller.name),
        ("商户编号", p["商户编号"]),
        ("终端编号", p["终端编号"]),
        ("操作员号", "01"),
        ("发卡行", p["发卡行"]),
    ]
    told += [("卡号", p["卡号"] + "/C"), ("交易类型", "消费(SALE)"), ("批次号", p["批次号"]), ("凭证号", p["凭证号"])]
    told += [("参考号", p["参考号"]), ("日期时间", date)]
    y = 66.0
    for label, value in told:
        lines = wrapped(on, f"{label}：{value}" if look.a else f"{label}: {value}", 160, size, face)
        for n, part in enumerate(lines):
            on.text(10, y + n * (size + 3), part, size, face=face)
        y += (size + 3) * len(lines) + 4
    on.text(10, y + 8, f"金额：RMB {yuan(slip.total)}" if look.a else f"金额: ￥{yuan(slip.total)}", 12, face=face)
    on.line(10, y + 18, 170, y + 18, wide=0.4)
    on.text(10, y + 34, "持卡人签名：", size, face=face)
    on.text(10, y + 72, "本人确认以上交易，同意将其记入本卡账户", 7, face=face)


DRAWERS = {
    slips.TAXI: taxi,
    slips.COACH: coach,
    slips.FIXED: fixed,
    slips.ROLL: roll,
    slips.TRAIN: train,
    slips.CARD: card,
}
MAKERS = {
    slips.TAXI: slips.taxi,
    slips.COACH: slips.coach,
    slips.FIXED: slips.fixed,
    slips.ROLL: slips.roll,
    slips.TRAIN: slips.train,
    slips.CARD: slips.card,
}
