"""Payrolls in memory."""

from collections.abc import Iterable, Sequence

from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.payrolls import PayrollTotals
from zhangfang_sdk.periods import Period


class FakePayrolls:
    """``payrolls`` are all there are, one of a client and month."""

    def __init__(self, payrolls: Iterable[PayrollTotals]) -> None:
        self.payrolls = list(payrolls)

    async def standing(self, client: int, period: Period) -> PayrollTotals | None:
        require("ledger.read")
        if not scope().sees(client):
            raise not_found("客户企业")
        return next((p for p in self.payrolls if (p.client, p.period) == (client, period)), None)

    async def of_month(self, period: Period) -> Sequence[PayrollTotals]:
        require("ledger.read")
        found = [p for p in self.payrolls if p.period == period and scope().sees(p.client)]
        return sorted(found, key=lambda p: p.client)
