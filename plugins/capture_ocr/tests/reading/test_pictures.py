"""CAP-2, CAP-4: from recognised text to fields; sure only where something else on the picture says the same."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from zhangfang_capture_ocr.agreeing import documents_on, doubtful
from zhangfang_capture_ocr.proofs import is_sure, prove
from zhangfang_capture_ocr.reading import InvoiceKind, Reading
from zhangfang_capture_ocr.reading.qr import PlacedCode, parse
from zhangfang_capture_ocr.seen_pages import SeenPage
from zhangfang_sdk.recognition import TextBox

QR = "01,10,033002600211,12345678,227.18,20260509,43932791364182936430,ABCD,"
PRINT = {
    "title": ("浙江增值税电子普通发票", 0.30, 0.06, 0.60),
    "code": ("发票代码：033002600211", 0.64, 0.08, 0.82),
    "number": ("发票号码：12345678", 0.64, 0.13, 0.78),
    "date": ("开票日期：2026年05月09日", 0.64, 0.18, 0.84),
    "buyer": ("名称：云溪样本科技有限公司", 0.11, 0.26, 0.40),
    "buyer_id": ("纳税人识别号：91110000802100433B", 0.11, 0.31, 0.40),
    "items": ("货物或应税劳务、服务名称", 0.11, 0.41, 0.25),
    "amounts": ("金额", 0.62, 0.41, 0.66),
    "rates": ("税率", 0.70, 0.41, 0.73),
    "taxes": ("税额", 0.78, 0.41, 0.82),
    "item": ("*餐饮服务*餐饮费", 0.08, 0.46, 0.20),
    "line_amount": ("227.18", 0.65, 0.46, 0.69),
    "rate": ("3%", 0.71, 0.46, 0.73),
    "line_tax": ("6.82", 0.82, 0.46, 0.85),
    "sums": ("合计", 0.13, 0.66, 0.20),
    "amount": ("¥227.18", 0.64, 0.66, 0.70),
    "tax": ("¥6.82", 0.80, 0.66, 0.85),
    "words_label": ("价税合计(大写)", 0.11, 0.71, 0.24),
    "words": ("贰佰叁拾肆圆整", 0.29, 0.71, 0.42),
    "total": ("(小写)¥234.00", 0.66, 0.71, 0.78),
    "seller": ("名称：样本商贸（深圳）有限公司", 0.11, 0.76, 0.40),
    "seller_id": ("纳税人识别号：91440300708461136T", 0.11, 0.81, 0.40),
}


def read_picture(boxes: list[TextBox], codes: tuple[str, ...], shape: int) -> Reading:
    """The one document of a picture."""
    page = SeenPage(tuple(boxes), tuple(PlacedCode(code, 0.1, 0.1) for code in codes), shape, 0)
    found, left = documents_on(page, 0)
    assert not left
    return found[0].reading


def seen(*codes: str, slope: float = 0.0, others: Sequence[dict[str, str]] = ({}, {}), **changed: str) -> SeenPage:
    """The picture as its first reader has it with `changed`, and further readers with theirs."""
    boxes = []
    for name, (text, left, top, right) in PRINT.items():
        fall = slope * (left + right) / 2
        more = tuple(other.get(name, text) for other in others)
        boxes.append(TextBox(changed.get(name, text), 0.99, left, top + fall, right, top + fall + 0.03, others=more))
    return SeenPage(tuple(boxes), tuple(PlacedCode(code, 0.1, 0.1) for code in codes), 600, 0)


def picture(*codes: str, slope: float = 0.0, others: Sequence[dict[str, str]] = ({}, {}), **changed: str) -> Reading:
    page = seen(*codes, slope=slope, others=others, **changed)
    return read_picture(list(page.boxes), codes, page.shape)


def sure(reading: Reading) -> bool:
    return is_sure(reading, prove(reading, today=date(2026, 6, 1), client=None))


@pytest.mark.parametrize("slope", [0.0, 0.06, -0.06])
def test_a_clean_picture_with_its_code_is_sure(slope: float) -> None:
    """CAP-2, CAP-4: every field, straight or tilted, and sure by the code, the capitals and the sums."""
    reading = picture(QR, slope=slope)
    assert reading.kind is InvoiceKind.ORDINARY_ELECTRONIC
    assert (reading.code, reading.number, reading.issued_on) == ("033002600211", "12345678", date(2026, 5, 9))
    assert (reading.amount, reading.tax, reading.total) == (22718, 682, 23400)
    assert (reading.buyer_name, reading.buyer_tax_id) == ("云溪样本科技有限公司", "91110000802100433B")
    assert (reading.seller_name, reading.seller_tax_id) == ("样本商贸（深圳）有限公司", "91440300708461136T")
    assert [line.name for line in reading.lines] == ["*餐饮服务*餐饮费"]
    assert sure(reading)


def test_words_of_one_reader_are_not_sure() -> None:
    """CAP-4: sums prove each other, a name and an item need a second reader."""
    reading = picture(QR, others=())
    assert (reading.amount, reading.tax, reading.total) == (22718, 682, 23400)
    assert not sure(reading)


@pytest.mark.parametrize(
    ("word", "misread", "field"),
    [
        ("seller", "名称：样本商货（深圳）有限公司", "seller_name"),
        ("buyer", "名称：云溪祥本科技有限公司", "buyer_name"),
        ("item", "*餐饮服务*餐饮贵", ""),
    ],
)
def test_two_of_three_readers(word: str, misread: str, field: str) -> None:
    """CAP-4: one that misreads is outvoted; two of one family that misread alike, or three ways of reading, prove nothing."""
    right = picture(QR)
    outvoted = picture(QR, others=({}, {}), **{word: misread})
    assert sure(outvoted)
    assert [line.name for line in outvoted.lines] == [line.name for line in right.lines]
    assert not field or outvoted.fields[field].value == right.fields[field].value
    assert not sure(picture(QR, others=({word: misread}, {}), **{word: misread}))
    assert not sure(picture(QR, others=({word: misread + "了"}, {}), **{word: misread}))


@pytest.mark.parametrize(
    "name",
    [
        "苏州用直商贸有限公司",
        "安徽毫州商贸有限公司",
        "深圳日日商贸有限公司",
        "北京天桃商贸有限公司",
        "苏州鄄都商贸有限公司",
    ],
)
def test_letters_that_all_readers_mistake_alike_prove_nothing(name: str) -> None:
    """CAP-4: a common letter may stand for its rare twin, and one rare letter for another."""
    said = {"seller": f"名称：{name}"}
    assert not sure(picture(QR, others=(said, said), **said))


@pytest.mark.parametrize("name", ["天津日用品商贸有限公司", "北京旭日信用服务有限公司", "杭州鑫睿天成商贸有限公司"])
def test_usual_words_of_such_letters_are_proven(name: str) -> None:
    """CAP-4: where nobody would expect the twin, agreement is enough."""
    said = {"seller": f"名称：{name}"}
    assert sure(picture(QR, others=(said, said), **said))


def test_a_rare_letter_is_not_outvoted() -> None:
    """CAP-4: two readers write the common letter; the third, with the larger alphabet, may be the one that is right."""
    common, rare = {"seller": "名称：重庆说江商贸有限公司"}, {"seller": "名称：重庆谠江商贸有限公司"}
    assert sure(picture(QR, others=(common, common), **common))
    assert not sure(picture(QR, others=(rare, common), **common))


def test_a_rare_letter_that_two_families_write_is_proven() -> None:
    """CAP-4: the first reader's alphabet lacks it; the others agree, and hardly ever write a rare letter that is not there."""
    common, rare = {"seller": "名称：绵阳曼远商贸有限公司"}, {"seller": "名称：绵阳旻远商贸有限公司"}
    reading = picture(QR, others=(rare, rare), **common)
    assert reading.seller_name == "绵阳旻远商贸有限公司"
    assert sure(reading)
    assert not sure(picture(QR, others=(common, rare), **common))


def test_another_rare_letter_says_nothing_against_one_that_two_families_write() -> None:
    """CAP-4: the first reader writes the traditional form of a common letter where it does not know the rare one."""
    other, rare = {"seller": "名称：赣州藥辉商贸有限公司"}, {"seller": "名称：赣州燊辉商贸有限公司"}
    reading = picture(QR, others=(rare, rare), **other)
    assert reading.seller_name == "赣州燊辉商贸有限公司"
    assert sure(reading)
    assert not sure(picture(QR, others=(rare, {"seller": "名称：赣州桑辉商贸有限公司"}), **rare))


def test_a_traditional_letter_in_an_item_is_its_simplified_one() -> None:
    """CAP-4: the classification is written in simplified letters; in the name of a company a traditional one may be meant."""
    right = {"item": "*乳制品*鲜牛奶"}
    reading = picture(QR, item="*乳制品*鮮牛奶", others=(right, right))
    assert reading.lines[0].name == "*乳制品*鲜牛奶"
    assert sure(reading)
    plain = {"seller": "名称：重庆煜升商贸有限公司"}
    assert not sure(picture(QR, seller="名称：重庆煜昇商贸有限公司", others=(plain, plain)))


def test_a_lost_bracket_is_no_other_name() -> None:
    """CAP-4: a reader of the other family lost it; the letters agree, and the name keeps both."""
    reading = picture(QR, others=({}, {"seller": "名称：样本商贸（深圳有限公司"}))
    assert reading.seller_name == "样本商贸（深圳）有限公司"
    assert sure(reading)
    lost = {"seller": "名称：样本商贸（深圳有限公司"}
    assert not sure(picture(QR, others=(lost, lost), **lost))


def test_a_reader_that_lost_the_label_has_read_the_name() -> None:
    """CAP-4: what stands behind a misread label is the same name; another name there is not."""
    assert sure(picture(QR, others=({}, {"seller": "名：样本商贸（深圳）有限公司"})))
    assert not sure(picture(QR, others=({}, {"seller": "名：样木商贸（深圳）有限公司"})))


def test_readers_that_agree_prove_no_sum() -> None:
    """CAP-4: a total that all of them misread is held against the other figures."""
    wrong = {"amount": "¥217.18", "total": "(小写)¥224.00"}
    assert not sure(picture(QR, others=(wrong, wrong), **wrong))


def test_only_what_is_in_doubt_is_read_again() -> None:
    """CAP-5: what the code proves costs no second reader; nor does what two readers agree on."""
    first = seen(QR, others=())
    asked = {first.boxes[place].text for place in doubtful(first)}
    assert {PRINT["seller"][0], PRINT["item"][0], PRINT["buyer_id"][0]} <= asked
    assert not {PRINT["number"][0], PRINT["title"][0], PRINT["words"][0]} & asked
    assert doubtful(seen(QR)) == []


def test_a_star_misread_in_an_item_is_put_right() -> None:
    """CAP-2: where a known short name of the classification stands between what should be stars."""
    for misread in ("“餐饮服务”餐饮费", "餐饮服务*餐饮费", "*餐饮服务·餐饮费"):
        (line,) = picture(QR, others=(), item=misread).lines
        assert (line.name, line.classification_short) == ("*餐饮服务*餐饮费", "餐饮服务")
    assert picture(QR, others=(), item="某某服务*餐饮费").lines[0].name == "某某服务*餐饮费"


def test_letters_that_look_like_figures_are_not_sure() -> None:
    """CAP-4: readers that agree on ITB may all have seen 1TB."""
    assert sure(picture(QR, item="*餐饮服务*餐饮费2TB", others=({"item": "*餐饮服务*餐饮费2TB"},) * 2))
    for name in ("*餐饮服务*餐饮费ITB", "*餐饮服务*餐饮费1O0"):
        assert not sure(picture(QR, item=name, others=({"item": name},) * 2))


def test_a_name_of_two_words_is_not_sure() -> None:
    """CAP-4: what stands close behind a name may be of the next column."""
    page = seen(QR)
    item = next(box for box in page.boxes if box.text == PRINT["item"][0])
    beside = dataclasses.replace(
        item, text="X200", others=("X200", "X200"), left=item.right + 0.002, right=item.right + 0.03
    )
    reading = documents_on(dataclasses.replace(page, boxes=(*page.boxes, beside)), 0)[0][0].reading
    assert not sure(reading)


def test_a_name_that_reaches_into_the_next_column_is_not_sure() -> None:
    """CAP-4: two cells that were boxed as one word."""
    page = seen(QR)
    name = "*餐饮服务*餐饮费X-200"
    merged = {"text": name, "others": (name, name), "right": 0.63}
    boxes = tuple(dataclasses.replace(box, **merged) if box.text == PRINT["item"][0] else box for box in page.boxes)
    reading = documents_on(dataclasses.replace(page, boxes=boxes), 0)[0][0].reading
    assert not sure(reading)


_CELLS = {"specification": ("", 0.29), "unit": ("份", 0.41), "quantity": ("2", 0.48), "price": ("113.59", 0.54)}
_HEADINGS = (("规格型号", 0.29), ("单位", 0.40), ("数量", 0.47), ("单价", 0.54))


def measured(others: Sequence[str] | None = None, **changed: str) -> Reading:
    """The picture with the measures of its line, ``changed`` to what its readers have there ("" for nothing); ``others`` read the specification so."""
    page = seen(QR)
    cells = [(changed.get(name, text), left, 0.46) for name, (text, left) in _CELLS.items()]
    added = [
        TextBox(
            text,
            0.99,
            left,
            top,
            left + 0.012 * len(text),
            top + 0.03,
            others=tuple(others or ()) if text == changed.get("specification") and others else (text, text),
        )
        for text, left, top in (*((text, left, 0.41) for text, left in _HEADINGS), *cells)
        if text
    ]
    return read_picture([*page.boxes, *added], (QR,), page.shape)


def test_a_line_whose_measure_was_read_in_part_is_not_sure() -> None:
    """CAP-4: of unit, quantity and price readers lose single letters and figures; the units of two rows become one."""
    (line,) = measured().lines
    assert (line.unit, line.quantity, line.unit_price) == ("份", 2, Decimal("113.59"))
    assert sure(measured())
    assert sure(measured(unit=""))
    assert sure(measured(unit="", quantity="", price=""))
    for lost in ("quantity", "price"):
        assert not sure(measured(**{lost: ""}))
    assert not sure(measured(quantity="", price=""))
    assert not sure(measured(unit="份次"))


@pytest.mark.parametrize("specification", ["2.5mm2", "20Oml", "200m1"])
def test_a_specification_that_readers_mistake_alike_is_not_sure(specification: str) -> None:
    """CAP-4: small raised figures, and letters that look like figures."""
    assert sure(measured(specification="A4 70g"))
    assert not sure(measured(specification=specification))


def test_a_specification_needs_a_second_reader() -> None:
    """CAP-4: as the name before it."""
    assert not sure(measured(specification="ZR-BVR", others=("ZR-8VR", "ZR-3VR")))
    one = measured(specification="ZR-BVR", others=("ZR-8VR", "ZR-8VR"))
    assert (one.lines[0].specification, sure(one)) == ("ZR-8VR", True)


def test_a_bracket_that_does_not_close_is_not_sure() -> None:
    """CAP-4: a name may run on in a row that was not found."""
    name = "*餐饮服务*餐饮费（三人"
    assert not sure(picture(QR, item=name, others=({"item": name},) * 2))


def test_a_code_and_the_rate_stand_for_capitals_that_were_not_read() -> None:
    """CAP-4: amount by the code, tax by its rate, total by both; without the code capitals are needed."""
    nothing = {"words": "？"}
    assert sure(picture(QR, **nothing, others=(nothing, nothing)))
    assert not sure(picture(**nothing, others=(nothing, nothing)))
    exempt = {**nothing, "rate": "*"}
    assert not sure(picture(QR, **exempt, others=(exempt, exempt)))


def test_a_private_person_needs_no_tax_id() -> None:
    """CAP-4: two families agree on a name as persons have them; a company's name without its id stays open."""
    for name in ("王芳", "尤玥磊（个人）"):
        assert sure(
            picture(
                QR,
                buyer=f"名称：{name}",
                buyer_id="纳税人识别号：",
                others=({"buyer": f"名称：{name}", "buyer_id": "纳税人识别号："},) * 2,
            )
        )
    for name in ("云溪样本科技有限公司", "王"):
        assert not sure(
            picture(
                QR,
                buyer=f"名称：{name}",
                buyer_id="纳税人识别号：",
                others=({"buyer": f"名称：{name}", "buyer_id": "纳税人识别号："},) * 2,
            )
        )


def test_a_number_that_print_lost_stands_in_its_code() -> None:
    """CAP-4: a QR code checks itself; its date and sum are those in print, so it is this invoice's."""
    reading = picture(QR, number="发票号码：")
    assert reading.number == "12345678"
    assert sure(picture(QR, number="发票号码：", others=({"number": "发票号码："},) * 2))
    other = QR.replace("227.18", "228.18")
    assert not sure(picture(other, number="发票号码：", others=({"number": "发票号码："},) * 2))


def test_without_its_code_number_and_date_need_readers_of_two_families() -> None:
    """CAP-4: neither an engine's confidence of 0.99 nor a second reader of the same kind proves them."""
    assert not sure(picture(others=()))
    assert not sure(picture(others=({},)))
    assert sure(picture())
    assert not sure(picture(others=({}, {"number": "发票号码：12345679"})))


@pytest.mark.parametrize(
    "changed",
    [
        {"amount": "¥227.88"},
        {"tax": "¥6.32"},
        {"total": "(小写)¥284.00"},
        {"words": "贰佰叁拾伍圆整"},
        {"number": "发票号码：12345679"},
        {"date": "开票日期：2026年05月08日"},
        {"amount": "¥217.18", "total": "(小写)¥224.00"},
    ],
)
def test_one_misread_figure_is_right_or_not_sure(changed: dict[str, str]) -> None:
    """CAP-4: no wrong sum is sure."""
    reading = picture(QR, **changed)
    right = (reading.amount, reading.tax, reading.total) == (22718, 682, 23400)
    assert right or not sure(reading)


def test_a_misread_total_follows_from_capitals_and_sums() -> None:
    """CAP-4: the only total that fits is taken and marked as put right."""
    reading = picture(QR, others=(), total="(小写)¥284.00")
    assert reading.total == 23400
    assert reading.fields["total"].witnesses == ("arithmetic",)


def test_a_look_alike_in_a_tax_id_is_put_right_by_its_check_digits() -> None:
    """CAP-4."""
    assert picture(QR, seller_id="纳税人识别号：9144O300708461136T").seller_tax_id == "91440300708461136T"


@pytest.mark.parametrize(
    "text", ["https://example.org/?a=01,10", "01,10,1,2", "02,10,033002600211,12345678,1,20260509"]
)
def test_other_codes_name_no_invoice(text: str) -> None:
    """CAP-2: addresses are neither invoices nor opened."""
    assert parse(text) is None


RAIL = (
    ("电子发票（铁路电子客票）", 0.35, 0.05), ("发票号码：26319130671000000049", 0.05, 0.12), ("开票日期：2026年03月02日", 0.70, 0.12),
    ("南京", 0.10, 0.25), ("G7101", 0.46, 0.25), ("上海虹桥", 0.75, 0.25), ("2026年03月01日", 0.10, 0.35),
    ("票价：¥181.00", 0.10, 0.45), ("电子客票号：3067100A086012090014312022", 0.10, 0.55),
    ("购买方名称：云溪样本科技有限公司", 0.10, 0.65), ("统一社会信用代码：91110000802100433B", 0.50, 0.65),
)  # fmt: skip


def rail(*codes: str) -> Reading:
    boxes = [TextBox(text, 0.99, x, y, x + 0.018 * len(text), y + 0.05, others=(text, text)) for text, x, y in RAIL]
    return read_picture(boxes, codes, 800)


def test_a_rail_ticket_on_a_picture_is_sure_by_its_code() -> None:
    """CAP-4: it prints one sum; the code says it again, or a person looks."""
    code = "01,51,,26319130671000000049,181.00,20260302,,"
    reading = rail(code)
    assert (reading.kind, reading.total, reading.issued_on) == (InvoiceKind.RAIL, 18100, date(2026, 3, 2))
    assert sure(reading)
    assert not sure(rail())
    assert not sure(rail(code.replace("181.00", "187.00")))


def test_a_taxi_ticket_is_never_sure() -> None:
    """CAP-4: nothing on it proves the fare."""
    rows = ["出租汽车专用发票", "发票代码 133010920111", "发票号码 12345678", "日期 2026-05-09", "金额 178.80元"]
    boxes = [TextBox(text, 0.99, 0.1, 0.1 * at, 0.8, 0.1 * at + 0.05) for at, text in enumerate(rows, start=1)]
    reading = read_picture(boxes, (), 2000)
    assert (reading.kind, reading.total, reading.number) == (InvoiceKind.TAXI, 17880, "12345678")
    assert not sure(reading)
