from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Integer, Varchar
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables

ID = "2026-11-26T18:50:04:000000"
VERSION = "1.38.0"
DESCRIPTION = "Versions of drafts, drafts handed back, and what the firm chose of its vouchers"


class LedgerVoucher(Table, tablename="core_voucher"):
    id = BigSerial(primary_key=True)
    version = Integer(default=1)
    returned_reason = Varchar(length=255, default=None, null=True)
    returned_by_name = Varchar(length=80, default=None, null=True)


class VoucherChoice(Table, tablename="core_voucher_choice"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    words = Varchar(length=255)
    clean_limit = BigInt()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_columns(manager, LedgerVoucher)
    new_tables(manager, VoucherChoice)
    return manager
