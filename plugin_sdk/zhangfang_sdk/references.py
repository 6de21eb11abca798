"""Keys and labels of core rows: what a plugin's table may point at, and all it can reach of core.

A core test asserts that each matches the real table.
"""

from piccolo.columns import BigSerial, Varchar
from piccolo.columns.readable import Readable
from piccolo.table import Table


class UserKey(Table, tablename="core_user"):
    id = BigSerial(primary_key=True)
    name = Varchar(length=80)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class ClientKey(Table, tablename="core_client"):
    id = BigSerial(primary_key=True)
    name = Varchar(length=120)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class DocumentKey(Table, tablename="core_document"):
    id = BigSerial(primary_key=True)
    name = Varchar(length=255)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class VoucherKey(Table, tablename="core_voucher"):
    id = BigSerial(primary_key=True)
    summary = Varchar(length=255)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.summary])


KEY_COLUMNS = {
    table._meta.tablename: frozenset(column._meta.name for column in table._meta.columns)
    for table in (UserKey, ClientKey, DocumentKey, VoucherKey)
}
"""What a plugin's own statements may read of core: these columns, by table."""
