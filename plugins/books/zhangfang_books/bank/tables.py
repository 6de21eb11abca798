"""What banks said, and which vouchers explain it."""

from typing import Any

from piccolo.columns import BigInt, BigSerial, Date, ForeignKey, Integer, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import VoucherKey
from zhangfang_sdk.tables import ClientRows


class BankAccount(ClientRows, Table, tablename="books_bank_account"):
    """``account`` is the ledger's leaf account; ``number`` the bank's, whole, empty where files do not say it.

    ``balance`` (fen) is that after the last line, which the bank told at ``told_at`` (UTC); both None while no balance is known.
    ``fetched_at``: when its lines were last fetched from a bank-feed vendor; None while files alone bring them.
    """

    id = BigSerial(primary_key=True)
    account = Varchar(length=40)
    bank = Varchar(length=60)
    number = Varchar(length=64)
    balance = BigInt(null=True, default=None)
    told_at = Timestamptz(null=True, default=None)
    fetched_at = Timestamptz(null=True, default=None)


class BankFile(ClientRows, Table, tablename="books_bank_file"):
    """A statement that was brought in: from ``first`` to ``last`` (business dates), balances in fen, None where they are not known."""

    id = BigSerial(primary_key=True)
    account: ForeignKey[Any] = ForeignKey(BankAccount, null=False, on_delete=OnDelete.restrict)
    name = Varchar(length=255)
    sha256 = Varchar(length=64)
    first = Date()
    last = Date()
    opening = BigInt(null=True, default=None)
    closing = BigInt(null=True, default=None)
    lines = Integer()
    brought_by = Varchar(length=80)
    brought_at = Timestamptz()


class BankLineRow(ClientRows, Table, tablename="books_bank_line"):
    """``amount`` in fen, positive for money that came in; ``told_at`` (UTC) None where the file has no time of day.

    ``key`` is the same whenever the line is read again (``statements.keys_of``): unique by account. ``place`` orders the lines of a day.
    """

    id = BigSerial(primary_key=True)
    account: ForeignKey[Any] = ForeignKey(BankAccount, null=False, on_delete=OnDelete.restrict, index=False)
    file: ForeignKey[Any] = ForeignKey(BankFile, null=False, on_delete=OnDelete.restrict)
    place = Integer()
    date = Date()
    told_at = Timestamptz(null=True, default=None)
    amount = BigInt()
    balance = BigInt(null=True, default=None)
    counterparty = Varchar(length=120)
    counterparty_number = Varchar(length=64)
    text = Varchar(length=255)
    serial = Varchar(length=80)
    key = Varchar(length=64)


class BankMatch(ClientRows, Table, tablename="books_bank_match"):
    """The voucher's line ``place`` (from 1) explains ``amount`` fen of the bank's line, of the same sign.

    ``reason`` is a sentence; ``charges`` JSON [[open item, fen], …] that the voucher settles once it is posted.
    """

    id = BigSerial(primary_key=True)
    line: ForeignKey[Any] = ForeignKey(BankLineRow, null=False, on_delete=OnDelete.restrict)
    voucher = ForeignKey(VoucherKey, null=False, on_delete=OnDelete.restrict)
    place = SmallInt()
    amount = BigInt()
    reason = Varchar(length=255)
    charges = Text(default="[]")
    matched_by = Varchar(length=80)
    matched_at = Timestamptz()


class BankMemory(ClientRows, Table, tablename="books_bank_memory"):
    """What was accepted for lines of this party or text: ``account`` is the other side's, ``item`` its dimension item (0: none).

    ``sign`` is 1 for money that came in, -1 for what went out; ``said`` the party, or the text without figures where there is none.
    """

    id = BigSerial(primary_key=True)
    sign = SmallInt()
    said = Varchar(length=160)
    account = Varchar(length=40)
    item = BigInt(default=0)
    summary = Varchar(length=120)
    times = Integer(default=1)
    at = Timestamptz()
