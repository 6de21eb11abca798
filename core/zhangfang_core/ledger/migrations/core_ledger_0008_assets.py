from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey

ID = "2026-11-26T19:30:08:000000"
VERSION = "1.38.0"
DESCRIPTION = "Cards of assets with category and method, changes of estimate, work; proposals put aside"


class FixedAssetRow(Table, tablename="core_fixed_asset"):
    id = BigSerial(primary_key=True)
    kind = Varchar(length=12, default="fixed")
    category = Varchar(length=20, default="machinery")
    method = Varchar(length=20, default="straight_line")
    units = BigInt()
    as_of = Integer(default=None, null=True)
    written_off = BigInt(default=None, null=True)
    asset_account = Varchar(length=20, default="1601")
    voucher = BigInt(default=None, null=True)
    retired_voucher = BigInt(default=None, null=True)


class AssetEstimateRow(Table, tablename="core_asset_estimate"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    asset = BigInt()
    since = Integer()
    method = Varchar(length=20)
    months = Integer()
    residual = BigInt()
    units = BigInt()
    reason = Varchar(length=200)
    entered_by = Varchar(length=80)
    entered_at = Timestamptz()


class AssetWorkRow(Table, tablename="core_asset_work"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    asset = BigInt()
    period = Integer()
    units = BigInt()


class MonthEndSkip(Table, tablename="core_month_end_skip"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    key = Varchar(length=60)
    title = Varchar(length=120)
    reason = Varchar(length=200)
    skipped_by = Varchar(length=80)
    skipped_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_columns(manager, FixedAssetRow)
    new_tables(manager, AssetEstimateRow, AssetWorkRow, MonthEndSkip)
    return manager
