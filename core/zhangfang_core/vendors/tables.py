"""Which vendors a firm chose, what it asked of them, and which are left out for a while."""

from piccolo.columns import JSONB, BigInt, BigSerial, Bytea, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class VendorChoice(FirmRows, Table, tablename="core_vendor_choice"):
    """One vendor of one kind in the firm's order (``position`` from 1). ``vendor`` is "plugin.vendor".

    ``settings`` are the plain ones; ``sealed`` is the JSON of the secret ones under the firm's key ``key_version``, with ``secrets_set`` naming
    them. ``price`` is what 1,000 answers cost as the firm says, in fen. ``tested_at`` and ``problem`` (empty: it worked) tell of the last test
    of the connection.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=20, null=False)
    vendor = Varchar(length=120, null=False)
    position = Integer(null=False)
    settings = JSONB(null=False, default="{}")
    secrets_set = JSONB(null=False, default="[]")
    sealed = Bytea(null=True, default=None, secret=True)
    key_version = Integer(null=True, default=None)
    price = BigInt(null=True, default=None)
    tested_at = Timestamptz(null=True, default=None)
    problem = Varchar(length=300, null=False, default="")
    changed_at = Timestamptz()


class VendorCall(FirmRows, Table, tablename="core_vendor_call"):
    """What one vendor was asked on one day (Asia/Shanghai): attempts, those that failed, and the time they took."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=20, null=False)
    vendor = Varchar(length=120, null=False)
    day = Date(null=False)
    calls = Integer(null=False)
    failures = Integer(null=False)
    milliseconds = BigInt(null=False)


class VendorBreaker(FirmRows, Table, tablename="core_vendor_breaker"):
    """Failures in a row of one vendor; the row goes with its next answer.

    Once there are enough the vendor is left out until ``open_until``, then one call may try (``trial_until`` keeps the others
    away) and closes or opens it again. ``reason`` is one of the service's own words, never what a vendor said.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=20, null=False)
    vendor = Varchar(length=120, null=False)
    failures = Integer(null=False)
    failed_at = Timestamptz()
    reason = Varchar(length=20, null=False)
    open_until = Timestamptz(null=True, default=None)
    trial_until = Timestamptz(null=True, default=None)
