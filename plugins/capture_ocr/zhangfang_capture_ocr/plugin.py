"""Hook implementations of the plugin; each delegates."""

from collections.abc import Mapping, Sequence
from typing import Any

from litestar.handlers import HTTPRouteHandler

from zhangfang_capture_ocr import admin, cards, demo
from zhangfang_capture_ocr.commands import READ
from zhangfang_capture_ocr.jobs import check, look, read, recheck, unpack
from zhangfang_capture_ocr.notice_kinds import NOTICE_KINDS
from zhangfang_capture_ocr.pages import PAGES
from zhangfang_capture_ocr.recognising.vendors import VENDORS as LOCAL_VENDORS
from zhangfang_capture_ocr.records.answering import TRIES
from zhangfang_capture_ocr.search_source import ITEMS
from zhangfang_capture_ocr.services import desk, listing, waiting
from zhangfang_capture_ocr.services.invoice_source import SOURCE
from zhangfang_capture_ocr.services.received_figure import MEASURE
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.specimen_service import DrawnSpecimens
from zhangfang_capture_ocr.vendors import VENDORS as OUTSIDE_VENDORS
from zhangfang_sdk import hook
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.commands import Command
from zhangfang_sdk.invoices import InvoiceSource
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.measures import Measure
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.specimens import Specimens
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import CLIENT, FIRM, Badge, Card, NavEntry


class CaptureOcr:
    @hook
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        return PAGES

    @hook
    def register_navigation(self) -> Sequence[NavEntry]:
        return [
            NavEntry("items", "票据", "receipt-text", "/capture/items", "capture_ocr.read", "tab", 20),
            NavEntry("snap", "拍票", "camera", "/capture", "capture_ocr.upload", "tab", 40),
            NavEntry("desk", "票据审核", "scan-text", "/desk", "capture_ocr.review", "side", 20, (FIRM, CLIENT)),
            NavEntry(
                "desk-items",
                "客户票据",
                "receipt-text",
                "/capture/items",
                "capture_ocr.review",
                "side",
                22,
                (FIRM, CLIENT),
            ),
            NavEntry("input-tax", "进项抵扣", "percent", "/capture/input-tax", "taxes.read", "side", 36),
            NavEntry("desk-snap", "上传票据", "cloud-upload", "/capture", "capture_ocr.review", "side", 24),
        ]

    @hook
    def register_badges(self) -> Sequence[Badge]:
        return [
            Badge("desk", listing.waiting_for_firm, (TOPIC,)),
        ]

    @hook
    def register_waiting(self) -> Sequence[WaitingSource]:
        return [
            WaitingSource("returned", "capture_ocr.read", waiting.returned, ("items",), (TOPIC,)),
            WaitingSource("to_review", "capture_ocr.review", waiting.to_review, topics=(TOPIC,)),
        ]

    @hook
    def register_cards(self) -> Sequence[Card]:
        return [
            Card(
                "capture_ocr.pending",
                "cockpit",
                "capture_ocr/card.html",
                "capture_ocr.read",
                cards.pending,
                order=20,
                topics=(TOPIC,),
            ),
            Card(
                "capture_ocr.drawn",
                "document",
                "capture_ocr/drawn.html",
                "documents.read",
                cards.drawn,
                topics=(TOPIC,),
            ),
            Card(
                "capture_ocr.input_tax",
                "taxes",
                "capture_ocr/input_tax_card.html",
                "taxes.read",
                cards.deductions,
                topics=(TOPIC, "ledger"),
            ),
        ]

    @hook
    def register_jobs(self) -> Sequence[Job]:
        return [
            Job("read", read),
            Job("look", look, seconds=3600.0, lane="pictures"),
            Job("unpack", unpack, seconds=3600.0, lane="archives"),
            Job("check", check, tries=TRIES, lane="records"),
            Job("recheck", recheck, schedule="40 8 * * *", lane="records"),
        ]

    @hook
    def register_search_sources(self) -> Sequence[SearchSource]:
        return [ITEMS]

    @hook
    def register_invoice_sources(self) -> Sequence[InvoiceSource]:
        return [SOURCE]

    @hook
    def register_measures(self) -> Sequence[Measure]:
        return [MEASURE]

    @hook
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        return admin.SCREENS

    @hook
    def register_services(self) -> Mapping[type[Any], Any]:
        return {Specimens: DrawnSpecimens()}

    @hook
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        await desk.follow_postings(ids)

    @hook
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        await demo.send_demo_files(ids)

    @hook
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        return NOTICE_KINDS

    @hook
    def register_vendors(self) -> Sequence[Vendor]:
        return [*LOCAL_VENDORS, *OUTSIDE_VENDORS]

    @hook
    def register_commands(self) -> Sequence[Command]:
        return [READ]

    @hook
    def register_admin_forms(self) -> Sequence[AdminForm]:
        return admin.FORMS


plugin = CaptureOcr()
