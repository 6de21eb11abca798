"""Issued and received invoices as the tax authority's lists have them."""

from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import VoucherKey
from zhangfang_sdk.tables import ClientRows


class IssuedInvoice(ClientRows, Table, tablename="books_issued_invoice"):
    """Unique by (client, code, number). Amounts are fen, negative on a red letter; ``reverses`` is the number that a red letter reverses.

    ``lines`` is JSON (see ``sales/lines.py``). ``voucher`` is its sales voucher, which may stand for several invoices; ``booked`` once posted.
    """

    id = BigSerial(primary_key=True)
    code = Varchar(length=12)
    number = Varchar(length=20)
    kind = Varchar(length=40)
    issued_on = Date()
    seller_name = Varchar(length=120)
    seller_tax_id = Varchar(length=20)
    buyer_name = Varchar(length=120)
    buyer_tax_id = Varchar(length=20)
    amount = BigInt()
    tax = BigInt()
    total = BigInt()
    reverses = Varchar(length=20)
    voided = Boolean(default=False)
    lines = Text()
    voucher = ForeignKey(VoucherKey, null=True, default=None, on_delete=OnDelete.restrict, index=False)
    booked = Boolean(default=False)
    read_by = Varchar(length=80)
    read_at = Timestamptz()


class ReceivedInvoice(ClientRows, Table, tablename="books_received_invoice"):
    """As ``IssuedInvoice``, of invoices that the client was given; without a voucher: the document itself is booked, by whoever reads it.

    ``superseded``: another source has the invoice with its document, and this row is that invoice's list entry no more.
    """

    id = BigSerial(primary_key=True)
    code = Varchar(length=12)
    number = Varchar(length=20)
    kind = Varchar(length=40)
    issued_on = Date()
    seller_name = Varchar(length=120)
    seller_tax_id = Varchar(length=20)
    buyer_name = Varchar(length=120)
    buyer_tax_id = Varchar(length=20)
    amount = BigInt()
    tax = BigInt()
    total = BigInt()
    reverses = Varchar(length=20)
    voided = Boolean(default=False)
    superseded = Boolean(default=False)
    lines = Text()
    read_by = Varchar(length=80)
    read_at = Timestamptz()
