"""Month's end: vouchers that the books themselves call for, as proposals that one click posts."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.ledger import Voucher, VoucherDraft
from zhangfang_sdk.periods import Period


class ProposalKind(StrEnum):
    """In the order in which they are posted: the transfer of profit and loss (结转损益) is the last."""

    DEPRECIATION = "depreciation"
    TEMPLATE = "template"
    VAT_TRANSFER = "vat_transfer"
    SURTAXES = "surtaxes"
    INCOME_TAX = "income_tax"
    PROFIT_AND_LOSS = "profit_and_loss"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One voucher that the month lacks. ``key`` is the same on every asking; ``reasons`` say what was counted, by which rule."""

    key: str
    kind: ProposalKind
    title: str
    draft: VoucherDraft
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FixedAsset:
    """固定资产 written off evenly (直线法) from the month after ``in_use_from``. Amounts in fen."""

    id: int
    client: int
    name: str
    cost: int
    residual: int
    months: int
    in_use_from: dt.date
    accumulated_account: str
    expense_account: str
    retired_on: dt.date | None = None


class MonthEnd(Protocol):
    """Proposals for the firm in scope, in the caller's transaction. A client out of scope is ``common.not_found``."""

    @needs("ledger.read")
    async def proposals(self, client: int, period: Period) -> Sequence[Proposal]:
        """What ``period`` lacks now, in the order of posting; needs ``ledger.read``. Nothing is kept by asking."""
        ...

    @needs("ledger.post")
    async def accept(self, client: int, period: Period, key: str) -> Voucher:
        """Draft and post the proposal; needs ``ledger.draft`` and ``ledger.post``. Raises as ``Ledger.post``, and ``month_end.gone``."""
        ...

    @needs("ledger.read")
    async def assets(self, client: int) -> Sequence[FixedAsset]:
        """By the day they came into use; needs ``ledger.read``."""
        ...

    @needs("ledger.draft")
    async def add_asset(
        self,
        client: int,
        name: str,
        *,
        cost: int,
        residual: int,
        months: int,
        in_use_from: dt.date,
        accumulated_account: str,
        expense_account: str,
    ) -> FixedAsset:
        """Needs ``ledger.draft``. Raises Refusal ``month_end.asset`` with the field, ``ledger.account_unknown``."""
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
