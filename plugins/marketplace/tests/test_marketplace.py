"""Services that a firm publishes: cheapest first, and nothing that is not published or not its own."""

from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_marketplace.services import DEMO, offer_demo_services, offered
from zhangfang_marketplace.tables import Service


async def publish(firm: TestFirm, title: str, price: int, *, published: bool = True) -> None:
    async with acting(firm, "owner"):
        await Service(title=title, content="内容", price=price, days=3, published=published).save()


async def test_published_services_cheapest_first(firm: TestFirm, other_firm: TestFirm) -> None:
    await publish(firm, "贵的", 300)
    await publish(firm, "便宜的", 100)
    await publish(firm, "没上架", 1, published=False)
    await publish(other_firm, "别家的", 2)
    async with acting(firm, "boss"):
        assert [service.title for service in await offered()] == ["便宜的", "贵的"]


async def test_the_demo_adds_nothing_to_what_a_firm_offers(firm: TestFirm, other_firm: TestFirm) -> None:
    await publish(firm, "自己的", 100)
    for one, count in ((firm, 1), (other_firm, len(DEMO))):
        for _ in range(2):
            async with acting(one, "owner"):
                await offer_demo_services()
        async with acting(one, "owner"):
            assert len(await offered()) == count


async def test_pages(firm: TestFirm, visit: Visit) -> None:
    await publish(firm, "<i>健康检查</i>", 2_800_00)
    boss = await visit("boss")
    page = await boss.get("/services")
    assert "&lt;i&gt;健康检查&lt;/i&gt;" in page.text
    assert "2,800" in page.text
    assert (await (await visit("owner", of_firm=True)).get("/services")).status_code == 200
    assert (await (await visit("driver")).get("/services")).status_code == 403
    assert (await boss.post("/services")).status_code == 405
