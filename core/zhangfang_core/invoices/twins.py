"""One invoice that several sources have: it is the one of the source whose name comes first."""

from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

from zhangfang_core.invoices.places import place_of
from zhangfang_core.invoices.sources import Source
from zhangfang_sdk.invoices import LONGEST_PAGE, Invoice, InvoiceDirection, InvoiceQuery, InvoiceState

EVERY_STATE = frozenset(InvoiceState)
MOST_OF_A_NUMBER = 4
"""Invoices of one number that a source is asked for: of old paper ones several codes have it."""


async def without_twins(found: Sequence[Invoice], sources: Sequence[Source]) -> list[Invoice]:
    """Those that no source before their own has, in their order. Raises Away."""
    known = await _twins_of(found, sources)
    return [invoice for invoice in found if invoice.key not in known]


async def counted_twice(query: InvoiceQuery, source: Source, sources: Sequence[Source]) -> AsyncIterator[list[Invoice]]:
    """What ``source`` would list by the query and another before it has, some at a time. Raises Away."""
    for direction in sorted(InvoiceDirection):
        asked = replace(query, direction=direction)
        earlier = [s for s in _before(source.name, sources) if direction in s.declared.directions]
        if query.direction not in (None, direction) or not earlier or direction not in source.declared.directions:
            continue
        if not any([(await s.sums(InvoiceQuery(query.client, direction=direction, states=EVERY_STATE))).count for s in earlier]):
            continue
        before = None
        while True:
            page = await source.page(asked, before, LONGEST_PAGE)
            known = await _twins_of(page, sources)
            yield [invoice for invoice in page if invoice.key in known]
            if len(page) < LONGEST_PAGE:
                break
            before = place_of(page[-1]).before(source.name)


async def _twins_of(found: Sequence[Invoice], sources: Sequence[Source]) -> set[str]:
    """Keys of those that a source before their own has."""
    twins = set[str]()
    wanted = defaultdict[tuple[str, int, InvoiceDirection], list[Invoice]](list)
    for invoice in found:
        if invoice.number:
            wanted[invoice.source, invoice.client, invoice.direction].append(invoice)
    for (name, client, direction), invoices in wanted.items():
        query = InvoiceQuery(client, direction=direction, states=EVERY_STATE, numbers=frozenset(i.number for i in invoices))
        for source in _before(name, sources):
            if direction in source.declared.directions:
                known = await source.page(query, None, len(invoices) * MOST_OF_A_NUMBER)
                twins |= {i.key for i in invoices if any(_is_same(i, other) for other in known)}
    return twins


def _before(name: str, sources: Sequence[Source]) -> list[Source]:
    return [source for source in sources if source.name < name]


def _is_same(one: Invoice, other: Invoice) -> bool:
    """Print and data may name the code in one place only: then the same total makes them one. What was sent back is not there."""
    if one.number != other.number or other.state is InvoiceState.RETURNED:
        return False
    return one.code == other.code or ("" in (one.code, other.code) and one.total == other.total)
