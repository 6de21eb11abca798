from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, ForeignKey, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:01:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class OwnRole(Table, tablename="core_role"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    key = Varchar(length=60)
    title = Varchar(length=60)
    side = Varchar(length=10)
    permissions = JSONB(default="[]")


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)
    login = Varchar(length=120, unique=True)
    name = Varchar(length=80)
    password_hash = Varchar(length=200, secret=True)
    totp_secret = Varchar(length=200, secret=True)
    totp_last_step = BigInt()
    failed_attempts = SmallInt()
    locked_until = Timestamptz(default=None, null=True)
    is_operator = Boolean()
    language = Varchar(length=8, default="zh")
    large_type = Boolean()
    created_at = Timestamptz()


class Invitation(Table, tablename="core_invitation"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    client = BigInt(default=None, null=True)
    role = Varchar(length=60)
    token_hash = Varchar(length=64, unique=True, secret=True)
    contact = Varchar(length=120)
    created_at = Timestamptz()
    expires_at = Timestamptz()
    used_at = Timestamptz(default=None, null=True)
    revoked_at = Timestamptz(default=None, null=True)
    invited_by = ForeignKey(User, on_delete=OnDelete.set_null)


class Membership(Table, tablename="core_membership"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, on_delete=OnDelete.restrict, null=False)
    client = BigInt(default=None, null=True)
    role = Varchar(length=60)
    active = Boolean(default=True)
    created_at = Timestamptz()


class Session(Table, tablename="core_session"):
    id = BigSerial(primary_key=True)
    token_hash = Varchar(length=64, unique=True, secret=True)
    user = ForeignKey(User, null=False)
    mfa_done = Boolean()
    created_at = Timestamptz()
    last_seen_at = Timestamptz()
    expires_at = Timestamptz()
    address = Varchar(length=45)
    user_agent = Varchar(length=200)
    revoked_at = Timestamptz(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, OwnRole, User, Invitation, Membership, Session)
    return manager
