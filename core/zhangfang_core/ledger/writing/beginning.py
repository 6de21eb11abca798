"""What stands on the page before anything is typed: the date, the word, the client's files that have no voucher."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger import periods
from zhangfang_core.ledger.choices import choices
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.documents import Document, Documents
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

FILES_OFFERED = 60

_LAST = """select date, word from core_voucher where firm = $1 and client = $2 and state <> 'discarded' and kind <> 'opening'
    and ($3::bigint is null or drafted_by = $3) order by id desc limit 1"""


async def date_and_word(client: int) -> tuple[dt.date, str]:
    """Those of the voucher that this person wrote last for the client, else of its last one, while that month is open.

    Else today, or the day nearest to it in the first open month.
    """
    firm, words = firm_in_scope(), (await choices()).words
    row = await connection().fetchrow(_LAST, firm, client, scope().user)
    row = row or await connection().fetchrow(_LAST, firm, client, None)
    closed = await periods.closed_through(client)
    word = row["word"] if row is not None and row["word"] in words else words[0]
    if row is not None and (closed is None or Period.of(row["date"]) > closed):
        return row["date"], word
    if closed is None:
        return today(), word
    following = closed.plus(1)
    return min(following.last_day, max(following.first_day, today())), word


async def files_without_voucher(client: int, chosen: int | None) -> Sequence[Document]:
    """Files of this month and the last that no voucher names, newest first, and ``chosen``; nothing for who may not read files."""
    if not scope().may("documents.read"):
        return []
    documents, month = use(Documents), Period.current()
    recent = [*await documents.stored_in(client, month.plus(-1)), *await documents.stored_in(client, month)]
    taken = await connection().fetch(
        "select document from core_voucher where firm = $1 and document = any($2::bigint[]) and state <> 'discarded'",
        firm_in_scope(),
        [document.id for document in recent],
    )
    used = {row["document"] for row in taken}
    free = [document for document in recent[::-1] if document.id not in used and document.id != chosen][:FILES_OFFERED]
    if chosen is None:
        return free
    return [*[d for d in await documents.documents([chosen]) if d.client == client], *free]
