"""Uploaded files as lists show them: of one client, or those that wait for the firm's people."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from piccolo.query.functions.aggregate import Count

from zhangfang_capture_ocr.moments import moment_of
from zhangfang_capture_ocr.prescriptions import SENT_BEFORE
from zhangfang_capture_ocr.states import BACK_TO_CLIENT, BUSY, TO_REVIEW, ItemState
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import client_in_scope, scope, transaction
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE, today
from zhangfang_sdk.services import use

RECENT = 12
PAGE_SIZE = 30
QUEUE_LENGTH = 200

FILTERS: Mapping[str, tuple[str, frozenset[ItemState]]] = {
    "all": ("全部", frozenset(ItemState)),
    "busy": ("识别中", BUSY),
    "review": ("等审核", TO_REVIEW),
    "approved": ("已入账", frozenset({ItemState.APPROVED})),
    "back": ("退回的", BACK_TO_CLIENT),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """One file in a list; ``total`` in fen, ``at`` in Asia/Shanghai."""

    id: int
    client: int
    name: str
    state: ItemState
    code: str
    reason: str
    purpose: str
    uploader: str
    at: str
    kind: str
    number: str
    other_party: str
    total: int | None
    issued_on: dt.date | None
    sure: bool
    invoice: int | None
    inside: tuple[int, int] = (0, 0)
    """Of an archive: how many of the files taken out of it so far are at their end, and how many there are."""

    @property
    def title(self) -> str:
        """The other party where it is known, else the file's name."""
        return self.other_party or self.name

    @property
    def busy(self) -> bool:
        return self.state in BUSY

    @property
    def twice(self) -> bool:
        """Whether the same invoice is here already, so that nobody has to do anything."""
        return self.code in SENT_BEFORE and self.state is ItemState.REFUSED

    @property
    def label(self) -> str:
        """What the chip says."""
        return "已传过" if self.twice else self.state.label

    @property
    def mood(self) -> str:
        """ "busy", "good", "warn", "bad" or "idle": colour and icon of the row."""
        if self.state in BUSY:
            return "busy"
        if self.twice:
            return "idle"
        if self.state in BACK_TO_CLIENT:
            return "bad"
        return "warn" if self.state is ItemState.NEEDS_REVIEW else "good"


async def recent(limit: int = RECENT) -> list[Listed]:
    """The latest files of the client that is open; their own only for people who may not read all."""
    query = Item.objects().where(Item.client == client_in_scope())
    if not scope().may("capture_ocr.read"):
        query = query.where(Item.uploaded_by == scope().user)
    return await _listed(await query.order_by(Item.id, ascending=False).limit(limit))


async def one(item_id: int) -> Listed:
    """Raises Refusal ``common.not_found``, also for another's upload where the actor sees only their own."""
    query = Item.objects().where(Item.id == item_id)
    if not scope().may("capture_ocr.read"):
        query = query.where(Item.uploaded_by == scope().user)
    found = await query.first()
    if found is None:
        raise not_found("票据")
    return (await _listed([found]))[0]


async def content(item_id: int) -> bytes:
    """The file itself, for those who see the item. Opens its own transaction. Raises Refusal ``common.not_found``."""
    async with transaction():
        await one(item_id)
        row = await Item.select(Item.document).where(Item.id == item_id).first()
        if row is None:
            raise not_found("票据")
        return await use(Documents).content(row["document"])


async def filtered(chosen: str, words: str, before: int | None) -> tuple[list[Listed], int | None]:
    """A page of the files of the place, newest first, and the id to go on from (None at the end)."""
    states = FILTERS.get(chosen, FILTERS["all"])[1]
    query = Item.objects().where(Item.state.is_in(sorted(states)))
    if before is not None:
        query = query.where(Item.id < before)
    if words.strip():
        query = query.where(Item.id.is_in(await _items_with(words.strip()) or [0]))
    rows = await query.order_by(Item.id, ascending=False).limit(PAGE_SIZE + 1)
    more = rows[PAGE_SIZE - 1].id if len(rows) > PAGE_SIZE else None
    return await _listed(rows[:PAGE_SIZE]), more


async def counts() -> dict[str, int]:
    """How many files of the place stand under each filter."""
    rows = await Item.select(Item.state, Count()).group_by(Item.state)
    found = {ItemState(row["state"]): int(row["count"]) for row in rows}
    return {key: sum(found.get(state, 0) for state in states) for key, (_, states) in FILTERS.items()}


async def queue(words: str = "", show: str = "all") -> list[Listed]:
    """What waits for the firm's people over all clients that the actor sees, oldest first; ``show`` "clean" or "look" narrows it."""
    states = _QUEUED.get(show, TO_REVIEW)
    query = Item.objects().where(Item.state.is_in(sorted(states)))
    if words.strip():
        query = query.where(Item.id.is_in(await _items_with(words.strip()) or [0]))
    return await _listed(await query.order_by(Item.id).limit(QUEUE_LENGTH))


_QUEUED: Mapping[str, frozenset[ItemState]] = {
    "clean": frozenset({ItemState.DRAFTED}),
    "look": frozenset({ItemState.NEEDS_REVIEW}),
}


async def booked_today() -> int:
    """How many files of the place were booked since midnight in Shanghai."""
    midnight = dt.datetime.combine(today(), dt.time(), BUSINESS_TIME_ZONE)
    return int(await Item.count().where(Item.state == ItemState.APPROVED, Item.updated_at >= midnight))


async def waiting_for_firm() -> int:
    """How many files wait for review: the desk's red dot."""
    return int(await Item.count().where(Item.state.is_in(sorted(TO_REVIEW))))


async def client_names() -> dict[int, str]:
    return {client.id: client.name for client in await use(Clients).clients()}


async def _items_with(words: str) -> list[int]:
    """Ids of items whose client, number, parties, amount or file name contain the words; at most QUEUE_LENGTH."""
    like = f"%{words.replace(chr(92), '').replace('%', '').replace('_', '')}%"
    digits = words.replace(",", "").replace("¥", "")
    named = [id_ for id_, name in (await client_names()).items() if words in name]
    by_invoice = (
        Invoice.number.like(like)
        | Invoice.seller_name.ilike(like)
        | Invoice.buyer_name.ilike(like)
        | Invoice.client.is_in(named or [0])
    )
    if digits.replace(".", "", 1).isdigit() and len(digits) < 14:
        whole, _, cents = digits.partition(".")
        by_invoice = by_invoice | (Invoice.total == int(whole or 0) * 100 + int((cents + "00")[:2]))
    invoices = Invoice.select(Invoice.item).where(by_invoice)
    items = Item.select(Item.id).where(Item.name.ilike(like) | Item.client.is_in(named or [0]))
    found = [row["item"] for row in await invoices.order_by(Invoice.id, ascending=False).limit(QUEUE_LENGTH)]
    found += [row["id"] for row in await items.order_by(Item.id, ascending=False).limit(QUEUE_LENGTH)]
    return list(dict.fromkeys(found))


async def _listed(items: Sequence[Item]) -> list[Listed]:
    if not items:
        return []
    rows = await Invoice.select(
        Invoice.id,
        Invoice.item,
        Invoice.kind,
        Invoice.number,
        Invoice.seller_name,
        Invoice.buyer_name,
        Invoice.total,
        Invoice.issued_on,
        Invoice.sure,
        Invoice.direction,
    ).where(Invoice.item.is_in([item.id for item in items]))
    invoices = {row["item"]: row for row in rows}
    inside = await _inside([item.id for item in items if ItemState(item.state) in _ARCHIVES])
    return [_one(item, invoices.get(item.id, {}), inside.get(item.id, (0, 0))) for item in items]


_ARCHIVES = frozenset({ItemState.READING, ItemState.UNPACKED, ItemState.REFUSED})
"""States in which an archive may stand that files were taken out of."""


async def _inside(archives: Sequence[int]) -> dict[int, tuple[int, int]]:
    if not archives:
        return {}
    rows = (
        await Item.select(Item.whole, Item.state, Count(alias="files"))
        .where(Item.whole.is_in(list(archives)), Item.upload_key.not_like("%#%"))
        .group_by(Item.whole, Item.state)
    )
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        done, all_ = found.get(row["whole"], (0, 0))
        ended = 0 if ItemState(row["state"]) in BUSY else row["files"]
        found[row["whole"]] = (done + ended, all_ + row["files"])
    return found


def title_of(name: str, invoice: Mapping[str, object]) -> str:
    """What a file called ``name`` is called in lists: the other party of its invoice where it is known."""
    return _other_party(invoice) or name


def _other_party(invoice: Mapping[str, object]) -> str:
    return str(invoice.get("buyer_name" if invoice.get("direction") == "sales" else "seller_name") or "")


def _one(item: Item, invoice: Mapping[str, object], inside: tuple[int, int]) -> Listed:
    total, issued_on, id_ = invoice.get("total"), invoice.get("issued_on"), invoice.get("id")
    return Listed(
        id=item.id,
        client=item.client,
        name=item.name,
        state=ItemState(item.state),
        code=item.refusal_code,
        reason=item.refusal_sentence,
        purpose=item.purpose,
        uploader=item.uploader_name,
        at=moment_of(item.created_at),
        kind=str(invoice.get("kind") or ""),
        number=str(invoice.get("number") or ""),
        other_party=_other_party(invoice),
        total=total if isinstance(total, int) else None,
        issued_on=issued_on if isinstance(issued_on, dt.date) else None,
        sure=bool(invoice.get("sure")),
        invoice=id_ if isinstance(id_, int) else None,
        inside=inside,
    )


async def pending(client: int, states: Sequence[ItemState], limit: int) -> list[Listed]:
    """The latest files of a client in any of ``states``, returned ones first."""
    rows = (
        await Item.objects()
        .where(Item.client == client, Item.state.is_in(list(states)))
        .order_by(Item.id, ascending=False)
        .limit(limit * 10)
    )
    rows.sort(key=lambda item: item.state != ItemState.RETURNED)
    return await _listed(rows[:limit])
