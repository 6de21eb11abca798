from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-26T08:06:05:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class NoticeRow(Table, tablename="core_notice"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False)
    kind = Varchar(length=100)
    urgent = Boolean(default=False)
    key = Varchar(length=160)
    title = Varchar(length=120)
    body = Text()
    subject = Varchar(length=160)
    mail = Text()
    sms = Varchar(length=35)
    link = Varchar(length=400)
    created_at = Timestamptz()
    planned_at = Timestamptz(default=None, null=True)
    read_at = Timestamptz(default=None, null=True)


class DeliveryRow(Table, tablename="core_notice_delivery"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    notice = ForeignKey(NoticeRow, null=False)
    user = ForeignKey(UserKey, null=False)
    channel = Varchar(length=10)
    urgent = Boolean(default=False)
    state = Varchar(length=10)
    reason = Varchar(length=30)
    detail = Varchar(length=200)
    address = Varchar(length=120)
    key = Varchar(length=60)
    vendor = Varchar(length=120)
    reference = Varchar(length=200)
    attempts = SmallInt(default=0)
    due_at = Timestamptz()
    claimed_at = Timestamptz(default=None, null=True)
    handed_at = Timestamptz(default=None, null=True)
    decided_by_name = Varchar(length=80)
    created_at = Timestamptz()


class OptOut(Table, tablename="core_notice_opt_out"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False)
    kind = Varchar(length=100)
    since = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_notices", description=DESCRIPTION)
    new_tables(manager, NoticeRow, DeliveryRow, OptOut)
    return manager
