"""An invoice source in memory, and what every source must do, for a plugin's own tests."""

from collections.abc import Sequence

from zhangfang_sdk.invoices import (
    Before,
    Invoice,
    InvoiceDirection,
    InvoiceQuery,
    InvoiceSource,
    InvoiceState,
    InvoiceSums,
)
from zhangfang_sdk.periods import Period
from zhangfang_sdk.testing.fake_invoices import is_asked_for, newest_first, summed

EVERY_STATE = frozenset(InvoiceState)
_LONG = 1_000


def source_of(id_: str, title: str, invoices: Sequence[Invoice]) -> InvoiceSource:
    """A source that gives these, whoever asks."""

    async def page(query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[Invoice]:
        found = newest_first(invoice for invoice in invoices if is_asked_for(invoice, query))
        if before is not None:
            start = (-before.issued_on.toordinal(), -before.id)
            found = [invoice for invoice in found if (-invoice.issued_on.toordinal(), -invoice.id) > start]
        return found[:limit]

    async def get(ids: Sequence[int]) -> Sequence[Invoice]:
        return [invoice for invoice in invoices if invoice.id in ids]

    async def sums(query: InvoiceQuery) -> InvoiceSums:
        return summed(invoice for invoice in invoices if is_asked_for(invoice, query))

    return InvoiceSource(id_, title, frozenset(InvoiceDirection), page, get, sums)


class InvoiceSourceContract:
    """``await InvoiceSourceContract(source).check_all()`` where the source has invoices, best of several dates, states and parties.

    Every filter and the paging must agree with what the whole list says. Raises AssertionError.
    """

    def __init__(self, source: InvoiceSource) -> None:
        self.source = source

    async def check_all(self) -> None:
        every = await self.source.page(InvoiceQuery(states=EVERY_STATE), None, _LONG)
        _must(bool(every), "the source has invoices to look at")
        _must(list(every) == newest_first(every), "newest date first, of one date the highest id first")
        _must({i.direction for i in every} <= self.source.directions, "only directions that it declares")
        got = {invoice.id: invoice for invoice in await self.source.get([i.id for i in every])}
        _must(got == {invoice.id: invoice for invoice in every}, "get gives what page lists")
        _must(not await self.source.get([max(i.id for i in every) + 1]), "get leaves out what is not there")
        await self._check_pages(every)
        for query in _queries(every):
            wanted = [invoice for invoice in every if is_asked_for(invoice, query)]
            _must(list(await self.source.page(query, None, _LONG)) == wanted, f"page gives what {query} asks for")
            _must(await self.source.sums(query) == summed(wanted), f"sums counts what {query} asks for")

    async def _check_pages(self, every: Sequence[Invoice]) -> None:
        query, before = InvoiceQuery(states=EVERY_STATE), None
        for invoice in every:
            _must(list(await self.source.page(query, before, 1)) == [invoice], f"after {before} comes {invoice.id}")
            before = Before(invoice.issued_on, invoice.id)
        _must(not await self.source.page(query, before, 1), "nothing comes after the last one")


def _must(holds: bool, what: str) -> None:
    if not holds:
        raise AssertionError(what)


def _queries(every: Sequence[Invoice]) -> list[InvoiceQuery]:
    found = [InvoiceQuery(), InvoiceQuery(states=EVERY_STATE), InvoiceQuery(states=frozenset())]
    found += [InvoiceQuery(direction=direction) for direction in InvoiceDirection]
    found += [InvoiceQuery(states=frozenset({state})) for state in InvoiceState]
    found += [InvoiceQuery(states=EVERY_STATE, party="没有这样的名称%_")]
    for invoice in every[:20]:
        month = Period.of(invoice.issued_on)
        found += [
            InvoiceQuery(client=invoice.client, states=EVERY_STATE),
            InvoiceQuery(first=month, last=month, states=EVERY_STATE),
            InvoiceQuery(last=month.plus(-1), states=EVERY_STATE),
            InvoiceQuery(first=month.plus(1), states=EVERY_STATE),
            InvoiceQuery(party=invoice.other_party.name[1:3], states=EVERY_STATE),
            InvoiceQuery(party=invoice.other_party.tax_id, states=EVERY_STATE),
            InvoiceQuery(numbers=frozenset({invoice.number, "0"}), states=EVERY_STATE),
        ]
    return found
