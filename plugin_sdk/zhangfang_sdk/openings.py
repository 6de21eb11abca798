"""What a client brought along when its books were taken over."""

from collections.abc import Mapping
from typing import Protocol

from zhangfang_sdk.acting import needs


class Openings(Protocol):
    """Opening balances are asked of ``Ledger.balances`` (period None); here stands what happened in that year before the books start."""

    @needs("ledger.read")
    async def year_to_date(self, client: int) -> Mapping[str, int]:
        """Leaf account → debit less credit, in fen, from January of the year in which the books start to the day before they do.

        Of accounts of profit and loss it is what was earned or spent, whether their 结转 was brought along or not. Empty where nothing
        was brought along. Raises Refusal ``common.not_found``.
        """
        ...
