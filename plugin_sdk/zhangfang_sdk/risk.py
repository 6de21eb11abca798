"""Rules of early warning: data with a small pure function each, over what is known of one client at the end of a month.

A plugin adds one, and tries it in its tests with :mod:`zhangfang_sdk.testing.risk_material`::

    def no_rent(m: Material) -> Verdict:
        rent = m.books.debited("房租", m.month.plus(-2), m.month, "560105", "560207")
        return () if rent.amount else [Finding(0, Unit.FEN, (rent,))]

    NO_RENT = RiskRule("no_rent", 1, "三个月没有房租", Severity.LOW, frozenset({Reader.BOOKS}), no_rent,
        sentence="近三个月账上没有房租。", formula="近三个月租赁费合计", advice="请把租房合同和发票发给会计。", ...)

    @hook
    def register_risk_rules(self) -> Sequence[RiskRule]:
        return [NO_RENT]

Amounts are fen, shares are hundredths of a per cent (basis points). Functions read nothing else than their :class:`Material`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.alerts import Severity
from zhangfang_sdk.clients import Client, TaxpayerKind
from zhangfang_sdk.filings import Filing
from zhangfang_sdk.ledger import LedgerEntry, PartyBalance
from zhangfang_sdk.open_items import OpenItem
from zhangfang_sdk.payrolls import PayrollTotals
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Profile
from zhangfang_sdk.risk_books import BookSums, InvoiceShelf, Sum


class Reader(StrEnum):
    """What a rule wants to be read; who and what the client is, is there always."""

    BOOKS = "balances"
    INVOICES = "invoices"
    DEDUCTIONS = "deductions"
    DUES = "dues"
    PARTIES = "parties"
    CASH = "cash"
    PAYROLL = "payroll"
    FILINGS = "filings"
    BANK = "bank"
    RISK_LIST = "risk_list"


class Unit(StrEnum):
    """What a figure counts. ``BASIS_POINTS``: 257 is 2.57 %."""

    FEN = "fen"
    COUNT = "count"
    BASIS_POINTS = "basis_points"
    DAYS = "days"
    MONTHS = "months"


class Rhythm(StrEnum):
    """When a rule is asked. ``RUNNING``: of the running month, at every change. ``SETTLED``: of the last month that is whole, since a part of
    a month would mislead. ``EVENT``: of each month by itself; its findings name what happened in it and stay when the month is over."""

    RUNNING = "running"
    SETTLED = "settled"
    EVENT = "event"


class Span(StrEnum):
    """For how long an accepted finding of a rule stays accepted: the period of its alert.

    ``WHOLE_QUARTER`` is for rules that tell of the last quarter that is over, in whatever month they are asked.
    """

    MONTH = "month"
    QUARTER = "quarter"
    WHOLE_QUARTER = "whole_quarter"
    YEAR = "year"

    def end_of(self, month: Period) -> Period:
        """The last month of the span that ``month`` is in; of the last whole quarter up to ``month``."""
        if self is Span.MONTH:
            return month
        if self is Span.WHOLE_QUARTER:
            return month.plus(-(month.month % 3))
        return Period(month.year, 12 if self is Span.YEAR else (month.month + 2) // 3 * 3)


@dataclass(frozen=True, slots=True)
class Source:
    """Where something comes from: a law with its paragraph, or what it is. ``is_confirmed`` False is shown to every reader."""

    text: str
    since: str = ""
    is_confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Law:
    """A rule of law in one plain sentence, with its article and since when."""

    sentence: str
    source: Source


@dataclass(frozen=True, slots=True)
class Threshold:
    """A figure that a firm may set, by industry and client. ``value`` is the default; ``smallest`` and ``largest`` what it may be set to."""

    title: str
    value: int
    unit: Unit
    source: Source
    smallest: int = 0
    largest: int = 10**15


@dataclass(frozen=True, slots=True)
class Cost:
    """What it may cost, in fen, from ``low`` to ``high``; ``basis`` says how it was counted."""

    low: int
    high: int
    basis: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found. ``values`` fill its sentence beside ``figure``; ``subject`` tells several of one rule and month apart.

    ``sums`` are how the figure came about, each the sum of its parts, which lead to entries and invoices. ``severity`` None: the rule's own.
    ``worse_is_less``: the smaller the figure, the worse. ``limit`` is what the figure was held against, None where nothing was.
    ``about`` names the one thing that would put it right, as :func:`zhangfang_sdk.waiting.about` writes it, so that people are not told twice;
    "" where there are several, or none.
    """

    figure: int
    unit: Unit
    sums: tuple[Sum, ...] = ()
    subject: str = ""
    values: Mapping[str, str] = field(default_factory=dict, hash=False)
    severity: Severity | None = None
    cost: Cost | None = None
    limit: int | None = None
    worse_is_less: bool = False
    about: str = ""


@dataclass(frozen=True, slots=True)
class NotApplicable:
    """The rule is not about this client or month. ``reason`` is a Chinese sentence."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lacking:
    """It cannot be said: ``what`` is missing, in Chinese; ``path`` is the client's page where it is entered.

    Alerts stay as they are. ``is_off``: the firm does not ask any more (it has set no reference, or taken it back), and they close.
    """

    what: str
    path: str = ""
    is_off: bool = False


Verdict = Sequence[Finding] | NotApplicable | Lacking
"""An empty sequence is silence: it was looked at, and nothing is wrong."""


@dataclass(frozen=True, slots=True)
class ListedSeller:
    """A seller on the firm's risk list. ``reason`` as the list says ("走逃失联"); ``listed_on`` None where it says no day."""

    name: str
    tax_id: str
    reason: str
    source: str
    listed_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What is known of a client at the end of ``month``, as seen on ``day`` (never after the running day).

    ``profile`` holds what was in force then. What no rule asked for is empty. ``invoices`` are those of the 24 months up to ``month``;
    ``dues`` are open items by role of account ("receivable", "payable"); ``parties`` balances of other receivables by party at the end of
    ``month`` and of the year before; ``cash_entries`` the month's; ``payrolls`` by month; ``filings`` those due in the last 24 months;
    ``deducted`` fen of input tax that the vouchers of invoices deducted, by key, for those that a rule may ask about;
    ``unexplained`` is fen of bank lines of the month that no voucher explains, as (in, out), None where no statement is there.
    """

    client: Client
    profile: Profile
    month: Period
    day: dt.date
    books: BookSums
    invoices: InvoiceShelf
    dues: Mapping[str, Sequence[OpenItem]] = field(default_factory=dict, hash=False)
    parties: Sequence[PartyBalance] = ()
    cash_entries: Sequence[LedgerEntry] = ()
    payrolls: Mapping[Period, PayrollTotals] = field(default_factory=dict, hash=False)
    filings: Sequence[Filing] = ()
    deducted: Mapping[str, int] = field(default_factory=dict, hash=False)
    unexplained: tuple[int, int] | None = None
    risk_list: Sequence[ListedSeller] = ()
    limits: Mapping[str, int] = field(default_factory=dict, hash=False)

    @property
    def kind(self) -> TaxpayerKind:
        known = self.profile.taxpayer_kind
        return self.client.taxpayer_kind if known is None else known.value

    @property
    def industry(self) -> str:
        known = self.profile.industry
        return self.client.industry if known is None else known.value

    def months(self, back: int) -> Period:
        """The first of so many months that end with ``month``; books begin no earlier than they do."""
        return self.month.plus(1 - back)

    def has_months(self, back: int) -> bool:
        """Whether the books reach so far back."""
        return Period.of(self.client.books_start) <= self.months(back)


Judging = Callable[[Material], Verdict]


@dataclass(frozen=True, slots=True)
class RiskRule:
    """One rule. ``id`` is the plugin's own; the host writes the plugin's before it ("risk_rules.V26").

    ``judge`` runs as its plugin and reads its material alone. ``sentence`` holds ``{figure}``, ``{limit}``, ``{month}`` and the finding's values. ``kinds``
    and ``industries`` say whom it is about (empty: everybody), ``spared`` which industries it is not about. ``worse_by`` basis points
    of the accepted figure open an accepted alert again. A rule counts in months from ``effective_from`` to ``effective_until``.
    ``foretells``: it is asked as well what one more invoice, not issued yet, would do.
    """

    id: str
    version: int
    title: str
    severity: Severity
    needs: frozenset[Reader]
    judge: Judging
    sentence: str
    formula: str
    advice: str
    ask: str = "会计"
    laws: tuple[Law, ...] = ()
    thresholds: Mapping[str, Threshold] = field(default_factory=dict, hash=False)
    effective_from: dt.date = dt.date(2013, 1, 1)
    effective_until: dt.date | None = None
    kinds: frozenset[TaxpayerKind] = frozenset()
    industries: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()
    rhythm: Rhythm = Rhythm.SETTLED
    span: Span = Span.QUARTER
    worse_by: int = 1000
    family: str = "其他"
    foretells: bool = False

    def applies(self, m: Material) -> NotApplicable | None:
        """Why it is not about this client and month by its own data; None when it is."""
        if m.month.last_day < self.effective_from or (self.effective_until is not None and m.month.first_day > self.effective_until):
            return NotApplicable("这条规则在这个月不生效。")
        if self.kinds and m.kind not in self.kinds:
            return NotApplicable("只适用于" + "、".join(sorted({"general": "一般纳税人", "small_scale": "小规模纳税人"}[k] for k in self.kinds)) + "。")
        if (self.industries and m.industry not in self.industries) or m.industry in self.spared:
            return NotApplicable("不适用于这个行业。")
        return None


class RiskRules(Protocol):
    """The rules of all plugins that the firm has on."""

    @needs()
    async def known(self) -> Mapping[str, RiskRule]:
        """By "<plugin>.<id>"; each ``judge`` runs as its plugin and raises what that raises."""
        ...
