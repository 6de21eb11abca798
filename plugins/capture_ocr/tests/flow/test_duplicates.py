"""An invoice comes once: as paper and as data, in any month; what two clients sent the firm alone is told (CAP-3)."""

from typing import Any

from PIL import Image, ImageDraw

from zhangfang_capture_ocr.services import listing, uploads
from zhangfang_capture_ocr.services.showing import shown_invoice
from zhangfang_capture_ocr.tables import Invoice
from zhangfang_core.testing.tenants import TRADING_TAX_ID, acting
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.services import use

from .conftest import File, Office

NUMBER = "26332000000187654321"


async def _name(office: Office, client: int) -> str:
    async with acting(office.firm, "accountant"):
        return (await use(Clients).client(client)).name


async def handed_in_by_trading(office: Office, name: str, data: bytes) -> int:
    async with acting(office.firm, "boss", client=office.firm.trading, name="王总"):
        (received,) = await uploads.receive([File(name, data)], purpose="", upload_key=None)
    assert received.item is not None
    await office.work(received.item)
    return received.item


async def test_print_and_data_of_one_invoice(office: Any, drawn: Any) -> None:
    """The paper names a code that the data leave out; the same number with another total is another invoice."""
    first = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        await Invoice.update({Invoice.code: "033002600211"}).where(Invoice.item == first)
    assert await office.state(await office.handed_in("一.pdf", drawn.pdf())) == ("refused", "capture.same_number")
    other = await office.handed_in("二.xml", drawn.xml(yuan=2000))
    assert (await office.state(other))[1] != "capture.same_number"


async def test_the_same_picture_with_a_misread_number(office: Any, drawn: Any) -> None:
    """The same photograph, its number read otherwise: date and total are those of the first, so a person looks."""
    photo = drawn.photo()
    first = await office.handed_in("一.jpg", photo)
    async with acting(office.firm, "accountant"):
        await Invoice.update({Invoice.number: "26332000000187654327"}).where(Invoice.item == first)
    again = await office.handed_in("二.jpg", photo + b"\0")
    assert await office.state(again) == ("needs_review", "capture.same_picture")
    async with acting(office.firm, "accountant"):
        await Invoice.update({Invoice.total: 1}).where(Invoice.item == first)
    other = await office.handed_in("三.jpg", photo + b"\0\0")
    assert (await office.state(other))[1] != "capture.same_picture"


async def test_what_two_clients_sent_is_told_to_the_firm_alone(office: Any, drawn: Any) -> None:
    """One invoice among the purchases of two clients: neither of them reads of the other, the accountant does."""
    await office.handed_in("一.xml", drawn.xml())
    as_theirs = drawn.xml(buyer=await _name(office, office.firm.trading), buyer_tax_id=TRADING_TAX_ID)
    item = await handed_in_by_trading(office, "一.xml", as_theirs)
    assert await office.state(item) == ("needs_review", "capture.to_check")
    restaurant = await _name(office, office.firm.restaurant)
    async with acting(office.firm, "boss", client=office.firm.trading):
        row, shown = await listing.one(item), await shown_invoice(item)
        assert shown is not None
        assert restaurant not in f"{row} {shown}"
        assert shown.elsewhere == ""
    async with acting(office.firm, "accountant"):
        shown = await shown_invoice(item)
        assert shown is not None
        assert restaurant in shown.elsewhere


async def test_buyer_and_seller_may_both_be_clients(office: Any, drawn: Any) -> None:
    """One's purchase is the other's sale, and no duplicate."""
    await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        await Invoice.update({Invoice.direction: "sales"}).where(Invoice.number == NUMBER)
    as_theirs = drawn.xml(buyer=await _name(office, office.firm.trading), buyer_tax_id=TRADING_TAX_ID)
    assert await office.state(await handed_in_by_trading(office, "一.xml", as_theirs)) == ("drafted", "")


async def test_the_same_file_without_a_number_at_two_clients(office: Any, drawn: Any) -> None:
    """A receipt that both handed in."""
    receipt = Image.new("RGB", (700, 1100), "white")
    pen = ImageDraw.Draw(receipt)
    for row in range(12):
        pen.rectangle((40, 60 + row * 80, 300 + 29 * (row * 7 % 11), 90 + row * 80), fill="black")
    await office.handed_in("小票.jpg", drawn.jpeg(receipt))
    item = await handed_in_by_trading(office, "小票.jpg", drawn.jpeg(receipt))
    assert (await office.state(item))[0] == "needs_review"
    async with acting(office.firm, "accountant"):
        shown = await shown_invoice(item)
    assert shown is not None
    assert await _name(office, office.firm.restaurant) in shown.elsewhere
