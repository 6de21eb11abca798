"""The demo's photograph that two people sent: it is one purchase, and everybody who looks is told so (CAP-3)."""

from typing import Any

from zhangfang_capture_ocr.demo import send_demo_files
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.demo.fill import take_on
from zhangfang_core.demo.stories import restaurant
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.portal import Portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.periods import today

from .conftest import Office

TOLD = "由李总上传的“IMG_"


async def test_the_photograph_that_came_twice_is_read_once_and_told_to_both_sides(office: Any, portal: Portal) -> None:
    client = await take_on(office.firm.id, restaurant(today()))
    for _ in range(2):
        async with scoped_transaction(system_scope(office.firm.id)):
            await send_demo_files([client])
    async with acting(office.firm, "accountant"):
        photos = await Item.objects().where(Item.client == client, Item.name.like("%.jpg")).order_by(Item.id)
    first, again = photos
    assert (first.uploader_name, again.uploader_name, again.original) == ("李总", "陈出纳", first.id)
    await Office(office.firm, client).work(first.id)
    async with acting(office.firm, "accountant"):
        (read,) = await Invoice.select(Invoice.item, Invoice.seller_name).where(Invoice.item.is_in([first.id, again.id]))
    assert (read["item"], read["seller_name"]) == (first.id, "景德镇窑里陶瓷有限公司")
    async with scoped_transaction(system_scope(office.firm.id)):
        boss = await make_member(login="li@demo.test", name="李总", password=OWNER_PASSWORD, role="boss", client=client)
    place = f"/f/{office.firm.id}/c/{client}"
    async with portal.visitor(await session_for(boss), place) as one:
        assert (page := (await one.get("/capture")).text).count("已传过") == 1
        assert TOLD in page
        assert TOLD in (await one.get(f"/capture/items/{again.id}")).text
    async with portal.visitor(await session_for(office.firm.owner), place) as one:
        assert "已传过" in (page := (await one.get("/capture/items?show=back")).text)
        assert TOLD in page
        assert TOLD in (page := (await one.get(f"/capture/items/{again.id}")).text)
        assert f"/capture/items/{first.id}" in page
