"""Several invoices in one file, several pages of one picture."""

from enum import Enum
from typing import Any

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import JSONB, BigSerial, Boolean, ForeignKey, Integer, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from zhangfang_sdk.migrations import new_columns

ID = "2026-11-26T14:30:01:000000"
VERSION = "1.38.0"
DESCRIPTION = "Parts of files"


BEFORE = ("queued", "reading", "recognised", "checking", "drafted", "needs_review", "refused", "approved", "returned")
States = Enum("ItemState", {name.upper(): name for name in (*BEFORE, "unpacked")})  # type: ignore[misc]  # made from data
StatesBefore = Enum("ItemState", {name.upper(): name for name in BEFORE})  # type: ignore[misc]  # made from data


class Seal(Enum):
    NONE = ""
    INTACT = "intact"
    CHANGED = "changed"
    UNCHECKED = "unchecked"


class Item(Table, tablename="capture_ocr_item"):
    id = BigSerial(primary_key=True)
    whole: ForeignKey[Any] = ForeignKey("self", null=True, on_delete=OnDelete.restrict)
    place = JSONB(default="{}")


class Invoice(Table, tablename="capture_ocr_invoice"):
    id = BigSerial(primary_key=True)
    counts = JSONB(default="{}")
    seal = Varchar(length=20, default="", choices=Seal)


class Recognition(Table, tablename="capture_ocr_recognition"):
    id = BigSerial(primary_key=True)
    page = Integer(default=0)
    blank = Boolean(default=False)
    look = Varchar(length=64)


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="capture_ocr", description=DESCRIPTION)
    new_columns(manager, Item, Invoice, Recognition)
    manager.alter_column(
        table_class_name="Item",
        tablename="capture_ocr_item",
        column_name="state",
        params={"choices": States},
        old_params={"choices": StatesBefore},
        column_class=Varchar,
        old_column_class=Varchar,
    )
    return manager
