"""What the pages read and write; everything in the caller's transaction."""

import datetime as dt

from zhangfang_books.tables import MonthNote
from zhangfang_books.trial_balance import TrialBalance, trial_balance
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.periods import Period

LONGEST_NOTE = 2000


async def trial_balance_of(client: int, period: Period) -> TrialBalance:
    """Reads monthly balances only: its cost does not grow with vouchers."""
    ledger = use(Ledger)
    balances = await ledger.balances(client, None, period, ends=[period.plus(-1)])
    names = await ledger.account_names(client, codes=sorted({balance.account for balance in balances}))
    return trial_balance(names, balances, period)


async def note_of(client: int, period: Period) -> MonthNote | None:
    return await MonthNote.objects().where(MonthNote.client == client, MonthNote.period == period.number).first()


async def write_note(client: int, period: Period, text: str) -> None:
    """Replace the month's note; needs ``books.note``. Raises Refusal ``books.note_too_long``."""
    require("books.note")
    words = text.strip()
    if len(words) > LONGEST_NOTE:
        raise Refusal("books.note_too_long", f"备注最多 {LONGEST_NOTE} 字,现在有 {len(words)} 字。", field="note")
    note = await note_of(client, period)
    before = note.note if note else ""
    if note is None:
        note = MonthNote(client=client, period=period.number)
    note.note, note.written_by, note.updated_at = words, scope().user_name, dt.datetime.now(dt.UTC)
    await note.save()
    await use(Audit).record(
        "books.note", f"books_month_note:{note.id}", client=client, before={"note": before}, after={"note": words}
    )
