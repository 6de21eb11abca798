"""Month's end: vouchers that the books themselves call for, as proposals, each counted as though those before it stood in the books.

What follows from the books alone (写销, 每月模板, 结转) is the host's; what law asks (taxes, 利润分配) is a plugin's, which declares a
:class:`MonthEndSource`.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import Balance, Line, Voucher, VoucherDraft
from zhangfang_sdk.periods import Period


class ProposalKind(StrEnum):
    """In the order in which they are counted: what the month bears, then 结转, then 利润分配 at the year's end."""

    DEPRECIATION = "depreciation"
    AMORTISATION = "amortisation"
    TEMPLATE = "template"
    ACCRUAL = "accrual"
    PRIOR_YEARS = "prior_years"
    PROFIT_AND_LOSS = "profit_and_loss"
    YEAR_END = "year_end"
    DISTRIBUTION = "distribution"


@dataclass(frozen=True, slots=True)
class Ask:
    """A fact without which a voucher can't be counted, as a Chinese sentence, and the client's page where it is entered ("/profile")."""

    sentence: str
    path: str


@dataclass(frozen=True, slots=True)
class Accrual:
    """What a source proposes: lines with the sentences behind them, or no lines and what has to be known first.

    ``key`` is the source's own ("surtaxes"), the same on every asking. Without lines and asks it is passed over.
    """

    key: str
    title: str
    lines: tuple[Line, ...] = ()
    reasons: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class MonthBooks:
    """A client's balances up to a month: posted vouchers, the month's drafts and the proposals so far, as though all were posted.

    ``aside`` are keys of the asked source's accruals that somebody put aside: the next are counted without them. Amounts are fen, debit
    positive. ``codes`` are accounts, each with all below it. A span of months counts no 结转 vouchers.
    """

    client: int
    period: Period
    balances: Sequence[Balance]
    aside: frozenset[str] = frozenset()

    def balance(self, *codes: str) -> int:
        """At the month's end."""
        return sum(
            b.debit - b.credit + b.closing_debit - b.closing_credit
            for b in self.balances
            if b.account.startswith(codes)
        )

    def turnover(self, first: Period, *codes: str) -> int:
        """Debits less credits from ``first`` to the month."""
        return sum(b.debit - b.credit for b in self._within(first, codes))

    def debits(self, first: Period, *codes: str) -> int:
        return sum(b.debit for b in self._within(first, codes))

    def credits(self, first: Period, *codes: str) -> int:
        return sum(b.credit for b in self._within(first, codes))

    def plus(self, lines: Iterable[Line], *, closing: bool = False) -> "MonthBooks":
        """With one more voucher of the month."""
        more = [
            Balance(x.account, self.period, 0, 0, x.debit, x.credit)
            if closing
            else Balance(x.account, self.period, x.debit, x.credit)
            for x in lines
        ]
        return replace(self, balances=[*self.balances, *more]) if more else self

    def _within(self, first: Period, codes: tuple[str, ...]) -> Iterable[Balance]:
        return (b for b in self.balances if b.period is not None and b.period >= first and b.account.startswith(codes))


Proposing = Callable[[MonthBooks], Awaitable[Sequence[Accrual]]]


@dataclass(frozen=True, slots=True)
class MonthEndSource:
    """Vouchers that a plugin proposes: ``accruals`` before 结转损益, ``distributions`` after December's 结转本年利润.

    Called in the caller's transaction, behind the walls, for a client that the actor sees, within 2 s, with the plugin's own rights. One
    that fails is named among the proposals. Each accrual should be counted as though those before it in the answer were posted, and take
    off what is booked already, so that a month that is done calls for nothing.
    """

    id: str
    title: str
    accruals: Proposing
    distributions: Proposing | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """One voucher that the month lacks. ``key`` is the same on every asking; ``reasons`` say what was counted, by which rule.

    With ``asks`` the draft has no lines: these facts have to be known first.
    """

    key: str
    kind: ProposalKind
    title: str
    draft: VoucherDraft
    reasons: tuple[str, ...]
    asks: tuple[Ask, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A proposal that somebody put aside for one month."""

    key: str
    title: str
    reason: str
    by: str


class MonthEnd(Protocol):
    """Proposals for the firm in scope, in the caller's transaction. A client out of scope is ``common.not_found``."""

    @needs("ledger.read")
    async def proposals(self, client: int, period: Period) -> Sequence[Proposal]:
        """What ``period`` lacks now, in order; needs ``ledger.read``. Nothing is kept by asking. None of a closed month."""
        ...

    @needs("ledger.draft")
    async def accept(self, client: int, period: Period, key: str) -> Voucher:
        """Keep the proposal as a draft of the person who acts, which another person posts; in a firm of one person it is posted at once.

        Needs ``ledger.draft``, in a firm of one person ``ledger.post`` too. Raises as ``Ledger.draft`` and ``Ledger.post``, and
        ``month_end.gone``, ``month_end.fact_missing``.
        """
        ...

    @needs("ledger.draft")
    async def skip(self, client: int, period: Period, key: str, reason: str) -> None:
        """Put a proposal aside for ``period``; the others are counted without it. Needs ``ledger.draft``.

        Raises Refusal ``month_end.gone``, ``month_end.reason_missing``.
        """
        ...

    @needs("ledger.draft")
    async def unskip(self, client: int, period: Period, key: str) -> None:
        """Propose it again; needs ``ledger.draft``. Raises Refusal ``common.not_found``."""
        ...

    @needs("ledger.read")
    async def skipped(self, client: int, period: Period) -> Sequence[Skipped]:
        """What was put aside; needs ``ledger.read``."""
        ...

    @needs("ledger.draft")
    async def keep_template(self, title: str, draft: VoucherDraft, first: Period | None, last: Period | None) -> int:
        """A voucher to propose in every month from ``first`` to ``last``, on the month's last day; needs ``ledger.draft``; its id.

        With None as ``first`` it is never proposed: it is there to write from.

        Raises as ``Ledger.draft``.
        """
        ...

    @needs("ledger.draft")
    async def stop_template(self, template: int) -> None:
        """Propose it no more; needs ``ledger.draft``. Raises Refusal ``common.not_found``."""
        ...
