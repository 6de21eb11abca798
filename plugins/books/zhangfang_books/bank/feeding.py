"""Lines fetched from the firm's bank-feed vendor, kept like those of a file: no line a second time, whether fetched or brought in."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from zhangfang_books.bank.bringing import BroughtFile, Chosen, bring_in
from zhangfang_books.bank.reading_statements import LONGEST_NUMBER, LONGEST_PARTY, LONGEST_SERIAL, LONGEST_TEXT
from zhangfang_books.bank.statements import ReadStatements, Statement, StatementLine, in_order
from zhangfang_books.bank.tables import BankAccount, BankLineRow
from zhangfang_books.importing.files_before import Source
from zhangfang_sdk import use
from zhangfang_sdk.bank_feed import BankFeed, BankTransaction
from zhangfang_sdk.context import in_scope, require, scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.vendors import VendorRefused, Vendors

CONNECTS = "modules.manage"
"""Core's permission to choose and set vendors."""
LONGEST_AGO = 60
"""Days that the daily job goes back at most."""


async def is_offered() -> bool:
    """Whether the firm chose a vendor of the kind; in the caller's transaction."""
    return await use(Vendors).is_available(BankFeed)


async def fetch(client: int, number: str, first: dt.date, last: dt.date, said: Chosen) -> BroughtFile:
    """Ask the vendor for ``number``'s lines from ``first`` to ``last`` and keep the new ones; a new account is the ledger's ``said.account``.

    Outside any transaction. Raises Refusal ``bank.days_wrong``, ``bank.first_by_admin`` for a number that was never fetched for the client
    (the vendor's keys are the firm's, and any client's account would answer), those of the vendor (``bank_feed.…``, ``vendor.…``) and as ``bring_in``.
    """
    if not first <= last < today():
        raise Refusal("bank.days_wrong", "请选择昨天以前的日期,起始不晚于结束。", field="first")
    async with transaction():
        require("bank.write")
        mine = (BankAccount.client == client) & (BankAccount.number == number)
        connected = await BankAccount.exists().where(mine, BankAccount.fetched_at.is_not_null())
    if not connected and not scope().holds(CONNECTS):
        raise Refusal("bank.first_by_admin", "这个账号还没有接入。第一次请由管理员来取,核对它是这家企业的,以后会计就可以取。", status=403)
    try:
        answered = await use(Vendors).call(BankFeed, lambda feed: feed.transactions(number, first, last))
    except VendorRefused as refused:
        raise Refusal(refused.code, refused.sentence, status=409) from refused
    statement = statement_of(number, answered.title, answered.value)
    said_all = "\n".join(f"{line.serial} {line.amount}" for line in statement.lines)
    source = Source(hashlib.sha256(said_all.encode()).hexdigest(), f"{answered.title} {first} 至 {last}"[:255])
    if said.account:
        async with transaction():
            await _adopt(client, number, said.account)
    found = await bring_in(client, ReadStatements(statements=[statement]), {number: said}, source, really=True)
    if not statement.lines or found.brought:
        async with transaction():
            await BankAccount.update({BankAccount.fetched_at: dt.datetime.now(dt.UTC)}).where(mine)
    return found


async def feed_all() -> None:
    """The daily job: each account that was fetched before, up to yesterday. One that fails is told by its date and tried again tomorrow."""
    async with transaction():
        if not await is_offered():
            return
        accounts = await BankAccount.objects().where(BankAccount.fetched_at.is_not_null()).order_by(BankAccount.id)
        days = {account.id: await _from(account) for account in accounts}
    yesterday = today() - dt.timedelta(days=1)
    for account in accounts:
        first = min(days[account.id], yesterday)
        with in_scope(replace(scope(), client=account.client)):
            try:
                await fetch(account.client, account.number, first, yesterday, Chosen())
            except Refusal:
                continue


def statement_of(number: str, bank: str, told: Sequence[BankTransaction]) -> Statement:
    """As a file would be read. Raises Refusal ``bank.balances_broken`` where a balance does not follow from the one before."""
    lines, broken = in_order([_line(row, one) for row, one in enumerate(told, 1)])
    if broken is not None:
        raise Refusal("bank.balances_broken", f"{broken.date} 的余额与前一笔接不上,没有写入,请改用文件导入核对。", status=409)
    found = Statement(number, bank=bank, lines=lines)
    if lines and lines[0].balance is not None:
        found.opening, found.closing = lines[0].balance - lines[0].amount, lines[-1].balance
    return found


def _line(row: int, told: BankTransaction) -> StatementLine:
    at = told.booked_at.astimezone(BUSINESS_TIME_ZONE)
    return StatementLine(
        row, told.booked_on, at.time().replace(microsecond=0), told.amount, told.balance, told.counterparty[:LONGEST_PARTY],
        told.counterparty_account[:LONGEST_NUMBER], told.purpose[:LONGEST_TEXT], told.id[:LONGEST_SERIAL],
    )  # fmt: skip


async def _adopt(client: int, number: str, code: str) -> None:
    """An account of the same ledger account that files brought without a number is this one."""
    known = await BankAccount.exists().where(BankAccount.client == client, BankAccount.number == number)
    of_code = await BankAccount.objects().where(BankAccount.client == client, BankAccount.account == code).lock_rows("UPDATE")
    if not known and len(of_code) == 1 and not of_code[0].number:
        of_code[0].number = number
        await of_code[0].save([BankAccount.number])


async def _from(account: BankAccount) -> dt.date:
    """The day of the last line, which may have been told in part."""
    last = await BankLineRow.select(BankLineRow.date).where(BankLineRow.account == account.id).order_by(
        BankLineRow.date, ascending=False
    ).first()  # fmt: skip
    earliest = today() - dt.timedelta(days=LONGEST_AGO)
    return earliest if last is None else max(last["date"], earliest)
