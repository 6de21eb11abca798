"""Invoices in memory."""

from collections.abc import Iterable, Sequence

from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.invoices import (
    LONGEST_PAGE,
    PAGE_LENGTH,
    Invoice,
    InvoicePage,
    InvoiceQuery,
    InvoiceState,
    InvoiceSums,
)
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fake_ledger import refusal


def is_asked_for(invoice: Invoice, query: InvoiceQuery) -> bool:
    """What every source must make of a query."""
    month = Period.of(invoice.issued_on)
    other = invoice.other_party
    return (
        query.client in (None, invoice.client)
        and (query.first is None or query.first <= month)
        and (query.last is None or month <= query.last)
        and query.direction in (None, invoice.direction)
        and invoice.state in query.states
        and (not query.numbers or invoice.number in query.numbers)
        and (not query.party or query.party == other.tax_id or query.party.casefold() in other.name.casefold())
    )


def newest_first(invoices: Iterable[Invoice]) -> list[Invoice]:
    """As a list runs: of one date by source, of one source the highest id first."""
    return sorted(invoices, key=lambda i: (-i.issued_on.toordinal(), i.source, -i.id))


def summed(invoices: Iterable[Invoice], missing: tuple[str, ...] = ()) -> InvoiceSums:
    every = list(invoices)
    return InvoiceSums(
        len(every), sum(i.amount for i in every), sum(i.tax for i in every), sum(i.total for i in every), missing
    )


class FakeInvoices:
    """``invoices`` with their ``source`` written; ``missing`` are titles of sources that do not answer.

    ``read`` and ``booked`` keep the keys that were told. An ``after`` is the key of the last invoice.
    """

    def __init__(self, invoices: Iterable[Invoice] = (), missing: Iterable[str] = ()) -> None:
        self.invoices = list(invoices)
        self.missing = tuple(missing)
        self.read: list[str] = []
        self.booked: list[str] = []

    async def page(self, query: InvoiceQuery, *, after: str = "", limit: int = PAGE_LENGTH) -> InvoicePage:
        found = self._found(query)
        if after:
            places = [place for place, invoice in enumerate(found) if invoice.key == after]
            if not places:
                raise refusal("invoices.place_unreadable", 400)
            found = found[places[0] + 1 :]
        wanted = min(max(limit, 1), LONGEST_PAGE)
        return InvoicePage(found[:wanted], found[wanted - 1].key if len(found) > wanted else "", self.missing)

    async def get(self, keys: Sequence[str]) -> Sequence[Invoice]:
        require("invoices.read")
        if self.missing:
            raise refusal("invoices.source_away", 503)
        known = {invoice.key: invoice for invoice in self.invoices if scope().sees(invoice.client)}
        return [known[key] for key in dict.fromkeys(keys) if key in known]

    async def sums(self, query: InvoiceQuery) -> InvoiceSums:
        return summed(self._found(query), self.missing)

    async def tell_read(self, source: str, ids: Sequence[int]) -> None:
        self.read += self._keys(source, ids)

    async def tell_booked(self, source: str, ids: Sequence[int]) -> None:
        self.booked += self._keys(source, ids)

    def _keys(self, source: str, ids: Sequence[int]) -> list[str]:
        if source not in {invoice.source for invoice in self.invoices}:
            raise refusal("invoices.no_source", 404)
        return [f"{source}:{id_}" for id_ in ids]

    def _found(self, query: InvoiceQuery) -> list[Invoice]:
        require("invoices.read")
        if query.client is not None and not scope().sees(query.client):
            raise not_found("客户企业")
        seen = [i for i in self.invoices if scope().sees(i.client)]
        return newest_first(i for i in seen if is_asked_for(i, query) and not any(_is_before(other, i) for other in seen))


def _is_before(one: Invoice, other: Invoice) -> bool:
    """The same invoice, of a source that comes first."""
    same = (one.client, one.direction, one.number, one.code) == (other.client, other.direction, other.number, other.code)
    return same and one.source < other.source and one.state is not InvoiceState.RETURNED
