"""Notices to people, what became of each by each channel, and the kinds that people do not want to be sent."""

from piccolo.columns import BigSerial, Boolean, ForeignKey, SmallInt, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.combination import And, WhereRaw
from piccolo.table import Table

from zhangfang_sdk.context import scope
from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows, type_wall


class NoticeRow(ClientRows, Table, tablename="core_notice"):
    """One notice to one person. People see their own; the platform's jobs see all of the firm."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade, index=False)
    kind = Varchar(length=100, null=False)
    urgent = Boolean(null=False, default=False)
    key = Varchar(length=160, null=False)
    title = Varchar(length=120, null=False)
    body = Text(null=False)
    subject = Varchar(length=160, null=False)
    mail = Text(null=False)
    sms = Varchar(length=35, null=False)
    link = Varchar(length=400, null=False)
    created_at = Timestamptz()
    planned_at = Timestamptz(
        null=True, default=None, help_text="What happens by other channels than the screen is decided"
    )
    read_at = Timestamptz(null=True, default=None)

    @classmethod
    def wall(cls) -> type_wall:
        user = scope().user
        return super().wall() if user is None else And(super().wall(), cls.user == user)


class DeliveryRow(ClientRows, Table, tablename="core_notice_delivery"):
    """One notice by one channel other than the screen. Rows with the same ``key`` go out as one message.

    Read by people of the firm. ``state`` and ``reason`` are those of :mod:`zhangfang_core.notices.states`.
    """

    id = BigSerial(primary_key=True)
    notice = ForeignKey(NoticeRow, null=False, on_delete=OnDelete.cascade, index=False)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade, index=False)
    channel = Varchar(length=10, null=False)
    urgent = Boolean(null=False, default=False)
    state = Varchar(length=10, null=False)
    reason = Varchar(length=30, null=False)
    detail = Varchar(length=200, null=False)
    address = Varchar(length=120, null=False, help_text="Masked")
    key = Varchar(length=60, null=False)
    vendor = Varchar(length=120, null=False)
    reference = Varchar(length=200, null=False)
    attempts = SmallInt(null=False, default=0)
    due_at = Timestamptz()
    claimed_at = Timestamptz(null=True, default=None)
    handed_at = Timestamptz(null=True, default=None)
    decided_by_name = Varchar(length=80, null=False)
    created_at = Timestamptz()

    @classmethod
    def wall(cls) -> type_wall:
        return super().wall() if scope().staff else And(super().wall(), WhereRaw("false"))


class OptOut(Table, tablename="core_notice_opt_out"):
    """A person does not want to be sent notices of a kind; on the screen they stay."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade, index=False)
    kind = Varchar(length=100, null=False)
    since = Timestamptz()
