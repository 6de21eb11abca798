"""Returns of the clients and what the clients confirmed."""

from piccolo.columns import (
    BigInt,
    BigSerial,
    Boolean,
    Bytea,
    Date,
    ForeignKey,
    Integer,
    SmallInt,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey
from zhangfang_sdk.tables import ClientRows


class FilingRow(ClientRows, Table, tablename="books_filing"):
    """Unique by (client, tax, first, last); ``first`` and ``last`` are numbers such as 202611, ``step`` a ``FilingStep``.

    ``lines`` is the return as it was worked out (see ``filing/lines.py``), "" before. ``payable`` and ``paid`` are fen. ``confirmed_sha256`` is
    the hash of the lines that the client confirmed, "" while none of them stand. ``paid_line`` is the bank's line that paid it, None where a
    person says so.
    """

    id = BigSerial(primary_key=True)
    tax = Varchar(length=20)
    first = Integer()
    last = Integer()
    due = Date()
    step = SmallInt(default=0)
    payable = BigInt(null=True, default=None)
    lines = Text()
    worked_by = Varchar(length=80)
    worked_at = Timestamptz(null=True, default=None)
    confirmed_sha256 = Varchar(length=64)
    confirmed_by = Varchar(length=80)
    confirmed_at = Timestamptz(null=True, default=None)
    number = Varchar(length=40)
    filed_on = Date(null=True, default=None)
    filed_by = Varchar(length=80)
    receipt = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict, index=False)
    paid = BigInt(null=True, default=None)
    paid_on = Date(null=True, default=None)
    paid_line = BigInt(null=True, default=None)


class Confirmation(ClientRows, Table, tablename="books_filing_confirmation"):
    """What somebody confirmed, kept for good: ``content`` are the return's lines byte for byte, ``sha256`` their hash.

    ``by_firm``: somebody of the firm says that the client agreed.
    """

    id = BigSerial(primary_key=True)
    filing = ForeignKey(FilingRow, null=False, on_delete=OnDelete.restrict, index=False)
    content = Bytea()
    sha256 = Varchar(length=64)
    payable = BigInt()
    by_firm = Boolean(default=False)
    confirmed_by = Varchar(length=80)
    confirmed_at = Timestamptz()
