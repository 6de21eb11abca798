"""Hook implementations of the plugin; each delegates."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from zhangfang_collab import facts_heard, jobs, moving, owners, registers_heard, reminding
from zhangfang_collab.admin import SCREENS
from zhangfang_collab.demo import fill
from zhangfang_collab.keeping import TOPIC
from zhangfang_collab.notice_kinds import NOTICE_KINDS
from zhangfang_collab.pages import board, letters, lists, one_task, reminders, templates, yearly
from zhangfang_collab.search_source import TASKS
from zhangfang_collab.tasks_service import KeptTasks
from zhangfang_collab.waiting import waiting
from zhangfang_collab.yearly import home_card
from zhangfang_sdk import hook, use
from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.tasks import Tasks
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import CLIENT, FIRM, Card, NavEntry


class Collab:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return [
            *(*lists.PAGES, *board.PAGES, *one_task.PAGES),
            *(*yearly.PAGES, *letters.PAGES, *templates.PAGES, *reminders.PAGES),
        ]

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("tasks", "待办", "list-checks", "/tasks", "collab.read", "me", 40),
            NavEntry("desk-tasks", "待办事项", "list-checks", "/tasks", "collab.read", "side", 40, (FIRM, CLIENT)),
            NavEntry("board", "任务看板", "clipboard-list", "/tasks/board", "collab.assign", "side", 41, FIRM),
            NavEntry("templates", "任务模板", "list-todo", "/tasks/templates", "collab.templates", "side", 42, FIRM),
        ]

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        return [WaitingSource("tasks", "collab.read", waiting, ("tasks", "desk-tasks"), (TOPIC,))]

    @hook
    def register_cards(self) -> Sequence[Card]:
        template, permission = "collab/home_card.html", "collab.answer"
        return [
            Card("collab.yearly", "cockpit", template, permission, home_card, 5, (TOPIC,)),
            Card("collab.yearly_waiting", "home", template, permission, home_card, 5, (TOPIC,)),
        ]

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        return {Tasks: KeptTasks()}

    @hook
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        return NOTICE_KINDS

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [
            Job("next_month", jobs.next_month, "10 5 25-31 * *"),
            Job("month", jobs.month),
            Job("new_clients", jobs.new_clients, "50 4 * * *"),
            Job("due_days", moving.follow_everywhere, "40 8 * * *"),
            Job("remind", reminding.remind_everybody, "5 9 * * *"),
            Job("last_month", facts_heard.judge_last_month, "10 6 1 * *"),
            Job("owners", owners.name_owners, "20 7 * * *"),
            Job("registers", registers_heard.judge_registers, "20 6 * * *"),
        ]

    @hook
    def register_search_sources(self) -> Sequence[SearchSource]:
        return [TASKS]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        return SCREENS

    @hook
    async def on_deadlines_moved(self, ids: Sequence[int]) -> None:
        await use(Jobs).defer("collab.due_days", once="collab.due_days")

    @hook
    async def on_documents_stored(self, ids: Sequence[int]) -> None:
        await facts_heard.documents_stored(ids)

    @hook
    async def on_invoices_read(self, ids: Sequence[str]) -> None:
        await facts_heard.invoices_read(ids)

    @hook
    async def on_returns_filed(self, ids: Sequence[int]) -> None:
        await registers_heard.returns_filed(ids)

    @hook
    async def on_returns_voided(self, ids: Sequence[int]) -> None:
        await registers_heard.returns_filed(ids)

    @hook
    async def on_payrolls_confirmed(self, ids: Sequence[int]) -> None:
        await registers_heard.payrolls_confirmed(ids)

    @hook
    async def on_bank_lines_brought(self, ids: Sequence[int]) -> None:
        await registers_heard.bank_lines_brought(ids)

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await fill(ids)


plugin = Collab()
