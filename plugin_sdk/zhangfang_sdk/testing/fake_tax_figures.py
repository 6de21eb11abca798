"""Tax figures in memory."""

from collections.abc import Mapping, Sequence

from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import Period
from zhangfang_sdk.tax_figures import ReturnFigures, Tax
from zhangfang_sdk.testing.fake_ledger import refusal


class FakeTaxFigures:
    """``returns`` are those that each client files."""

    def __init__(self, returns: Mapping[int, Sequence[ReturnFigures]]) -> None:
        self.returns = {client: list(found) for client, found in returns.items()}

    async def figures(self, client: int, tax: Tax, first: Period, last: Period) -> ReturnFigures:
        require("taxes.read")
        if client not in self.returns or not scope().sees(client):
            raise not_found("客户企业")
        for found in self.returns[client]:
            if (found.tax, found.first, found.last) == (tax, first, last):
                return found
        raise refusal("taxes.no_return", 404)
