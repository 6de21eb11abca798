"""What is known of a client for its taxes in a month, and the facts that are asked for by name where they are not."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from zhangfang_books.tax.chosen import TaxSettings, chosen_for
from zhangfang_books.tax.months_before import MonthBefore, told
from zhangfang_books.tax.rates import Accounts, accounts_of, one_in_force
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, TaxpayerKind
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.month_end import Ask
from zhangfang_sdk.openings import Openings
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Answer, FactKind, Profile, SmallLowProfit, Standing

ASKED_FOR = {
    FactKind.RESTRICTED_INDUSTRY: "是否从事国家限制或禁止的行业",
    FactKind.EMPLOYEES: "各季度的从业人数",
    FactKind.TOTAL_ASSETS: "各季度的资产总额",
    FactKind.TAXABLE_INCOME: "本年应纳税所得额",
    FactKind.LOSS: "以前年度可弥补的亏损",
    FactKind.REGISTERED_CAPITAL: "注册资本",
    FactKind.REGISTERED_ADDRESS: "注册地的区县",
}
SETTINGS_PAGE = "/settings/modules/books"


@dataclass(frozen=True, slots=True)
class TaxFacts:
    """``results`` are the accounts of profit and loss (one that was divided has figures of its own); ``brought`` their turnover of the year
    before the books start, debit positive.

    ``settled_year`` is the judgement of 小型微利 for the year whose 汇算清缴 governs 六税两费 now.
    """

    is_general: bool
    chosen: TaxSettings
    accounts: Accounts
    starts: Period
    profile: Profile
    results: tuple[str, ...]
    brought: dict[str, int] = field(default_factory=dict)
    settled_year: SmallLowProfit = field(default_factory=lambda: SmallLowProfit(Answer.UNKNOWN, 0))
    losses_told: bool = False
    """Whether somebody said what losses there are, none included."""
    before: Mapping[Period, MonthBefore] = field(default_factory=dict)
    """What was told of the months of the quarter before the books."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of the accounts of profit and loss, by code."""

    def starts_within(self, first: Period) -> bool:
        """Whether part of the span that begins with ``first`` lies before the books."""
        return first < self.starts

    def lacks_months_of(self, first: Period) -> bool:
        """Whether another kept the books of the first months of the span and nobody told of them; a company that is younger has none."""
        return any(month not in self.before for month in self.elsewhere(first))

    def elsewhere(self, first: Period) -> list[Period]:
        """Months from ``first`` on that another kept the books of, three at most."""
        if self.founded_in(self.starts):
            return []
        return [month for n in range(3) if (month := first.plus(n)) < self.starts]

    def told_of(self, first: Period) -> list[MonthBefore]:
        """What was told of those."""
        return [self.before[month] for month in self.elsewhere(first) if month in self.before]

    def founded_in(self, month: Period) -> bool:
        known = self.profile.founded_on
        return known is not None and Period.of(known.value) >= month


def ask_for(kinds: Iterable[FactKind], why: str) -> tuple[Ask, ...]:
    return tuple(Ask(f"请填写{ASKED_FOR[kind]}:{why}", f"/profile/{kind.value}") for kind in kinds)


def span_of(period: Period, facts: TaxFacts) -> Period | None:
    """The first month of the VAT period that ends with ``period``; None where none ends. 一般纳税人 go by months."""
    if facts.is_general or facts.chosen.vat_period == "month":
        return period
    return period.plus(-2) if period.month % 3 == 0 else None


async def facts_of(client: int, period: Period) -> TaxFacts | None:
    """None for a standard whose accounts are not known."""
    about = await use(Clients).client(client)
    accounts = accounts_of(about.standard)
    if accounts is None:
        return None
    profile = await use(Clients).profile(client, period.last_day)
    settled = await use(Clients).profile(client, dt.date(settled_year(period), 12, 31))
    starts = Period.of(about.books_start)
    brought = await use(Openings).year_to_date(client) if starts.year == period.year else {}
    results = {a.code: a.name for a in await use(Ledger).accounts(client) if a.category == "profit_and_loss"}
    kind = about.taxpayer_kind if profile.taxpayer_kind is None else profile.taxpayer_kind.value
    return TaxFacts(
        kind is TaxpayerKind.GENERAL,
        await chosen_for(client),
        accounts,
        starts,
        profile,
        tuple(results),
        dict(brought),
        settled.small_low_profit,
        any(fact.standing is Standing.IN_FORCE for fact in await use(Clients).history(client, FactKind.LOSS)),
        await told(client),
        results,
    )


def settled_year(period: Period) -> int:
    """The year whose 汇算清缴 says who is 小型微利 for 六税两费 in ``period``."""
    rule = one_in_force("settlement", period.last_day)
    return period.year - (1 if rule is not None and period.month >= rule["month"] else 2)
