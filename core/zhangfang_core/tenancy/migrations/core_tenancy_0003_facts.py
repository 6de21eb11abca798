from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T15:40:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "facts of clients"


class ClientFact(Table, tablename="core_client_fact"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=40)
    part = Varchar(length=20)
    value = JSONB()
    valid_from = Date(default=None)
    source = Varchar(length=40)
    standing = Varchar(length=20)
    entered_at = Timestamptz()
    entered_by = BigInt(default=None, null=True)
    entered_by_name = Varchar(length=80)
    decided_at = Timestamptz(default=None, null=True)
    decided_by_name = Varchar(length=80)
    reason = Varchar(length=200)
    confirmed_at = Timestamptz(default=None, null=True)
    confirmed_by_name = Varchar(length=80)
    objection = Varchar(length=400)
    objected_at = Timestamptz(default=None, null=True)
    objected_by_name = Varchar(length=80)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_tenancy", description=DESCRIPTION)
    new_tables(manager, ClientFact)
    return manager
