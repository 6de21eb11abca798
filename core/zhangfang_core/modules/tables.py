"""Which plugins a firm has on, and what of them fails."""

from piccolo.columns import JSONB, BigSerial, Boolean, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table

from zhangfang_sdk.tables import FirmRows


class ModuleSwitch(FirmRows, Table, tablename="core_module_switch"):
    """One plugin of one firm: on or off as decided when the firm was made, or since. A plugin without a row is off."""

    id = BigSerial(primary_key=True)
    module = Varchar(length=60)
    enabled = Boolean()
    changed_at = Timestamptz()


class PartTrouble(FirmRows, Table, tablename="core_part_trouble"):
    """A part of a plugin ("card notes.open", "check_voucher") that failed for a firm, several times in a row.

    Cards and red dots are left out from the third failure on until somebody tries again.
    """

    id = BigSerial(primary_key=True)
    plugin = Varchar(length=60)
    part = Varchar(length=120)
    failures = Integer(default=0)
    reason = Text(default="")
    failed_at = Timestamptz()


class FailedJob(FirmRows, Table, tablename="core_failed_job"):
    """A job that failed for good, to be run again by the operator: ``job`` is its full name, ``plugin`` whose code failed."""

    id = BigSerial(primary_key=True)
    job = Varchar(length=160)
    plugin = Varchar(length=60)
    arguments = JSONB(default="{}")
    reason = Text(default="")
    failed_at = Timestamptz()
