"""Vouchers kept to write from (常用凭证), and those that come back every month."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.reading import see
from zhangfang_core.ledger.records import lines_from_json
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.ledger import Line
from zhangfang_sdk.periods import Period

_ROWS = """select id, title, word, summary, lines, first, last from core_voucher_template
    where firm = $1 and client = $2 and ($3::bigint is null or id = $3) order by title, id"""


@dataclass(frozen=True, slots=True)
class Kept:
    """``first`` None: it is written from by hand; else month's end proposes it from ``first`` to ``last`` (None: for good)."""

    id: int
    title: str
    word: str
    summary: str
    lines: tuple[Line, ...]
    first: Period | None
    last: Period | None


async def kept_vouchers(client: int, only: int | None = None) -> Sequence[Kept]:
    """By title; needs ``ledger.read``."""
    see(client)
    return [
        Kept(
            row["id"],
            row["title"],
            row["word"],
            row["summary"],
            lines_from_json(row["lines"]),
            Period.from_number(row["first"]) if row["first"] else None,
            Period.from_number(row["last"]) if row["last"] else None,
        )
        for row in await connection().fetch(_ROWS, firm_in_scope(), client, only)
    ]


async def kept_voucher(client: int, template: int) -> Kept:
    """Raises Refusal ``common.not_found``."""
    found = await kept_vouchers(client, template)
    if not found:
        raise not_found("凭证模板")
    return found[0]
