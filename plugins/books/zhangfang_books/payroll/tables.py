"""Payrolls by month, their rows, and who may read these."""

from enum import StrEnum
from typing import Any

from piccolo.columns import BigInt, BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import UserKey, VoucherKey
from zhangfang_sdk.tables import ClientRows


class PayrollState(StrEnum):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    RETURNED = "returned"
    REOPENED = "reopened"


class Payroll(ClientRows, Table, tablename="books_payroll"):
    """Totals in fen of one month, for whoever may see account 2211. ``sha256`` is of the rows that were confirmed (``bringing.digest_of``).

    ``why`` is the client's reason for sending it back, or the firm's for reopening what was confirmed; ``deducted_to`` the account of 其他扣款.
    """

    id = BigSerial(primary_key=True)
    period = Integer()
    state = Varchar(length=20)
    people = Integer()
    gross = BigInt()
    social = BigInt()
    fund = BigInt()
    tax = BigInt()
    net = BigInt()
    employer_social = BigInt()
    employer_fund = BigInt()
    sha256 = Varchar(length=64)
    file = Varchar(length=255)
    voucher = ForeignKey(VoucherKey, on_delete=OnDelete.restrict, null=True)
    deducted_to = Varchar(length=20, default="")
    why = Varchar(length=255)
    made_by = Varchar(length=80)
    made_at = Timestamptz()
    answered_by = Varchar(length=80)
    answered_at = Timestamptz(null=True, default=None)


class PayrollRow(ClientRows, Table, tablename="books_payroll_row"):
    """One person's month, fen. The database shows it to named readers alone (``PayrollReader``), the firm's own people and jobs included."""

    id = BigSerial(primary_key=True)
    payroll: ForeignKey[Any] = ForeignKey(Payroll, on_delete=OnDelete.restrict, null=False)
    period = Integer()
    name = Varchar(length=80)
    id_number = Varchar(length=18)
    gross = BigInt()
    exempt = BigInt()
    social = BigInt()
    fund = BigInt()
    special = BigInt()
    other = BigInt()
    tax = BigInt()
    net = BigInt()
    employer_social = BigInt()
    employer_fund = BigInt()


class PayrollReader(ClientRows, Table, tablename="books_payroll_reader"):
    """Somebody who may read the client's payroll rows from ``named_at`` on; None while they ask for it."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, on_delete=OnDelete.restrict, null=False)
    named_by = Varchar(length=80)
    named_at = Timestamptz(null=True, default=None)
