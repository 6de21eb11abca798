"""This plugin's invoices for the SDK's ``Invoices``: received ones, and issued ones where the client is the seller.

One that is here already under the same number is no other invoice, and what lacks date or total is none yet.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

from piccolo.columns.combination import And, Or, Where, WhereRaw
from piccolo.query.methods.select import Select, SelectRaw
from piccolo.querystring import QueryString

from zhangfang_capture_ocr.places import place_of
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.states import BACK_TO_CLIENT, ItemState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice
from zhangfang_sdk import invoices
from zhangfang_sdk.invoice_check import InvoiceState as RecordState
from zhangfang_sdk.invoices import (
    Before,
    InvoiceDirection,
    InvoiceQuery,
    InvoiceSource,
    InvoiceState,
    InvoiceSums,
    Party,
)
from zhangfang_sdk.periods import Period

NAME = "capture_ocr.invoices"
Condition = Where | WhereRaw | And | Or

_ITEM_STATES: Mapping[InvoiceState, frozenset[ItemState]] = {
    InvoiceState.READ: frozenset({ItemState.NEEDS_REVIEW}),
    InvoiceState.CHECKED: frozenset({ItemState.DRAFTED}),
    InvoiceState.RETURNED: BACK_TO_CLIENT,
    InvoiceState.BOOKED: frozenset({ItemState.APPROVED}),
}
_STATES = {item: state for state, items in _ITEM_STATES.items() for item in items}
DIRECTIONS = {Direction.PURCHASE: InvoiceDirection.RECEIVED, Direction.SALES: InvoiceDirection.ISSUED}
_OWN = {theirs: own for own, theirs in DIRECTIONS.items()}
EVERY_STATE = frozenset(InvoiceState)
_REVERSED = (
    "exists (select 1 from capture_ocr_invoice r where r.firm = capture_ocr_invoice.firm and r.client = capture_ocr_invoice.client "
    "and r.live and r.reverses <> '' and r.reverses = capture_ocr_invoice.number)"
)
_RED = f"(capture_ocr_invoice.recorded = '{RecordState.REVERSED}' or {_REVERSED})"
_VOIDED = f"capture_ocr_invoice.recorded = '{RecordState.VOIDED}'"
_WITHOUT_TAX = "coalesce(capture_ocr_invoice.amount, capture_ocr_invoice.total - coalesce(capture_ocr_invoice.tax, 0))"


async def page(query: InvoiceQuery, before: Before | None, limit: int) -> Sequence[invoices.Invoice]:
    """See InvoiceSource."""
    rows = _rows().where(_asked_for(query))
    if before is not None:
        of_that_day = And(Invoice.issued_on == before.issued_on, Invoice.id < before.id)
        rows = rows.where(Or(Invoice.issued_on < before.issued_on, of_that_day))
    return await _invoices(
        await rows.order_by(Invoice.issued_on, ascending=False).order_by(Invoice.id, ascending=False).limit(limit)
    )


async def get(ids: Sequence[int]) -> Sequence[invoices.Invoice]:
    """See InvoiceSource."""
    return await _invoices(await _rows().where(_ARE_INVOICES, Invoice.id.is_in(list(ids)))) if ids else []


async def sums(query: InvoiceQuery) -> InvoiceSums:
    """See InvoiceSource."""
    row = (
        await Invoice.select(
            SelectRaw("count(*) as count"),
            SelectRaw(f"coalesce(sum({_WITHOUT_TAX}), 0)::bigint as amount"),
            SelectRaw("coalesce(sum(capture_ocr_invoice.tax), 0)::bigint as tax"),
            SelectRaw("coalesce(sum(capture_ocr_invoice.total), 0)::bigint as total"),
        )
        .where(_asked_for(query))
        .first()
    )
    return InvoiceSums() if row is None else InvoiceSums(**row)


async def by_month(query: InvoiceQuery) -> Mapping[Period, int]:
    """How many there are in each month that has any."""
    month = SelectRaw("(extract(year from issued_on) * 100 + extract(month from issued_on))::int as month")
    rows = (
        await Invoice.select(month, SelectRaw("count(*) as count"))
        .where(_asked_for(query))
        .group_by(QueryString("month"))
    )
    return {Period.from_number(row["month"]): row["count"] for row in rows}


async def by_day(query: InvoiceQuery, spans: Sequence[tuple[dt.date, dt.date]]) -> Mapping[dt.date, int]:
    """How many there are on each day that has any, within ``spans`` from a day to a day."""
    if not spans:
        return {}
    within: list[Condition] = [And(Invoice.issued_on >= first, Invoice.issued_on <= last) for first, last in spans]
    rows = (
        await Invoice.select(Invoice.issued_on, SelectRaw("count(*) as count"))
        .where(_asked_for(query), reduce(Or, within))
        .group_by(Invoice.issued_on)
    )
    return {row["issued_on"]: row["count"] for row in rows}


async def with_items(query: InvoiceQuery, limit: int) -> Sequence[Mapping[str, Any]]:
    """Rows, newest first, with what a list says of each."""
    columns = (Invoice.item, Invoice.document, Invoice.issued_on, Invoice.seller_name, Invoice.kind, Invoice.number)
    newest = Invoice.select(*columns).where(_asked_for(query)).order_by(Invoice.issued_on, Invoice.id, ascending=False)
    found: Sequence[Mapping[str, Any]] = await newest.limit(limit)
    return found


# Piccolo builds the joined table's columns anew at each look.
_STATE, _PLACE = Invoice.item.state, Invoice.item.place

SOURCE = InvoiceSource("invoices", "票据采集", frozenset(InvoiceDirection), page, get, sums)

_ARE_INVOICES = And(
    And(Invoice.issued_on.is_not_null(), Invoice.total.is_not_null()),
    And(Invoice.duplicate_of.is_null(), _STATE.is_in(sorted(_STATES))),
)


def _rows() -> Select[Any]:
    return Invoice.select(*Invoice.all_columns(), _STATE, _PLACE)


def _asked_for(query: InvoiceQuery) -> Condition:
    wanted: list[Condition] = [_ARE_INVOICES, _in_states(query)]
    if query.client is not None:
        wanted.append(Invoice.client == query.client)
    if query.first is not None:
        wanted.append(Invoice.issued_on >= query.first.first_day)
    if query.last is not None:
        wanted.append(Invoice.issued_on <= query.last.last_day)
    if query.direction is not None:
        wanted.append(Invoice.direction == _OWN[query.direction])
    if query.numbers:
        wanted.append(Invoice.number.is_in(sorted(query.numbers)))
    if query.party:
        wanted.append(_of_party(query.party))
    together = wanted[0]
    for condition in wanted[1:]:
        together = And(together, condition)
    return together


def _in_states(query: InvoiceQuery) -> Condition:
    items = sorted(item for item, state in _STATES.items() if state in query.states)
    asked: list[Condition] = []
    if items:
        asked.append(And(_STATE.is_in(items), WhereRaw(f"not {_RED} and not {_VOIDED}")))
    if InvoiceState.RED in query.states:
        asked.append(WhereRaw(f"{_RED} and not {_VOIDED}"))
    if InvoiceState.VOIDED in query.states:
        asked.append(WhereRaw(_VOIDED))
    return reduce(Or, asked) if asked else WhereRaw("false")


def _of_party(words: str) -> Condition:
    like = "%" + words.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    seller = Or(Invoice.seller_tax_id == words, Invoice.seller_name.ilike(like))
    buyer = Or(Invoice.buyer_tax_id == words, Invoice.buyer_name.ilike(like))
    return Or(And(Invoice.direction == Direction.PURCHASE, seller), And(Invoice.direction == Direction.SALES, buyer))


async def _invoices(rows: Sequence[Mapping[str, Any]]) -> Sequence[invoices.Invoice]:
    reversed_ones = await _reversed({row["number"] for row in rows if row["number"]})
    return [_invoice(row, is_reversed=(row["client"], row["number"]) in reversed_ones) for row in rows]


async def _reversed(numbers: set[str]) -> set[tuple[int, str]]:
    """Client and number of those among ``numbers`` that a red-letter invoice reverses."""
    if not numbers:
        return set()
    found = await Invoice.select(Invoice.client, Invoice.reverses).where(
        Invoice.reverses.is_in(sorted(numbers)), Invoice.live.eq(True)
    )
    return {(row["client"], row["reverses"]) for row in found}


def _invoice(row: Mapping[str, Any], *, is_reversed: bool) -> invoices.Invoice:
    tax = row["tax"] or 0
    place = place_of(row["item.place"])
    box = place.region
    return invoices.Invoice(
        id=row["id"],
        client=row["client"],
        direction=DIRECTIONS[Direction(row["direction"])],
        state=_state(row, is_reversed=is_reversed),
        kind=row["kind"],
        number=row["number"],
        issued_on=row["issued_on"],
        seller=Party(row["seller_name"], row["seller_tax_id"]),
        buyer=Party(row["buyer_name"], row["buyer_tax_id"]),
        amount=row["total"] - tax if row["amount"] is None else row["amount"],
        tax=tax,
        total=row["total"],
        lines=tuple(
            invoices.InvoiceLine(
                line.name,
                line.amount,
                line.tax,
                line.rate,
                line.specification,
                line.unit,
                line.quantity,
                line.unit_price,
            )
            for line in reading_of(row).lines
        ),
        code=row["code"],
        reverses=row["reverses"],
        document=row["document"],
        region=invoices.Region(place.pages[0])
        if box is None
        else invoices.Region(box.page, box.left, box.top, box.right, box.bottom),
        voucher=row["voucher"],
    )


def _state(row: Mapping[str, Any], *, is_reversed: bool) -> InvoiceState:
    if row["recorded"] == RecordState.VOIDED:
        return InvoiceState.VOIDED
    if is_reversed or row["recorded"] == RecordState.REVERSED:
        return InvoiceState.RED
    return _STATES[ItemState(row["item.state"])]
