"""The books of each client. All amounts are fen in BIGINT; periods are yyyymm; dates are business dates (Asia/Shanghai).

A draft keeps its lines as JSON in the voucher; rows of ``core_voucher_line`` are made when it posts, and from then on
neither can be changed by the application (rights and policies of migration 2). Accounts are named by their code, so
that a ledger page and a balance need no join, and "an account and all below it" is a range of codes.
"""

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey, UserKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class LedgerAccount(ClientRows, Table, tablename="core_account"):
    """One account (科目) of a client's chart. Unique by (client, code); a code begins with its parent's.

    ``moved_to`` is the account below to which the balance went when it was divided.
    """

    id = BigSerial(primary_key=True)
    code = Varchar(length=20, help_text="科目编码")
    name = Varchar(length=80, help_text="科目名称")
    full_name = Varchar(length=255, help_text="科目全称")
    parent = Varchar(length=20, null=True, default=None, help_text="上级科目编码")
    category = Varchar(length=20, help_text="科目类别")
    normal_balance = Varchar(length=6, help_text="余额方向:debit 借 / credit 贷")
    is_leaf = Boolean(default=True, help_text="末级科目")
    dimensions = Varchar(length=80, default="", help_text="可用的辅助核算,逗号分隔")
    required = Varchar(length=80, default="", help_text="必填的辅助核算,逗号分隔")
    open_items = Boolean(default=False, help_text="往来核销")
    retired = Boolean(default=False, help_text="已停用")
    moved_to = Varchar(length=20, null=True, default=None, help_text="原有余额转入的下级科目")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s %s", columns=[cls.code, cls.name])


class ClosedPeriod(ClientRows, Table, tablename="core_period"):
    """A month that is or was closed. ``closed_at`` is UTC, None while it is open again. Unique by (client, period)."""

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    closed_at = Timestamptz(null=True, default=None)
    closed_by = Varchar(length=80, default="")


class VoucherCounter(ClientRows, Table, tablename="core_voucher_counter"):
    """The last number given in a client's month to a word (字). Its row lock makes numbers without gaps."""

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    word = Varchar(length=10)
    last = Integer(null=False, default=0)


class LedgerVoucher(ClientRows, Table, tablename="core_voucher"):
    """One voucher (记账凭证). ``total`` is the sum of its debits; instants are UTC; names are as they were then.

    ``version`` counts the changes of a draft; ``returned_reason`` is why a reviewer handed it back, until it is changed.
    """

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    date = Date(null=False, default=None)
    word = Varchar(length=10)
    number = Integer(null=True, default=None)
    summary = Varchar(length=255, help_text="摘要")
    kind = Varchar(length=10)
    state = Varchar(length=10)
    total = BigInt(null=False, default=0)
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    source = Varchar(length=40)
    reasons = JSONB(null=True, default=None)
    draft_lines = JSONB(null=True, default=None)
    drafted_by = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    drafted_by_name = Varchar(length=80, default="", help_text="制单")
    posted_by = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    posted_by_name = Varchar(length=80, default="", help_text="审核")
    posted_at = Timestamptz(null=True, default=None)
    reverses = BigInt(null=True, default=None)
    reviewed_by = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    reviewed_by_name = Varchar(length=80, null=True, default=None, help_text="审核(记账前已审核的)")
    discard_reason = Varchar(length=255, default="")
    version = Integer(null=False, default=1)
    returned_reason = Varchar(length=255, null=True, default=None, help_text="退回原因")
    returned_by_name = Varchar(length=80, null=True, default=None, help_text="退回人")

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s-%s %s", columns=[cls.word, cls.number, cls.summary])


class VoucherLine(ClientRows, Table, tablename="core_voucher_line"):
    """One posted line. ``id`` is voucher * 1000 + place in it, so that the primary key finds a voucher's lines in order.

    ``summary`` is empty where it is the voucher's. The month is that of ``date``.
    """

    id = BigInt(primary_key=True)
    voucher = BigInt(null=False)
    account = Varchar(length=20)
    date = Date(null=False, default=None)
    debit = BigInt(null=False, default=0)
    credit = BigInt(null=False, default=0)
    counterparty = Varchar(length=120, default="")
    summary = Varchar(length=255, default="")


class MonthlyBalance(ClientRows, Table, tablename="core_balance"):
    """Turnover of one account in one month (``period`` 0: the opening balance), that of closing vouchers apart."""

    id = BigSerial(primary_key=True)
    period = Integer(null=False)
    account = Varchar(length=20)
    debit = BigInt(null=False, default=0)
    credit = BigInt(null=False, default=0)
    closing_debit = BigInt(null=False, default=0)
    closing_credit = BigInt(null=False, default=0)


class VoucherChoice(FirmRows, Table, tablename="core_voucher_choice"):
    """What a firm chose of its vouchers; without a row, what ``ledger.choices`` says."""

    id = BigSerial(primary_key=True)
    words = Varchar(length=255, help_text="凭证字,逗号分隔")
    clean_limit = BigInt(null=False, help_text="批量过账的单张金额上限(分)")
