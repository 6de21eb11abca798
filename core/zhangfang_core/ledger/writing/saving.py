"""From the form to a draft that is kept: files stored, items made on the spot, then the ledger's own checks."""

from dataclasses import dataclass, replace

from litestar.datastructures import UploadFile

from zhangfang_core.ledger import drafts, periods, rules
from zhangfang_core.ledger.choices import choices
from zhangfang_core.ledger.dimensions import next_item_code
from zhangfang_core.ledger.remarks import Remark, lonely_months, remarks_on
from zhangfang_core.ledger.writing.typed import Book, Typed, draft_of, unknown_items
from zhangfang_sdk.context import scope
from zhangfang_sdk.dimensions import DimensionItem, Dimensions
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.ledger import DimensionKind, Ledger, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

UNFINISHED = frozenset(
    {
        "ledger.no_lines",
        "ledger.unbalanced",
        "ledger.line_one_sided",
        "ledger.account_unknown",
        "ledger.item_unknown",
    }
)
"""What is wrong with a voucher while it is being written."""


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to say of a voucher in the making; ``refusal`` would stop it."""

    remarks: tuple[Remark, ...] = ()
    refusal: Refusal | None = None


async def book_of(client: int) -> Book:
    """Chart and items of a client."""
    accounts = await use(Ledger).accounts(client)
    return Book(client, {account.code: account for account in accounts}, await use(Dimensions).items(client))


async def save(typed: Typed, book: Book, *, voucher: int | None, file: UploadFile | None, make_items: bool) -> int:
    """Keep a new draft, or change ``voucher`` where it is still the version that was opened; its id.

    Raises what ``Ledger.draft``, ``Ledger.redraft`` and :func:`draft_of` raise, with the field at fault.
    """
    if make_items:
        made = [await make_item(book.client, kind, name) for kind, name in unknown_items(typed, book)]
        book = replace(book, items=(*book.items, *made))
    draft = replace(draft_of(typed, book), document=await _document(typed, book, file))
    if voucher is None:
        return await drafts.keep(draft)
    before = await use(Ledger).voucher(voucher)
    if before.client != book.client:
        raise not_found("凭证")
    kept = replace(draft, source=before.source, kind=before.kind, reasons=before.reasons)
    await drafts.replace(voucher, kept, version=typed.version, by_hand=True)
    return voucher


async def tell(typed: Typed, book: Book) -> Told:
    """What is odd or would be refused; nothing is kept."""
    try:
        draft = draft_of(typed, book)
        remarks = await remarks_of(draft, book, kept=bool(typed.version))
    except Refusal as refusal:
        return Told() if refusal.code in UNFINISHED else Told((), refusal)
    try:
        await _check_head(draft)
        await drafts.checked(draft)
    except Refusal as refusal:
        return Told(remarks, None if refusal.code in UNFINISHED else refusal)
    return Told(remarks)


async def _check_head(draft: VoucherDraft) -> None:
    """What can be told before the lines balance. Raises as ``Ledger.draft`` does of date and word."""
    closed = await periods.closed_through(draft.client)
    rules.check_not_far(draft, today())
    rules.check_word(draft.word, (await choices()).words)
    rules.refuse_closed(draft, None if closed is None else closed.number)


async def remarks_of(draft: VoucherDraft, book: Book, *, kept: bool) -> tuple[Remark, ...]:
    """Of a voucher that is among those of its month already (``kept``) or not yet."""
    month = (draft.client, Period.of(draft.date).number)
    alone = bool(await lonely_months([month], own=1 if kept else 0))
    return tuple(remarks_on(draft, book.accounts, day=today(), is_alone=alone))


async def make_item(client: int, kind: DimensionKind, name: str) -> DimensionItem:
    """A new item with the next free number of its kind as code. Raises as ``Dimensions.add``."""
    return await use(Dimensions).add(client, kind, next_item_code(await use(Dimensions).items(client, kind)), name)


async def _document(typed: Typed, book: Book, file: UploadFile | None) -> int | None:
    """The file that was sent with the form, else the one that was chosen. Raises ``common.not_found`` for another client's."""
    if file is not None and file.filename:
        content = await file.read()
        return (await use(Documents).store(book.client, file.filename, file.content_type, content)).id
    if typed.document is None or not scope().may("documents.read"):
        return typed.document
    if (await use(Documents).document(typed.document)).client != book.client:
        raise not_found("单据")
    return typed.document
