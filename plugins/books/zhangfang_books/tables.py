"""What the books keep beside the ledger."""

from piccolo.columns import BigInt, BigSerial, Boolean, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import VoucherKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class MonthNote(ClientRows, Table, tablename="books_month_note"):
    """``period`` is a number such as 202611. One current note a month; the trail keeps the earlier ones."""

    id = BigSerial(primary_key=True)
    period = Integer()
    note = Text()
    written_by = Varchar(length=80)
    updated_at = Timestamptz()


class BroughtCash(ClientRows, Table, tablename="books_brought_cash"):
    """A line of the cash flow statement from January to the day before the client's books start, in fen as it shows it."""

    id = BigSerial(primary_key=True)
    line = SmallInt()
    amount = BigInt()


class CashAssignment(ClientRows, Table, tablename="books_cash_assignment"):
    """The accountant's word on which cash flow line the voucher's line ``place`` (from 1) belongs to."""

    id = BigSerial(primary_key=True)
    voucher = ForeignKey(VoucherKey, null=False, on_delete=OnDelete.restrict, index=False)
    place = SmallInt()
    line = SmallInt()
    assigned_by = Varchar(length=80)
    assigned_at = Timestamptz()


class JudgedCash(ClientRows, Table, tablename="books_judged_cash"):
    """A posted voucher's cash by line of the cash flow statement, judged once (see ``judged_cash.py``); unique by (voucher, place, rules).

    ``place`` is the voucher's line from 1; each judged voucher has a row with place 0 and nothing in it. ``line`` is 0 for cash that no
    rule places. ``rules`` names the rules by which it was judged.
    """

    id = BigSerial(primary_key=True)
    period = Integer()
    voucher = BigInt()
    place = SmallInt()
    line = SmallInt()
    amount = BigInt()
    by_hand = Boolean(default=False)
    rules = Varchar(length=16)


class JudgedMonth(ClientRows, Table, tablename="books_judged_month"):
    """The sums of ``JudgedCash`` by month and line, kept by its triggers; unique by (client, rules, period, line).

    ``vouchers`` are the judged ones, counted on line 0; ``flows`` the lines of vouchers that stand on it; ``amount`` is fen.
    """

    id = BigSerial(primary_key=True)
    rules = Varchar(length=16)
    period = Integer()
    line = SmallInt()
    amount = BigInt()
    vouchers = Integer()
    flows = Integer()


class HandFigureRow(ClientRows, Table, tablename="books_hand_figure"):
    """A statement's line as a person filled it in (see ``statements/by_hand.py``); unique by (client, kind, part, line, from_line, period).

    ``amount`` is fen; ``period`` a number such as 202611; ``from_line`` is 0 where nothing is taken off another line; ``part`` is the column
    where the statement has several.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    line = SmallInt()
    from_line = SmallInt(default=0)
    period = Integer()
    amount = BigInt()
    why = Varchar(length=255)
    by = Varchar(length=80)
    at = Timestamptz()
    part = Varchar(length=20, default="")


class MonthBeforeRow(ClientRows, Table, tablename="books_month_before"):
    """A month before the client's books, of the quarter in which they start (see ``tax/months_before.py``); fen; unique by (client, period)."""

    id = BigSerial(primary_key=True)
    period = Integer()
    sales = BigInt()
    special = BigInt()
    purchases = BigInt()
    told_by = Varchar(length=80)
    told_at = Timestamptz()


class ImportProfile(FirmRows, Table, tablename="books_import_profile"):
    """How the firm reads one program's voucher files; ``columns`` is JSON (see ``importing/profiles.py``).

    ``confirmed``: somebody looked at it; what was made from a first file is not, until then.
    """

    id = BigSerial(primary_key=True)
    program = Varchar(length=40)
    name = Varchar(length=60)
    columns = Text()
    confirmed = Boolean(default=True)


class AccountMapping(ClientRows, Table, tablename="books_account_mapping"):
    """``theirs`` is an account's code in the other program, ``ours`` the client's account that it is booked on."""

    id = BigSerial(primary_key=True)
    theirs = Varchar(length=40)
    ours = Varchar(length=40)


class ImportedFile(ClientRows, Table, tablename="books_imported_file"):
    """A voucher file that was brought in: the same bytes are not brought in a second time."""

    id = BigSerial(primary_key=True)
    sha256 = Varchar(length=64)
    name = Varchar(length=255)
    vouchers = Integer()
    imported_by = Varchar(length=80)
    imported_at = Timestamptz()


class TableLayout(FirmRows, Table, tablename="books_table_layout"):
    """Columns of a table as the firm named them (``importing/layouts.py``): ``kind`` is "bank" or "payroll", ``headings`` the digest of the
    heading row, ``columns`` JSON field → headings."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=20)
    name = Varchar(length=60)
    headings = Varchar(length=32)
    columns = Text()
