"""Lists of a month's source documents with their fingerprints."""

from piccolo.columns import BigSerial, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.references import DocumentKey
from zhangfang_sdk.tables import ClientRows


class Manifest(ClientRows, Table, tablename="archive_manifest"):
    """One list, itself kept as a document. ``sha256`` (hex) is of the list's bytes; ``files`` is how many it names."""

    id = BigSerial(primary_key=True)
    period = Integer()
    document = ForeignKey(DocumentKey, null=False, on_delete=OnDelete.restrict)
    files = Integer()
    sha256 = Varchar(length=64)
    created_at = Timestamptz()
    made_by = Varchar(length=80)
