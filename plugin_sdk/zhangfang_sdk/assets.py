"""固定资产, 无形资产 and 长期待摊费用: cards that are written off month by month. Amounts are fen."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.periods import Period


class AssetKind(StrEnum):
    """Tells the first and the last month: a fixed asset and a prepayment from the month after, an intangible from the month itself."""

    FIXED = "fixed"
    INTANGIBLE = "intangible"
    PREPAID = "prepaid"


class Method(StrEnum):
    """年限平均法, 双倍余额递减法, 年数总和法, 工作量法. The middle two go by years of use: ``months`` is a multiple of twelve."""

    STRAIGHT_LINE = "straight_line"
    DOUBLE_DECLINING = "double_declining"
    SUM_OF_YEARS = "sum_of_years"
    UNITS = "units"


@dataclass(frozen=True, slots=True)
class Estimate:
    """How what is left is written off from the month ``since`` on. ``months`` are those from there; ``units`` what is to be worked from there.

    ``written_off`` is given where the card was brought in: what was written off before ``since``; else it follows from what was before.
    """

    since: Period
    method: Method
    months: int
    residual: int
    units: int = 0
    written_off: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NewAsset:
    """``category`` is a key of the categories (``Assets.categories``); ``voucher`` is the one that bought it.

    ``written_off`` with ``as_of``: what was written off before that month, for a client that was taken over; ``months`` and ``units`` are
    then those that remain.
    """

    client: int
    name: str
    category: str
    cost: int
    residual: int
    in_use_from: dt.date
    months: int
    method: Method
    asset_account: str
    written_off_account: str
    expense_account: str
    units: int = 0
    voucher: int | None = None
    written_off: int = 0
    as_of: Period | None = None


@dataclass(frozen=True, slots=True)
class Asset:
    """One card. ``estimates`` begin with the first; ``worked`` are units by month, for 工作量法; ``left_on`` is the day of disposal."""

    id: int
    client: int
    name: str
    kind: AssetKind
    category: str
    cost: int
    in_use_from: dt.date
    asset_account: str
    written_off_account: str
    expense_account: str
    estimates: tuple[Estimate, ...]
    worked: tuple[tuple[Period, int], ...] = ()
    voucher: int | None = None
    left_on: dt.date | None = None
    left_voucher: int | None = None


@dataclass(frozen=True, slots=True)
class AssetMonth:
    """A card at a month's end: what the month wrote off, all that was written off, and what is left of the cost."""

    asset: Asset
    amount: int
    written_off: int

    @property
    def net(self) -> int:
        return self.asset.cost - self.written_off


@dataclass(frozen=True, slots=True)
class AssetCategory:
    """``months`` is the shortest life that tax law allows (``source``), ``residual`` the customary share of the cost in ten-thousandths.

    ``asset_account`` and ``written_off_account`` are the first-level accounts where such things usually stand.
    """

    key: str
    title: str
    kind: AssetKind
    months: int
    residual: int
    asset_account: str
    written_off_account: str
    source: str


class Assets(Protocol):
    """Cards of the clients of the firm in scope, in the caller's transaction. A client out of scope is ``common.not_found``."""

    @needs("ledger.read")
    async def categories(self, day: dt.date) -> Sequence[AssetCategory]:
        """Those of the law in force on ``day``."""
        ...

    @needs("ledger.read")
    async def assets(self, client: int) -> Sequence[Asset]:
        """All cards by the day they came into use, those that are gone too."""
        ...

    @needs("ledger.read")
    async def months(self, client: int, period: Period) -> Sequence[AssetMonth]:
        """折旧明细表: every card that stood in ``period`` or before, as of the month's end."""
        ...

    @needs("ledger.draft")
    async def add(self, new: NewAsset) -> Asset:
        """Raises Refusal ``asset.wrong`` with the field, ``ledger.account_unknown``."""
        ...

    @needs("ledger.draft")
    async def revise(self, asset: int, estimate: Estimate) -> None:
        """会计估计变更: another life, residual value or method from a month on, never backwards. Raises Refusal ``asset.wrong``, ``asset.month_closed``."""
        ...

    @needs("ledger.draft")
    async def work(self, asset: int, period: Period, units: int) -> None:
        """Units worked in a month, in place of what was entered before. Raises Refusal ``asset.wrong``, ``asset.month_closed``."""
        ...

    @needs("ledger.draft")
    async def dispose(self, asset: int, day: dt.date, reason: str) -> int:
        """Take it off the books: a draft that moves what is left to 固定资产清理, or to its expense or loss; the voucher's id.

        The month of disposal still depreciates a fixed asset. Raises Refusal ``asset.wrong``, ``asset.gone``, ``asset.month_closed``.
        """
        ...
