"""Tables in a migration, written as tables: short to read, and known to Piccolo's automatic migrations.

A plugin's first migration declares its tables as they are on that day and hands them over::

    class Note(Table, tablename="notes_note"):
        id = BigSerial(primary_key=True)
        ...

    async def forwards() -> MigrationManager:
        manager = MigrationManager(migration_id=ID, app_name="notes", description=DESCRIPTION)
        new_tables(manager, Note)
        return manager

They are copies, mixins spelled out: ``tables.py`` goes on changing, a migration that somebody has run does not. What
``piccolo migrations new --auto`` writes does the same at fourteen lines a column.
"""

from collections.abc import Sequence

from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.columns import Column
from piccolo.table import Table


def new_tables(manager: MigrationManager, *tables: type[Table]) -> None:
    """Create ``tables`` in this migration, in the order that their foreign keys ask for."""
    for table in tables:
        manager.add_table(class_name=table.__name__, tablename=table._meta.tablename)
        _columns(manager, table, table._meta.columns)


def new_columns(manager: MigrationManager, *tables: type[Table]) -> None:
    """Add to tables that are there the columns that these declare; the primary key, which every table declares, is there already."""
    for table in tables:
        _columns(manager, table, [column for column in table._meta.columns if not column._meta.primary_key])


def _columns(manager: MigrationManager, table: type[Table], columns: Sequence[Column]) -> None:
    for column in columns:
        manager.add_column(
            table_class_name=table.__name__,
            tablename=table._meta.tablename,
            column_name=column._meta.name,
            db_column_name=column._meta.db_column_name,
            column_class=type(column),
            params=column._meta.params,
        )
