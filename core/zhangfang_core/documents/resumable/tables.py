"""Where files lie that come in parts. Each part is sealed in the object store, so that any node goes on where another one was."""

from piccolo.columns import BigInt, BigSerial, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_core.storage.firm_keys import SealedColumn, sealed_columns
from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows


class UploadRow(ClientRows, Table, tablename="core_upload"):
    """A file under way: ``received`` of ``length`` bytes are kept.

    ``key`` is the sender's word for it, "" without one; ``metadata`` what came with it, as it came. After ``expires_at`` nothing
    is added or read any more, and a job takes it away.
    """

    id = BigSerial(primary_key=True)
    user = ForeignKey(UserKey, null=False, on_delete=OnDelete.restrict, index=False)
    name = Varchar(length=255, null=False)
    media_type = Varchar(length=100, null=False)
    key = Varchar(length=64, null=False)
    metadata = Varchar(length=2000, null=False)
    length = BigInt(null=False)
    received = BigInt(null=False)
    created_at = Timestamptz()
    expires_at = Timestamptz()


class UploadPart(ClientRows, Table, tablename="core_upload_part"):
    """One part, ``start`` bytes after the beginning. ``name`` in the object store; ``size`` and ``sha256`` before sealing."""

    id = BigSerial(primary_key=True)
    upload = ForeignKey(UploadRow, null=False, on_delete=OnDelete.cascade, index=False)
    start = BigInt(null=False)
    name = Varchar(length=120, null=False)
    wrapped_key = Bytea(null=False, secret=True)
    key_version = Integer(null=False)
    size = BigInt(null=False)
    sha256 = Varchar(length=64, null=False)


sealed_columns.append(SealedColumn("core_upload_part", "wrapped_key", "name"))
