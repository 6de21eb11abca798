"""What the tax office debited pays returns that were filed: known by the bank's line, and taken back with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.matching.kinds import Line
from zhangfang_books.bank.matching.sums import Sums
from zhangfang_books.bank.tables import BankLineRow
from zhangfang_books.filing.service import RegisteredFilings, title_of
from zhangfang_sdk.context import scope
from zhangfang_sdk.filings import Filing, FilingStep
from zhangfang_sdk.periods import today

OFFICES = ("国家金库", "国库", "税务", "待报解", "待结算财政款", "缴税", "扣税", "税款", "税费", "电子税票", "完税")
TAXES = ("增值税", "所得税", "个税", "印花税", "附加", "城建税", "城市维护建设税")
"""Words that banks write for a tax office's debit, and for what it is."""
LATEST = dt.timedelta(days=92)
"""After the day on which a return was due, its payment is looked for so long."""
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Payment:
    """A bank's line that may have paid a return."""

    line: int
    date: dt.date
    amount: int
    party: str
    text: str


def is_tax(party: str, text: str, amount: int) -> bool:
    """Money that went out to a tax office, by the line's words."""
    return amount < 0 and any(word in party or word in text for word in (*OFFICES, *TAXES))


def paid_by(date: dt.date, amount: int, owed: Sequence[Filing]) -> tuple[Filing, ...]:
    """Returns whose tax is exactly what went out: one, the soonest due, else several that were due on one day. Pure."""
    in_time = [f for f in owed if f.last.last_day < date <= f.due + LATEST]
    single = [f for f in in_time if f.payable == -amount]
    if single:
        return (single[0],)
    for due in sorted({f.due for f in in_time}):
        together = [f for f in in_time if f.due == due]
        places = Sums([f.payable or 0 for f in together]).making(-amount)
        if places is not None:
            return tuple(together[n] for n in places)
    return ()


async def owed_by(client: int) -> Sequence[Filing]:
    """Filed, not paid, something to pay; the soonest due first. Needs ``filings.read``, without it nothing."""
    if not scope().may("filings.read"):
        return ()
    standing = await RegisteredFilings().standing(client, due_until=today() + LATEST)
    return [f for f in standing if f.step is FilingStep.FILED and (f.payable or 0) > 0]


def said_of(line: Line, owed: Sequence[Filing]) -> str:
    """Which returns the line would pay, as a sentence's part; empty for none."""
    found = paid_by(line.date, line.amount, owed) if is_tax(line.party, line.text, line.amount) else ()
    return "、".join(title_of(filing) for filing in found)


async def pay_returns(client: int, line: int) -> None:
    """The line was matched: what it paid is paid from its day. Nothing without ``filings.write``, nor for a line that paid already."""
    row = await BankLineRow.objects().where(BankLineRow.client == client, BankLineRow.id == line).first()
    if row is None or not scope().may("filings.write") or not is_tax(row.counterparty, row.text, row.amount):
        return
    if not await RegisteredFilings().paid_with(client, line):
        for filing in paid_by(row.date, row.amount, await owed_by(client)):
            await RegisteredFilings().paid(filing.id, on=row.date, amount=filing.payable or 0, line=line)


async def take_back(client: int, line: int) -> None:
    """The line is not matched any more: what it paid is to be paid."""
    if scope().may("filings.write"):
        for filing in await RegisteredFilings().paid_with(client, line):
            await RegisteredFilings().unpaid(filing)


async def payments_for(filing: Filing) -> list[Payment]:
    """Lines of the client's accounts that may have paid the return, the nearest to its last day first."""
    found = []
    for account in await accounts_of(filing.client):
        rows = await BankLineRow.objects().where(
            BankLineRow.account == account.id,
            BankLineRow.amount == -(filing.payable or 0),
            BankLineRow.date > filing.last.last_day,
            BankLineRow.date <= filing.due + LATEST,
        )
        for row in rows:
            if not await RegisteredFilings().paid_with(filing.client, row.id):
                found.append(Payment(row.id, row.date, row.amount, row.counterparty, row.text))
    found.sort(key=lambda p: (not is_tax(p.party, p.text, p.amount), abs(p.date - filing.due), p.line))
    return found[:MOST_SHOWN]
