from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import UserKey

ID = "2026-11-27T01:10:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "Verifications and what they found; who gets the chain's head by mail"


class VerificationRow(Table, tablename="core_verification"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    asked_by = Varchar(length=80)
    started_at = Timestamptz()
    finished_at = Timestamptz(default=None, null=True)
    result = JSONB(default=None, null=True)


class HeadReader(Table, tablename="core_head_reader"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade)
    sent_on = Date(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_trail", description=DESCRIPTION)
    new_tables(manager, VerificationRow, HeadReader)
    return manager
