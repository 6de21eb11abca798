"""Tasks that a client or its accountant has to do in a month."""

from piccolo.columns import BigSerial, Date, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class Task(ClientRows, Table, tablename="collab_task"):
    """``period`` is a number such as 202611; ``done_at`` (UTC) is None while it is open."""

    id = BigSerial(primary_key=True)
    period = Integer()
    title = Varchar(length=120)
    note = Varchar(length=400, default="")
    due_on = Date()
    created_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)
    done_by = Varchar(length=80, default="")
