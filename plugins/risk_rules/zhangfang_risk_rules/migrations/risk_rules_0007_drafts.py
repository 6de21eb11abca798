from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, VoucherKey

ID = "2026-11-27T08:21:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Remarks on drafts"


class DraftRemarks(Table, tablename="risk_rules_draft"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    voucher = ForeignKey(VoucherKey, null=False, on_delete=OnDelete.restrict, index=False)
    content = Varchar(length=64)
    remarks = Text(default="[]")
    looked_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)
    new_tables(manager, DraftRemarks)
    return manager
