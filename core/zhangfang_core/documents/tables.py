"""Files and where their bytes lie. Bytes are in the object store, encrypted; keys here are wrapped."""

from piccolo.columns import BigInt, BigSerial, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.columns.readable import Readable
from piccolo.table import Table

from zhangfang_sdk.references import UserKey
from zhangfang_sdk.tables import ClientRows, FirmRows


class FirmKey(FirmRows, Table, tablename="core_firm_key"):
    """The firm's key, wrapped by the deployment's master key. The highest version is in force."""

    id = BigSerial(primary_key=True)
    version = Integer(null=False)
    wrapped = Bytea(null=False, secret=True)
    created_at = Timestamptz()


class ObjectRow(ClientRows, Table, tablename="core_object"):
    """One object of the store: its random name, and its data key wrapped by the firm's key ``key_version``.

    ``size`` (bytes) and ``sha256`` (hex) are of the bytes before encryption.
    """

    id = BigSerial(primary_key=True)
    name = Varchar(length=120, null=False)
    wrapped_key = Bytea(null=False, secret=True)
    key_version = Integer(null=False)
    size = BigInt(null=False)
    sha256 = Varchar(length=64, null=False)
    created_at = Timestamptz()


class DocumentRow(ClientRows, Table, tablename="core_document"):
    """A file that a person sent, or that the platform made, kept as it came. Never changed, never deleted."""

    id = BigSerial(primary_key=True)
    name = Varchar(length=255, null=False, help_text="文件名")
    media_type = Varchar(length=100, null=False)
    size = BigInt(null=False, help_text="字节数")
    sha256 = Varchar(length=64, null=False)
    object = ForeignKey(ObjectRow, null=False, on_delete=OnDelete.restrict, index=False)
    source = Varchar(length=20, null=False, help_text="upload 由人上传,system 由系统生成")
    stored_at = Timestamptz()
    stored_by = ForeignKey(UserKey, null=True, on_delete=OnDelete.restrict, index=False)
    stored_by_name = Varchar(length=80, null=False)

    @classmethod
    def get_readable(cls) -> Readable:
        return Readable(template="%s", columns=[cls.name])


class PreviewRow(ClientRows, Table, tablename="core_document_preview"):
    """The picture of one page, drawn on the server and kept. ``number`` counts from 1; ``pages`` is of the whole file."""

    id = BigSerial(primary_key=True)
    document = ForeignKey(DocumentRow, null=False, on_delete=OnDelete.restrict, index=False)
    number = Integer(null=False)
    pages = Integer(null=False)
    object = ForeignKey(ObjectRow, null=False, on_delete=OnDelete.restrict, index=False)
