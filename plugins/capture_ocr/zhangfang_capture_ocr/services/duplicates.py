"""Whether an invoice is here already: the same number, on paper or as data, or for what has none the same picture.

What other clients of the firm have is asked as well, and told to the firm alone: see :func:`elsewhere`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from piccolo.columns.combination import Or, WhereRaw

from zhangfang_capture_ocr.moments import day_of
from zhangfang_capture_ocr.places import first_page
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.reading.looks import SAME_BELOW
from zhangfang_capture_ocr.services.invoice_source import DIRECTIONS, EVERY_STATE, NAME
from zhangfang_capture_ocr.states import BACK_TO_CLIENT
from zhangfang_capture_ocr.tables import Invoice, Item, Recognition
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.invoices import InvoiceQuery, Invoices
from zhangfang_sdk.services import use

_LOOK: Final = 64
"""Letters of a look in hex."""
_ALIKE: Final = (
    f"case when length(look) = {_LOOK} then bit_count(('x' || look)::bit(256) # ('x' || {{}})::bit(256)) < {SAME_BELOW} else false end"
)
TOLD_MOST: Final = 3
"""Of other clients with the same invoice so many are named."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another client's item with the same invoice."""

    client: int
    item: int


async def same_number(client: int, invoice_id: int, reading: Reading) -> Invoice | None:
    """The live invoice of this client with the same number and code, of any month, if there is another.

    Print and data of one invoice may name its code in one place only: then the same total makes them the same.
    """
    if not reading.number:
        return None
    code = reading.code or ""
    found: Sequence[Invoice] = await (
        Invoice.objects()
        .where(
            Invoice.client == client,
            Invoice.number == reading.number,
            Or(Invoice.code == code, WhereRaw("({} = '' or capture_ocr_invoice.code = '')", code)),
            Invoice.live.eq(True),
            Invoice.id != invoice_id,
        )
        .order_by(Invoice.id)
    )
    return next((each for each in found if each.code == code or each.total == reading.total), None)


async def told_before(first: Invoice) -> str:
    """What the client reads of an invoice that is here already."""
    item = await _item(first.item)
    return (
        f"这张发票已经传过了:号码 {first.number},{day_of(item.created_at)} 由{item.uploader_name}上传的"
        f"“{item.name}”,不会重复入账,不用再传。"
    )


async def is_listed(client: int, reading: Reading, direction: Direction) -> bool:
    """Whether another source than this plugin has the invoice and books it, such as a list of the tax authority of what the client issued.

    What the client received is booked by its document, whoever lists it besides.
    """
    if not reading.number or direction is Direction.PURCHASE:
        return False
    query = InvoiceQuery(client, direction=DIRECTIONS[direction], states=EVERY_STATE, numbers=frozenset({reading.number}))
    found = (await use(Invoices).page(query)).invoices
    return any(i.source != NAME and (i.code == (reading.code or "") or i.total == reading.total) for i in found)


def told_listed(reading: Reading) -> str:
    """What the client reads of an invoice that a list brought."""
    return f"这张发票已经从税务局的发票清单导入过:号码 {reading.number},不会重复入账,不用再传。"


async def same_picture(item: Item, reading: Reading) -> Item | None:
    """The earliest item of this client, of any month, whose picture looks the same.

    Forms of one kind look alike, so of documents with a number only those with the same date and total are told: one number was misread.
    """
    mine = await Recognition.select().where(Recognition.item == _file_of(item), Recognition.page == _page(item)).first()
    if mine is None or len(mine["look"]) != _LOOK:
        return None
    alike = await Recognition.select(Recognition.item).where(
        Recognition.client == item.client, Recognition.item < _file_of(item), WhereRaw(_ALIKE, mine["look"])
    )
    ids = [row["item"] for row in alike]
    if ids and reading.number:
        same = await Invoice.select(Invoice.item).where(
            Invoice.item.is_in(ids), Invoice.issued_on == reading.issued_on, Invoice.total == reading.total
        )
        ids = [row["item"] for row in same] if reading.issued_on is not None and reading.total is not None else []
    if not ids:
        return None
    return (
        await Item.objects().where(Item.id.is_in(ids), Item.state.not_in(sorted(BACK_TO_CLIENT))).order_by(Item.id).first()
    )


def told_of_picture(first: Item) -> str:
    """What a person at the firm reads of a picture that looks like an earlier one."""
    return (
        f"这张照片与 {day_of(first.created_at)} 由{first.uploader_name}上传的“{first.name}”看起来是同一张，"
        "请会计核对，免得重复入账。"
    )


async def elsewhere(item: Item, reading: Reading, direction: Direction) -> Sequence[Elsewhere]:
    """Other clients of the firm that have the same invoice on the same side, or for what has no number the same file.

    Buyer and seller of one invoice may both be the firm's clients: that is no duplicate. Only what the scope in force sees is found.
    """
    if reading.number:
        rows = await (
            Invoice.select(Invoice.client, Invoice.item)
            .where(
                Invoice.client != item.client,
                Invoice.number == reading.number,
                Invoice.code == (reading.code or ""),
                Invoice.direction == direction,
                Invoice.live.eq(True),
            )
            .order_by(Invoice.id)
            .limit(TOLD_MOST)
        )
        return [Elsewhere(row["client"], row["item"]) for row in rows]
    same = await (
        Item.select(Item.client, Item.id)
        .where(Item.client != item.client, Item.sha256 == item.sha256, Item.state.not_in(sorted(BACK_TO_CLIENT)))
        .order_by(Item.id)
        .limit(TOLD_MOST)
    )
    return [Elsewhere(row["client"], row["id"]) for row in same]


async def told_of_elsewhere(item: Item, reading: Reading, direction: Direction) -> str:
    """What a person at the firm reads of an invoice that other clients have too; "" for the client's people, who learn of no other client."""
    if not scope().staff:
        return ""
    found = await elsewhere(item, reading, direction)
    names = [(await use(Clients).client(each.client)).name for each in found]
    who = "、".join(f"“{name}”" for name in dict.fromkeys(names)) or "您看不到的另一家客户"
    return f"{who}也传过这张票，请核对它是哪一家的。这句话客户看不到。"


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
