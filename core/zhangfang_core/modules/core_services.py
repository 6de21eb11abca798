"""The services that core provides, and by what: the one list of them.

Implementations are named, not imported: they stand in rooms above this one. What plugins may require is read from here, and
:func:`zhangfang_core.services.provide_services` makes them from it.
"""

from collections.abc import Mapping
from typing import Any

from zhangfang_sdk.assets import Assets
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.chart import Chart
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.contacts import Contacts
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.month_states import MonthStates
from zhangfang_sdk.notices import Notices
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.openings import Openings
from zhangfang_sdk.risk import RiskRules
from zhangfang_sdk.search import Search
from zhangfang_sdk.settings import PluginSettings
from zhangfang_sdk.texts import Texts
from zhangfang_sdk.typefaces import Typefaces
from zhangfang_sdk.uploads import Uploads
from zhangfang_sdk.vendors import Vendors
from zhangfang_sdk.voucher_import import VoucherImport
from zhangfang_sdk.waiting import Waiting

CORE_SERVICES: Mapping[type[Any], str] = {
    Audit: "zhangfang_core.trail.audit:AuditTrail",
    Live: "zhangfang_core.live.hub:PgLive",
    Jobs: "zhangfang_core.jobs.queue:QueuedJobs",
    Facts: "zhangfang_core.jobs.facts:ProvidersFacts",
    Documents: "zhangfang_core.documents.service:StoredDocuments",
    Invoices: "zhangfang_core.invoices.service:PluginInvoices",
    MonthStates: "zhangfang_core.ledger.month_states:PostgresMonthStates",
    VoucherImport: "zhangfang_core.ledger.voucher_import:PostgresVoucherImport",
    Ledger: "zhangfang_core.ledger.service:PostgresLedger",
    Measures: "zhangfang_core.measures.service:EveryMeasure",
    Chart: "zhangfang_core.ledger.own_accounts.chart:ClientChart",
    Dimensions: "zhangfang_core.ledger.dimensions:LedgerDimensions",
    MonthEnd: "zhangfang_core.ledger.month_end.service:LedgerMonthEnd",
    Assets: "zhangfang_core.ledger.assets.service:LedgerAssets",
    OpenItems: "zhangfang_core.ledger.open_items.service:LedgerOpenItems",
    Clients: "zhangfang_core.tenancy.service:FirmClients",
    Contacts: "zhangfang_core.identity.contacts:FirmContacts",
    Notices: "zhangfang_core.notices.service:KeptNotices",
    PluginSettings: "zhangfang_core.module_settings.service:KeptSettings",
    Calendar: "zhangfang_core.calendar.service:KeptCalendar",
    Cards: "zhangfang_core.web.cards:PluginCards",
    Openings: "zhangfang_core.ledger.opening.service:SheetOpenings",
    Typefaces: "zhangfang_core.web.typefaces:BuiltTypefaces",
    Waiting: "zhangfang_core.web.waiting:PluginWaiting",
    RiskRules: "zhangfang_core.modules.risk_rules:DeclaredRiskRules",
    Texts: "zhangfang_core.modules.translations:ReadersTexts",
    Search: "zhangfang_core.search.service:IndexedSearch",
    Uploads: "zhangfang_core.documents.resumable.service:KeptUploads",
    Vendors: "zhangfang_core.vendors.service:ChosenVendors",
}
"""Protocol → ``module:class``, the class made without arguments."""

CORE_SERVICE_NAMES = frozenset(protocol.__name__ for protocol in CORE_SERVICES)
