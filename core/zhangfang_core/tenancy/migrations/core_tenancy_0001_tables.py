from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-26T08:02:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class Assignment(Table, tablename="core_assignment"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False)


class Client(Table, tablename="core_client"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    name = Varchar(length=120)
    tax_id = Varchar(length=20)
    taxpayer_kind = Varchar(length=20)
    standard = Varchar(length=40)
    industry = Varchar(length=40)
    books_start = Date()
    created_at = Timestamptz()


class Firm(Table, tablename="core_firm"):
    id = BigSerial(primary_key=True)
    name = Varchar(length=120)
    single_person = Boolean()
    created_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_tenancy", description=DESCRIPTION)
    new_tables(manager, Assignment, Client, Firm)
    return manager
