"""Issued and received invoices of the lists for the SDK's ``Invoices``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw
from piccolo.query.methods.select import SelectRaw

from zhangfang_books.sales.lines import unpacked
from zhangfang_books.sales.tables import IssuedInvoice, ReceivedInvoice
from zhangfang_sdk.invoices import (
    Before,
    Invoice,
    InvoiceDirection,
    InvoiceQuery,
    InvoiceSource,
    InvoiceState,
    InvoiceSums,
    Party,
)

NAME, RECEIVED_NAME = "books.issued", "books.received"
Condition = Where | WhereRaw | And | Or

_RED = """case when {table}.voided then 'voided'
    when exists (select 1 from {table} r where r.firm = {table}.firm and r.client = {table}.client
        and not r.voided and r.reverses <> '' and r.reverses = {table}.number) then 'red'"""
_ISSUED = _RED + """
    when {table}.booked then 'booked' when {table}.voucher is not null then 'checked' else 'read' end"""
_RECEIVED = _RED + " else 'checked' end"
"""The tax authority vouches for what it lists; whether it is booked is told by whoever has the document."""


@dataclass(frozen=True, slots=True)
class ListedInvoices:
    """Rows of one table. ``state`` is the SQL that tells an ``InvoiceState``; ``party`` the prefix of the other side's columns."""

    table: type[IssuedInvoice] | type[ReceivedInvoice]
    direction: InvoiceDirection
    state: str
    party: str

    async def page(self, query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[Invoice]:
        """See InvoiceSource."""
        rows, table = self._rows().where(self._asked_for(query)), self.table
        if before is not None:
            of_that_day = And(table.issued_on == before.issued_on, table.id < before.id)
            rows = rows.where(Or(table.issued_on < before.issued_on, of_that_day))
        found = await rows.order_by(table.issued_on, table.id, ascending=False).limit(limit)
        return [self._invoice(row) for row in found]

    async def get(self, ids: Sequence[int]) -> Sequence[Invoice]:
        """See InvoiceSource."""
        return [self._invoice(row) for row in await self._rows().where(self.table.id.is_in(list(ids)))] if ids else []

    async def sums(self, query: InvoiceQuery) -> InvoiceSums:
        """See InvoiceSource."""
        figures = [SelectRaw(f"coalesce(sum({name}), 0)::bigint as {name}") for name in ("amount", "tax", "total")]
        row = await self.table.select(SelectRaw("count(*) as count"), *figures).where(self._asked_for(query)).first()
        return InvoiceSums() if row is None else InvoiceSums(**row)

    def _rows(self) -> Any:
        rows = self.table.select(*self.table.all_columns(), SelectRaw(f"{self.state} as state"))
        return rows.where(ReceivedInvoice.superseded.eq(False)) if self.direction is InvoiceDirection.RECEIVED else rows

    def _asked_for(self, query: InvoiceQuery) -> Condition:
        names, table = ", ".join(f"'{state.value}'" for state in sorted(query.states)) or "''", self.table
        wanted: list[Condition] = [WhereRaw(f"{self.state} in ({names})")]
        if self.direction is InvoiceDirection.RECEIVED:
            wanted.append(ReceivedInvoice.superseded.eq(False))
        if query.client is not None:
            wanted.append(table.client == query.client)
        if query.first is not None:
            wanted.append(table.issued_on >= query.first.first_day)
        if query.last is not None:
            wanted.append(table.issued_on <= query.last.last_day)
        if query.direction not in (None, self.direction):
            wanted.append(WhereRaw("false"))
        if query.numbers:
            wanted.append(table.number.is_in(sorted(query.numbers)))
        if query.party:
            like = "%" + query.party.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
            tax_id, name = (getattr(table, f"{self.party}_{column}") for column in ("tax_id", "name"))
            wanted.append(Or(tax_id == query.party, name.ilike(like)))
        return reduce(And, wanted)

    def _invoice(self, row: Mapping[str, Any]) -> Invoice:
        return Invoice(
            id=row["id"],
            client=row["client"],
            direction=self.direction,
            state=InvoiceState(row["state"]),
            kind=row["kind"],
            number=row["number"],
            issued_on=row["issued_on"],
            seller=Party(row["seller_name"], row["seller_tax_id"]),
            buyer=Party(row["buyer_name"], row["buyer_tax_id"]),
            amount=row["amount"],
            tax=row["tax"],
            total=row["total"],
            lines=unpacked(row["lines"]),
            code=row["code"],
            reverses=row["reverses"],
            voucher=row.get("voucher"),
        )


ISSUED = ListedInvoices(IssuedInvoice, InvoiceDirection.ISSUED, _ISSUED.format(table="books_issued_invoice"), "buyer")
RECEIVED = ListedInvoices(ReceivedInvoice, InvoiceDirection.RECEIVED, _RECEIVED.format(table="books_received_invoice"), "seller")
get = ISSUED.get
SOURCE = InvoiceSource("issued", "销项发票清单", frozenset({InvoiceDirection.ISSUED}), ISSUED.page, ISSUED.get, ISSUED.sums)
RECEIVED_SOURCE = InvoiceSource("received", "收到的发票清单", frozenset({InvoiceDirection.RECEIVED}), RECEIVED.page, RECEIVED.get, RECEIVED.sums)
