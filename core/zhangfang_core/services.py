"""Which implementation stands behind each service Protocol: core's own, then the plugins'."""

from zhangfang_core.documents.service import StoredDocuments
from zhangfang_core.jobs.queue import QueuedJobs
from zhangfang_core.ledger.dimensions import LedgerDimensions
from zhangfang_core.ledger.measures import LedgerMeasures
from zhangfang_core.ledger.month_end import LedgerMonthEnd
from zhangfang_core.ledger.month_states import PostgresMonthStates
from zhangfang_core.ledger.open_items import LedgerOpenItems
from zhangfang_core.ledger.service import PostgresLedger
from zhangfang_core.ledger.voucher_import import PostgresVoucherImport
from zhangfang_core.modules.registry import registry
from zhangfang_core.notifications.audit import AuditTrail
from zhangfang_core.notifications.live import PgLive
from zhangfang_core.notifications.service import KeptNotifications
from zhangfang_core.tenancy.service import FirmTenants
from zhangfang_core.vendors.service import ChosenVendors
from zhangfang_core.web.cards import PluginCards
from zhangfang_sdk.cards import Cards
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.measures import Measures
from zhangfang_sdk.month_end import MonthEnd
from zhangfang_sdk.month_states import MonthStates
from zhangfang_sdk.notifications import Audit, Live, Notifications
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.services import provide
from zhangfang_sdk.tenants import Tenants
from zhangfang_sdk.vendors import Vendors
from zhangfang_sdk.voucher_import import VoucherImport


def provide_services() -> None:
    """Called once at the start of every process."""
    provide(Audit, AuditTrail())
    provide(Live, PgLive())
    provide(Jobs, QueuedJobs())
    provide(Documents, StoredDocuments())
    provide(MonthStates, PostgresMonthStates())
    provide(VoucherImport, PostgresVoucherImport())
    provide(Ledger, PostgresLedger())
    provide(Measures, LedgerMeasures())
    provide(Dimensions, LedgerDimensions())
    provide(MonthEnd, LedgerMonthEnd())
    provide(OpenItems, LedgerOpenItems())
    provide(Tenants, FirmTenants())
    provide(Notifications, KeptNotifications())
    provide(Cards, PluginCards())
    provide(Vendors, ChosenVendors())
    for module in registry().modules.values():
        for protocol, implementation in module.services.items():
            provide(protocol, implementation)
