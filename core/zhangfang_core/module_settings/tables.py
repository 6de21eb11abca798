"""What a firm chose of a plugin's settings, and what one of its clients has otherwise. What is not here is as the manifest says."""

from piccolo.columns import JSONB, BigSerial, Bytea, Integer, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import ClientRows, FirmRows


class ModuleSetting(FirmRows, Table, tablename="core_module_setting"):
    """One plugin's of a firm. ``values`` are the plain ones; ``sealed`` is the JSON of the secret ones under the firm's key ``key_version``,
    with ``secrets_set`` naming them."""

    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    values = JSONB(default="{}")
    secrets_set = JSONB(default="[]")
    sealed = Bytea(null=True, default=None, secret=True)
    key_version = Integer(null=True, default=None)
    changed_at = Timestamptz()


class ClientSetting(ClientRows, Table, tablename="core_client_setting"):
    """One plugin's of one client: only what differs from the firm's."""

    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    values = JSONB(default="{}")
    changed_at = Timestamptz()
