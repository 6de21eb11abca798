from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey, UserKey

ID = "2026-11-27T01:03:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Life of alerts, marks, risk list, thresholds"


class Alert(Table, tablename="risk_rules_alert"):
    id = BigSerial(primary_key=True)
    period = Integer(default=0)
    month = Integer(default=0)
    subject = Varchar(length=80, default="")
    level = Integer(default=1)
    unit = Varchar(length=16, default="fen")
    base = BigInt(null=True, default=None)
    shut_as = Varchar(length=12, default="")
    muted = Boolean(default=False)
    opened = Integer(default=1)
    slip = Text(default="{}")
    note = Text(default="")
    assigned_to = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict, index=False)
    assigned_name = Varchar(length=80, default="")


class AlertStep(Table, tablename="risk_rules_alert_step"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    alert = ForeignKey(Alert, null=False, on_delete=OnDelete.restrict, index=False)
    at = Timestamptz()
    by = Varchar(length=80, default="")
    step = Varchar(length=12)
    words = Text(default="")
    amount = BigInt(default=0)


class Mark(Table, tablename="risk_rules_mark"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    reader = Varchar(length=20)
    period = Integer()


class Watch(Table, tablename="risk_rules_watch"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    running = Integer(default=0)
    settled = Integer(default=0)
    scanned_at = Timestamptz(null=True, default=None)


class Seller(Table, tablename="risk_rules_seller"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    name = Varchar(length=200)
    tax_id = Varchar(length=30, default="")
    reason = Varchar(length=120)
    source = Varchar(length=200, default="")
    listed_on = Date(null=True, default=None)
    added_by = Varchar(length=80, default="")
    added_at = Timestamptz()


class FirmLimit(Table, tablename="risk_rules_firm_limit"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    name = Varchar(length=40)
    industry = Varchar(length=40, default="")
    value = BigInt()
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class ClientLimit(Table, tablename="risk_rules_client_limit"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    name = Varchar(length=40)
    value = BigInt()
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class RuleSwitch(Table, tablename="risk_rules_switch"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    muted = Boolean(default=True)
    set_by = Varchar(length=80, default="")
    set_at = Timestamptz()


class Trial(Table, tablename="risk_rules_trial"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    rule = Varchar(length=60)
    wanted = Text(default="{}")
    found = Text(default="{}")
    asked = Integer(default=0)
    hit = Integer(default=0)
    made_by = Varchar(length=80, default="")
    made_at = Timestamptz()
    done_at = Timestamptz(null=True, default=None)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="risk_rules", description=DESCRIPTION)
    new_columns(manager, Alert)
    new_tables(manager, AlertStep, Mark, Watch, Seller, FirmLimit, ClientLimit, RuleSwitch, Trial)
    return manager
