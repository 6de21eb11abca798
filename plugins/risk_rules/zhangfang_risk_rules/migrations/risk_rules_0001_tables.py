from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T08:14:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class Alert(Table, tablename="risk_rules_alert"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    severity = Varchar(length=10)
    title = Varchar(length=120)
    sentence = Text()
    todo = Text()
    source = Text()
    amount = BigInt()
    state = Varchar(length=12, default="open")
    explanation = Text()
    closed_by = Varchar(length=80)
    created_at = Timestamptz()
    updated_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)
    new_tables(manager, Alert)
    return manager
