"""Every hook of the platform.

Grammar: ``register_*`` declares, once at start, synchronously. ``check_*`` runs inside the transaction and may object
with a reason; one that raises or takes longer than 2 s refuses too, since nobody knows what it would have said, and the refusal
names its plugin. ``on_*`` is told after the commit: one job per implementation and transaction, with the list of ids. The host
opens one transaction for it, which is committed when the implementation returns; opening another one inside is refused. When it
raises or takes 60 s, the transaction is rolled back and the job tried again, five times over a minute; then it stands on the operator's page,
from where it can be run again. It is told only to plugins that the firm has on when it is told. A worker tells a plugin four facts at a time, one for
each quarter of the firms (by number), and runs two of its jobs: what hangs holds up its own plugin, and of it a quarter of the firms. What runs
for longer than 5 s is named in the log every 5 s. What waits for a plugin that is gone stands on the operator's page.

Every implementation runs as its plugin: services give it what the manifest ``uses`` and what the person may (jobs and ``on_*``: what
the manifest ``uses``). The host awaits each, in dependency order. ``firstresult`` is not used.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import pluggy
from litestar.handlers import HTTPRouteHandler

from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.clients import NewClient
from zhangfang_sdk.commands import Command
from zhangfang_sdk.documents import Upload
from zhangfang_sdk.invoices import InvoiceSource
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.ledger import Objection, VoucherDraft
from zhangfang_sdk.measures import Measure
from zhangfang_sdk.month_end import MonthEndSource
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.periods import Period
from zhangfang_sdk.remarks import RemarkSource
from zhangfang_sdk.risk import RiskRule
from zhangfang_sdk.roles import Role
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import Badge, Card, NavEntry

PROJECT = "zhangfang"
spec = pluggy.HookspecMarker(PROJECT)
hook = pluggy.HookimplMarker(PROJECT)


class HookSpecs(Protocol):
    """All hooks. A plugin's ``plugin`` object implements those that it needs, marked with ``@hook``."""

    @spec
    def register_pages(self) -> Sequence[HTTPRouteHandler]:
        """Pages and actions made by :mod:`zhangfang_sdk.web`. At start; a failure skips the plugin with the reason."""

    @spec
    def register_navigation(self) -> Sequence[NavEntry]:
        """Places in the navigation. At start; a failure skips the plugin with the reason."""

    @spec
    def register_cards(self) -> Sequence[Card]:
        """Cards for pages that show cards. At start; a failure skips the plugin; a failing card is left out."""

    @spec
    def register_badges(self) -> Sequence[Badge]:
        """Red dots. At start; a failure skips the plugin; a failing ``count`` shows no dot."""

    @spec
    def register_waiting(self) -> Sequence[WaitingSource]:
        """What waits for people (等您处理). At start; a failure skips the plugin; a failing ``load`` is left out of the list."""

    @spec
    def register_notice_kinds(self) -> Sequence[NoticeKind]:
        """Kinds of notices that the plugin sends. At start; a failure skips the plugin; a notice of another kind is refused."""

    @spec
    def register_roles(self) -> Sequence[Role]:
        """Roles beside the built-in ones. At start; a failure skips the plugin with the reason."""

    @spec
    def register_jobs(self) -> Sequence[Job]:
        """Kinds of jobs, scheduled ones included. At start; a failure skips the plugin with the reason."""

    @spec
    def register_search_sources(self) -> Sequence[SearchSource]:
        """What the search field finds. At start; a failure skips the plugin; a failing ``write`` or ``ids`` is tried again."""

    @spec
    def register_invoice_sources(self) -> Sequence[InvoiceSource]:
        """Where invoices come from. At start; a failure skips the plugin; a source that fails is missing in answers, and named."""

    @spec
    def register_measures(self) -> Sequence[Measure]:
        """Figures by client and month beside those of the books. At start; one that fails is left out of answers."""

    @spec
    def register_month_end_sources(self) -> Sequence[MonthEndSource]:
        """Vouchers proposed at a month's end. At start; a failure skips the plugin; a source that fails is named among the proposals."""

    @spec
    def register_voucher_remarks(self) -> Sequence[RemarkSource]:
        """What there is to say of drafts before they post. At start; a failure skips the plugin; a source that fails is named on the drafts."""

    @spec
    def register_risk_rules(self) -> Sequence[RiskRule]:
        """Rules of early warning. At start; a failure skips the plugin with the reason; a rule that fails is passed over and named."""

    @spec
    def register_vendors(self) -> Sequence[Vendor]:
        """Adapters of outside vendors, by kind. At start; a failure skips the plugin with the reason."""

    @spec
    def register_admin_screens(self) -> Sequence[AdminScreen]:
        """Tables on the firm's admin desk. At start; a failure skips the plugin with the reason."""

    @spec
    def register_admin_forms(self) -> Sequence[AdminForm]:
        """Forms for actions on the firm's admin desk. At start; a failure skips the plugin with the reason."""

    @spec
    def register_commands(self) -> Sequence[Command]:
        """Commands beside ``zhangfang run``. At start; a failure skips the plugin with the reason."""

    @spec
    def register_services(self) -> Mapping[type[Any], Any]:
        """Services that the manifest says it ``provides``: Protocol → implementation. At start; a failure skips the plugin."""

    @spec
    async def check_client(self, new: NewClient) -> Objection | None:
        """Clients: before a client is taken on, inside the transaction. An objection, a failure or 2 s refuse it."""

    @spec
    async def check_document(self, upload: Upload) -> Objection | None:
        """Documents: before a file is stored, inside the transaction. An objection, a failure or 2 s refuse it."""

    @spec
    async def check_voucher(self, voucher: VoucherDraft) -> Objection | None:
        """Ledger: before a voucher is posted, inside the transaction. An objection, a failure or 2 s refuse it."""

    @spec
    async def check_period_close(self, client: int, period: Period) -> Objection | None:
        """Ledger: before a period closes, inside the transaction. An objection, a failure or 2 s refuse it."""

    @spec
    async def on_clients_created(self, ids: Sequence[int]) -> None:
        """Clients: clients were taken on. After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_profile_changed(self, ids: Sequence[int]) -> None:
        """Clients: facts of these clients (ids of core_client) were entered, put in force, taken back, confirmed or objected to.

        A fact that holds from a later day on is told when it is entered, not again on that day: ask ``Clients.profile`` for a day. After
        the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_settings_changed(self, ids: Sequence[int]) -> None:
        """Settings: the plugin's own settings were changed for these clients (ids of core_client); a change of the firm's is told of all its clients.

        Told to that plugin alone. After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_deadlines_moved(self, ids: Sequence[int]) -> None:
        """Calendar: the firm has moved deadlines, or put them back (ids of core_tax_deadline, which may be gone): ask ``Calendar`` anew.

        What the operator decides about a day for everybody is not told. After the commit, in a job with a transaction of its own; a failure is
        tried again.
        """

    @spec
    async def on_documents_stored(self, ids: Sequence[int]) -> None:
        """Documents: files were stored. After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_vouchers_drafted(self, ids: Sequence[int]) -> None:
        """Ledger: drafts were made or changed. After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_vouchers_posted(self, ids: Sequence[int]) -> None:
        """Ledger: vouchers were posted. After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_periods_closed(self, ids: Sequence[int]) -> None:
        """Ledger: periods were closed (ids of core_period). After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_invoices_read(self, ids: Sequence[str]) -> None:
        """Invoices: a source has read invoices (keys for ``Invoices.get``); told again when one is read or checked anew.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_invoices_booked(self, ids: Sequence[str]) -> None:
        """Invoices: the vouchers of invoices (keys for ``Invoices.get``) were posted.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_bank_lines_brought(self, ids: Sequence[int]) -> None:
        """Bank: new lines of these clients' accounts (ids of core_client) came in, or some were taken away: ask how it stands.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_payrolls_confirmed(self, ids: Sequence[int]) -> None:
        """Payrolls: these clients (ids of core_client) confirmed a month's payroll, or what they confirmed was opened again: ask how it stands.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_returns_filed(self, ids: Sequence[int]) -> None:
        """Filings: tax returns were filed (ids for ``Filings.filing``). After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_returns_voided(self, ids: Sequence[int]) -> None:
        """Filings: returns that were filed are to be filed again (ids for ``Filings.filing``).

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_notices_sent(self, ids: Sequence[int]) -> None:
        """Notices: notices were kept for people (ids of core_notice). After the commit, in a job with a transaction of its own; a failure is tried again."""

    @spec
    async def on_tasks_done(self, ids: Sequence[int]) -> None:
        """Tasks: these were closed (ids for ``Tasks.get``), by hand or by what arrived; one that was opened again is told again when it is closed.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """

    @spec
    async def on_demo_filled(self, ids: Sequence[int]) -> None:
        """Clients: the demo's books of these clients were filled; a plugin adds what its own pages show.

        After the commit, in a job with a transaction of its own; a failure is tried again.
        """
