"""The review desk: approve, correct, return (CAP-6, CAP-10)."""

import datetime as dt
from typing import Any

import pytest
from PIL import Image

from zhangfang_capture_ocr.plugin import plugin
from zhangfang_capture_ocr.services import desk, listing, uploads, waiting
from zhangfang_capture_ocr.tables import Correction, Item, SellerMemory
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.indexing import indexed
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.periods import today
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use


async def _accounts(office: Any, item: int) -> list[str]:
    async with acting(office.firm, "accountant"):
        considered = await desk.consider(item, {})
    assert considered.draft is not None
    return [line.account for line in considered.draft.lines]


async def test_approved_is_posted(office: Any, drawn: Any) -> None:
    """CAP-10: one act posts the draft as it is; a second act on the same file is told that it is done."""
    item = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "reviewer"):
        posted = await desk.approve(item, {})
    assert posted.state is VoucherState.POSTED
    assert await office.state(item) == ("approved", "")
    with pytest.raises(Refusal) as refused:
        async with acting(office.firm, "accountant"):
            await desk.approve(item, {})
    assert refused.value.code == "capture.already_done"


async def test_posted_elsewhere_is_booked_here(office: Any, drawn: Any) -> None:
    """CAP-10: a draft that is posted where vouchers are reviewed ends its file, teaches the account, and is no work of the desk."""
    item = await office.handed_in("一.xml", drawn.xml())
    voucher = (await office.invoice_of(item))["voucher"]
    async with acting(office.firm, "reviewer"):
        await use(Ledger).post(voucher)
    async with scoped_transaction(system_scope(office.firm.id)):
        await plugin.on_vouchers_posted([voucher])
    assert await office.state(item) == ("approved", "")
    async with acting(office.firm, "accountant"):
        memory = await SellerMemory.objects().first()
        assert memory is not None
        assert memory.times == 1
        assert await listing.queue() == []


async def test_account_is_remembered_for_the_seller(office: Any, drawn: Any) -> None:
    """CAP-6: the account that the accountant chose is proposed for the seller's next invoice, with that reason."""
    item = await office.handed_in("一.xml", drawn.xml())
    proposed = await _accounts(office, item)
    chosen = "560209" if proposed[0] != "560209" else "560206"
    async with acting(office.firm, "accountant"):
        leaves = [a.code for a in await use(Ledger).accounts(office.firm.restaurant) if a.is_leaf]
        assert chosen in leaves
        form = {f"account_{n}": code for n, code in enumerate([chosen, *proposed[1:]])}
        posted = await desk.approve(item, form)
        assert posted.lines[0].account == chosen
        memory = await SellerMemory.objects().first()
        assert memory is not None
        assert (memory.account, memory.times) == (chosen, 1)
    following = await office.handed_in("二.xml", drawn.xml(number="26332000000187654322"))
    assert (await _accounts(office, following))[0] == chosen


async def test_correction_is_kept_and_booked(office: Any, drawn: Any) -> None:
    """CAP-6: a corrected amount is kept as data, and the voucher follows it."""
    item = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        posted = await desk.approve(
            item, {"amount": "2,000.00", "tax": "180.00", "total": "¥2,180.00", "number": "26332000000187654321"}
        )
        assert posted.total == 218000
        kept = {row.field: (row.before, row.after) for row in await Correction.objects()}
    assert kept == {"amount": ("1,000.00", "2,000.00"), "tax": ("90.00", "180.00"), "total": ("1,090.00", "2,180.00")}
    row = await office.invoice_of(item)
    assert row["total"] == 218000


async def test_photo_is_typed_in(office: Any, drawn: Any) -> None:
    """CAP-1, CAP-6: a photo on which nothing can be read becomes a voucher by the accountant's hand."""
    item = await office.handed_in("照片.jpg", drawn.jpeg(Image.new("RGB", (300, 200), "white")))
    assert await office.state(item) == ("needs_review", "page.nothing_read")
    form = {
        "kind": "数电普票",
        "number": "26332000000187650001",
        "issued_on": "2026-11-05",
        "buyer_name": "嘉喜餐饮有限公司",
        "buyer_tax_id": "91330106MA2TEXT16P",
        "seller_name": "杭州宏达办公用品店",
        "amount": "100.00",
        "tax": "1.00",
        "total": "101.00",
    }
    async with acting(office.firm, "accountant"):
        with pytest.raises(Refusal):
            await desk.approve(item, {})
    async with acting(office.firm, "accountant"):
        posted = await desk.approve(item, form)
    assert posted.total == 10100
    assert await office.state(item) == ("approved", "")


@pytest.mark.parametrize(
    ("field", "text"), [("total", "一百元"), ("issued_on", "昨天"), ("kind", "菜单"), ("number", "9" * 30)]
)
async def test_unreadable_field_is_named(office: Any, drawn: Any, field: str, text: str) -> None:
    """CAP-6: a field that cannot be read is named, and nothing is kept of the form."""
    item = await office.handed_in("一.xml", drawn.xml())
    with pytest.raises(Refusal) as refused:
        async with acting(office.firm, "accountant"):
            await desk.approve(item, {field: text})
    assert (refused.value.code, refused.value.field) == ("capture.field_unreadable", field)
    assert await office.state(item) == ("drafted", "")


async def test_returned_to_the_client(office: Any, drawn: Any) -> None:
    """CAP-4, CAP-5: a return needs a reason, gives the draft up, tells the client, and frees the number."""
    item = await office.handed_in("一.xml", drawn.xml())
    voucher = (await office.invoice_of(item))["voucher"]
    with pytest.raises(Refusal) as refused:
        async with acting(office.firm, "accountant"):
            await desk.send_back(item, "  ")
    assert refused.value.code == "capture.reason_missing"
    async with acting(office.firm, "accountant"):
        await desk.send_back(item, "请写明用途")
        assert (await use(Ledger).voucher(voucher)).state is VoucherState.DISCARDED
    assert await office.state(item) == ("returned", "capture.returned")
    async with acting(office.firm, "boss", client=office.firm.restaurant):
        (waits,) = await waiting.returned(10)
        assert (waits.client, waits.path) == (office.firm.restaurant, f"/capture/items/{item}")
    again = await office.handed_in("一.xml", drawn.xml())
    assert await office.state(again) == ("drafted", "")


async def test_read_again(office: Any) -> None:
    """CAP-5: a refused file can be queued once more; one that is not refused cannot."""
    item = await office.handed_in("坏.pdf", b"%PDF-1.7 broken")
    async with acting(office.firm, "accountant"):
        await uploads.again(item)
        row = await Item.objects().get(Item.id == item)
        assert row is not None
        assert row.state == "queued"
        with pytest.raises(Refusal):
            await uploads.again(item)


async def test_all_that_failed_since_a_day_are_read_again(office: Any, drawn: Any) -> None:
    """Of the admin desk's form: refused files from that day in Shanghai on, and no others."""
    broken = [await office.handed_in(f"坏{n}.pdf", b"%PDF-1.7 broken" + bytes([48 + n])) for n in range(2)]
    read = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        assert await uploads.again_since(today() + dt.timedelta(days=1)) == 0
        assert await uploads.again_since(today()) == len(broken)
        rows = await Item.select(Item.id, Item.state)
    assert {row["id"]: row["state"] for row in rows} == dict.fromkeys(broken, "queued") | {read: "drafted"}


async def test_queue_and_search(office: Any, drawn: Any) -> None:
    """CAP-6: the desk's queue is found by client, number, seller and amount."""
    item = await office.handed_in("一.xml", drawn.xml())
    async with acting(office.firm, "accountant"):
        for words in ("餐饮", "87654321", "宁波远洋", "1,090.00", "1090", "一.xml"):
            assert [row.id for row in await listing.queue(words)] == [item], words
        assert await listing.queue("没有这个") == []
        assert await listing.waiting_for_firm() == 1
    await indexed(office.firm.id)
    async with acting(office.firm, "accountant"):
        for words in ("87654321", "宁波远洋", "1,090.00", "一.xml", "冷链"):
            assert [hit.id for hit in (await use(Search).find(words, kind="capture_ocr.items")).hits] == [item], words
