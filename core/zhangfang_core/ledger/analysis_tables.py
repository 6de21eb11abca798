"""What stands beside the lines: dimensions, open items, and what month's end is proposed from.

Only lines that carry a dimension, a quantity or a due date have a row of ``core_line_detail``, and only lines of accounts with
open items one of ``core_open_item``; both have the line's own id, so that plain vouchers cost nothing more. Amounts are fen.
"""

from decimal import Decimal

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Numeric, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows


class DimensionItemRow(ClientRows, Table, tablename="core_dimension_item"):
    """A customer, supplier, department, project, employee or stock item. Unique by (client, kind, code) and (client, kind, name)."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=12)
    code = Varchar(length=40, help_text="编码")
    name = Varchar(length=120, help_text="名称")
    tax_id = Varchar(length=20, default="", help_text="税号")
    unit = Varchar(length=20, default="", help_text="计量单位")
    retired = Boolean(default=False, help_text="已停用")
    merged_into = BigInt(null=True, default=None, help_text="已并入的项目")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.code, cls.name])


class LineDetail(ClientRows, Table, tablename="core_line_detail"):
    """Beside a line with the same id: ``items`` is an object of kind → item's id; ``unit_price`` is yuan a unit."""

    id = BigInt(primary_key=True)
    items = JSONB(null=True, default=None)
    quantity = Numeric(digits=(20, 6), null=True, default=None)
    unit_price = Numeric(digits=(20, 6), null=True, default=None)
    due = Date(null=True, default=None)


class DimensionBalanceRow(ClientRows, Table, tablename="core_dimension_balance"):
    """Turnover of an account and item in a month (``period`` 0: opening). Unique by (client, account, item, period)."""

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    account = Varchar(length=20)
    item = BigInt(null=False)
    debit = BigInt(null=False, default=0)
    credit = BigInt(null=False, default=0)
    quantity = Numeric(digits=(20, 6), null=False, default=Decimal(0))


class OpenItemRow(ClientRows, Table, tablename="core_open_item"):
    """Beside a line with the same id: ``amount`` is debit less credit, ``open`` what is not settled of it.

    ``said``: its party has no ``item`` and stands in the line's words alone.
    """

    id = BigInt(primary_key=True)
    account = Varchar(length=20)
    date = Date(null=False, default=None)
    due = Date(null=True, default=None)
    item = BigInt(null=True, default=None)
    amount = BigInt(null=False)
    open = BigInt(null=False)
    said = Boolean(null=False, default=False)


class SettlementRow(ClientRows, Table, tablename="core_settlement"):
    """``amount`` (more than zero) of a debit item against a credit item, from ``date``; ``undone_at`` (UTC) when it was taken back.

    Rows with one ``step`` were made together (None: by itself). ``undone_from`` is the day of the reversal that undid it, and up to which it
    counts; what a person undid counts at no day.
    """

    id = BigSerial(primary_key=True)
    debit_item = BigInt(null=False)
    credit_item = BigInt(null=False)
    amount = BigInt(null=False)
    date = Date(null=False, default=None)
    settled_by = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    settled_at = Timestamptz()
    undone_at = Timestamptz(null=True, default=None)
    step = BigInt(null=True, default=None)
    rule = Varchar(length=12, default="")
    undone_from = Date(null=True, default=None)


class FixedAssetRow(ClientRows, Table, tablename="core_fixed_asset"):
    """A card of 固定资产, 无形资产 or 长期待摊费用, with its first estimate (:class:`zhangfang_sdk.assets.Estimate`); later ones stand beside.

    ``as_of`` (yyyymm) and ``written_off`` are given where the client was taken over. The defaults are what cards were before there were
    kinds of them.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=12, default="fixed")
    category = Varchar(length=20, default="machinery")
    name = Varchar(length=120, help_text="名称")
    cost = BigInt(null=False, help_text="原值(分)")
    residual = BigInt(null=False, default=0, help_text="预计净残值(分)")
    months = Integer(null=False, help_text="使用月数")
    method = Varchar(length=20, default="straight_line")
    units = BigInt(null=False, default=0, help_text="预计总工作量")
    in_use_from = Date(null=False, default=None, help_text="开始使用日期")
    as_of = Integer(null=True, default=None)
    written_off = BigInt(null=True, default=None, help_text="接手前累计折旧(分)")
    asset_account = Varchar(length=20, default="1601")
    accumulated_account = Varchar(length=20)
    expense_account = Varchar(length=20)
    voucher = BigInt(null=True, default=None)
    retired_on = Date(null=True, default=None, help_text="处置日期")
    retired_voucher = BigInt(null=True, default=None)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class AssetEstimateRow(ClientRows, Table, tablename="core_asset_estimate"):
    """A change of estimate from the month ``since`` on. Unique by (client, asset, since)."""

    id = BigSerial(primary_key=True)
    asset = BigInt(null=False)
    since = Integer(null=False)
    method = Varchar(length=20)
    months = Integer(null=False)
    residual = BigInt(null=False)
    units = BigInt(null=False, default=0)
    reason = Varchar(length=200)
    entered_by = Varchar(length=80)
    entered_at = Timestamptz()


class AssetWorkRow(ClientRows, Table, tablename="core_asset_work"):
    """Units that an asset worked in a month (工作量法). Unique by (client, asset, period)."""

    id = BigSerial(primary_key=True)
    asset = BigInt(null=False)
    period = Integer(null=False)
    units = BigInt(null=False)


class MonthEndSkip(ClientRows, Table, tablename="core_month_end_skip"):
    """A proposal that was put aside for a month. Unique by (client, period, key)."""

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    key = Varchar(length=60)
    title = Varchar(length=120)
    reason = Varchar(length=200)
    skipped_by = Varchar(length=80)
    skipped_at = Timestamptz()


class VoucherTemplate(ClientRows, Table, tablename="core_voucher_template"):
    """A voucher that is proposed in every month from ``first`` to ``last`` (yyyymm; both 0: in none); ``lines`` as in a draft."""

    id = BigSerial(primary_key=True)
    title = Varchar(length=120)
    word = Varchar(length=10)
    summary = Varchar(length=255)
    lines = JSONB()
    first = Integer(null=False)
    last = Integer(null=True, default=None)
