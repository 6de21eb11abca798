"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_marketplace import services, web
from zhangfang_marketplace.tables import Service
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.web import CLIENT, FIRM, NavEntry


class Marketplace:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return web.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("my-services", "增值服务", "handshake", "/services", "marketplace.read", "me", 70),
            NavEntry("services", "增值服务", "handshake", "/services", "marketplace.read", "side", 70, (FIRM, CLIENT)),
        ]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (Service.title, Service.price, Service.days, Service.published)
        labels = {
            "content": "服务内容",
            "deliverables": "交付物",
            "price": "价格(元)",
            "days": "办理天数",
            "published": "上架",
        }
        return [AdminScreen(Service, "服务产品", columns, labels, writable=True, money=(Service.price,))]

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await services.offer_demo_services()


plugin = Marketplace()
