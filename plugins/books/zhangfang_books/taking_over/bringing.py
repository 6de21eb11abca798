"""An account table brought into a client's books: accounts that it lacks are added, the opening sheet is filled.

The trial is the bringing in itself, taken back. Another program's account is the client's of the same code and name, else of the same full
name; what has neither is added below its parent, under its own code where the client's rule allows it, and the difference is remembered for
the vouchers that follow.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_books.importing import kept_profiles
from zhangfang_books.importing.faults import Fault
from zhangfang_books.importing.files_before import Source
from zhangfang_books.importing.reading_rows import Rows
from zhangfang_books.importing.recognising import heads
from zhangfang_books.taking_over.account_table import AccountRow, Balance, Table, find_headings, table_of
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.chart import Chart
from zhangfang_sdk.context import require, transaction
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Account, DimensionKind, Ledger
from zhangfang_sdk.openings import OpeningLine, Openings

FIRST_LEVEL = 4
_SIDES = {"asset": "debit", "cost": "debit", "liability": "credit", "equity": "credit"}


@dataclass(slots=True)
class Brought:
    """What a file holds and what it does. ``added``: new accounts, ``recoded``: the file's code → the client's where they differ."""

    table: Table
    added: list[Account] = field(default_factory=list)
    recoded: dict[str, str] = field(default_factory=dict)
    known: int = 0
    unknown: dict[str, str] = field(default_factory=dict)
    """Codes of the file whose account a person has to name → their names in the file."""
    lines: list[OpeningLine] = field(default_factory=list)
    done: bool = False

    @property
    def clean(self) -> bool:
        return self.table.faults_found == 0 and bool(self.table.rows)

    @property
    def debit(self) -> int:
        return sum(max(line.amount, 0) for line in self.lines)

    @property
    def credit(self) -> int:
        return sum(max(-line.amount, 0) for line in self.lines)


class _TakenBack(Exception):
    """Ends the transaction of a trial."""


async def read_table(rows: Rows, *, closing: bool | None = None) -> Table:
    """Understand a file; see :func:`account_table.table_of`. No transaction is open meanwhile."""
    return await asyncio.to_thread(_understood, rows, closing)


def _understood(rows: Rows, closing: bool | None) -> Table:
    sheets = heads(rows())
    find_headings(sheets)
    return table_of(rows(), sheets, closing=closing)


async def bring_in(client: int, table: Table, *, really: bool, source: Source | None = None) -> Brought:
    """Add the accounts and fill the opening sheet with the balances, all or nothing, or try it. Needs ``books.import``.

    What is refused is a fault of its row. The books start on the opening sheet's page, by a person's word.
    """
    found = Brought(table)
    if not found.clean:
        return found
    try:
        async with transaction():
            require("books.import")
            await _Bringing(client, found).run()
            if not really or not found.clean:
                raise _TakenBack
            await _record(client, found, source)
            found.done = True
    except _TakenBack:
        pass
    return found


class _Bringing:
    def __init__(self, client: int, found: Brought) -> None:
        self._client, self._found, self._table = client, found, found.table
        self._chart: dict[str, Account] = {}
        self._ours: dict[str, str] = {}
        """The file's code, its digits alone → the client's."""
        self._mapping: Mapping[str, str] = {}

    async def run(self) -> None:
        self._chart = {a.code: a for a in await use(Ledger).accounts(self._client)}
        self._mapping = await kept_profiles.mapping_of(self._client)
        accounts = [row for row in self._table.rows if row.named is None]
        seen: set[str] = set()
        for row in sorted(accounts, key=lambda r: r.code):
            if row.code in seen:
                self._fault(row, f"科目 {row.theirs} 有两行")
                continue
            seen.add(row.code)
            await self._account(row)
        for row in accounts:
            await self._kinds(row)
        if self._table.has_balances and not self._table.faults_found:
            await self._balances(accounts)
        differing = {theirs: ours for theirs, ours in self._found.recoded.items() if self._chart[ours].is_leaf}
        if differing and not self._table.faults_found:
            await kept_profiles.remember(self._client, differing)

    async def _account(self, row: AccountRow) -> None:
        if row.theirs in self._mapping and self._mapping[row.theirs] in self._chart:
            self._know(row, self._chart[self._mapping[row.theirs]])
            return
        above = next((row.code[:n] for n in range(len(row.code) - 1, 0, -1) if row.code[:n] in self._ours), None)
        parent = self._ours[above] if above is not None else None
        if parent is None and len(row.code) != FIRST_LEVEL:
            parent = next((row.code[:n] for n in range(len(row.code) - 1, 3, -1) if row.code[:n] in self._chart), None)
            if parent is None:
                self._fault(row, f"科目 {row.theirs} 没有上级科目,文件里和科目表里都没有")
                return
        same = self._same(row, parent)
        if same is not None:
            self._know(row, same)
            return
        try:
            made = await self._add(row, parent)
        except Refusal as refusal:
            self._fault(row, refusal.sentence)
            return
        self._chart[made.code] = made
        if parent is not None:
            self._chart = {a.code: a for a in await use(Ledger).accounts(self._client)}
        self._found.added.append(made)
        self._know(row, made, is_new=True)

    def _same(self, row: AccountRow, parent: str | None) -> Account | None:
        """The client's account of that name below ``parent``; one of the same code may be called by its full name or a longer one."""
        names = {row.name, *(row.name.replace(mark, "-") for mark in "_/\\")}
        below = [a for a in self._chart.values() if a.parent == parent]
        found = next((a for a in below if a.name in names or a.full_name in names), None)
        there = self._chart.get(row.code)
        if found is None and there is not None and there.parent == parent and not row.name:
            return there
        return found

    async def _add(self, row: AccountRow, parent: str | None) -> Account:
        chart = use(Chart)
        if not row.name:
            raise Refusal("books.account_name", f"科目 {row.theirs} 没有名称")
        if parent is not None:
            code = await chart.code_below(self._client, parent, row.code)
            if not code:
                raise Refusal("books.account_room", f"{parent} 下面没有空的编码了")
            return await chart.add(self._client, code, row.name, parent=parent)
        there = self._chart.get(row.code)
        if there is not None:
            self._found.unknown[row.theirs] = row.name
            raise Refusal(
                "books.account_differs",
                f"科目 {row.code} 在这里是“{there.name}”,文件里是“{row.name}”:请在下面的科目对照里选这里的科目",
            )
        side = row.side or _SIDES.get(await chart.category_of(self._client, row.code) or "", "")
        if not side:
            self._found.unknown[row.theirs] = row.name
            raise Refusal("books.account_side", f"新的一级科目 {row.theirs} 没有余额方向,也可以在科目对照里选这里的科目")
        return await chart.add(self._client, row.code, row.name, parent=None, normal_balance=side)

    def _know(self, row: AccountRow, account: Account, *, is_new: bool = False) -> None:
        self._ours[row.code] = account.code
        self._found.known += not is_new
        if account.code != row.code:
            self._found.recoded[row.theirs] = account.code

    async def _kinds(self, row: AccountRow) -> None:
        """辅助核算 that the file names, and what its rows need, may be given from now on."""
        account = self._chart.get(self._ours.get(row.code, ""))
        if account is None or not account.is_leaf:
            return
        wanted = {*row.kinds, *(k for item in self._items(row) if (k := _kind(item, account)) is not None)}
        if any(item.balance.quantity for item in self._items(row)):
            wanted.add(DimensionKind.STOCK)
        offered = [kind for kind in DimensionKind if kind in wanted or kind in account.dimensions]
        if len(offered) != len(account.dimensions):
            required = [kind for kind in DimensionKind if kind in account.required]
            await use(Dimensions).require_kinds(self._client, account.code, offered, required)

    def _items(self, row: AccountRow) -> list[AccountRow]:
        return [r for r in self._table.rows if r.named is not None and r.code == row.code]

    async def _balances(self, accounts: Sequence[AccountRow]) -> None:
        self._chart = {a.code: a for a in await use(Ledger).accounts(self._client)}
        lines: dict[tuple[str, str, object], OpeningLine] = {}
        for row in accounts:
            below = [r for r in accounts if r.code != row.code and r.code.startswith(row.code)]
            parts = below and [r for r in below if not any(o.code != r.code and r.code.startswith(o.code) for o in below)]
            if parts:
                self._compare(row, parts, "下级科目")
                continue
            items = self._items(row)
            if items:
                self._compare(row, items, "辅助核算")
            for line in self._lines(row, items):
                if line.key in lines:
                    self._fault(row, f"科目 {row.theirs} 的“{line.party}”有两行")
                lines[line.key] = line
        orphans = {r.code for r in self._table.rows if r.named is not None} - {r.code for r in accounts}
        for row in self._table.rows:
            if row.named is not None and row.code in orphans:
                self._fault(row, f"科目 {row.theirs} 没有自己的一行")
        self._found.lines = [line for line in lines.values() if not line.is_empty]
        if not self._table.faults_found and self._found.lines:
            await use(Openings).fill(self._client, self._found.lines)

    def _lines(self, row: AccountRow, items: Sequence[AccountRow]) -> list[OpeningLine]:
        account = self._chart[self._ours[row.code]]
        filled = [r for r in [row, *items] if r.balance != Balance()]
        if filled and not account.is_leaf:
            self._fault(filled[0], f"科目 {account.code} {account.name} 在这里还有下级科目,余额要写在下级")
            return []
        if not items:
            return [_line(account.code, row)]
        whole, told = row.balance, [_line(account.code, r) for r in items]
        # Turnover belongs to the account as a whole where its items do not say it.
        if (whole.year_debit or whole.year_credit) and not any(line.year_debit or line.year_credit for line in told):
            told.append(OpeningLine(account.code, 0, whole.year_debit, whole.year_credit))
        return told

    def _compare(self, row: AccountRow, parts: Sequence[AccountRow], what: str) -> None:
        said, sums = row.balance.amount, sum(r.balance.amount for r in parts)
        if said and said != sums:
            self._fault(row, f"科目 {row.theirs} 的余额与它的{what}合计对不上,请核对")

    def _fault(self, row: AccountRow, sentence: str) -> None:
        self._table.fault(Fault(row.number, row.column, sentence, row.sheet))


def _line(account: str, row: AccountRow) -> OpeningLine:
    party = "" if row.named is None else row.named.name or row.named.code
    b = row.balance
    return OpeningLine(account, b.amount, b.year_debit, b.year_credit, party, row.due, b.quantity)


def _kind(row: AccountRow, account: Account) -> DimensionKind | None:
    """The kind of item that a row names; of one that does not say, what the account asks for already, else by what stands on it."""
    if row.named is None:
        return None
    if row.named.kind:
        return DimensionKind(row.named.kind)
    if account.dimensions:
        return None
    return DimensionKind.CUSTOMER if account.normal_balance == "debit" else DimensionKind.SUPPLIER


async def _record(client: int, found: Brought, source: Source | None) -> None:
    after: Mapping[str, object] = {
        "file": source.name if source else "",
        "sha256": source.sha256 if source else "",
        "added": len(found.added),
        "recoded": len(found.recoded),
        "lines": len(found.lines),
    }
    await use(Audit).record("books.take_over", f"core_client:{client}", client=client, after=dict(after))


