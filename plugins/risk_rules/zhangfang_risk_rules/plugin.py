"""Hook implementations of the plugin; each delegates."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from zhangfang_risk_rules import demo, trying
from zhangfang_risk_rules.admin import SCREENS
from zhangfang_risk_rules.alerts.keeping import TOPIC
from zhangfang_risk_rules.alerts.service import READ, KeptAlerts
from zhangfang_risk_rules.alerts.telling import NOTICE_KINDS
from zhangfang_risk_rules.drafts.looking import REMARKS
from zhangfang_risk_rules.pages import board, checks, checkups, foresight, listing, questionnaires, rules, sellers, slip
from zhangfang_risk_rules.rules.reading_data import own_rules
from zhangfang_risk_rules.scanning import listing_sellers, scanning
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminScreen
from zhangfang_sdk.alerts import Alerts
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.remarks import RemarkSource
from zhangfang_sdk.risk import RiskRule
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import CLIENT, FIRM, Badge, Card, NavEntry


class RiskWatch:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        rooms = (listing, foresight, checks, checkups, slip, board, rules, sellers, questionnaires)
        return [handler for room in rooms for handler in room.PAGES]

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("my-risks", "风险提醒", "shield-alert", "/risks", READ, "me", 30),
            NavEntry("risks", "风险提醒", "shield-alert", "/risks", READ, "side", 45, CLIENT),
            NavEntry("risk-board", "风险看板", "shield-alert", "/risks/board", READ, "side", 45, FIRM),
        ]

    @hook
    def register_cards(self) -> Sequence[Card]:
        template = "risk_rules/card.html"
        return [
            Card("risk_rules.alerts", "cockpit", template, READ, listing.load_card, 0, (TOPIC,)),
            Card("risk_rules.home", "home", template, READ, listing.load_card, 0, (TOPIC,)),
        ]

    @hook
    def register_badges(self) -> Sequence[Badge]:
        return [Badge(nav, listing.standing_alerts, (TOPIC,)) for nav in ("risks", "my-risks")]

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        return [WaitingSource("alerts", READ, listing.waiting, (), (TOPIC,))]

    @hook
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        return NOTICE_KINDS

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        return {Alerts: KeptAlerts()}

    @hook
    def register_voucher_remarks(self) -> Sequence[RemarkSource]:
        return [REMARKS]

    @hook
    def register_risk_rules(self) -> Sequence[RiskRule]:
        return own_rules()

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [
            Job("scan", scanning.scan_job, seconds=120.0),
            Job("look_back", listing_sellers.look_back, seconds=1800.0, lane="long"),
            Job("trial", trying.run_trial, seconds=1800.0, lane="long"),
            Job("sweep", scanning.sweep, schedule="10 3 * * *", seconds=1800.0),
        ]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        return SCREENS

    @hook
    async def on_profile_changed(self, ids: Sequence[int]) -> None:
        await scanning.mark_everything(ids)

    @hook
    async def on_invoices_read(self, ids: Sequence[str]) -> None:
        await scanning.invoices_read(ids)

    @hook
    async def on_invoices_booked(self, ids: Sequence[str]) -> None:
        await scanning.invoices_booked(ids)

    @hook
    async def on_vouchers_drafted(self, ids: Sequence[int]) -> None:
        await scanning.mark_drafts(ids)

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        await scanning.mark_vouchers(ids)

    @hook
    async def on_bank_lines_brought(self, ids: Sequence[int]) -> None:
        await scanning.mark_now(ids, ("bank",))

    @hook
    async def on_payrolls_confirmed(self, ids: Sequence[int]) -> None:
        await scanning.mark_now(ids, ("payroll",))

    @hook
    async def on_returns_filed(self, ids: Sequence[int]) -> None:
        await scanning.returns_moved(ids)

    @hook
    async def on_returns_voided(self, ids: Sequence[int]) -> None:
        await scanning.returns_moved(ids)

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await demo.fill(ids)


plugin = RiskWatch()
