"""Hook implementations of the plugin; each delegates."""

from collections.abc import Sequence

from litestar.handlers import HTTPRouteHandler

from zhangfang_collab import services, web
from zhangfang_collab.search_source import TASKS
from zhangfang_collab.tables import Task
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen, BetterPage
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import CLIENT, FIRM, NavEntry


class Collab:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return web.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("tasks", "待办", "list-checks", "/tasks", "collab.read", "me", 40),
            NavEntry("desk-tasks", "待办事项", "list-checks", "/tasks", "collab.read", "side", 40, (FIRM, CLIENT)),
        ]

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        return [WaitingSource("tasks", "collab.read", services.waiting, ("tasks", "desk-tasks"), (services.TOPIC,))]

    @hook
    def register_search_sources(self) -> Sequence[SearchSource]:
        return [TASKS]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (Task.client, Task.period, Task.title, Task.due_on, Task.done_at, Task.done_by)
        labels = {"due_on": "到期日", "done_at": "完成时间", "done_by": "完成人"}
        return [
            AdminScreen(Task, "待办事项", columns, labels, better=BetterPage("待办事项", "/tasks"))
        ]

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        for client in ids:
            await services.assign_demo_tasks(client)


plugin = Collab()
