"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_dashboard import rights, web
from zhangfang_dashboard.tables import RoleFigure
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen
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

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (RoleFigure.role, RoleFigure.figure, RoleFigure.shown)
        labels = {"figure": "指标", "shown": "可见"}
        choices = {"figure": rights.figure_titles}
        return [AdminScreen(RoleFigure, "角色可见指标", columns, labels, writable=True, choices=choices)]


plugin = Dashboard()
