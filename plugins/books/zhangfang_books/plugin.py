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
from zhangfang_books.bank import feed_pages, feeding, line_pages, reconciliation_pages, tax_payment_pages
from zhangfang_books.bank import import_pages as bank_import_pages
from zhangfang_books.bank import pages as bank_pages
from zhangfang_books.bank.feeds.wechat_pay import wechat_pay_vendor
from zhangfang_books.bank.service import StatementBank
from zhangfang_books.bank.settling import settle_posted
from zhangfang_books.closing import pages as closing_pages
from zhangfang_books.figures import behind_pages
from zhangfang_books.figures import pages as tax_pages
from zhangfang_books.figures.service import WorkedOut
from zhangfang_books.filing import demo as filing_demo
from zhangfang_books.filing import notices as filing_notices
from zhangfang_books.filing import opening, waiting
from zhangfang_books.filing import pages as filing_pages
from zhangfang_books.filing.service import (
    TOPIC,
    RegisteredFilings,
    follow_invoices,
    follow_months,
    follow_postings,
    follow_profiles,
    follow_settings,
)
from zhangfang_books.payroll import confirming as payroll_confirming
from zhangfang_books.payroll import demo as payroll_demo
from zhangfang_books.payroll import notices as payroll_notices
from zhangfang_books.payroll import pages as payroll_pages
from zhangfang_books.payroll import readers as payroll_readers
from zhangfang_books.payroll.bringing import TOPIC as PAYROLL_TOPIC
from zhangfang_books.payroll.service import KeptPayrolls
from zhangfang_books.sales import demo as sales_demo
from zhangfang_books.sales import drafting
from zhangfang_books.sales import pages as sales_pages
from zhangfang_books.sales.keeping import give_way
from zhangfang_books.sales.source import RECEIVED_SOURCE as RECEIVED
from zhangfang_books.sales.source import SOURCE as ISSUED
from zhangfang_books.tables import MonthNote
from zhangfang_books.taking_over import pages as take_over_pages
from zhangfang_books.tax.proposing import SOURCE
from zhangfang_sdk import hook, use
from zhangfang_sdk.admin import AdminScreen, BetterPage
from zhangfang_sdk.bank import Bank
from zhangfang_sdk.filings import Filings
from zhangfang_sdk.invoices import InvoiceSource
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.month_end import MonthEndSource
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.payrolls import Payrolls
from zhangfang_sdk.tax_figures import TaxFigures
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import FIRM, NavEntry


class Books:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        pages = (
            *(web, statement_pages, equity_pages, ledger_pages, stock_pages, export_pages),
            *(closing_pages, import_pages, profile_pages, take_over_pages, bank_pages, bank_import_pages, feed_pages, reconciliation_pages),
            *(payroll_pages, line_pages, tax_payment_pages, tax_pages, behind_pages, filing_pages, sales_pages),
        )
        return [handler for module in pages for handler in module.PAGES]

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("books", "财务账表", "table-2", "/books/statements", "books.read", "side", 35, for_auditors=True),
            NavEntry("bank", "银行", "landmark", "/books/bank", "bank.read", "side", 35),
            NavEntry("payroll", "工资", "users-round", "/books/payroll", payroll_readers.TOTALS, "side", 36),
            NavEntry("my-payroll", "工资", "users-round", "/books/payroll", payroll_readers.CONFIRM, "me", 51),
            NavEntry("books-taxes", "税务", "landmark", "/books/taxes", "taxes.read", "side", 35),
            NavEntry("books-filings", "申报登记", "landmark", "/books/filings", "filings.read", "side", 35, FIRM),
            NavEntry("my-filings", "纳税申报", "landmark", "/books/filings", "filings.read", "me", 51),
            NavEntry("books-wall", "月结进度", "layout-dashboard", "/books/wall", "books.note", "side", 36, FIRM),
            NavEntry("books-profiles", "导入格式", "table-2", "/books/import-profiles", "books.import", "side", 37, FIRM),
            NavEntry("my-books", "账表", "table-2", "/books/statements", "books.read", "me", 50),
        ]

    @hook
    def register_month_end_sources(self) -> Sequence[MonthEndSource]:
        return [SOURCE]

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        return {Bank: StatementBank(), Payrolls: KeptPayrolls(), TaxFigures: WorkedOut(), Filings: RegisteredFilings()}

    @hook
    def register_invoice_sources(self) -> Sequence[InvoiceSource]:
        return [ISSUED, RECEIVED]

    @hook
    def register_vendors(self) -> Sequence[Vendor]:
        return [wechat_pay_vendor()]

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        await judged_cash.judge(ids)
        await settle_posted(ids)
        await drafting.follow_postings(ids)
        await follow_postings(ids)

    @hook
    async def on_profile_changed(self, ids: Sequence[int]) -> None:
        await follow_profiles(ids)

    @hook
    async def on_settings_changed(self, ids: Sequence[int]) -> None:
        await use(Jobs).defer("books.open_returns", once="books.open_returns")
        await follow_settings(ids)

    @hook
    async def on_invoices_read(self, ids: Sequence[str]) -> None:
        await give_way(ids)
        await follow_invoices(ids)

    @hook
    async def on_deadlines_moved(self, ids: Sequence[int]) -> None:
        await use(Jobs).defer("books.open_returns", once="books.open_returns")

    @hook
    async def on_clients_created(self, ids: Sequence[int]) -> None:
        await opening.open_returns(ids)

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [
            Job("judge", judged_cash.judge_the_rest, schedule="40 3 * * *", seconds=3600.0),
            Job(payroll_demo.JOB, payroll_demo.bring_payroll),
            Job("feed", feeding.feed_all, schedule="40 10 * * *", seconds=3600.0),
            Job("follow", follow_months),
            Job("open_returns", opening.open_all, schedule="20 4 * * *", seconds=1800.0),
        ]

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await sales_demo.bring_lists(ids)
        await filing_demo.file_demo_returns(ids)
        await bank_demo.bring_statements(ids)
        await filing_demo.pay_the_rest(ids)
        await payroll_demo.wish_payroll(ids)

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        to_client, to_firm = payroll_confirming.waiting_for_client, payroll_confirming.returned_to_firm
        return [
            WaitingSource("payroll", payroll_readers.CONFIRM, to_client, topics=(PAYROLL_TOPIC,)),
            WaitingSource("payroll_returned", "ledger.draft", to_firm, topics=(PAYROLL_TOPIC,)),
            WaitingSource("to_confirm", "filings.confirm", waiting.to_confirm, ("my-filings",), (TOPIC,)),
            WaitingSource("due_soon", "filings.write", waiting.due_soon, ("books-filings",), (TOPIC,)),
        ]

    @hook
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        return (*filing_notices.NOTICE_KINDS, *payroll_notices.NOTICE_KINDS)

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        columns = (MonthNote.client, MonthNote.period, MonthNote.note, MonthNote.written_by, MonthNote.updated_at)
        page = BetterPage("月结进度", "/books/wall")
        return [AdminScreen(MonthNote, "月末备注", columns, {"written_by": "填写人"}, permission="books.read", better=page)]


plugin = Books()
