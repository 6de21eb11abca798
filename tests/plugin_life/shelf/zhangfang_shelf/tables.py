"""Boxes and what stands in them: a reference inside the plugin, one to itself, one to a client's file."""

from piccolo.columns import BigInt, BigSerial, ForeignKey, Varchar
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey
from zhangfang_sdk.tables import ClientRows


class Box(ClientRows, Table, tablename="shelf_box"):
    id = BigSerial(primary_key=True)
    title = Varchar(length=40)


class Paper(ClientRows, Table, tablename="shelf_paper"):
    id = BigSerial(primary_key=True)
    box = ForeignKey(Box)
    after = ForeignKey("self")
    document = ForeignKey(DocumentKey)
    title = Varchar(length=80)
    pages = BigInt(default=0)
