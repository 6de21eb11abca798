"""How a client's chart is coded."""

from piccolo.columns import BigSerial, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows


class CodeRule(ClientRows, Table, tablename="core_code_rule"):
    """``lengths`` are digits of each level ("4-3-2"). Unique by client; without a row 4-2-2-2."""

    id = BigSerial(primary_key=True)
    lengths = Varchar(length=20, help_text="编码规则")
