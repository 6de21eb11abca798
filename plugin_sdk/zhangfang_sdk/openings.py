"""What a client brought along when its books were taken over."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from zhangfang_sdk.acting import needs


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """One line of the opening sheet; amounts are fen, ``amount`` debit positive.

    ``year_debit`` and ``year_credit`` are the account's turnover of the year so far; of a party's line they belong to the account as a whole
    all the same. ``party`` names a customer, supplier, or whatever item the account asks for; ``quantity`` is a stock item's.
    """

    account: str
    amount: int = 0
    year_debit: int = 0
    year_credit: int = 0
    party: str = ""
    due: dt.date | None = None
    quantity: Decimal | None = None

    @property
    def key(self) -> tuple[str, str, dt.date | None]:
        return self.account, self.party, self.due

    @property
    def is_empty(self) -> bool:
        return not (self.amount or self.year_debit or self.year_credit)


class Openings(Protocol):
    """Opening balances are asked of ``Ledger.balances`` (period None); here stands what happened in that year before the books start."""

    @needs("ledger.read")
    async def year_to_date(self, client: int) -> Mapping[str, int]:
        """Leaf account → debit less credit, in fen, from January of the year in which the books start to the day before they do.

        Of accounts of profit and loss it is what was earned or spent, whether their 结转 was brought along or not. Empty where nothing
        was brought along. Raises Refusal ``common.not_found``.
        """
        ...

    @needs("ledger.draft")
    async def fill(self, client: int, lines: Sequence[OpeningLine]) -> None:
        """Replace the opening sheet, finished or not; the books start with it at a person's word on its page. Needs ``ledger.draft``.

        Raises Refusal ``opening.closed`` (the first month is closed), ``opening.twice``, ``opening.too_long``.
        """
        ...
