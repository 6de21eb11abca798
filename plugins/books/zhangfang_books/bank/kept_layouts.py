"""Columns of banks' files as the firm named them."""

import json
from collections.abc import Mapping

from zhangfang_books.bank import layouts
from zhangfang_books.bank.tables import BankLayout
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require


async def kept() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    """The digest of a heading row → its columns."""
    return {row["headings"]: layouts.kept(row["columns"]) for row in await BankLayout.select()}


async def keep(name: str, made: Mapping[str, Mapping[str, tuple[str, ...]]]) -> None:
    """Needs ``bank.write``."""
    require("bank.write")
    for digest, columns in made.items():
        row = await BankLayout.objects().where(BankLayout.headings == digest).first() or BankLayout(headings=digest)
        row.name, row.columns = name[:60], json.dumps(columns, ensure_ascii=False)
        await row.save()
        await use(Audit).record("books.bank_layout", f"books_bank_layout:{row.id}", after={"name": row.name, "columns": dict(columns)})
