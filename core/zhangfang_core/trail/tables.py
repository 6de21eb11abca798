"""The firm's audit trail with the blocks that seal it."""

from piccolo.columns import JSONB, BigInt, BigSerial, Date, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.combination import And, WhereRaw
from piccolo.table import Table

from zhangfang_sdk.context import scope
from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import FirmRows, type_wall

DEPLOYMENT = 0
"""The "firm" of the operator's own trail."""


def trail_in_scope() -> int:
    """Whose trail the scope writes to and reads: its firm's, or the deployment's for a person with no firm."""
    firm = scope().firm
    return DEPLOYMENT if firm is None else firm


class _TrailRows(FirmRows):
    """Rows of a trail: read by people of the firm, and by the operator for the deployment's own."""

    @classmethod
    def wall(cls) -> type_wall:
        own = cls.firm == trail_in_scope()
        return own if scope().staff or scope().operator else And(own, WhereRaw("false"))


class AuditEntry(_TrailRows, Table, tablename="core_audit_entry"):
    """Who did what, when (UTC), from where. Written by :class:`~zhangfang_core.trail.audit.AuditTrail` only."""

    id = BigSerial(primary_key=True)
    client = BigInt(null=True, default=None, help_text="客户企业")
    at = Timestamptz(help_text="时间")
    user = BigInt(null=True, default=None)
    user_name = Varchar(length=80, null=False, help_text="操作人")
    address = Varchar(length=64, null=False, help_text="来源地址")
    action = Varchar(length=80, null=False, help_text="操作")
    subject = Varchar(length=160, null=False, help_text="对象")
    before = JSONB(null=True, default=None, help_text="之前")
    after = JSONB(null=True, default=None, help_text="之后")


class AuditBlock(_TrailRows, Table, tablename="core_audit_block"):
    """Entries ``first`` to ``last`` sealed together; ``hash`` covers them and the block before."""

    id = BigSerial(primary_key=True)
    number = Integer(null=False)
    first = BigInt(null=False)
    last = BigInt(null=False)
    entries = Integer(null=False)
    previous_hash = Varchar(length=64, null=False)
    hash = Varchar(length=64, null=False)
    sealed_at = Timestamptz()


class VerificationRow(_TrailRows, Table, tablename="core_verification"):
    """A verification that was asked for or is nightly; ``result`` once it ended. Instants are UTC; ``asked_by`` is "" for the nightly one."""

    id = BigSerial(primary_key=True)
    asked_by = Varchar(length=80, null=False, default="")
    started_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)
    result = JSONB(null=True, default=None)


class HeadReader(FirmRows, Table, tablename="core_head_reader"):
    """Somebody of the firm who gets the chain's head by e-mail each day. Unique by (firm, user)."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade)
    sent_on = Date(null=True, default=None)
