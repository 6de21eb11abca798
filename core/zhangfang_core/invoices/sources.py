"""The invoice sources of plugins that are on, each asked by itself: one that fails is missing, and its title says so."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.parts import PartFailed, in_time
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import is_left_out, parts_off
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.invoices import Before, Invoice, InvoiceQuery, InvoiceSource, InvoiceSums

LONGEST_S = 2.0
T = TypeVar("T")


class Away(Exception):
    """The source did not answer."""


@dataclass(frozen=True, slots=True)
class Source:
    """One source by its full name, "intake.invoices"; every call raises Away when it does not answer."""

    plugin: str
    declared: InvoiceSource
    is_off: bool

    @property
    def name(self) -> str:
        return f"{self.plugin}.{self.declared.id}"

    async def page(self, query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[Invoice]:
        async def ask() -> Sequence[Invoice]:
            found = from_part(InvoiceSource, "page", await self.declared.page(query, before, limit))
            return [self._own(invoice, query) for invoice in found[:limit]]

        return await self._ask(ask)

    async def get(self, ids: Sequence[int]) -> Sequence[Invoice]:
        async def ask() -> Sequence[Invoice]:
            found = from_part(InvoiceSource, "get", await self.declared.get(ids))
            return [self._own(invoice, InvoiceQuery()) for invoice in found]

        return await self._ask(ask)

    async def sums(self, query: InvoiceQuery) -> InvoiceSums:
        async def ask() -> InvoiceSums:
            return from_part(InvoiceSource, "sums", await self.declared.sums(query))

        return await self._ask(ask)

    async def _ask(self, ask: Callable[[], Awaitable[T]]) -> T:
        if self.is_off:
            raise Away(self.name)
        try:
            return await in_time(self.plugin, _part_of(self.declared), ask, LONGEST_S)
        except (PartFailed, Refusal) as error:
            raise Away(self.name) from error

    def _own(self, invoice: Invoice, query: InvoiceQuery) -> Invoice:
        """Raises ValueError for what was not asked for: it would be shown to the wrong person, or counted in the wrong place."""
        is_asked = query.client in (None, invoice.client) and query.direction in (None, invoice.direction)
        if not is_asked or not scope().sees(invoice.client) or invoice.direction not in self.declared.directions:
            raise ValueError(f"{self.name} gave invoice {invoice.id}, which was not asked for")
        return replace(invoice, source=self.name)


def _part_of(source: InvoiceSource) -> str:
    return f"invoices {source.id}"


async def sources(query: InvoiceQuery | None = None) -> Sequence[Source]:
    """Of the plugins that the firm has on; with a query those that can give what it asks for."""
    on, off = await enabled_modules(), await parts_off()
    return [
        Source(id_, declared, is_left_out(id_, _part_of(declared), off))
        for id_, module in registry().modules.items()
        for declared in (module.invoice_sources if id_ in on else ())
        if query is None or query.direction is None or query.direction in declared.directions
    ]
