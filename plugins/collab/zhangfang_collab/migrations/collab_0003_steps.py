from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigInt, BigSerial, Boolean, Date, ForeignKey, Integer, SmallInt, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.context import default_firm
from zhangfang_sdk.migrations import new_columns, new_tables
from zhangfang_sdk.references import ClientKey, DocumentKey, UserKey

ID = "2026-11-26T22:10:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Steps, owners and keys of tasks; their trail, templates and what arrived"


class Task(Table, tablename="collab_task"):
    id = BigSerial(primary_key=True)
    key = Varchar(length=200)
    template = Varchar(length=40, default="")
    covers = Integer()
    party = Varchar(length=80, default="")
    owner_firm = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    owner_client = ForeignKey(UserKey, null=True, default=None, on_delete=OnDelete.restrict)
    steps = JSONB(default="[]")
    turn = Varchar(length=12, default="")
    feeds = Varchar(length=40, default="")
    link = Varchar(length=400, default="")
    asked_on = Date()
    result = Varchar(length=200, default="")
    reopened = Varchar(length=200, default="")
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    reminded = SmallInt(null=True, default=None)


class Entry(Table, tablename="collab_entry"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    task: ForeignKey[Any] = ForeignKey(Task, null=False, on_delete=OnDelete.restrict)
    kind = Varchar(length=20)
    words = Varchar(length=1000, default="")
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    by = Varchar(length=80)
    by_firm = Boolean(default=True)
    at = Timestamptz()


class ArrivalRow(Table, tablename="collab_arrival"):
    firm = BigInt(default=default_firm)
    client = ForeignKey(ClientKey, on_delete=OnDelete.restrict, null=False)
    id = BigSerial(primary_key=True)
    kind = Varchar(length=40)
    covers = Integer()
    reference = Varchar(length=160)
    what = Varchar(length=200)
    document = ForeignKey(DocumentKey, null=True, default=None, on_delete=OnDelete.restrict)
    live = Boolean(default=True)
    reason = Varchar(length=200, default="")
    at = Timestamptz()


class Template(Table, tablename="collab_template"):
    firm = BigInt(default=default_firm)
    id = BigSerial(primary_key=True)
    key = Varchar(length=40)
    title = Varchar(length=120)
    note = Varchar(length=400, default="")
    payer = Varchar(length=20, default="")
    package = Varchar(length=80, default="")
    month = SmallInt(default=0)
    due_rule = Varchar(length=20)
    due_number = SmallInt(default=0)
    due_tax = Varchar(length=40, default="")
    steps = JSONB(default="[]")
    feeds = Varchar(length=40, default="")
    party = Varchar(length=80, default="")
    link = Varchar(length=400, default="")
    active = Boolean(default=True)
    changed_at = Timestamptz()


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="collab", description=DESCRIPTION)
    new_columns(manager, Task)
    new_tables(manager, Entry, ArrivalRow, Template)
    return manager
