"""Uses every hook as docs/hooks.md says; each notes that it was called."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler
from pydantic import BaseModel, Field

from zhangfang_sdk import hook, use
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.clients import NewClient
from zhangfang_sdk.commands import Command
from zhangfang_sdk.context import transaction
from zhangfang_sdk.documents import Upload
from zhangfang_sdk.invoices import Invoices, InvoiceSource
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.ledger import Objection, Voucher, VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.measures import Measure, MeasureEntry, Unit
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks, MonthEndSource
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.remarks import RemarkSource, VoucherRemark
from zhangfang_sdk.risk import Reader, RiskRule
from zhangfang_sdk.roles import Role
from zhangfang_sdk.search import Search, SearchEntry, SearchSource
from zhangfang_sdk.vendors import Settings, Vendor, VendorKind
from zhangfang_sdk.waiting import WaitingItem, WaitingSource
from zhangfang_sdk.web import CLIENT, FIRM, Badge, Card, NavEntry
from zhangfang_witness import pages
from zhangfang_witness.invoices import PAPERS
from zhangfang_witness.noting import Witness, Witnessing, note
from zhangfang_witness.tables import Sight


class Look(BaseModel):
    client: int = Field(title="客户编号")


async def load_card(client: int, period: str) -> dict[str, Any]:
    note("card")
    count = await Sight.count().where(Sight.client == client)
    return {"count": count, "witnessed": await use(Witnessing).witness("from the card")}


async def count_sights() -> int:
    note("badge")
    return int(await Sight.count())


async def waiting(limit: int) -> Sequence[WaitingItem]:
    return []


async def sight_ids(after: int, limit: int) -> Sequence[int]:
    rows = await Sight.select(Sight.id).where(Sight.id > after).order_by(Sight.id).limit(limit)
    return [row["id"] for row in rows]


async def write(ids: Sequence[int]) -> Sequence[SearchEntry]:
    note("search")
    rows = await Sight.select(Sight.id, Sight.client, Sight.title).where(Sight.id.is_in(list(ids)))
    return [SearchEntry(row["id"], row["client"], row["title"], "", "/witness", today()) for row in rows]


async def sights(client: int, first: Period, last: Period) -> Sequence[int]:
    note("measure")
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    return [int(await Sight.count().where(Sight.client == client))] * months


async def sights_of(client: int, period: Period, limit: int) -> Sequence[MeasureEntry]:
    note("entries of a measure")
    return [MeasureEntry(period.first_day, "见证", 1, "/witness")]


async def accruals(books: MonthBooks) -> Sequence[Accrual]:
    note("accruals of a month")
    return [Accrual("sights", "见证", asks=(Ask("请先见证。", "/witness"),))]


async def remarks(vouchers: Sequence[Voucher]) -> Mapping[int, Sequence[VoucherRemark]]:
    note("remarks")
    return {v.id: [VoucherRemark("见证过", "见证看过这张草稿。", "/witness")] for v in vouchers}


async def submit(fields: BaseModel) -> str:
    note("form")
    if not isinstance(fields, Look):
        raise TypeError
    await Sight(client=fields.client, title="从表单").save()
    return "已记下。"


async def look(client: int) -> None:
    note("job")
    async with transaction(client=client):
        sight = Sight(client=client, title="从任务")
        await sight.save()
        await use(Live).announce("witness", client)
        use(Search).changed("witness.sights", [sight.id])


class Feed:
    def __init__(self, settings: Settings) -> None:
        note("vendor opened")

    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[Any]:
        return []

    async def balance(self, account: str, day: dt.date) -> int | None:
        note("vendor")
        return 12_345


class Plugin:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        note("register_pages")
        return pages.PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        note("register_navigation")
        return [NavEntry("witness", "见证", "eye", "/witness", "witness.see", "side", 70, (FIRM, CLIENT))]

    @hook
    def register_cards(self) -> Sequence[Card]:
        note("register_cards")
        return [Card("witness.sights", "cockpit", "witness/card.html", "witness.see", load_card, 40, ("witness",))]

    @hook
    def register_badges(self) -> Sequence[Badge]:
        note("register_badges")
        return [Badge("witness", count_sights, ("witness",))]

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        note("register_waiting")
        return [WaitingSource("witness.sights", "witness.see", waiting)]

    @hook
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        note("register_notice_kinds")
        return [NoticeKind("seen", "见证", "见证", "{what}", permission="witness.see")]

    @hook
    def register_roles(self) -> Sequence[Role]:
        note("register_roles")
        return [Role("witness_guest", "来访者", "firm", frozenset({"witness.see", "clients.read"}))]

    @hook
    def register_jobs(self) -> Sequence[Job]:
        note("register_jobs")
        return [Job("look", look), Job("nightly", look, schedule="30 2 * * *")]

    @hook
    def register_search_sources(self) -> Sequence[SearchSource]:
        note("register_search_sources")
        return [SearchSource("sights", "见证", "witness.see", write, sight_ids)]

    @hook
    def register_invoice_sources(self) -> Sequence[InvoiceSource]:
        note("register_invoice_sources")
        return [PAPERS]

    @hook
    def register_measures(self) -> Sequence[Measure]:
        note("register_measures")
        return [Measure("witness.sights", "见证次数", "一共见证了几次。", Unit.COUNT, "witness.see", sights, sights_of)]

    @hook
    def register_month_end_sources(self) -> Sequence[MonthEndSource]:
        note("register_month_end_sources")
        return [MonthEndSource("sights", "见证", accruals)]

    @hook
    def register_voucher_remarks(self) -> Sequence[RemarkSource]:
        note("register_voucher_remarks")
        return [RemarkSource("sights", "见证", "witness.see", remarks, ("witness",))]

    @hook
    def register_risk_rules(self) -> Sequence[RiskRule]:
        note("register_risk_rules")
        needs: frozenset[Reader] = frozenset()
        return [RiskRule("sights", 1, "见证", Severity.NOTE, needs, lambda _: (), "看过了。", "看过几次", "不用做什么。")]

    @hook
    def register_vendors(self) -> Sequence[Vendor]:
        note("register_vendors")
        return [Vendor(VendorKind.BANK_FEED, "feed", "见证银行", Feed, outside=False)]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        note("register_admin_screens")
        return [AdminScreen(Sight, "见证记录", (Sight.client, Sight.title))]

    @hook
    def register_admin_forms(self) -> Sequence[AdminForm]:
        note("register_admin_forms")
        return [AdminForm("look", "记一次见证", "记在这家客户名下。", Look, submit)]

    @hook
    def register_commands(self) -> Sequence[Command]:
        note("register_commands")

        def run(chosen: Any) -> int:
            note("command")
            return 3 if chosen.loud else 0

        return [Command("witness", "记下命令被执行", lambda parser: parser.add_argument("--loud", action="store_true"), run)]

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        note("register_services")
        return {Witnessing: Witness()}

    @hook
    async def check_client(self, new: NewClient) -> Objection | None:
        note("check_client")
        return None

    @hook
    async def check_document(self, upload: Upload) -> Objection | None:
        note("check_document")
        return None

    @hook
    async def check_voucher(self, voucher: VoucherDraft) -> Objection | None:
        note("check_voucher")
        return Objection("witness.not_this", "见证不同意这张凭证。") if voucher.summary == "不同意" else None

    @hook
    async def check_period_close(self, client: int, period: Period) -> Objection | None:
        note("check_period_close")
        return None

    @hook
    async def on_clients_created(self, ids: Sequence[int]) -> None:
        note("on_clients_created")
        for client in ids:
            await Sight(client=client, title="新客户").save()

    @hook
    async def on_profile_changed(self, ids: Sequence[int]) -> None:
        note("on_profile_changed")

    @hook
    async def on_documents_stored(self, ids: Sequence[int]) -> None:
        note("on_documents_stored")

    @hook
    async def on_vouchers_drafted(self, ids: Sequence[int]) -> None:
        note("on_vouchers_drafted")

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        note("on_vouchers_posted")

    @hook
    async def on_periods_closed(self, ids: Sequence[int]) -> None:
        note("on_periods_closed")

    @hook
    async def on_invoices_read(self, ids: Sequence[str]) -> None:
        note("on_invoices_read")

    @hook
    async def on_invoices_booked(self, ids: Sequence[str]) -> None:
        if await use(Invoices).get(ids):
            note("on_invoices_booked")

    @hook
    async def on_deadlines_moved(self, ids: Sequence[int]) -> None:
        note("on_deadlines_moved")

    @hook
    async def on_settings_changed(self, ids: Sequence[int]) -> None:
        note("on_settings_changed")

    @hook
    async def on_bank_lines_brought(self, ids: Sequence[int]) -> None:
        note("on_bank_lines_brought")

    @hook
    async def on_payrolls_confirmed(self, ids: Sequence[int]) -> None:
        note("on_payrolls_confirmed")

    @hook
    async def on_returns_filed(self, ids: Sequence[int]) -> None:
        note("on_returns_filed")

    @hook
    async def on_returns_voided(self, ids: Sequence[int]) -> None:
        note("on_returns_voided")

    @hook
    async def on_notices_sent(self, ids: Sequence[int]) -> None:
        note("on_notices_sent")

    @hook
    async def on_tasks_done(self, ids: Sequence[int]) -> None:
        note("on_tasks_done")

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        note("on_demo_filled")


plugin = Plugin()
