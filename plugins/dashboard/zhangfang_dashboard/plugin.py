"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_dashboard import web
from zhangfang_sdk import hook
from zhangfang_sdk.web import NavEntry


class Dashboard:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return web.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("cockpit", "首页", "house", "/cockpit", "dashboard.view", "tab", 0),
            NavEntry("desk-cockpit", "经营驾驶舱", "layout-dashboard", "/cockpit", "dashboard.view", "side", 28),
        ]


plugin = Dashboard()
