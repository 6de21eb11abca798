"""Services that a firm publishes: cheapest first, and nothing that is not published or not its own."""

from typing import Any

import pytest

from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import Portal, session_for
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


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"price": "-0.01"}, "价格(元)"), ({"days": -1}, "办理天数"), ({"title": ""}, "标题"), ({"title": "  "}, "标题")],
)
async def test_what_no_client_should_read_is_refused_at_the_desk(
    firm: TestFirm, portal: Portal, wrong: dict[str, Any], named: str
) -> None:
    """A new service and a changed one alike; the sentence names what is wrong."""
    await publish(firm, "健康检查", 100)
    row = {"title": "注册公司", "content": "内容", "deliverables": "", "price": "0.00", "days": 0, "published": True}
    desk = f"/admin/{firm.id}/api/tables/marketplace_service/"
    async with portal.visitor(await session_for(firm.owner), "") as owner:
        one = (await owner.get(desk)).json()["rows"][0]["id"]
        assert (await owner.ask("POST", desk, json=row)).status_code == 201, "free, and at once"
        for method, address, body in (("POST", desk, row | wrong), ("PUT", f"{desk}{one}/", wrong)):
            answer = await owner.ask(method, address, json=body)
            assert (answer.status_code, answer.json()) == (422, {"custom_form_error": f"填写得不对,请检查:{named}。"})
    async with acting(firm, "boss"):
        assert {service.title for service in await offered()} == {"健康检查", "注册公司"}
