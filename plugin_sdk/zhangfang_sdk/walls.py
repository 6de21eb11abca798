"""The second wall, for migrations: SQL that puts a table behind row-level security.

A migration's second file calls ``await build(client_wall("notes_note", references={"document": "core_document"}))``.
Policies read ``app_firm()``, ``app_client_ok()`` and ``app_staff()`` from the transaction's settings; FORCE binds the
owner too. Composite foreign keys keep every reference inside the firm, since PostgreSQL's own check of a foreign
key does not ask row-level security.
"""

from collections.abc import Mapping

from piccolo.engine.finder import engine_finder


def firm_wall(
    table: str, *, references: Mapping[str, str] | None = None, staff_only: bool = False, append_only: bool = False
) -> str:
    """SQL for a table with a ``firm`` column. ``staff_only`` hides it from people of the clients."""
    condition = "firm = app_firm()" + (" and app_staff()" if staff_only else "")
    return _wall(table, condition, references or {}, append_only)


def client_wall(table: str, *, references: Mapping[str, str] | None = None, append_only: bool = False) -> str:
    """SQL for a table with ``firm`` and ``client`` columns. ``references`` maps columns to tables of the same firm."""
    every = {"client": "core_client", **(references or {})}
    return _wall(table, "firm = app_firm() and app_client_ok(client)", every, append_only)


def _wall(table: str, condition: str, references: Mapping[str, str], append_only: bool) -> str:
    parts = [
        f"alter table {table} add constraint {table}_firm_id_key unique (firm, id);",
        f"alter table {table} enable row level security;",
        f"alter table {table} force row level security;",
        f"create policy wall on {table} using ({condition}) with check ({condition});",
    ]
    parts += [same_firm(table, column, target) for column, target in references.items()]
    if append_only:
        parts.append(f"revoke update, delete, truncate on {table} from zhangfang_app;")
    return "\n".join(parts)


def same_firm(table: str, column: str, target: str) -> str:
    """SQL that keeps the key ``column`` inside the firm: for a column that came after its table's wall."""
    return (
        f"alter table {table} add constraint {table}_{column}_same_firm "
        f"foreign key (firm, {column}) references {target} (firm, id);"
    )


def beyond_walls(change: str, *tables: str) -> str:
    """SQL for a migration that changes rows of every firm: FORCE binds the owner too, and a migration has no firm in scope."""
    lifted = "".join(f"alter table {table} no force row level security;\n" for table in tables)
    return lifted + change + "".join(f"\nalter table {table} force row level security;" for table in tables)


async def build(*statements: str) -> None:
    """Run several statements on the migration's own connection (Piccolo's ``raw`` takes one at a time)."""
    engine = engine_finder()
    current = None if engine is None else engine.current_transaction.get()
    if current is None:
        raise RuntimeError("walls are built inside a migration's transaction")
    await current.connection.execute("\n".join(statements))
