"""A ledger in memory that refuses what the Protocol says. Tests of core run one suite against it and against the real one."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import (
    Account,
    Balance,
    LedgerEntry,
    Line,
    PartyBalance,
    Voucher,
    VoucherDraft,
    VoucherKind,
    VoucherState,
)
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.periods import Period, today

WORDS = ("记", "收", "付", "转")
"""The 凭证字 of every firm of the fake."""


def refusal(code: str, status: int = 422) -> Refusal:
    """A refusal of a fake: the code is the real one's, the sentence is not."""
    return Refusal(code, f"{code}。", status=status)


class FakeLedger:
    """The books of one firm: of each client its first day; every client has the same ``chart``.

    ``single_person`` lets a person post what they drafted. ``told`` keeps the facts of each hook by its name.
    """

    def __init__(self, chart: Iterable[Account], books: Mapping[int, dt.date], *, single_person: bool = False) -> None:
        self._chart = {account.code: account for account in chart}
        self._books = dict(books)
        self._single_person = single_person
        self._vouchers: dict[int, Voucher] = {}
        self._drafters: dict[int, int | None] = {}
        self._closed: dict[int, set[Period]] = {}
        self.told: dict[str, list[int]] = {"on_vouchers_drafted": [], "on_vouchers_posted": []}
        self.periods_closed: list[tuple[int, Period]] = []

    async def accounts(self, client: int) -> Sequence[Account]:
        self._see(client)
        return sorted(self._chart.values(), key=lambda account: account.code)

    async def account_names(self, client: int, *, codes: Sequence[str] | None = None) -> Mapping[str, str]:
        self._see(client)
        return {code: account.full_name for code, account in self._chart.items() if codes is None or code in codes}

    async def draft(self, draft: VoucherDraft) -> int:
        require("ledger.draft")
        return self._keep(draft, len(self._vouchers) + 1)

    async def redraft(self, voucher: int, draft: VoucherDraft, *, version: int | None = None) -> None:
        require("ledger.draft")
        self._check(draft)
        before = self._draft_called(voucher)
        if version is not None and before.version != version:
            raise refusal("ledger.changed_meanwhile", 409)
        self._keep(draft, voucher)
        self._vouchers[voucher] = replace(self._vouchers[voucher], version=before.version + 1)

    async def hand_back(self, voucher: int, reason: str) -> None:
        require("ledger.post")
        if not reason.strip():
            raise refusal("ledger.reason_missing")
        draft = self._draft_called(voucher)
        self._vouchers[voucher] = replace(
            draft,
            returned=reason.strip(),
            returned_by=scope().user_name,
            reviewed_by="",
            version=draft.version + 1,
        )

    async def discard(self, voucher: int, reason: str) -> None:
        require("ledger.draft")
        self._vouchers[voucher] = replace(self._draft_called(voucher), state=VoucherState.DISCARDED)

    async def post(self, voucher: int) -> Voucher:
        require("ledger.post")
        draft = self._draft_called(voucher)
        closed = await self.closed_through(draft.client)
        if closed is not None and draft.period <= closed:
            raise refusal("ledger.period_closed", 409)
        if not draft.reviewed_by:
            self._refuse_same_person(voucher)
        last = max(
            (v.number or 0 for v in self._posted(draft.client) if (v.period, v.word) == (draft.period, draft.word)),
            default=0,
        )
        posted = replace(
            draft,
            state=VoucherState.POSTED,
            number=last + 1,
            posted_by=scope().user_name,
            reviewed_by=draft.reviewed_by or scope().user_name,
            posted_at=dt.datetime.now(dt.UTC),
        )
        self._vouchers[voucher] = posted
        self.told["on_vouchers_posted"].append(voucher)
        return posted

    async def review(self, voucher: int) -> None:
        require("ledger.post")
        draft = self._draft_called(voucher)
        self._refuse_same_person(voucher)
        self._vouchers[voucher] = replace(draft, reviewed_by=scope().user_name)

    async def reverse(self, voucher: int, date: dt.date, reason: str) -> int:
        require("ledger.draft")
        original = self._called(voucher)
        if original.state is not VoucherState.POSTED:
            raise refusal("ledger.not_posted", 409)
        if original.reversed_by is not None:
            raise refusal("ledger.already_reversed", 409)
        if any(v.reverses == voucher and v.state is VoucherState.POSTED for v in self._vouchers.values()):
            raise refusal("ledger.restored", 409)
        lines = tuple(replace(line, debit=-line.debit, credit=-line.credit) for line in original.lines)
        draft = VoucherDraft(
            original.client, date, f"红冲 {original.label}:{reason}", lines, original.word, VoucherKind.REVERSAL
        )
        made = self._keep(draft, len(self._vouchers) + 1)
        self._vouchers[made] = replace(self._vouchers[made], reverses=voucher)
        return made

    async def voucher(self, voucher: int) -> Voucher:
        require("ledger.read")
        return self._called(voucher)

    async def vouchers(
        self,
        client: int,
        *,
        period: Period | None = None,
        state: VoucherState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[Voucher]:
        self._see(client)
        found = [
            self._called(v.id)
            for v in self._vouchers.values()
            if v.client == client
            and period in (None, v.period)
            and state in (None, v.state)
            and (before is None or v.id < before)
        ]
        return sorted(found, key=lambda v: v.id, reverse=True)[:limit]

    async def entries(
        self, client: int, account: str, first: Period, last: Period, *, limit: int = 200
    ) -> Sequence[LedgerEntry]:
        self._see(client)
        found = [
            (voucher.date, voucher.id, place, _entry(voucher, line))
            for voucher in self._posted(client)
            for place, line in enumerate(voucher.lines)
            if line.account.startswith(account) and first <= voucher.period <= last
        ]
        return [entry for *_, entry in sorted(found, key=lambda f: f[:3], reverse=True)][:limit]

    async def balances(
        self, client: int, first: Period | None, last: Period, *, ends: Sequence[Period] | None = None
    ) -> Sequence[Balance]:
        self._see(client)
        sums: dict[tuple[Period | None, str], list[int]] = {}
        for voucher in self._posted(client):
            period = None if voucher.kind is VoucherKind.OPENING else voucher.period
            if (period is None and first is not None) or (
                period is not None and not (first or period) <= period <= last
            ):
                continue
            if period is not None and ends is not None:
                period = min((end for end in ends if end >= period), default=last)
            shift = 2 if voucher.kind is VoucherKind.CLOSING else 0
            for line in voucher.lines:
                row = sums.setdefault((period, line.account), [0, 0, 0, 0])
                row[shift] += line.debit
                row[shift + 1] += line.credit
        ordered = sorted(sums.items(), key=lambda item: (item[0][0].number if item[0][0] else 0, item[0][1]))
        return [Balance(account, period, *amounts) for (period, account), amounts in ordered]

    async def vouchers_by_id(self, ids: Sequence[int]) -> Sequence[Voucher]:
        return [v for v in self._vouchers.values() if v.id in set(ids) and scope().sees(v.client)]

    async def posted_counts(self, client: int, first: Period, last: Period) -> Mapping[Period, int]:
        self._see(client)
        counted = (v.period for v in self._posted(client) if v.kind is not VoucherKind.OPENING)
        return Counter(period for period in counted if first <= period <= last)

    async def party_balances(
        self, client: int, accounts: Sequence[str], until: Sequence[Period | None]
    ) -> Sequence[PartyBalance]:
        self._see(client)
        sums: dict[tuple[str, int, str], int] = {}
        for month in set(until):
            for voucher in self._posted(client):
                opening = voucher.kind is VoucherKind.OPENING
                if not opening and (month is None or voucher.period > month):
                    continue
                for line in voucher.lines:
                    if line.account.startswith(tuple(accounts)):
                        party = line.counterparty if self._chart[line.account].open_items else ""
                        key = (line.account, 0 if month is None else month.number, party)
                        sums[key] = sums.get(key, 0) + line.debit - line.credit
        return [
            PartyBalance(account, party, Period.from_number(month) if month else None, balance)
            for (account, month, party), balance in sorted(sums.items())
            if balance
        ]

    async def close_period(self, client: int, period: Period, *, early: bool = False) -> None:
        require("ledger.close")
        last = await self.closed_through(client)
        following = Period.of(self._books[client]) if last is None else last.plus(1)
        if period != following:
            raise refusal("ledger.close_in_order", 409)
        if period > Period.current() or (period == Period.current() and not early):
            raise refusal("ledger.month_not_over", 409)
        if any(
            v.client == client and v.period == period and v.state is VoucherState.DRAFT for v in self._vouchers.values()
        ):
            raise refusal("ledger.drafts_left", 409)
        if any(self._open_results(client, period).values()):
            raise refusal("ledger.result_open", 409)
        self._closed.setdefault(client, set()).add(period)
        self.periods_closed.append((client, period))

    def _open_results(self, client: int, period: Period) -> dict[str, int]:
        found: dict[str, int] = {}
        for voucher in self._posted(client):
            for line in voucher.lines if voucher.period <= period else ():
                if self._chart[line.account].category == "profit_and_loss":
                    found[line.account] = found.get(line.account, 0) + line.debit - line.credit
        return found

    async def reopen_period(self, client: int, period: Period, reason: str) -> None:
        require("ledger.close")
        if not reason.strip():
            raise refusal("ledger.reason_missing")
        if period != await self.closed_through(client):
            raise refusal("ledger.not_closed", 409)
        self._closed[client].remove(period)

    async def closed_through(self, client: int) -> Period | None:
        self._see_client(client)
        return max(self._closed.get(client, ()), default=None)

    def _see(self, client: int) -> None:
        require("ledger.read")
        self._see_client(client)

    def _see_client(self, client: int) -> None:
        if client not in self._books or not scope().sees(client):
            raise not_found("客户企业")

    def _refuse_same_person(self, voucher: int) -> None:
        drafter = self._drafters[voucher]
        if drafter is not None and drafter == scope().user and not self._single_person:
            raise refusal("ledger.same_person", 409)

    def _posted(self, client: int) -> list[Voucher]:
        return [v for v in self._vouchers.values() if v.client == client and v.state is VoucherState.POSTED]

    def _called(self, voucher: int) -> Voucher:
        found = self._vouchers.get(voucher)
        if found is None or not scope().sees(found.client):
            raise not_found("凭证")
        reversal = next(
            (v.id for v in self._vouchers.values() if v.reverses == voucher and v.state is not VoucherState.DISCARDED),
            None,
        )
        again = None if reversal is None else self._called(reversal).reversed_by
        taken_back = again is not None and self._vouchers[again].state is VoucherState.POSTED
        return replace(found, reversed_by=None if taken_back else reversal)

    def _draft_called(self, voucher: int) -> Voucher:
        found = self._called(voucher)
        if found.state is not VoucherState.DRAFT:
            raise refusal("ledger.not_a_draft", 409)
        return found

    def _keep(self, draft: VoucherDraft, voucher: int) -> int:
        self._check(draft)
        by_hand = draft.source == "manual" and scope().user is not None
        self._drafters[voucher] = scope().user if by_hand else None
        self._vouchers[voucher] = Voucher(
            id=voucher,
            client=draft.client,
            period=Period.of(draft.date),
            date=draft.date,
            word=draft.word,
            number=None,
            summary=draft.summary,
            kind=draft.kind,
            state=VoucherState.DRAFT,
            lines=draft.lines,
            total=sum(line.debit for line in draft.lines),
            document=draft.document,
            source=draft.source,
            reasons=draft.reasons,
            drafted_by=scope().user_name if by_hand else "系统",
        )
        self.told["on_vouchers_drafted"].append(voucher)
        return voucher

    def _check(self, draft: VoucherDraft) -> None:
        if not draft.lines:
            raise refusal("ledger.no_lines")
        for line in draft.lines:
            _check_line(line)
        if sum(line.debit for line in draft.lines) != sum(line.credit for line in draft.lines):
            raise refusal("ledger.unbalanced")
        self._see_client(draft.client)
        for line in draft.lines:
            account = self._chart.get(line.account)
            if account is None:
                raise refusal("ledger.account_unknown")
            if not account.is_leaf:
                raise refusal("ledger.account_not_leaf")
            if any(kind not in account.dimensions for kind in line.dimensions):
                raise refusal("ledger.dimension_not_offered")
        if draft.kind is not VoucherKind.OPENING and draft.date < self._books[draft.client]:
            raise refusal("ledger.before_books")
        if draft.date.year > today().year + 1:
            raise refusal("ledger.date_too_far")
        if draft.word not in WORDS:
            raise refusal("ledger.word_unknown")
        closed = max(self._closed.get(draft.client, ()), default=None)
        if closed is not None and Period.of(draft.date) <= closed:
            raise refusal("ledger.period_closed", 409)


def _check_line(line: Line) -> None:
    if type(line.debit) is not int or type(line.credit) is not int:
        raise TypeError("amounts are integers of fen")
    if (line.debit == 0) == (line.credit == 0):
        raise refusal("ledger.line_one_sided")
    if max(abs(line.debit), abs(line.credit)) > LARGEST_FEN:
        raise refusal("money.too_large")
    if line.quantity is not None and line.unit_price is not None:
        amount = Decimal(line.debit or line.credit) / 100
        if abs(line.quantity * line.unit_price - amount) > Decimal("0.005") + abs(line.quantity) * Decimal("0.0000005"):
            raise refusal("ledger.product_differs")


def _entry(voucher: Voucher, line: Line) -> LedgerEntry:
    return LedgerEntry(
        voucher=voucher.id,
        label=voucher.label,
        date=voucher.date,
        summary=line.summary or voucher.summary,
        account=line.account,
        debit=line.debit,
        credit=line.credit,
        counterparty=line.counterparty,
        document=voucher.document,
        kind=voucher.kind,
    )
