"""CAP-2: one set of form readers for print and for pictures: the same words in the same places give the same fields."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
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


def in_print(words: Sequence[Placed]) -> Reading:
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    written = io.BytesIO()
    canvas = Canvas(written, pagesize=(WIDTH, HEIGHT))
    for word in words:
        canvas.setFont(FONT, word.size)
        canvas.drawString(word.x, HEIGHT - word.y - 0.38 * word.size, word.text)
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
