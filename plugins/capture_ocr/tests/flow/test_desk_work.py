"""A day at the desk: lines corrected in place, what is remembered by item, many passed at once, the reason chosen (CAP-4, CAP-6)."""

import io
from typing import Any

import pytest
from PIL import Image

from zhangfang_capture_ocr.reading.confined import shared_reader
from zhangfang_capture_ocr.services import desk, listing
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_capture_ocr.specimens import taxed_line
from zhangfang_capture_ocr.stored_readings import as_value
from zhangfang_capture_ocr.tables import Correction, SellerMemory
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.errors import Refusal


async def test_a_line_is_corrected_in_place(office: Any, drawn: Any) -> None:
    """CAP-6: name, rate and tax of a line are changed, kept as corrections, and booked by the new name."""
    item = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        await desk.approve(
            item, {"line_0_name": "*餐饮服务*业务招待餐费", "line_0_rate": "6%", "line_0_amount": "1,000.00"}
        )
        kept = {row.field: (row.before, row.after, row.source) for row in await Correction.objects()}
    assert kept == {
        "lines.0.name": ("*运输服务*冷链运输", "*餐饮服务*业务招待餐费", ""),
        "lines.0.rate": ("9%", "6%", ""),
    }
    (line,) = as_value((await office.invoice_of(item))["lines"])
    assert (line["name"], line["classification_short"], line["rate"]) == ("*餐饮服务*业务招待餐费", "餐饮服务", "6%")


async def test_a_line_that_was_not_read_is_added_and_one_too_many_goes(office: Any, drawn: Any) -> None:
    """CAP-6: what the machine missed or invented is put right at the desk, and both are kept as corrections."""
    freight, meal = taxed_line("*运输服务*冷链运输", 50000, "9%"), taxed_line("*餐饮服务*工作餐", 30000, "6%")
    item = await office.handed_in("一.xml", drawn.xml(lines=(freight, meal)))
    wiped = {f"line_1_{part}": "" for part in ("name", "rate", "amount", "tax")}
    added = {"line_2_name": "*餐饮服务*团餐", "line_2_rate": "6%", "line_2_amount": "300", "line_2_tax": "18"}
    async with acting(office.firm, "accountant"):
        considered = await desk.consider(item, wiped | added)
        assert considered.draft is not None
        await desk.approve(item, wiped | added | {"line_3_name": " ", "line_3_amount": ""})
        kept = {row.field: (row.before, row.after) for row in await Correction.objects()}
    lines = as_value((await office.invoice_of(item))["lines"])
    assert [(x["name"], x["amount"], x["witnesses"]) for x in lines[1:]] == [("*餐饮服务*团餐", 30000, ["person"])]
    assert (kept["lines.1.name"], kept["lines.2.name"]) == (("*餐饮服务*工作餐", ""), ("", "*餐饮服务*团餐"))
    assert (kept["lines.1.amount"], kept["lines.2.amount"]) == (("300.00", ""), ("", "300.00"))


async def test_a_new_line_wants_a_name_and_an_amount(office: Any, drawn: Any) -> None:
    item = await office.handed_in("一.xml", drawn.xml())
    for given, missing in (({"line_1_name": "团餐"}, "line_1_amount"), ({"line_1_amount": "3"}, "line_1_name")):
        with pytest.raises(Refusal) as refused:
            async with acting(office.firm, "accountant"):
                await desk.approve(item, given)
        assert (refused.value.code, refused.value.field) == ("capture.field_unreadable", missing)


@pytest.mark.parametrize(
    ("field", "text"), [("line_0_rate", "十三"), ("line_0_amount", "一百"), ("line_0_name", "长" * 301)]
)
async def test_an_unreadable_part_of_a_line_is_named(office: Any, drawn: Any, field: str, text: str) -> None:
    item = await office.handed_in("一.xml", drawn.xml())
    with pytest.raises(Refusal) as refused:
        async with acting(office.firm, "accountant"):
            await desk.approve(item, {field: text})
    assert (refused.value.code, refused.value.field) == ("capture.field_unreadable", field)


async def test_each_item_of_a_seller_has_its_account(office: Any, drawn: Any) -> None:
    """CAP-6: what was chosen for an item is proposed for it again, and says so; the seller's other items go by the rules."""
    freight, meal = taxed_line("*运输服务*冷链运输", 50000, "9%"), taxed_line("*餐饮服务*工作餐", 30000, "6%")
    item = await office.handed_in("一.xml", drawn.xml(lines=(freight, meal)))
    async with acting(office.firm, "accountant"):
        considered = await desk.consider(item, {})
        assert considered.draft is not None
        codes = [line.account for line in considered.draft.lines]
        assert len(codes) == 3
        await desk.approve(item, {"account_0": "560209", "account_1": codes[1], "account_2": codes[2]})
        remembered = {row.item: row.account for row in await SellerMemory.objects()}
    assert remembered == {"": "560209", "冷链运输": "560209", "工作餐": codes[1]}
    for number, line, account in (
        ("26332000000187654322", freight, "560209"),
        ("26332000000187654323", meal, codes[1]),
        ("26332000000187654324", taxed_line("*住宿服务*住宿费", 20000, "6%"), "560206"),
    ):
        following = await office.handed_in(f"{number}.xml", drawn.xml(number=number, lines=(line,)))
        async with acting(office.firm, "accountant"):
            draft = (await desk.consider(following, {})).draft
        assert draft is not None
        assert draft.lines[0].account == account
        assert any("会计以前记在" in reason for reason in draft.reasons) == (account != "560206")


async def test_the_queue_is_narrowed_and_counted(office: Any, drawn: Any) -> None:
    clean = await office.handed_in("一.xml", drawn.xml())
    unsure = await office.handed_in("照片.jpg", drawn.jpeg(Image.new("RGB", (300, 200), "white")))
    async with acting(office.firm, "accountant"):
        asked = {show: [row.id for row in await listing.queue("", show)] for show in ("all", "clean", "look")}
        assert asked == {"all": [clean, unsure], "clean": [clean], "look": [unsure]}
        assert await listing.booked_today() == 0
        await desk.approve(clean, {})
        assert await listing.booked_today() == 1


async def test_a_photo_has_its_boxes_and_stands_upright(office: Any, drawn: Any) -> None:
    """CAP-6: the fields' places lie on a photograph, also on one that was taken lying on its side."""
    for name, turned in (("正.jpg", 0), ("横.jpg", 90)):
        item = await office.handed_in(name, drawn.photo(turned, number=f"263320000001876{turned:05d}"))
        async with acting(office.firm, "accountant"):
            shown = await shown_invoice(item)
        assert shown is not None
        assert shown.picture is not None
        boxes = {name: (x, y) for name, x, y, *_ in shown.picture.boxes}
        assert {"number", "total", "seller_name", "line_0"} <= boxes.keys()
        assert shown.picture.width > shown.picture.height
        assert boxes["number"][1] < boxes["line_0"][1] < boxes["total"][1] < shown.picture.height
        assert shown.picture.image.endswith("/file" if turned == 0 else "/picture")


async def test_the_client_sees_what_the_reason_means(office: Any, drawn: Any) -> None:
    """U2: a photograph of an invoice that is here already lights up its number on the client's page."""
    await office.handed_in("一.xml", drawn.xml())
    twice = await office.handed_in("又拍.jpg", drawn.photo())
    async with acting(office.firm, "boss", client=office.firm.restaurant):
        shown = await shown_invoice(twice)
    assert shown is not None
    assert shown.picture is not None
    assert [name for name, *_, low in shown.picture.boxes if low] == ["number"]


def test_a_frame_is_drawn_upright(drawn: Any) -> None:
    """The second frame of a TIFF, turned: the confined process is told both in one number."""
    pages, written = [Image.new("RGB", (300, 200), colour) for colour in ("white", "red")], io.BytesIO()
    pages[0].save(written, "TIFF", save_all=True, append_images=pages[1:])
    picture = Image.open(io.BytesIO(shared_reader().draw(written.getvalue(), 90, 1)))
    assert picture.size == (200, 300)
    assert picture.convert("RGB").getpixel((100, 100))[0] > 200 > picture.convert("RGB").getpixel((100, 100))[1]
