"""Columns of tables as the firm named them."""

import json
from collections.abc import Mapping

from zhangfang_books.importing.layouts import Columns, from_json
from zhangfang_books.tables import TableLayout
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit


async def kept(kind: str) -> Mapping[str, Columns]:
    """The digest of a heading row → its columns."""
    rows = await TableLayout.select().where(TableLayout.kind == kind)
    return {row["headings"]: from_json(row["columns"]) for row in rows}


async def keep(kind: str, name: str, made: Mapping[str, Columns]) -> None:
    """Whoever calls has asked for the person's permission."""
    for digest, columns in made.items():
        where = (TableLayout.kind == kind, TableLayout.headings == digest)
        row = await TableLayout.objects().where(*where).first() or TableLayout(kind=kind, headings=digest)
        row.name, row.columns = name[:60], json.dumps(columns, ensure_ascii=False)
        await row.save()
        after: dict[str, object] = {"name": row.name, "columns": dict(columns)}
        await use(Audit).record("books.layout", f"books_table_layout:{row.id}", after=after)
