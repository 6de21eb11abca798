from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T08:20:19:000000"
VERSION = "1.38.0"
DESCRIPTION = "passkeys, and a firm's rules for signing in"


class User(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)


class Passkey(Table, tablename="core_passkey"):
    id = BigSerial(primary_key=True)
    user = ForeignKey(User, null=False)
    name = Varchar(length=40, null=False)
    credential = Varchar(length=1400, null=False, secret=True)
    public_key = Varchar(length=2800, null=False, secret=True)
    sign_count = BigInt(default=0)
    transports = Varchar(length=80, null=False)
    made_at = Timestamptz()
    used_at = Timestamptz(null=True, default=None)


class PasskeyChallenge(Table, tablename="core_passkey_challenge"):
    id = BigSerial(primary_key=True)
    challenge_hash = Varchar(length=64, null=False, unique=True, secret=True)
    bound_to = Varchar(length=64, null=False, secret=True)
    purpose = Varchar(length=10, null=False)
    expires_at = Timestamptz()


class SignInRule(Table, tablename="core_sign_in_rule"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    idle_minutes = Integer(null=False)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_identity", description=DESCRIPTION)
    new_tables(manager, Passkey, PasskeyChallenge, SignInRule)
    return manager
