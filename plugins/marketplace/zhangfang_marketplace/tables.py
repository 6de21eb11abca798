"""Services that a firm offers to its clients."""

from piccolo.columns import BigInt, BigSerial, Boolean, Integer, Text, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class Service(FirmRows, Table, tablename="marketplace_service"):
    """``price`` in fen. Shown to clients when ``published``."""

    id = BigSerial(primary_key=True)
    title = Varchar(length=80)
    content = Text()
    deliverables = Text(default="")
    price = BigInt()
    days = Integer(default=0)
    published = Boolean(default=False)
