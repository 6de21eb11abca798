"""Statements for the demo, drawn from its books and matched to them up to a week ago; one fee that the books have not yet."""

import datetime as dt
from collections.abc import Sequence

from zhangfang_books.bank.accepting import take
from zhangfang_books.bank.accounts import accounts_of
from zhangfang_books.bank.bringing import Chosen, keep_statement
from zhangfang_books.bank.standing import Entry, entries_of
from zhangfang_books.bank.statements import Statement, StatementLine
from zhangfang_books.bank.suggesting import suggestions
from zhangfang_books.importing.files_before import Source
from zhangfang_books.reading import posted_vouchers
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.ledger import Balance, Ledger
from zhangfang_sdk.periods import Period, today

ACCOUNT, BANK = "1002", "示例银行"
MONTHS = 3
DAYS_AGO = dt.timedelta(days=7)
FEE = -1_500


async def bring_statements(clients: Sequence[int]) -> None:
    """In the caller's transaction; a client that has an account already is passed over."""
    for client in clients:
        if not await accounts_of(client):
            await _bring(client)


async def _bring(client: int) -> None:
    last = today() - DAYS_AGO
    first = max(Period.current().plus(1 - MONTHS), Period.of((await use(Clients).client(client)).books_start))
    vouchers = await posted_vouchers(client, first, Period.of(last))
    entries = [e for v in vouchers if v.date <= last for e in entries_of(v, ACCOUNT, {})]
    if not entries:
        return
    number = f"62280000{client:011d}"
    before = await use(Ledger).balances(client, None, first.plus(-1))
    lines = _lines(entries, last, sum(_moved(b) for b in before if b.account == ACCOUNT))
    statement = Statement(number, bank=BANK, closing=lines[-1].balance, lines=lines)
    statement.opening = (lines[0].balance or 0) - lines[0].amount
    account = await keep_statement(client, statement, Chosen(ACCOUNT, BANK), Source("demo", "示例银行对账单.xlsx"))
    asked = await suggestions(account)
    for each in asked.suggestions:
        if each.entries:
            await take(account, each, asked)


def _moved(balance: Balance) -> int:
    return balance.debit - balance.credit + balance.closing_debit - balance.closing_credit


def _lines(entries: Sequence[Entry], last: dt.date, opening: int) -> list[StatementLine]:
    """A morning's minute each; the bank begins with what the books have then (``opening``, fen)."""
    moved = [(e.date, e.amount, e.party, e.summary) for e in entries]
    moved.append((last, FEE, "", "跨行转账手续费"))
    balance, lines = opening, []
    for row, (date, amount, party, text) in enumerate(moved, 1):
        balance += amount
        minute = dt.time(9 + row % 8, row % 60)
        lines.append(StatementLine(row, date, minute, amount, balance, party, text=text, serial=f"DEMO{row:06d}"))
    return lines
