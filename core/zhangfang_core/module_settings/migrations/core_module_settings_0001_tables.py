from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T18:05:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Settings of plugins"


class ModuleSetting(Table, tablename="core_module_setting"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    values = JSONB(default="{}")
    secrets_set = JSONB(default="[]")
    sealed = Bytea(null=True, default=None, secret=True)
    key_version = Integer(null=True, default=None)
    changed_at = Timestamptz()


class ClientSetting(Table, tablename="core_client_setting"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, null=False, on_delete=OnDelete.restrict)
    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    values = JSONB(default="{}")
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_module_settings", description=DESCRIPTION)
    new_tables(manager, ModuleSetting, ClientSetting)
    return manager
