"""Issued invoices of the lists for the SDK's ``Invoices``."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw
from piccolo.query.methods.select import SelectRaw

from zhangfang_books.sales.lines import unpacked
from zhangfang_books.sales.tables import IssuedInvoice
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

NAME = "books.issued"
Condition = Where | WhereRaw | And | Or

_STATE = """case when books_issued_invoice.voided then 'voided'
    when exists (select 1 from books_issued_invoice r where r.firm = books_issued_invoice.firm and r.client = books_issued_invoice.client
        and not r.voided and r.reverses <> '' and r.reverses = books_issued_invoice.number) then 'red'
    when books_issued_invoice.booked then 'booked' when books_issued_invoice.voucher is not null then 'checked' else 'read' end"""


async def page(query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[Invoice]:
    """See InvoiceSource."""
    rows = _rows().where(_asked_for(query))
    if before is not None:
        of_that_day = And(IssuedInvoice.issued_on == before.issued_on, IssuedInvoice.id < before.id)
        rows = rows.where(Or(IssuedInvoice.issued_on < before.issued_on, of_that_day))
    found = await rows.order_by(IssuedInvoice.issued_on, IssuedInvoice.id, ascending=False).limit(limit)
    return [_invoice(row) for row in found]


async def get(ids: Sequence[int]) -> Sequence[Invoice]:
    """See InvoiceSource."""
    return [_invoice(row) for row in await _rows().where(IssuedInvoice.id.is_in(list(ids)))] if ids else []


async def sums(query: InvoiceQuery) -> InvoiceSums:
    """See InvoiceSource."""
    figures = [SelectRaw(f"coalesce(sum({name}), 0)::bigint as {name}") for name in ("amount", "tax", "total")]
    row = await IssuedInvoice.select(SelectRaw("count(*) as count"), *figures).where(_asked_for(query)).first()
    return InvoiceSums() if row is None else InvoiceSums(**row)


SOURCE = InvoiceSource("issued", "销项发票清单", frozenset({InvoiceDirection.ISSUED}), page, get, sums)


def _rows() -> Any:
    return IssuedInvoice.select(*IssuedInvoice.all_columns(), SelectRaw(f"{_STATE} as state"))


def _asked_for(query: InvoiceQuery) -> Condition:
    names = ", ".join(f"'{state.value}'" for state in sorted(query.states)) or "''"
    wanted: list[Condition] = [WhereRaw(f"{_STATE} in ({names})")]
    if query.client is not None:
        wanted.append(IssuedInvoice.client == query.client)
    if query.first is not None:
        wanted.append(IssuedInvoice.issued_on >= query.first.first_day)
    if query.last is not None:
        wanted.append(IssuedInvoice.issued_on <= query.last.last_day)
    if query.direction is InvoiceDirection.RECEIVED:
        wanted.append(WhereRaw("false"))
    if query.numbers:
        wanted.append(IssuedInvoice.number.is_in(sorted(query.numbers)))
    if query.party:
        like = "%" + query.party.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        wanted.append(Or(IssuedInvoice.buyer_tax_id == query.party, IssuedInvoice.buyer_name.ilike(like)))
    return reduce(And, wanted)


def _invoice(row: Mapping[str, Any]) -> Invoice:
    return Invoice(
        id=row["id"],
        client=row["client"],
        direction=InvoiceDirection.ISSUED,
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
        voucher=row["voucher"],
    )
