from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Date, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-26T16:20:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class CalendarDay(Table, tablename="core_calendar_day"):
    id = BigSerial(primary_key=True)
    day = Date(null=False, default=None)
    is_working = Boolean(null=False)
    reason = Varchar(length=120, null=False)
    changed_at = Timestamptz()


class TaxDeadlineChange(Table, tablename="core_tax_deadline"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    tax = Varchar(length=40, null=False)
    covers = Varchar(length=10, null=False)
    area = Varchar(length=6, null=False, default="")
    due = Date(null=False, default=None)
    reason = Varchar(length=120, null=False)
    changed_by = Varchar(length=80, null=False, default="")
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_calendar", description=DESCRIPTION)
    new_tables(manager, CalendarDay, TaxDeadlineChange)
    return manager
