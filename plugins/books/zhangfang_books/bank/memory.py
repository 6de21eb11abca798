"""What was accepted before for lines of the same party, or of the same text where there is no party."""

import datetime as dt
import re
from collections.abc import Sequence

from zhangfang_books.bank.matching.kinds import Line
from zhangfang_books.bank.matching.names import plain_name
from zhangfang_books.bank.tables import BankMemory

LONGEST_SAID = 160


class Memories:
    """All that is remembered of a client."""

    def __init__(self, rows: Sequence[BankMemory]) -> None:
        self._rows = {(row.sign, row.said): row for row in rows}

    def of(self, line: Line) -> BankMemory | None:
        return self._rows.get((_sign(line), said_by(line)))


async def memories(client: int) -> Memories:
    return Memories(await BankMemory.objects().where(BankMemory.client == client))


async def _recall(client: int, line: Line) -> BankMemory | None:
    return await BankMemory.objects().where(
        BankMemory.client == client, BankMemory.sign == _sign(line), BankMemory.said == said_by(line)
    ).first()  # fmt: skip


async def remember(client: int, line: Line, account: str, item: int, summary: str) -> None:
    """The last word counts; the same word again counts once more."""
    said = said_by(line)
    if not said:
        return
    row = await _recall(client, line) or BankMemory(client=client, sign=_sign(line), said=said, times=0)
    same = (row.account, row.item) == (account, item)
    row.account, row.item, row.summary = account, item, summary[:120]
    row.times = row.times + 1 if same else 1
    row.at = dt.datetime.now(dt.UTC)
    await row.save()


def said_by(line: Line) -> str:
    """The party, else the text without the figures that change from month to month."""
    return (plain_name(line.party) or re.sub(r"\d+", "", plain_name(line.text)))[:LONGEST_SAID]


def _sign(line: Line) -> int:
    return 1 if line.amount > 0 else -1
