"""Whether an invoice is here already: the same number, or for what has none the same picture."""

from zhangfang_capture_ocr.moments import day_of
from zhangfang_capture_ocr.places import first_page
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.reading.looks import look_alike
from zhangfang_capture_ocr.states import BACK_TO_CLIENT
from zhangfang_capture_ocr.tables import Invoice, Item, Recognition

COMPARED = 5_000
"""So many of a client's latest pictures are compared."""


async def same_number(client: int, invoice_id: int, reading: Reading) -> Invoice | None:
    """The live invoice of this client with the same code and number, if there is another."""
    if not reading.number:
        return None
    return (
        await Invoice.objects()
        .where(
            Invoice.client == client,
            Invoice.code == (reading.code or ""),
            Invoice.number == reading.number,
            Invoice.live.eq(True),
            Invoice.id != invoice_id,
        )
        .first()
    )


async def told_before(first: Invoice) -> str:
    """What the client reads of an invoice that is here already."""
    item = await _item(first.item)
    return (
        f"这张发票已经传过了:号码 {first.number},{day_of(item.created_at)} 由{item.uploader_name}上传的"
        f"“{item.name}”,不会重复入账,不用再传。"
    )


async def same_picture(item: Item, reading: Reading) -> Item | None:
    """The earlier item of this client whose picture looks the same, for documents without a number: forms of one kind look alike."""
    if reading.number:
        return None
    mine = await Recognition.select().where(Recognition.item == _file_of(item), Recognition.page == _page(item)).first()
    if mine is None or not mine["look"]:
        return None
    others = (
        await Recognition.select(Recognition.item, Recognition.look)
        .where(Recognition.client == item.client, Recognition.item < _file_of(item), Recognition.look != "")
        .order_by(Recognition.id, ascending=False)
        .limit(COMPARED)
    )
    alike = [other["item"] for other in others if look_alike(mine["look"], other["look"])]
    if not alike:
        return None
    return (
        await Item.objects()
        .where(Item.id.is_in(alike), Item.state.not_in(sorted(BACK_TO_CLIENT)))
        .order_by(Item.id)
        .first()
    )


def told_of_picture(first: Item) -> str:
    """What a person at the firm reads of a picture that looks like an earlier one."""
    return (
        f"这张照片与 {day_of(first.created_at)} 由{first.uploader_name}上传的“{first.name}”看起来是同一张，"
        "请会计核对，免得重复入账。"
    )


async def _item(item_id: int) -> Item:
    item = await Item.objects().get(Item.id == item_id)
    if item is None:
        raise RuntimeError(f"there is no item {item_id}")
    return item


def _file_of(item: Item) -> int:
    """The item whose file was recognised: parts of one file share its pictures."""
    whole: int | None = item.whole
    return whole if whole is not None and "#" in item.upload_key else int(item.id)


def _page(item: Item) -> int:
    return first_page(item.place)
