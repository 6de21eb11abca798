from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Numeric, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey, UserKey

ID = "2026-11-26T08:05:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Tables"


class ClosedPeriod(Table, tablename="core_period"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    closed_at = Timestamptz(default=None, null=True)
    closed_by = Varchar(length=80)


class DimensionBalanceRow(Table, tablename="core_dimension_balance"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    account = Varchar(length=20)
    item = BigInt()
    debit = BigInt()
    credit = BigInt()
    quantity = Numeric(digits=(20, 6))


class DimensionItemRow(Table, tablename="core_dimension_item"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=12)
    code = Varchar(length=40)
    name = Varchar(length=120)
    tax_id = Varchar(length=20)
    unit = Varchar(length=20)
    retired = Boolean()


class FixedAssetRow(Table, tablename="core_fixed_asset"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    name = Varchar(length=120)
    cost = BigInt()
    residual = BigInt()
    months = Integer()
    in_use_from = Date(default=None)
    accumulated_account = Varchar(length=20)
    expense_account = Varchar(length=20)
    retired_on = Date(default=None, null=True)


class LedgerAccount(Table, tablename="core_account"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    code = Varchar(length=20)
    name = Varchar(length=80)
    full_name = Varchar()
    parent = Varchar(length=20, default=None, null=True)
    category = Varchar(length=20)
    normal_balance = Varchar(length=6)
    is_leaf = Boolean(default=True)
    dimensions = Varchar(length=80)
    open_items = Boolean()
    required = Varchar(length=80)
    retired = Boolean()


class LedgerVoucher(Table, tablename="core_voucher"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    date = Date(default=None)
    word = Varchar(length=10)
    number = Integer(default=None, null=True)
    summary = Varchar()
    kind = Varchar(length=10)
    state = Varchar(length=10)
    total = BigInt()
    document = ForeignKey(DocumentKey, on_delete=OnDelete.restrict)
    source = Varchar(length=40)
    reasons = JSONB(default=None, null=True)
    draft_lines = JSONB(default=None, null=True)
    drafted_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    drafted_by_name = Varchar(length=80)
    posted_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    posted_by_name = Varchar(length=80)
    posted_at = Timestamptz(default=None, null=True)
    reverses = BigInt(default=None, null=True)
    discard_reason = Varchar()
    reviewed_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    reviewed_by_name = Varchar(length=80, default=None, null=True)


class LineDetail(Table, tablename="core_line_detail"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigInt(primary_key=True)
    items = JSONB(default=None, null=True)
    quantity = Numeric(default=None, digits=(20, 6), null=True)
    unit_price = Numeric(default=None, digits=(20, 6), null=True)
    due = Date(default=None, null=True)


class MonthlyBalance(Table, tablename="core_balance"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    account = Varchar(length=20)
    debit = BigInt()
    credit = BigInt()
    closing_debit = BigInt()
    closing_credit = BigInt()


class OpenItemRow(Table, tablename="core_open_item"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigInt(primary_key=True)
    account = Varchar(length=20)
    date = Date(default=None)
    due = Date(default=None, null=True)
    item = BigInt(default=None, null=True)
    amount = BigInt()
    open = BigInt()


class SettlementRow(Table, tablename="core_settlement"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    debit_item = BigInt()
    credit_item = BigInt()
    amount = BigInt()
    date = Date(default=None)
    settled_by = ForeignKey(UserKey, on_delete=OnDelete.restrict)
    settled_at = Timestamptz()
    undone_at = Timestamptz(default=None, null=True)


class VoucherCounter(Table, tablename="core_voucher_counter"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    period = Integer()
    word = Varchar(length=10)
    last = Integer()


class VoucherLine(Table, tablename="core_voucher_line"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigInt(primary_key=True)
    voucher = BigInt()
    account = Varchar(length=20)
    date = Date(default=None)
    debit = BigInt()
    credit = BigInt()
    counterparty = Varchar(length=120)
    summary = Varchar()


class VoucherTemplate(Table, tablename="core_voucher_template"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    title = Varchar(length=120)
    word = Varchar(length=10)
    summary = Varchar()
    lines = JSONB()
    first = Integer()
    last = Integer(default=None, null=True)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="core_ledger", description=DESCRIPTION)
    new_tables(
        manager,
        ClosedPeriod,
        DimensionBalanceRow,
        DimensionItemRow,
        FixedAssetRow,
        LedgerAccount,
        LedgerVoucher,
        LineDetail,
        MonthlyBalance,
        OpenItemRow,
        SettlementRow,
        VoucherCounter,
        VoucherLine,
        VoucherTemplate,
    )
    return manager
