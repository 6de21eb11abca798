"""Notices to people."""

from piccolo.columns import BigSerial, ForeignKey, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.combination import And
from piccolo.table import Table

from zhangfang_sdk.context import scope
from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows, type_wall


class NoticeRow(ClientRows, Table, tablename="core_notice"):
    """One message to one person. People see their own; the platform's jobs see all of the firm."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade, index=False)
    key = Varchar(length=160, null=False)
    title = Varchar(length=120, null=False)
    body = Text(null=False)
    link = Varchar(length=400, null=False)
    created_at = Timestamptz()
    read_at = Timestamptz(null=True, default=None)

    @classmethod
    def wall(cls) -> type_wall:
        user = scope().user
        return super().wall() if user is None else And(super().wall(), cls.user == user)
