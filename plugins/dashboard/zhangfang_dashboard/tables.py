"""Which figures a firm lets a role see, where it decided otherwise than ``data/roles.toml``."""

from piccolo.columns import BigSerial, Boolean, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class RoleFigure(FirmRows, Table, tablename="dashboard_role_figure"):
    """One decision: ``role`` sees ``figure`` (a key such as "net_profit"), or not."""

    id = BigSerial(primary_key=True)
    role = Varchar(length=40)
    figure = Varchar(length=40)
    shown = Boolean(default=True)
