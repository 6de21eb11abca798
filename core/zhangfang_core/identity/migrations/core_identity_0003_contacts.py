from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigSerial, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T16:10:03:000000"
VERSION = "1.38.0"
DESCRIPTION = "how people are reached"


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)


class ContactPoint(Table, tablename="core_contact_point"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    kind = Varchar(length=10)
    address = Varchar(length=120)
    verified_at = Timestamptz()


class ContactCode(Table, tablename="core_contact_code"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    kind = Varchar(length=10)
    address = Varchar(length=120)
    code_hash = Varchar(length=64, secret=True)
    sent_at = Timestamptz()
    expires_at = Timestamptz()
    tries = SmallInt()


class ContactChoice(Table, tablename="core_contact_choice"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    sms = Boolean()
    email = Boolean()
    wechat = Boolean()
    quiet_from = SmallInt(default=1260)
    quiet_until = SmallInt(default=540)


class ConsentRow(Table, tablename="core_consent"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    purpose = Varchar(length=40)
    text_version = Varchar(length=20)
    given_at = Timestamptz()
    withdrawn_at = Timestamptz(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, ContactPoint, ContactCode, ContactChoice, ConsentRow)
    return manager
