"""The accountant's remark on a month."""

from piccolo.columns import BigSerial, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class MonthNote(ClientRows, Table, tablename="books_month_note"):
    """``period`` is a number such as 202611. One current note a month; the trail keeps the earlier ones."""

    id = BigSerial(primary_key=True)
    period = Integer()
    note = Text()
    written_by = Varchar(length=80)
    updated_at = Timestamptz()
