"""CAP-2: one set of form readers for print and for pictures: the same words in the same places give the same fields."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Final

import pytest
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]
from reportlab.pdfbase.cidfonts import UnicodeCIDFont  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import InvoiceKind, Reading, read
from zhangfang_capture_ocr.reading.printed import invoices_on
from zhangfang_capture_ocr.reading.seen_text import page_of_text
from zhangfang_sdk.recognition import TextBox

FONT: Final = "STSong-Light"
WIDTH, HEIGHT = 610.0, 400.0
BUYER, BUYER_ID = "云溪样本科技（杭州）有限公司", "91110000802100433B"
SELLER, SELLER_ID = "样本商贸（深圳）有限公司", "91440300708461136T"


@dataclass(frozen=True)
class Placed:
    """Words that begin at `x`, their middle at `y` from the top."""

    x: float
    y: float
    text: str
    size: float = 9.0

    @property
    def width(self) -> float:
        return float(pdfmetrics.stringWidth(self.text, FONT, self.size))


def in_print(words: Sequence[Placed], boxes: Sequence[tuple[float, float, float, float]] = ()) -> Reading:
    """`boxes` are ruled: left, top, width, height."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(WIDTH, HEIGHT))
    for word in words:
        canvas.setFont(FONT, word.size)
        canvas.drawString(word.x, HEIGHT - word.y - 0.38 * word.size, word.text)
    for left, top, wide, high in boxes:
        canvas.rect(left, HEIGHT - top - high, wide, high)
    canvas.save()
    return read(written.getvalue(), "form.pdf").only


def on_a_picture(words: Sequence[Placed]) -> Reading:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    boxes = [
        TextBox(
            word.text,
            0.99,
            word.x / WIDTH,
            (word.y - 0.6 * word.size) / HEIGHT,
            (word.x + word.width) / WIDTH,
            (word.y + 0.6 * word.size) / HEIGHT,
        )
        for word in words
        if word.text.strip()
    ]
    found, left, _ = invoices_on([page_of_text(boxes, round(1000 * HEIGHT / WIDTH), 0)], {})
    assert not left
    return found[0].reading


Read = Callable[[Sequence[Placed]], Reading]


@pytest.fixture(params=["print", "picture", "ofd"])
def by(request: pytest.FixtureRequest, make_ofd: Callable[..., bytes]) -> Read:
    """Reads words that are printed in a PDF, recognised on a picture, or written in an OFD."""

    def in_ofd(words: Sequence[Placed]) -> Reading:
        return read(make_ofd([(word.x, word.y, word.size, word.text) for word in words]), "form.ofd").only

    return {"print": in_print, "picture": on_a_picture, "ofd": in_ofd}[request.param]


def down(x: float, y: float, text: str) -> list[Placed]:
    return [Placed(x, y + 11 * place, letter) for place, letter in enumerate(text)]


def table(left: tuple[str, str, str], right: tuple[str, str, str], lines: Sequence[Sequence[str]] = ()) -> list[Placed]:
    """A 数电票 without rules. Each side: its label, a name, a tax id."""
    columns = (22, 150, 218, 262, 318, 372, 440, 560)
    lines = lines or (("*餐饮服务*餐饮费", "", "次", "1", "227.18", "227.18", "3%", "6.82"),)
    words = [
        Placed(220, 30, "电子发票（普通发票）", 17),
        Placed(430, 30, "发票号码：26332000000000000001"),
        Placed(430, 48, "开票日期：2026年03月21日"),
        *down(22, 77, left[0]),
        Placed(38, 89, f"名称：{left[1]}"),
        Placed(38, 114, f"统一社会信用代码/纳税人识别号：{left[2]}", 8),
        *down(309, 77, right[0]),
        Placed(325, 89, f"名称：{right[1]}"),
        Placed(325, 114, f"统一社会信用代码/纳税人识别号：{right[2]}", 8),
    ]
    heads = ("项目名称", "规格型号", "单位", "数量", "单价", "金额", "税率/征收率", "税额")
    words += [Placed(x, 145, text) for x, text in zip(columns, heads, strict=True)]
    for row, cells in enumerate(lines):
        words += [Placed(x, 163 + 15 * row, text) for x, text in zip(columns, cells, strict=True) if text]
    words += [Placed(54, 281, "合"), Placed(77, 281, "计"), Placed(362, 281, "¥227.18"), Placed(560, 281, "¥6.82")]
    words += [Placed(22, 303, "价税合计（大写）"), Placed(182, 303, "贰佰叁拾肆圆整"), Placed(420, 303, "（小写）")]
    return [*words, Placed(470, 303, "¥234.00"), Placed(50, 379, "开票人：王会计")]


def parties(reading: Reading) -> tuple[str | None, ...]:
    return reading.buyer_name, reading.buyer_tax_id, reading.seller_name, reading.seller_tax_id


def test_parties_by_their_printed_labels(by: Read) -> None:
    """Whoever stands left: the label says who buys."""
    usual = by(table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID)))
    swapped = by(table(("销售方信息", SELLER, SELLER_ID), ("购买方信息", BUYER, BUYER_ID)))
    assert parties(usual) == parties(swapped) == (BUYER, BUYER_ID, SELLER, SELLER_ID)


def test_labels_in_words_before_the_name(by: Read) -> None:
    """购买方名称 and 销售方名称 in one word, on one line, on forms without a frame."""
    words = [w for w in table(("", SELLER, SELLER_ID), ("", BUYER, BUYER_ID)) if "名称：" not in w.text]
    words += [Placed(38, 89, f"销售方名称：{SELLER}"), Placed(325, 89, f"购买方名称：{BUYER}")]
    reading = by(words)
    assert (reading.buyer_name, reading.seller_name) == (BUYER, SELLER)


def test_a_person_without_an_id_leaves_it_to_the_seller(by: Read) -> None:
    """购买方信息 stands above the names, in one line, so only their places tell the sides."""
    words = [w for w in table(("", "王小明", ""), ("", SELLER, SELLER_ID)) if w.text]
    reading = by([*words, Placed(38, 70, "购买方信息"), Placed(325, 70, "销售方信息")])
    assert parties(reading) == ("王小明", None, SELLER, SELLER_ID)


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (("出行人", "有效身份证件号", "出行日期", "出发地", "到达地", "等级", "交通工具类型"),
         ("王小明", "3301061990****0011", "2026-03-20", "杭州市", "宁波市", "", "客车")),
        (("运输工具种类", "运输工具牌号", "起运地", "到达地", "运输货物名称"),
         ("公路运输", "浙A12345", "浙江杭州市", "浙江宁波市", "纺织面料")),
    ],
)  # fmt: skip
def test_a_second_table_below_the_lines(by: Read, headings: Sequence[str], cells: Sequence[str]) -> None:
    """Journeys and freights are no part of the line above them."""
    line = ("*运输服务*客运服务费", "", "次", "1", "227.18", "227.18", "3%", "6.82")
    words = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID), (line,))
    for y, row in ((190, headings), (206, cells)):
        words += [Placed(38 + 80 * place, y, text) for place, text in enumerate(row) if text]
    (found,) = by(words).lines
    assert (found.name, found.specification, found.unit) == ("*运输服务*客运服务费", "", "次")
    assert (found.quantity, found.amount, found.tax) == (1, 22718, 682)


@pytest.mark.parametrize("kind", [in_print, on_a_picture])
def test_the_unit_of_an_area(kind: Callable[..., Reading]) -> None:
    """A lease's own headings, ruled or on a picture; the deed wraps."""
    edges = (16, 130, 225, 275, 330, 385, 440, 510, 600)
    heads = ("项目名称", "产权证书/不动产权证号", "面积单位", "数量", "单价", "金额", "税率/征收率", "税额")
    cells = ("*经营租赁*房租", "浙不动产第1号", "平方米", "1", "227.18", "227.18", "3%", "6.82")
    usual = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID))
    words = [word for word in usual if word.y not in (145, 163)]
    words += [Placed(x + 3, y, text, 8) for y, row in ((145, heads), (163, cells)) for x, text in zip(edges, row, strict=False)]
    boxes = [(left, 136, right - left, 156) for left, right in pairwise(edges)]
    words.append(Placed(133, 176, "不动产权第0001号", 8))
    (found,) = (in_print(words, boxes) if kind is in_print else on_a_picture(words)).lines
    assert (found.name, found.unit, found.quantity, found.amount) == ("*经营租赁*房租", "平方米", 1, 22718)


@pytest.mark.parametrize("buyer", [(BUYER, BUYER_ID), ("", "")])
@pytest.mark.parametrize("colon", ["", "："])
def test_an_itinerary_in_boxes(buyer: tuple[str, str], colon: str) -> None:
    """Each label stands above its value: the day of issue is not that of the flight, the total not the fare."""
    rows = (
        (("旅客姓名", "王小明"), ("日期", "2026年03月16日"), ("签注", "不得签转")),
        (("票价", "CNY 862.39"), ("增值税税率", "9%"), ("增值税税额", "CNY 78.44"), ("合计", "CNY 1000.00")),
        (("填开单位", SELLER), ("填开日期", "2026年04月05日")),
        (("购买方名称", buyer[0]), ("统一社会信用代码/纳税人识别号", buyer[1])),
    )
    words = [Placed(160, 30, "电子发票（航空运输电子客票行程单）", 15), Placed(20, 60, "发票号码：26372648359766387436")]
    boxes = []
    for y, row in zip(range(80, 240, 30), rows, strict=False):
        wide = 570 / len(row)
        for place, (label, value) in enumerate(row):
            left = 20 + wide * place
            boxes.append((left, y, wide, 30))
            words += [Placed(left + 4, y + 9, label + colon, 8), Placed(left + 4, y + 22, value or " ", 8)]
    reading = in_print(words, boxes)
    assert reading.kind is InvoiceKind.AIR
    assert (reading.number, reading.issued_on) == ("26372648359766387436", date(2026, 4, 5))
    assert (reading.tax, reading.total, reading.seller_name) == (7844, 100000, SELLER)
    assert (reading.buyer_name or "", reading.buyer_tax_id or "") == buyer


def test_the_columns_of_a_toll_invoice(by: Read) -> None:
    """Plate, vehicle and days are no part of the name."""
    usual = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID))
    words = [word for word in usual if word.y not in (145, 163)]
    heads = ("项目名称", "车牌号", "类型", "通行日期起", "通行日期止", "金额", "税率", "税额")
    cells = ("*经营租赁*通行费", "浙A12345", "客车", "20260301", "20260302", "227.18", "3%", "6.82")
    edges = (22, 118, 178, 218, 290, 372, 440, 560)
    words += [Placed(x, y, text) for y, row in ((145, heads), (163, cells)) for x, text in zip(edges, row, strict=True)]
    (found,) = by(words).lines
    assert (found.name, found.specification, found.amount, found.rate) == ("*经营租赁*通行费", "", 22718, "3%")


def test_a_roll(by: Read) -> None:
    """Each party's id follows its name, which may be wrapped; figures stand below the name of their item."""
    rows = (
        "样本增值税普通发票（卷票）", "发票代码：033002600607", "发票号码：78994421", "销售方名称：杭州样本五金经营部（个体",
        "工商户）", f"纳税人识别号：{SELLER_ID}", "开票日期：2026-03-21", f"购买方名称：{BUYER}", f"纳税人识别号：{BUYER_ID}",
    )  # fmt: skip
    words = [Placed(60, 30 + 16 * place, text) for place, text in enumerate(rows)]
    words += [Placed(x, 180, text) for x, text in ((60, "项目"), (120, "单价"), (180, "数量"), (230, "金额"))]
    for y, name, figures in ((196, "*生活服务*绿植养护", ("113.59", "2", "227.18")), (228, "*谷物*大米", ("6.82", "1", "6.82"))):
        words += [Placed(60, y, name)]
        words += [Placed(x, y + 16, text) for x, text in zip((120, 182, 228), figures, strict=True)]
    words += [Placed(60, 262, "合计金额（小写）：¥234.00"), Placed(60, 278, "合计金额（大写）：贰佰叁拾肆圆整")]
    reading = by(words)
    assert (reading.kind, reading.number, reading.total) == (InvoiceKind.ROLL, "78994421", 23400)
    assert parties(reading) == (BUYER, BUYER_ID, "杭州样本五金经营部（个体工商户）", SELLER_ID)
    assert [(line.name, line.quantity, line.unit_price, line.amount) for line in reading.lines] == [
        ("*生活服务*绿植养护", 2, Decimal("113.59"), 22718),
        ("*谷物*大米", 1, Decimal("6.82"), 682),
    ]


def test_a_card_slip(by: Read) -> None:
    """Day and time may touch; the merchant is the seller."""
    rows = ("POS 签购单", f"商户名称：{SELLER}", "终端编号：23755406", "批次号：099482", "参考号：138063422360", "日期时间：2026/03/2109:13:34")
    words = [Placed(60, 30 + 18 * place, text) for place, text in enumerate((*rows, "金额：RMB 2756.84"))]
    reading = by(words)
    assert (reading.kind, reading.total, reading.seller_name) == (InvoiceKind.POS, 275684, SELLER)
    assert reading.issued_on == date(2026, 3, 21)


def test_a_fiscal_receipt_whose_title_is_not_read() -> None:
    """Its stamp lies over the title: labels tell the kind; its own table is not read as that of an invoice."""
    words = [
        Placed(60, 40, "票据代码：33032535"), Placed(330, 40, "票据号码：0638720584"),
        Placed(60, 60, f"交款人统一社会信用代码：{BUYER_ID}"), Placed(60, 80, f"交款人：{BUYER}"), Placed(330, 80, "开票日期：2026-03-21"),
        *(Placed(x, 110, text) for x, text in ((60, "项目编码"), (130, "项目名称"), (260, "单位"), (320, "数量"), (380, "标准"), (450, "金额（元）"))),
        *(Placed(x, 128, text) for x, text in ((60, "10305"), (130, "考务费"), (260, "科"), (320, "2"), (380, "61.00"), (450, "122.00"))),
        Placed(60, 160, "金额合计（大写）壹佰贰拾贰元整"), Placed(330, 160, "（小写）122.00"), Placed(60, 190, "收款单位（章）：样本考试中心"),
    ]  # fmt: skip
    reading = on_a_picture(words)
    assert (reading.kind, reading.code, reading.number) == (InvoiceKind.FISCAL, "33032535", "0638720584")
    assert (reading.total, reading.buyer_name, reading.buyer_tax_id) == (12200, BUYER, BUYER_ID)
    assert reading.lines == ()


@pytest.mark.parametrize("apart", [False, True])
def test_holders_of_accounts_on_a_bank_receipt(apart: bool) -> None:
    """Payer left, payee right, whether label and name are one word to the recogniser or two."""
    words = [Placed(220, 30, "样本银行 客户回单", 14), Placed(60, 60, "回单编号：20260321000123"), Placed(330, 60, "日期：2026年03月21日")]
    for x, name in ((60, BUYER), (330, SELLER)):
        words += [Placed(x, 90, "户名"), Placed(x + 30, 90, name)] if apart else [Placed(x, 90, f"户名{name}")]
    reading = on_a_picture([*words, Placed(60, 130, "金额（小写）：¥234.00元")])
    assert (reading.kind, reading.total) == (InvoiceKind.BANK_SLIP, 23400)
    assert (reading.buyer_name, reading.seller_name) == (BUYER, SELLER)


def test_a_holder_in_two_rows() -> None:
    """A long name stands above and below the line of its label."""
    words = [Placed(220, 30, "样本银行 客户回单", 14), Placed(60, 90, "付款人户名"), Placed(120, 90, BUYER), Placed(330, 90, "收款人户名")]
    words += [Placed(390, 84, "样本商贸（深圳）有限公司驻", 8), Placed(390, 96, "杭州办事处", 8), Placed(60, 110, "付款人账号610416")]
    reading = on_a_picture([*words, Placed(330, 110, "收款人账号110688"), Placed(60, 130, "金额（小写）：¥234.00元")])
    assert (reading.buyer_name, reading.seller_name) == (BUYER, "样本商贸（深圳）有限公司驻杭州办事处")


def test_stars_taken_for_letters() -> None:
    """The rate of 差额征税 is printed as ***."""
    line = ("*人力资源服务*劳务派遣服务费", "", "项", "1", "227.18", "227.18", "大大大", "6.82")
    (found,) = on_a_picture(table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID), (line,))).lines
    assert (found.rate, found.unit_price, found.amount, found.tax) == ("***", Decimal("227.18"), 22718, 682)


def test_a_sum_of_nothing_is_no_guess() -> None:
    """A taxi's surcharge of 0.00 is not its fare."""
    words = [Placed(60, 30, "样本市出租汽车统一发票"), Placed(60, 60, "附加费 0.00元"), Placed(60, 80, "金额 污损")]
    assert on_a_picture(words).total is None


def test_an_id_once_more_on_the_stamp() -> None:
    """Where the printed one is misread and wrong by its check digits, the stamp's is right and differs in one letter."""
    misread = SELLER_ID.replace("T", "1")
    words = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, misread))
    assert parties(on_a_picture([*words, Placed(400, 340, SELLER_ID)])) == (BUYER, BUYER_ID, SELLER, SELLER_ID)


def test_a_wrapped_name_of_an_item(by: Read) -> None:
    """The words below belong to the line above; nothing is cut, and the sums are proven."""
    lines = (
        ("*印刷品*投资项目可行性", "", "本", "2", "113.59", "227.18", "3%", "6.82"),
        ("分析与案例（第3版）", "", "", "", "", "", "", ""),
    )
    reading = by(table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID), lines))
    assert [line.name for line in reading.lines] == ["*印刷品*投资项目可行性分析与案例（第3版）"]
    assert (reading.amount, reading.tax, reading.total) == (22718, 682, 23400)


@pytest.mark.parametrize("rate", ["免税", "不征税"])
def test_no_tax_where_none_is_levied(by: Read, rate: str) -> None:
    """`***` stands for 0.00 there, and nowhere else."""
    words = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID), (
        ("*蔬菜*土豆", "", "千克", "50", "4.68", "234.00", rate, "***"),
    ))  # fmt: skip
    words = [w for w in words if w.text not in ("¥227.18", "¥6.82")]
    reading = by([*words, Placed(362, 281, "¥234.00"), Placed(570, 281, "***")])
    assert (reading.amount, reading.tax, reading.total) == (23400, 0, 23400)
    assert reading.lines[0].tax == 0


def test_a_watermark_changes_nothing() -> None:
    """Large words printed over the form, level or slanted."""
    words = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID))
    clean = in_print(words)
    marked = in_print([*words, Placed(120, 163, "仅供报销使用仅供报销使用", 28), Placed(430, 112, "此件作废", 26)])
    assert marked.fields.keys() == clean.fields.keys()
    assert {name: found.value for name, found in marked.fields.items()} == {
        name: found.value for name, found in clean.fields.items()
    }
    assert [line.name for line in marked.lines] == [line.name for line in clean.lines]


RAIL: Final = (
    Placed(209, 35, "电子发票（铁路电子客票）", 16),
    Placed(30, 67, "发票号码：26319130671000000049"),
    Placed(420, 67, "开票日期：2026年03月02日"),
    Placed(60, 115, "南京", 18),
    Placed(280, 107, "G7101"),
    Placed(450, 115, "上海虹桥", 18),
    Placed(60, 167, "2026年03月01日"),
    Placed(140, 167, "08:30开"),
    Placed(256, 167, "二等座"),
    Placed(60, 197, "票价：¥181.00", 12),
    Placed(60, 257, "电子客票号：3067100A086012090014312022"),
    Placed(60, 287, f"购买方名称：{BUYER}"),
    Placed(260, 287, f"统一社会信用代码：{BUYER_ID}"),
)


def test_an_electronic_rail_ticket(by: Read) -> None:
    """Number, day of issue (not of travel), fare and buyer."""
    reading = by(RAIL)
    assert reading.kind is InvoiceKind.RAIL
    assert (reading.number, reading.issued_on, reading.total) == ("26319130671000000049", date(2026, 3, 2), 18100)
    assert (reading.buyer_name, reading.buyer_tax_id) == (BUYER, BUYER_ID)


@pytest.mark.parametrize("number", ["Z51A012345", "A0123456", "B012345"])
def test_a_paper_rail_ticket(number: str) -> None:
    """Old and new forms of its number; a person looks, for nothing else proves the fare."""
    reading = on_a_picture(
        [
            Placed(40, 30, number),
            Placed(60, 80, "杭州东站", 16),
            Placed(260, 80, "G7503"),
            Placed(400, 80, "上海虹桥站", 16),
            Placed(60, 120, "2019年06月18日09:30开"),
            Placed(360, 120, "05车12A号"),
            Placed(60, 150, "¥73.0元", 12),
            Placed(360, 150, "二等座"),
            Placed(60, 180, "限乘当日当次车"),
        ]
    )
    assert (reading.kind, reading.number, reading.total) == (InvoiceKind.RAIL_PAPER, number, 7300)
    assert reading.issued_on == date(2019, 6, 18)
    assert not is_sure(reading, prove(reading, today=date(2026, 6, 1), client=None))


def test_each_sheet_on_a_photograph_lies_in_its_own_way() -> None:
    """Two invoices turned differently on one picture are both read."""
    sheet = table(("购买方信息", BUYER, BUYER_ID), ("销售方信息", SELLER, SELLER_ID))
    boxes = []
    for place, slope in ((0, 0.03), (1, -0.03)):
        for word in sheet:
            fall = slope * (word.x + word.width / 2) + place * (HEIGHT + 40) + 20
            high = 0.6 * word.size
            text = word.text.replace("0001", f"000{place + 1}")
            top, bottom = word.y - high + fall, word.y + high + fall
            boxes.append(TextBox(text, 0.99, word.x / WIDTH, top / 900, (word.x + word.width) / WIDTH, bottom / 900))
    found, left, _ = invoices_on([page_of_text(boxes, round(1000 * 900 / WIDTH), 0)], {})
    assert not left
    assert [each.reading.number for each in found] == ["26332000000000000001", "26332000000000000002"]
    for each in found:
        assert (each.reading.amount, each.reading.tax, each.reading.total) == (22718, 682, 23400)
        assert parties(each.reading) == (BUYER, BUYER_ID, SELLER, SELLER_ID)
