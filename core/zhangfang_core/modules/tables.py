"""Which plugins a firm has on."""

from piccolo.columns import BigSerial, Boolean, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class ModuleSwitch(FirmRows, Table, tablename="core_module_switch"):
    """One plugin of one firm: on or off as decided when the firm was made, or since. A plugin without a row is off."""

    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    enabled = Boolean()
    changed_at = Timestamptz()
