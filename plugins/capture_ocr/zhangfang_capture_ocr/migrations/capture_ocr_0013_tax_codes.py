"""The official table of tax classification codes, as a firm brought it in."""

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables

ID = "2026-11-27T01:34:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tax classification codes"


class TaxCode(Table, tablename="capture_ocr_tax_code"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    code = Varchar(length=19)
    name = Varchar(length=200)
    short_name = Varchar(length=60)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_tables(manager, TaxCode)
    return manager
