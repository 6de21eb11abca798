"""Statements brought into a client's bank accounts, all or nothing, no line a second time."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from zhangfang_books.bank.accounts import Lacking, account_for, foreign_to
from zhangfang_books.bank.statements import ReadStatements, Statement, StatementLine, keys_of
from zhangfang_books.bank.tables import BankAccount, BankFile, BankLineRow
from zhangfang_books.importing.files_before import Source
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope, transaction
from zhangfang_sdk.facts import Facts
from zhangfang_sdk.live import Live
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE

TOPIC = "bank"
_INSERT = """insert into books_bank_line
    (firm, client, account, file, place, date, told_at, amount, balance, counterparty, counterparty_number, text, serial, key)
    select {}, {}, {}, {}, * from unnest({}::int[], {}::date[], {}::timestamptz[], {}::bigint[], {}::bigint[], {}::varchar[], {}::varchar[],
        {}::varchar[], {}::varchar[], {}::varchar[])"""
"""A large file has 50,000 lines: statements of columns instead of objects made row by row."""
AT_ONCE = 20_000
"""Lines in one statement, which ends long before the database would end it."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a person said of a statement whose account is not known yet: the ledger's account, the bank's name, the balance before its first line."""

    account: str = ""
    bank: str = ""
    opening: int | None = None


@dataclass(slots=True)
class BroughtStatement:
    """``account`` None while a person has to say which it is. ``gap`` says what seems to lack before it, ``foreign`` that its holder seems to be
    another than the client; each is empty where nothing does.
    """

    statement: Statement
    account: BankAccount | None = None
    new: int = 0
    known: int = 0
    gap: str = ""
    foreign: str = ""


@dataclass(slots=True)
class BroughtFile:
    read: ReadStatements
    statements: list[BroughtStatement] = field(default_factory=list)
    brought: bool = False

    @property
    def lacking(self) -> bool:
        return any(each.account is None for each in self.statements)

    @property
    def new(self) -> int:
        return sum(each.new for each in self.statements)


class _TakenBack(Exception):
    """Ends the transaction of a trial."""


async def bring_in(
    client: int, read: ReadStatements, chosen: Mapping[str, Chosen], source: Source, *, really: bool
) -> BroughtFile:
    """Keep the lines that are new, or try it: the same steps in a transaction that is taken back. Needs ``bank.write``.

    ``chosen``: the number of an account that is not known → what the person says of it. Opens its own transaction. Raises Refusal
    ``bank.not_a_money_account``, ``bank.another_clients``.
    """
    found = BroughtFile(read)
    if not read.clean:
        return found
    try:
        async with transaction():
            require("bank.write")
            for statement in read.statements:
                if statement.lines:
                    said = chosen.get(statement.number, Chosen())
                    found.statements.append(await _bring(client, statement, said, source))
            if not really or found.lacking:
                raise _TakenBack
            await use(Live).announce(TOPIC, client)
            found.brought = True
    except _TakenBack:
        pass
    return found


async def keep_statement(client: int, statement: Statement, said: Chosen, source: Source) -> BankAccount:
    """Keep one statement's new lines in the caller's transaction; needs ``bank.write``. Raises as ``bring_in``, Lacking."""
    require("bank.write")
    done = await _bring(client, statement, said, source)
    if done.account is None:
        raise Lacking(statement.number)
    return done.account


async def _bring(client: int, statement: Statement, said: Chosen, source: Source) -> BroughtStatement:
    done = BroughtStatement(statement, foreign=await foreign_to(client, statement.number, statement.name))
    await _adopt(client, statement, said.account)
    code = said.account or (await _nameless(client, statement) if not statement.number else "")
    try:
        done.account = account = await account_for(client, statement.number, code, said.bank or statement.bank)
    except Lacking:
        return done
    await _chain(account, statement, said)
    keys = keys_of(statement.lines)
    first, last = statement.lines[0].date, statement.lines[-1].date
    days = (BankLineRow.account == account.id, BankLineRow.date >= first, BankLineRow.date <= last)
    kept = await BankLineRow.select(
        BankLineRow.key, BankLineRow.date, BankLineRow.told_at, BankLineRow.amount, BankLineRow.balance
    ).where(*days)  # fmt: skip
    fresh = _fresh(list(zip(keys, statement.lines, strict=True)), kept)
    done.new, done.known = len(fresh), len(keys) - len(fresh)
    if fresh:
        done.gap = "" if done.known else _other_form(len(kept)) if kept else await _gap(account, statement)
        await _keep(account, statement, fresh, source)
    return done


async def _adopt(client: int, statement: Statement, code: str) -> None:
    """An account that files brought without a number is the statement's where one of its lines is there already."""
    nameless = (BankAccount.client == client) & (BankAccount.account == code) & (BankAccount.number == "")
    line = statement.lines[0]
    if not statement.number or line.balance is None:
        return
    if await BankAccount.exists().where(BankAccount.client == client, BankAccount.number == statement.number):
        return
    for account in await BankAccount.objects().where(nameless).lock_rows("UPDATE"):
        same = (BankLineRow.date == line.date) & (BankLineRow.amount == line.amount) & (BankLineRow.balance == line.balance)
        if await BankLineRow.exists().where(BankLineRow.account == account.id, same):
            account.number = statement.number
            await account.save([BankAccount.number])


async def _nameless(client: int, statement: Statement) -> str:
    """The ledger's account that a statement without a number is of, where it shows that: by its bank, by a line that is there already, or since
    it goes on where the last one ended; "" where it does not, or several would be it.
    """
    first, found = statement.lines[0], set[str]()
    for account in await BankAccount.objects().where(BankAccount.client == client, BankAccount.number == ""):
        same = (BankLineRow.account == account.id) & (BankLineRow.key.is_in(keys_of(statement.lines[:1])))
        last = await _last(account, before=first.date)
        goes_on = statement.opening is not None and last is not None and last["balance"] == statement.opening
        if (statement.bank and account.bank == statement.bank) or goes_on or await BankLineRow.exists().where(same):
            found.add(str(account.account))
    return found.pop() if len(found) == 1 else ""


def _fresh(told: Sequence[tuple[str, StatementLine]], kept: Sequence[Mapping[str, Any]]) -> list[tuple[str, StatementLine]]:
    """What is not kept yet. A bank words a line otherwise from one form of its files to another: the same day, amount and balance after it are
    the same line, where the times of day do not say otherwise.
    """
    known, keys = {row["key"] for row in kept}, {key for key, _ in told}
    others = defaultdict[tuple[object, ...], list[dt.datetime | None]](list)
    for row in kept:
        if row["key"] not in keys and row["balance"] is not None:
            others[row["date"], row["amount"], row["balance"]].append(row["told_at"])
    return [(key, line) for key, line in told if key not in known and not _is_one_of(others, line)]


def _is_one_of(others: Mapping[tuple[object, ...], list[dt.datetime | None]], line: StatementLine) -> bool:
    """It is then taken out of them."""
    times, at = others.get((line.date, line.amount, line.balance), []), _instant(line)
    same = next((n for n, other in enumerate(times) if None in (at, other) or at == other), None)
    if same is not None:
        times.pop(same)
    return same is not None


async def _chain(account: BankAccount, statement: Statement, said: Chosen) -> None:
    """Where the file tells no balance, it goes on from the last one known, or from what the person says."""
    if statement.opening is not None:
        return
    last = await _last(account, before=statement.lines[0].date)
    start = said.opening if last is None else last["balance"]
    if start is not None:
        statement.opening, statement.closing = start, start + sum(line.amount for line in statement.lines)


async def _last(account: BankAccount, before: dt.date) -> Mapping[str, int | None] | None:
    query = BankLineRow.select(BankLineRow.balance, BankLineRow.date)
    query = query.where(BankLineRow.account == account.id, BankLineRow.date < before)
    rows = await query.order_by(BankLineRow.date, BankLineRow.place, ascending=False).limit(1)
    return rows[0] if rows else None


async def _gap(account: BankAccount, statement: Statement) -> str:
    last = await _last(account, before=statement.lines[0].date)
    if last is None or last["balance"] is None or statement.opening in (None, last["balance"]):
        return ""
    return (
        f"已有流水到 {last['date']} 为止,余额 {yuan(last['balance'])};这份对账单的期初是 {yuan(statement.opening or 0)}:"
        "中间可能还缺一段对账单"
    )


def _other_form(kept: int) -> str:
    return f"这几天已经有 {kept} 笔流水,与这个文件没有一笔相同:可能是同一账户的另一种账单,再导入会重复"


async def _keep(
    account: BankAccount, statement: Statement, fresh: Sequence[tuple[str, StatementLine]], source: Source
) -> None:
    lines, now = statement.lines, dt.datetime.now(dt.UTC)
    file = BankFile(
        client=account.client, account=account.id, name=source.name, sha256=source.sha256, first=lines[0].date,
        last=lines[-1].date, opening=statement.opening, closing=statement.closing, lines=len(fresh),
        brought_by=scope().user_name, brought_at=now,
    )  # fmt: skip
    await file.save()
    last = await BankLineRow.select(BankLineRow.place).where(BankLineRow.account == account.id).order_by(
        BankLineRow.place, ascending=False
    ).limit(1).output(as_list=True)  # fmt: skip
    balances = _balances(statement)
    start = last[0] + 1 if last else 1
    for n in range(0, len(fresh), AT_ONCE):
        part = fresh[n : n + AT_ONCE]
        told = [line for _, line in part]
        await BankLineRow.raw(
            _INSERT,
            firm_in_scope(), account.client, account.id, file.id, list(range(start + n, start + n + len(part))),
            [line.date for line in told], [_instant(line) for line in told], [line.amount for line in told],
            [balances.get(id(line)) for line in told], [line.counterparty for line in told],
            [line.counterparty_number for line in told], [line.text for line in told], [line.serial for line in told],
            [key for key, _ in part],
        )  # fmt: skip
    await _tell_balance(account, statement)
    after = {"file": source.name, "sha256": source.sha256, "account": account.account, "lines": len(fresh)}
    use(Facts).tell("bank_lines_brought", [account.client])
    await use(Audit).record("books.bank_brought", f"books_bank_file:{file.id}", client=account.client, after=after)


def _balances(statement: Statement) -> Mapping[int, int]:
    """After each line, by its identity: as the bank tells it, else counted on from the opening."""
    found: dict[int, int] = {}
    balance = statement.opening
    for line in statement.lines:
        balance = line.balance if line.balance is not None else None if balance is None else balance + line.amount
        if balance is not None:
            found[id(line)] = balance
    return found


async def _tell_balance(account: BankAccount, statement: Statement) -> None:
    """The balance of an account is that after its latest line."""
    last = statement.lines[-1]
    at = _instant(last) or dt.datetime.combine(last.date, dt.time(23, 59, 59), BUSINESS_TIME_ZONE)
    if statement.closing is not None and (account.told_at is None or at >= account.told_at):
        account.balance, account.told_at = statement.closing, min(at, dt.datetime.now(dt.UTC))
        await account.save([BankAccount.balance, BankAccount.told_at])


def _instant(line: StatementLine) -> dt.datetime | None:
    return None if line.time is None else dt.datetime.combine(line.date, line.time, BUSINESS_TIME_ZONE)
