from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class Sight(ClientRows, Table, tablename="witness_sight"):
    """Something seen at a client."""

    id = BigSerial(primary_key=True)
    title = Varchar(length=80)
