"""The books: accounts, vouchers, monthly balances, periods. Amounts are integer fen."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class VoucherState(StrEnum):
    DRAFT = "draft"
    POSTED = "posted"
    DISCARDED = "discarded"


class VoucherKind(StrEnum):
    """``closing`` vouchers (结转损益) are summed apart, so that a month's revenue is still seen after they posted."""

    OPENING = "opening"
    NORMAL = "normal"
    CLOSING = "closing"
    REVERSAL = "reversal"


class DimensionKind(StrEnum):
    """辅助核算: what lines are analysed by beside their account."""

    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    DEPARTMENT = "department"
    PROJECT = "project"
    EMPLOYEE = "employee"
    STOCK = "stock"


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a client's chart. ``normal_balance`` is "debit" or "credit".

    ``dimensions`` are kinds that its lines may carry, ``required`` those that they must. Every posted line of an account
    with ``open_items`` is an open item (LEDG-6). A ``retired`` account takes no new lines.
    """

    code: str
    name: str
    full_name: str
    parent: str | None
    category: str
    normal_balance: str
    is_leaf: bool
    dimensions: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    open_items: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a voucher. Exactly one of ``debit`` and ``credit`` is not zero; a red line is negative on its own side.

    ``dimensions`` maps a ``DimensionKind`` to the id of an item of that kind. ``quantity`` (of the stock item's unit, negative
    on a red line) and ``unit_price`` (yuan a unit) have six decimal places at most and explain the amount, they never
    make it. ``due`` is the day on which a receivable or payable falls due.
    """

    account: str
    summary: str
    debit: int = 0
    credit: int = 0
    counterparty: str = ""
    dimensions: Mapping[str, int] = field(default_factory=dict, hash=False)
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    due: dt.date | None = None


@dataclass(frozen=True, slots=True)
class VoucherDraft:
    """A voucher proposed. ``reasons`` say in Chinese why these accounts; ``source`` is the plugin that made it."""

    client: int
    date: dt.date
    summary: str
    lines: tuple[Line, ...]
    word: str = "记"
    kind: VoucherKind = VoucherKind.NORMAL
    document: int | None = None
    source: str = "manual"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Voucher:
    """``number`` is None until posted; then without gaps within client, period and word.

    ``version`` counts the changes of a draft from 1 on. ``returned`` is why a reviewer (``returned_by``) handed a draft back, "" when nobody
    did or it was changed since. ``reversed_by`` is None again once that reversal is reversed.
    """

    id: int
    client: int
    period: Period
    date: dt.date
    word: str
    number: int | None
    summary: str
    kind: VoucherKind
    state: VoucherState
    lines: tuple[Line, ...]
    total: int
    document: int | None = None
    source: str = "manual"
    reasons: tuple[str, ...] = ()
    drafted_by: str = ""
    posted_by: str = ""
    posted_at: dt.datetime | None = None
    reverses: int | None = None
    reversed_by: int | None = None
    reviewed_by: str = ""
    version: int = 1
    returned: str = ""
    returned_by: str = ""

    @property
    def label(self) -> str:
        return f"{self.word}-{self.number:04d}" if self.number else "草稿"


@dataclass(frozen=True, slots=True)
class Balance:
    """One account and month: turnover in fen, that of closing vouchers apart. ``period`` None is the opening balance."""

    account: str
    period: Period | None
    debit: int
    credit: int
    closing_debit: int = 0
    closing_credit: int = 0


@dataclass(frozen=True, slots=True)
class PartyBalance:
    """What stands with one customer or supplier on one account that took entries at the end of ``until`` (None: the opening); debit positive, fen.

    ``party`` is the item's name, else what the lines of an account with open items say; empty for what names nobody.
    """

    account: str
    party: str
    until: Period | None
    balance: int


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One posted line as a ledger shows it; ``quantity`` and ``unit_price`` where it is asked for by item (``Dimensions.entries``)."""

    voucher: int
    label: str
    date: dt.date
    summary: str
    account: str
    debit: int
    credit: int
    counterparty: str
    document: int | None
    kind: VoucherKind = VoucherKind.NORMAL
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Objection:
    """What a ``check_*`` hook says to stop a thing: a stable code and a plain Chinese sentence."""

    code: str
    sentence: str
    details: dict[str, object] = field(default_factory=dict)


class Ledger(Protocol):
    """The ledger of the firm in scope. Everything runs in the caller's transaction."""

    @needs("ledger.read")
    async def accounts(self, client: int) -> Sequence[Account]: ...

    @needs("ledger.read")
    async def account_names(self, client: int, *, codes: Sequence[str] | None = None) -> Mapping[str, str]:
        """The full name of each account by its code, those above others included: all that a list of figures wants of the chart.

        With ``codes`` only of these, as far as the chart has them.
        """
        ...

    @needs("ledger.draft")
    async def draft(self, draft: VoucherDraft) -> int:
        """Keep a draft; needs ``ledger.draft``. Tells ``on_vouchers_drafted``. Returns the voucher's id.

        A line of an account that offers customers or suppliers, with a counterparty and no such dimension, is given the item of
        that name where there is one. A draft that no person writes goes to the account below to which a divided one's balance went.
        Raises Refusal ``ledger.dimension_missing``, ``ledger.dimension_unknown``,
        ``ledger.quantity_unreadable``, ``ledger.account_retired``,
        ``ledger.unbalanced``, ``ledger.no_lines``, ``ledger.account_unknown``, ``ledger.account_not_leaf``,
        ``ledger.line_one_sided``, ``ledger.before_books``, ``money.too_large``, ``ledger.period_closed``,
        ``ledger.date_too_far`` (after the end of next year), ``ledger.word_unknown`` (no word of the firm),
        ``ledger.dimension_not_offered``, ``ledger.product_differs`` (quantity × price is not the amount).
        """
        ...

    @needs("ledger.draft")
    async def redraft(self, voucher: int, draft: VoucherDraft, *, version: int | None = None) -> None:
        """Replace a draft's content; needs ``ledger.draft``. Raises as ``draft``, and ``ledger.not_a_draft``.

        With ``version``, the ``Voucher.version`` that the caller worked from: ``ledger.changed_meanwhile`` (409) when it is
        another by now; ``details`` name the one that stands.
        """
        ...

    @needs("ledger.post")
    async def hand_back(self, voucher: int, reason: str) -> None:
        """退回: a reviewer gives a draft back to whoever drafted it, with the reason; needs ``ledger.post``.

        It stays a draft, and waits for its drafter until it is changed, posted or given up. Raises Refusal ``ledger.not_a_draft``,
        ``ledger.reason_missing``.
        """
        ...

    @needs("ledger.draft")
    async def discard(self, voucher: int, reason: str) -> None:
        """Give a draft up; needs ``ledger.draft``. Raises Refusal ``ledger.not_a_draft``."""
        ...

    @needs("ledger.post")
    async def post(self, voucher: int) -> Voucher:
        """Approve and post a draft in one step; needs ``ledger.post``. Asks ``check_voucher``, tells ``on_vouchers_posted``.

        A draft that another person reviewed may be posted by whoever drafted it.

        Raises Refusal ``ledger.not_a_draft``, ``ledger.period_closed``, ``ledger.same_person``, ``ledger.objected``.
        """
        ...

    @needs("ledger.post")
    async def review(self, voucher: int) -> None:
        """审核: another person than the drafter approves a draft, which stays unposted; needs ``ledger.post``.

        A later ``redraft`` takes the approval away. Raises Refusal ``ledger.not_a_draft``, ``ledger.same_person``.
        """
        ...

    @needs("ledger.draft")
    async def reverse(self, voucher: int, date: dt.date, reason: str) -> int:
        """红冲: draft the same lines with negative amounts; needs ``ledger.draft``.

        Raises Refusal ``ledger.not_posted``, ``ledger.already_reversed``, ``ledger.restored`` (its reversal was reversed: that one is to be
        reversed).
        """
        ...

    @needs("ledger.read")
    async def voucher(self, voucher: int) -> Voucher:
        """Raises Refusal ``common.not_found``."""
        ...

    @needs("ledger.read")
    async def vouchers(
        self,
        client: int,
        *,
        period: Period | None = None,
        state: VoucherState | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> Sequence[Voucher]:
        """Newest first; ``before`` is the id to go on from."""
        ...

    @needs("ledger.read")
    async def vouchers_by_id(self, ids: Sequence[int]) -> Sequence[Voucher]:
        """Those of ``ids`` that clients in scope have, in no order; others are left out."""
        ...

    @needs("ledger.read")
    async def posted_counts(self, client: int, first: Period, last: Period) -> Mapping[Period, int]:
        """How many vouchers stand posted in each month that has any, opening ones apart. Posted vouchers neither change nor go: the same
        number means the same vouchers."""
        ...

    @needs("ledger.read")
    async def entries(
        self, client: int, account: str, first: Period, last: Period, *, limit: int = 200
    ) -> Sequence[LedgerEntry]:
        """Posted lines of an account and all below it, newest first."""
        ...

    @needs("ledger.read")
    async def balances(
        self, client: int, first: Period | None, last: Period, *, ends: Sequence[Period] | None = None
    ) -> Sequence[Balance]:
        """Monthly turnover from ``first`` to ``last`` of each account that took entries; ``first`` None starts with the opening balances.

        With ``ends`` each month is counted to the first of ``ends`` and ``last`` that is not before it, and comes as one sum under that
        month's name: for who needs what stood at a few months' ends. Opening balances stay apart.

        An account that was divided into accounts below it since keeps the figures of its own months.
        """
        ...

    @needs("ledger.read")
    async def party_balances(
        self, client: int, accounts: Sequence[str], until: Sequence[Period | None]
    ) -> Sequence[PartyBalance]:
        """Balances of ``accounts`` and all below them party by party, at the end of each of ``until`` (None: the opening balances).

        Balances of zero are left out; those of an account add up to its balance.
        """
        ...

    @needs("ledger.close")
    async def close_period(self, client: int, period: Period, *, early: bool = False) -> None:
        """Needs ``ledger.close``. Asks ``check_period_close``, tells ``on_periods_closed``. ``early`` closes the running month.

        Raises Refusal ``ledger.drafts_left`` (财会〔2024〕12号: no closing while vouchers are unposted), ``ledger.close_in_order``,
        ``ledger.month_not_over`` (the running month without ``early``, a month ahead always), ``ledger.result_open`` (损益 not carried
        over), ``ledger.year_open`` (December's 本年利润 not carried to 未分配利润).
        """
        ...

    @needs("ledger.close")
    async def reopen_period(self, client: int, period: Period, reason: str) -> None:
        """Needs ``ledger.close``; the reason goes on the trail. Raises Refusal ``ledger.reason_missing``, ``ledger.not_closed``."""
        ...

    @needs("ledger.read")
    async def closed_through(self, client: int) -> Period | None:
        """The last closed period, None when none is."""
        ...
