from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T08:03:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class ModuleSwitch(Table, tablename="core_module_switch"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    enabled = Boolean()
    changed_at = Timestamptz()


class PartTrouble(Table, tablename="core_part_trouble"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    plugin = Varchar(length=60)
    part = Varchar(length=120)
    failures = Integer(default=0)
    reason = Text(default="")
    failed_at = Timestamptz()


class FailedJob(Table, tablename="core_failed_job"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    job = Varchar(length=160)
    plugin = Varchar(length=60)
    arguments = JSONB(default="{}")
    reason = Text(default="")
    failed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_modules", description=DESCRIPTION)
    new_tables(manager, ModuleSwitch, PartTrouble, FailedJob)
    return manager
