from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-27T19:50:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Received invoices of the tax authority's lists"


class ReceivedInvoice(Table, tablename="books_received_invoice"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    code = Varchar(length=12)
    number = Varchar(length=20)
    kind = Varchar(length=40)
    issued_on = Date()
    seller_name = Varchar(length=120)
    seller_tax_id = Varchar(length=20)
    buyer_name = Varchar(length=120)
    buyer_tax_id = Varchar(length=20)
    amount = BigInt()
    tax = BigInt()
    total = BigInt()
    reverses = Varchar(length=20)
    voided = Boolean(default=False)
    superseded = Boolean(default=False)
    lines = Text()
    read_by = Varchar(length=80)
    read_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="books", description=DESCRIPTION)
    new_tables(manager, ReceivedInvoice)
    return manager
