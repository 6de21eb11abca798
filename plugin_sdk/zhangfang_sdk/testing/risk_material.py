"""Material for trying a rule without a database: a few postings and invoices become what the rule reads.

A rule's golden cases, in a stranger's tests::

    RENT = [("2026-09", "560207", "1002", 3_000_00)]

    def test_no_rent():
        check(NO_RENT, material("2026-09", posts=RENT), [])
        check(NO_RENT, material("2026-09", posts=[]), [0])
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhangfang_sdk.clients import Client, TaxpayerKind
from zhangfang_sdk.invoices import Invoice
from zhangfang_sdk.ledger import Balance
from zhangfang_sdk.periods import Period
from zhangfang_sdk.profile import Profile
from zhangfang_sdk.risk import Lacking, Material, NotApplicable, RiskRule
from zhangfang_sdk.risk_books import BookSums, InvoiceShelf

Post = tuple[str, str, str, int]
"""Month ("2026-09", "" for the opening), debit account, credit account, fen."""


def material(
    month: str,
    *,
    posts: Iterable[Post] = (),
    invoices: Sequence[Invoice] = (),
    missing: Sequence[str] = (),
    kind: TaxpayerKind = TaxpayerKind.GENERAL,
    industry: str = "trading",
    books_start: dt.date = dt.date(2025, 1, 1),
    profile: Profile | None = None,
    roles: Mapping[str, tuple[str, ...]] | None = None,
    day: dt.date | None = None,
    **more: Any,
) -> Material:
    """Of a small company whose books follow 小企业会计准则; ``more`` are further fields of :class:`Material`."""
    at = Period.parse(month)
    client = Client(1, "示例有限公司", "91330106MA2TEXT16P", kind, "small_business_2013", industry, books_start)
    known = Profile(1, at.last_day) if profile is None else profile
    books = BookSums(balances_of(posts), roles or {})
    return Material(client, known, at, day or at.last_day, books, InvoiceShelf(invoices, missing), **more)


def balances_of(posts: Iterable[Post]) -> list[Balance]:
    """Each side as a month's turnover of its account; openings by ""."""
    found = []
    for month, debit, credit, fen in posts:
        period = Period.parse(month) if month else None
        found += [Balance(debit, period, fen, 0), Balance(credit, period, 0, fen)]
    return found


def check(rule: RiskRule, given: Material, figures: Sequence[int] | type[NotApplicable] | type[Lacking]) -> None:
    """The rule finds exactly these figures ([]: it is silent), or says that it is not applicable or that something is lacking.

    Its own thresholds hold where ``given`` sets none. Raises AssertionError with what it said instead.
    """
    limits = {name: t.value for name, t in rule.thresholds.items()} | dict(given.limits)
    ready = replace(given, limits=limits)
    said = rule.applies(ready) or rule.judge(ready)
    if isinstance(figures, type):
        assert isinstance(said, figures), f"{rule.id} said {said!r}"  # noqa: S101  # a test's
        return
    assert not isinstance(said, NotApplicable | Lacking), f"{rule.id} said {said!r}"  # noqa: S101
    assert [finding.figure for finding in said] == list(figures), f"{rule.id} said {said!r}"  # noqa: S101
