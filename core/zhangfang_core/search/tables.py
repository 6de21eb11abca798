"""The index of what can be found, and which kinds of it were built for a firm."""

from piccolo.columns import BigInt, BigSerial, Date, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows, FirmRows


class SearchItem(ClientRows, Table, tablename="core_search_item"):
    """One thing that can be found: ``kind`` ("notes.things") and ``object`` name it, once in a firm.

    ``title`` and ``body`` are as people wrote them, ``folded`` is both, and by what else it is found, as it is
    compared. ``owner`` is the person whose thing it is. What is searched is asked of the function ``core_search`` alone; from here, rows are read by their ids.
    """

    id = BigSerial(primary_key=True)
    kind = Varchar(length=80, null=False)
    object = BigInt(null=False)
    owner = BigInt(null=True, default=None)
    day = Date(null=False, default=None)
    title = Varchar(length=200, null=False)
    body = Text(null=False)
    path = Varchar(length=200, null=False)
    folded = Text(null=False)


class BuiltKind(FirmRows, Table, tablename="core_search_kind"):
    """A kind that was built for the firm, by the source's ``version``; one without a row is still to be built."""

    id = BigSerial(primary_key=True)
    kind = Varchar(length=80, null=False)
    version = Integer(null=False)
    built_at = Timestamptz()
