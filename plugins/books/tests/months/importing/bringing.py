"""Bringing a file in, as the page does."""

from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.outcome import Outcome
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.importing.services import Choices, ReadFile, bring_in, read_file
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import Scope, in_scope, system_scope

REALLY = Choices(really=True)
STRAIGHT = Choices(really=True, straight=True, make_items=True, leave_standing=True)


async def understood(
    firm: TestFirm, client: int, content: bytes, *, columns: dict[int, str] | None = None, program: str = ""
) -> ReadFile:
    async with rows_of(content) as rows:
        with in_scope(system_scope(firm.id)):
            return await read_file(client, rows, columns=columns, name="凭证.xlsx", program=program)


async def brought(
    firm: TestFirm,
    client: int,
    content: bytes,
    choices: Choices = REALLY,
    *,
    scope: Scope | None = None,
    source: bool = False,
) -> Outcome:
    """As the system, or in ``scope``. ``source``: the file is remembered."""
    read = await understood(firm, client, content)
    with in_scope(scope or system_scope(firm.id)):
        return await bring_in(client, read, choices, Source.of(content, "凭证.xlsx") if source else None)
