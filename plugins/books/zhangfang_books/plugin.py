"""Hook implementations of the plugin; each delegates."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from zhangfang_books import (
    equity_pages,
    export_pages,
    import_pages,
    judged_cash,
    ledger_pages,
    profile_pages,
    statement_pages,
    stock_pages,
    web,
)
from zhangfang_books.bank import demo as bank_demo
from zhangfang_books.bank import import_pages as bank_import_pages
from zhangfang_books.bank import pages as bank_pages
from zhangfang_books.bank import reconciliation_pages
from zhangfang_books.bank.service import StatementBank
from zhangfang_books.bank.settling import settle_posted
from zhangfang_books.closing import pages as closing_pages
from zhangfang_books.payroll import confirming as payroll_confirming
from zhangfang_books.payroll import pages as payroll_pages
from zhangfang_books.payroll import readers as payroll_readers
from zhangfang_books.payroll.bringing import TOPIC as PAYROLL_TOPIC
from zhangfang_books.payroll.service import KeptPayrolls
from zhangfang_books.tables import MonthNote
from zhangfang_books.taking_over import pages as take_over_pages
from zhangfang_books.tax.proposing import SOURCE
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen, BetterPage
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.month_end import MonthEndSource
from zhangfang_sdk.payrolls import Payrolls
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import FIRM, NavEntry


class Books:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        pages = (
            *(web, statement_pages, equity_pages, ledger_pages, stock_pages, export_pages),
            *(closing_pages, import_pages, profile_pages, take_over_pages, bank_pages, bank_import_pages, reconciliation_pages),
            payroll_pages,
        )
        return [handler for module in pages for handler in module.PAGES]

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("books", "财务账表", "table-2", "/books/statements", "books.read", "side", 35),
            NavEntry("bank", "银行", "landmark", "/books/bank", "bank.read", "side", 35),
            NavEntry("payroll", "工资", "users-round", "/books/payroll", payroll_readers.TOTALS, "side", 36),
            NavEntry("my-payroll", "工资", "users-round", "/books/payroll", payroll_readers.CONFIRM, "me", 51),
            NavEntry("books-wall", "月结进度", "layout-dashboard", "/books/wall", "books.note", "side", 36, FIRM),
            NavEntry("books-profiles", "导入格式", "table-2", "/books/import-profiles", "books.import", "side", 37, FIRM),
            NavEntry("my-books", "账表", "table-2", "/books/statements", "books.read", "me", 50),
        ]

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [Job("judge", judged_cash.judge_the_rest, schedule="40 3 * * *", seconds=3600.0)]

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        await judged_cash.judge(ids)
        await settle_posted(ids)

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        return {Bank: StatementBank(), Payrolls: KeptPayrolls()}

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await bank_demo.bring_statements(ids)

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        to_client, to_firm = payroll_confirming.waiting_for_client, payroll_confirming.returned_to_firm
        return [
            WaitingSource("payroll", payroll_readers.CONFIRM, to_client, topics=(PAYROLL_TOPIC,)),
            WaitingSource("payroll_returned", "ledger.draft", to_firm, topics=(PAYROLL_TOPIC,)),
        ]

    @hook
    def register_month_end_sources(self) -> Sequence[MonthEndSource]:
        return [SOURCE]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (MonthNote.client, MonthNote.period, MonthNote.note, MonthNote.written_by, MonthNote.updated_at)
        return [AdminScreen(MonthNote, "月末备注", columns, {"written_by": "填写人"}, better=BetterPage("月结进度", "/books/wall"))]


plugin = Books()
