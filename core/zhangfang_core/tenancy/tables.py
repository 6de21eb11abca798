"""Firms, their clients, and who of the firm looks after which client."""

from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.combination import And, WhereRaw
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_sdk.context import scope
from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows, FirmRows, type_wall


class Firm(Table, tablename="core_firm"):
    """A bookkeeping firm: the tenant. Its wall is its own id."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=120)
    single_person = Boolean(default=False, help_text="一人代账公司:制单与审核由同一人完成(已声明)")
    created_at = Timestamptz()

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Client(FirmRows, Table, tablename="core_client"):
    """A company whose books the firm keeps. Seen by those who may see its id."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=120, help_text="企业全称,与营业执照一致")
    tax_id = Varchar(length=20, help_text="统一社会信用代码 / 纳税人识别号")
    standard = Varchar(length=40)
    books_start = Date()
    created_at = Timestamptz()

    @classmethod
    def wall(cls) -> type_wall:
        allowed = scope().clients
        if allowed is None:
            return super().wall()
        return And(super().wall(), cls.id.is_in(sorted(allowed)) if allowed else WhereRaw("false"))

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class Assignment(ClientRows, Table, tablename="core_assignment"):
    """An accountant sees the clients assigned to them only (PLAT-13)."""

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.cascade)


class ClientFact(ClientRows, Table, tablename="core_client_fact"):
    """One entry of a client's profile; value, day and source never change. One in force for each kind, part and day."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=40, null=False, help_text="资料")
    part = Varchar(length=20, null=False, help_text="年份或角色")
    value = JSONB(help_text="内容")
    valid_from = Date(null=False, default=None, help_text="生效日期")
    source = Varchar(length=40, null=False)
    standing = Varchar(length=20, null=False)
    entered_at = Timestamptz()
    entered_by = BigInt(null=True, default=None)
    entered_by_name = Varchar(length=80, null=False, help_text="录入人")
    decided_at = Timestamptz(null=True, default=None)
    decided_by_name = Varchar(length=80, null=False)
    reason = Varchar(length=200, null=False)
    confirmed_at = Timestamptz(null=True, default=None)
    confirmed_by_name = Varchar(length=80, null=False, help_text="客户确认人")
    objection = Varchar(length=400, null=False, help_text="客户意见")
    objected_at = Timestamptz(null=True, default=None)
    objected_by_name = Varchar(length=80, null=False)
