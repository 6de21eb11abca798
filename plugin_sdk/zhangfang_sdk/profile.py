"""What is known of a client, as dated facts: each with its source, who entered it and what the client says of it.

A fact holds from a day on until the next of its kind, and :meth:`zhangfang_sdk.clients.Clients.profile` reads those that hold on
a given day. Values are typed by kind (:data:`VALUE_TYPES`); amounts are integer fen, days are business days in Asia/Shanghai.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

LONGEST_AHEAD = dt.timedelta(days=366)
"""A fact begins at most so long after the day on which it is entered: what lies further is a slip of the hand."""


class TaxpayerKind(StrEnum):
    """纳税人身份 for VAT (增值税法, in force from 2026-01-01)."""

    GENERAL = "general"
    SMALL_SCALE = "small_scale"


class FactKind(StrEnum):
    """What a fact is about."""

    TAXPAYER_KIND = "taxpayer_kind"
    INDUSTRY = "industry"
    LEGAL_REPRESENTATIVE = "legal_representative"
    REGISTERED_CAPITAL = "registered_capital"
    FOUNDED_ON = "founded_on"
    REGISTERED_ADDRESS = "registered_address"
    BUSINESS_SCOPE = "business_scope"
    RESTRICTED_INDUSTRY = "restricted_industry"
    EMPLOYEES = "employees"
    TOTAL_ASSETS = "total_assets"
    TAXABLE_INCOME = "taxable_income"
    LOSS = "loss"
    SERVICE_PACKAGE = "service_package"
    CONTACT = "contact"


class FactSource(StrEnum):
    """Where a fact was read. What the client says of it stands beside it, whatever the source."""

    TYPED = "typed"
    BUSINESS_LICENCE = "business_licence"
    TAX_AUTHORITY = "tax_authority"
    LEDGER = "ledger"
    CLIENT = "client"


class ContactRole(StrEnum):
    """Whom the tax authority and the firm ask for; one person each."""

    DAILY = "daily"
    FINANCE = "finance"
    TAX = "tax"


@dataclass(frozen=True, slots=True)
class RegisteredAddress:
    """注册地. ``area`` is the code of the county or district (GB/T 2260, six digits), "" when it is not known."""

    text: str
    area: str = ""


@dataclass(frozen=True, slots=True)
class QuarterEnds:
    """A figure at the start and at the end of the quarter on whose first day the fact's ``valid_from`` falls.

    People for ``EMPLOYEES``, fen for ``TOTAL_ASSETS``. The quarter's average is half of the sum (企业所得税 prepayment form A200000).
    """

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class YearAmount:
    """Fen that belong to a calendar year: 应纳税所得额 (may be negative), or the loss of that year that is still to be made up."""

    year: int
    amount: int


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """Somebody at the client. ``phone`` is in E.164 form ("+8613800138000"); it and ``email`` may be ""."""

    role: ContactRole
    name: str
    phone: str = ""
    email: str = ""


FactValue = str | int | bool | dt.date | TaxpayerKind | RegisteredAddress | QuarterEnds | YearAmount | ContactPerson
V_co = TypeVar("V_co", covariant=True)

VALUE_TYPES: Mapping[FactKind, type[FactValue]] = {
    FactKind.TAXPAYER_KIND: TaxpayerKind,
    FactKind.INDUSTRY: str,
    FactKind.LEGAL_REPRESENTATIVE: str,
    FactKind.REGISTERED_CAPITAL: int,
    FactKind.FOUNDED_ON: dt.date,
    FactKind.REGISTERED_ADDRESS: RegisteredAddress,
    FactKind.BUSINESS_SCOPE: str,
    FactKind.RESTRICTED_INDUSTRY: bool,
    FactKind.EMPLOYEES: QuarterEnds,
    FactKind.TOTAL_ASSETS: QuarterEnds,
    FactKind.TAXABLE_INCOME: YearAmount,
    FactKind.LOSS: YearAmount,
    FactKind.SERVICE_PACKAGE: str,
    FactKind.CONTACT: ContactPerson,
}
"""The type of each kind's value, exactly. ``INDUSTRY`` is a key of the industry list; ``REGISTERED_CAPITAL`` is fen."""


def part_of(value: FactValue) -> str:
    """Which of several facts of one kind this is: the year of an amount, the role of a contact, else ""."""
    if isinstance(value, YearAmount):
        return str(value.year)
    return value.role.value if isinstance(value, ContactPerson) else ""


class Standing(StrEnum):
    """A proposal waits for the firm; a fact in force holds from its day on; what was withdrawn never held."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact to be entered. ``valid_from`` of ``EMPLOYEES`` and ``TOTAL_ASSETS`` is the first day of a quarter."""

    kind: FactKind
    value: FactValue
    valid_from: dt.date
    source: FactSource = FactSource.TYPED


@dataclass(frozen=True, slots=True)
class Fact(Generic[V_co]):
    """One entry about a client; entries are never changed, a later one of the same kind, part and day stands in its place.

    Instants are UTC, people are named as they were called then. ``decided_by`` of the firm put a proposal in force or withdrew the fact
    (``reason``). ``confirmed_by`` of the client says that it is right; ``objection`` is what they say is wrong.
    """

    id: int
    client: int
    kind: FactKind
    value: V_co
    valid_from: dt.date
    source: FactSource
    standing: Standing
    entered_at: dt.datetime
    entered_by: str
    decided_at: dt.datetime | None = None
    decided_by: str = ""
    reason: str = ""
    confirmed_at: dt.datetime | None = None
    confirmed_by: str = ""
    objection: str = ""
    objected_at: dt.datetime | None = None
    objected_by: str = ""

    @property
    def waits_for_client(self) -> bool:
        """In force, and the client has said neither that it is right nor that it is wrong."""
        return self.standing is Standing.IN_FORCE and self.confirmed_at is None and not self.objection

    @property
    def waits_for_firm(self) -> bool:
        """Somebody of the firm has to look: a proposal, or the client says that it is wrong."""
        return self.standing is Standing.PROPOSED or (self.standing is Standing.IN_FORCE and bool(self.objection))


@dataclass(frozen=True, slots=True)
class WordedFact:
    """``title`` says which fact it is ("从业人数 · 2026 年第 3 季度"), ``text`` its value ("500,000.00 元"), ``source`` where it was read ("营业执照")."""

    title: str
    text: str
    source: str


class Answer(StrEnum):
    """Nobody guesses: what cannot be told from the facts is ``UNKNOWN``."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SmallLowProfit:
    """小型微利企业 for 企业所得税, judged for ``year`` as far as its figures reach (预缴 is judged the same way).

    ``missing`` are the facts without which it stays ``UNKNOWN``. ``reasons`` are Chinese sentences with the figures; ``law`` names the
    rule and its time, "" when no rule is known for the day. ``income_limit`` (fen) is the taxable income up to which it is one, None then.
    """

    answer: Answer
    year: int
    reasons: tuple[str, ...] = ()
    missing: tuple[FactKind, ...] = ()
    law: str = ""
    income_limit: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The facts that hold on ``at``, None for what nobody has entered.

    ``employees`` and ``total_assets`` are those of the quarters of ``at``'s year, in order; ``losses`` those above zero, by year.
    """

    client: int
    at: dt.date
    taxpayer_kind: Fact[TaxpayerKind] | None = None
    industry: Fact[str] | None = None
    legal_representative: Fact[str] | None = None
    registered_capital: Fact[int] | None = None
    founded_on: Fact[dt.date] | None = None
    registered_address: Fact[RegisteredAddress] | None = None
    business_scope: Fact[str] | None = None
    restricted_industry: Fact[bool] | None = None
    service_package: Fact[str] | None = None
    taxable_income: Fact[YearAmount] | None = None
    employees: Sequence[Fact[QuarterEnds]] = ()
    total_assets: Sequence[Fact[QuarterEnds]] = ()
    losses: Sequence[Fact[YearAmount]] = ()
    contacts: Sequence[Fact[ContactPerson]] = ()
    small_low_profit: SmallLowProfit = SmallLowProfit(Answer.UNKNOWN, 0)

    def facts(self) -> list[Fact[FactValue]]:
        """All of them, in the order of :class:`FactKind`."""
        single: list[Fact[FactValue] | None] = [
            self.taxpayer_kind,
            self.industry,
            self.legal_representative,
            self.registered_capital,
            self.founded_on,
            self.registered_address,
            self.business_scope,
            self.restricted_industry,
            self.service_package,
            self.taxable_income,
        ]
        several: list[Fact[FactValue]] = [*self.employees, *self.total_assets, *self.losses, *self.contacts]
        order = list(FactKind)
        return sorted([*(f for f in single if f is not None), *several], key=lambda fact: order.index(fact.kind))


def holding(client: int, facts: Sequence[Fact[FactValue]], at: dt.date) -> Profile:
    """The profile of ``client`` on ``at`` from its entries in any order; 小微 stays unknown. The day nearest before ``at`` wins."""
    in_force = [f for f in facts if f.standing is Standing.IN_FORCE and f.valid_from <= at]
    latest: dict[tuple[FactKind, str], Fact[FactValue]] = {}
    quarters: dict[tuple[FactKind, dt.date], Fact[FactValue]] = {}
    for fact in sorted(in_force, key=lambda f: (f.valid_from, f.id)):
        if isinstance(fact.value, QuarterEnds):
            if fact.valid_from.year == at.year:
                quarters[fact.kind, fact.valid_from] = fact
        else:
            latest[fact.kind, part_of(fact.value)] = fact
    values: dict[str, object] = {kind.value: latest[kind, ""] for kind in FactKind if (kind, "") in latest}
    values["taxable_income"] = latest.get((FactKind.TAXABLE_INCOME, str(at.year)))
    for name, kind in (("employees", FactKind.EMPLOYEES), ("total_assets", FactKind.TOTAL_ASSETS)):
        values[name] = [fact for (of, _), fact in sorted(quarters.items()) if of is kind]
    losses = [fact for (of, _), fact in sorted(latest.items()) if of is FactKind.LOSS]
    values["losses"] = [fact for fact in losses if isinstance(fact.value, YearAmount) and fact.value.amount > 0]
    values["contacts"] = [latest[k] for role in ContactRole if (k := (FactKind.CONTACT, role.value)) in latest]
    return Profile(client, at, **values)  # type: ignore[arg-type]  # each entry was held to VALUE_TYPES
