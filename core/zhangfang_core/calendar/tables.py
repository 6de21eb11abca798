"""What people changed in the calendar that the data give."""

from piccolo.columns import BigSerial, Boolean, Date, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class CalendarDay(Table, tablename="core_calendar_day"):
    """A day that the operator decided otherwise than the data, for every firm. Unique by day."""

    id = BigSerial(primary_key=True)
    day = Date(null=False, default=None)
    is_working = Boolean(null=False)
    reason = Varchar(length=120, null=False)
    changed_at = Timestamptz()


class TaxDeadlineChange(FirmRows, Table, tablename="core_tax_deadline"):
    """A deadline that the firm moved for an area (first digits of GB/T 2260, "" everywhere). Unique by (firm, tax, covers, area)."""

    id = BigSerial(primary_key=True)
    tax = Varchar(length=40, null=False)
    covers = Varchar(length=10, null=False)
    area = Varchar(length=6, null=False, default="")
    due = Date(null=False, default=None)
    reason = Varchar(length=120, null=False)
    changed_by = Varchar(length=80, null=False, default="")
    changed_at = Timestamptz()
