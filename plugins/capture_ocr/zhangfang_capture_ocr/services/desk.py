"""The review desk's acts: approve, send back. Each needs ``capture_ocr.review`` and runs in the request's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from zhangfang_capture_ocr.booking import CONFIRMED_INPUT_VAT, UNCONFIRMED_INPUT_VAT, InputVat
from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.notice_kinds import RETURNED
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.records.rows import standing_state
from zhangfang_capture_ocr.reversals import reversed_number
from zhangfang_capture_ocr.services.checking import Verdict, judge, proofs_json
from zhangfang_capture_ocr.services.corrections import Written, changes_in, corrected, keep_changes
from zhangfang_capture_ocr.services.facts import facts_of, proposal_for, summary_of, voucher_of
from zhangfang_capture_ocr.services.invoice_source import NAME as SOURCE_NAME
from zhangfang_capture_ocr.services.locks import decide_alone
from zhangfang_capture_ocr.services.remembering import remember
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import TO_REVIEW, ItemState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import require
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.ledger import Ledger, Line, Voucher, VoucherDraft
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.services import use

REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Considered:
    """An invoice as it would be booked with the form's changes. ``draft`` None where date or total are missing."""

    item: Item
    row: Mapping[str, Any]
    after: Mapping[str, Any]
    changed: Mapping[str, Written]
    client: Client
    verdict: Verdict
    draft: VoucherDraft | None
    voucher: Voucher | None
    input_vat: InputVat | None = None


async def consider(item_id: int, form: Mapping[str, str]) -> Considered:
    """Work the form's changes through proofs and booking; writes nothing. Raises Refusal ``capture.field_unreadable``."""
    require("capture_ocr.review")
    item, row = await _rows(item_id)
    client = await use(Clients).client(item.client)
    changed = changes_in(form, row)
    after = corrected(row, changed)
    reading = reading_of(after)
    verdict = await judge(client, item, row["id"], reading, by_person=True)
    voucher = None if row["voucher"] is None else await use(Ledger).voucher(row["voucher"])
    draft = None
    facts = facts_of(reading, verdict.direction)
    proposal = None if facts is None else await proposal_for(client, facts)
    if voucher is not None and not changed:
        draft = _as_draft(voucher)
    elif facts is not None and proposal is not None and proposal.lines:
        summary = summary_of(reading, verdict.direction)
        draft = await voucher_of(client.id, item.document, facts.issued_on, summary, proposal, item.purpose)
    if draft is not None:
        draft = replace(draft, lines=_with_accounts(draft.lines, form))
    vat = None if proposal is None else proposal.input_vat
    return Considered(item, row, after, changed, client, verdict, draft, voucher, vat)


async def approve(item_id: int, form: Mapping[str, str]) -> Voucher:
    """Keep the corrections, bring the draft in line with them, post it, and remember the seller's account.

    Raises Refusal ``capture.already_done``, ``capture.field_unreadable``, ``capture.fields_missing``,
    ``capture.same_number``, those of whose invoice it is (``buyer.…``), and the ledger's.
    """
    require("capture_ocr.review")
    client_id = await _hold(item_id)
    await decide_alone(client_id)
    considered = await consider(item_id, form)
    verdict, draft, row = considered.verdict, considered.draft, considered.row
    if verdict.state is ItemState.REFUSED:
        raise Refusal(verdict.code, f"{verdict.sentence}如不能入账,请退回客户。", status=409)
    if draft is None:
        raise Refusal("capture.fields_missing", "请先补上开票日期和价税合计,再通过。", field="total")
    await keep_changes(row, considered.after, considered.changed)
    voucher_id = row["voucher"]
    if voucher_id is None:
        voucher_id = await use(Ledger).draft(draft)
    elif considered.voucher is None or _as_draft(considered.voucher) != draft:
        await use(Ledger).redraft(voucher_id, draft)
    posted = await use(Ledger).post(voucher_id)
    await Invoice.update(
        {
            Invoice.voucher: voucher_id,
            Invoice.direction: verdict.direction,
            Invoice.proofs: proofs_json(verdict.proofs),
            Invoice.sure: verdict.sure,
            Invoice.live: True,
            Invoice.input_tax: input_tax_in(posted),
            Invoice.input_tax_why: considered.input_vat.why if considered.input_vat else "",
            Invoice.input_tax_computed: considered.input_vat.is_computed if considered.input_vat else False,
            Invoice.reverses: reversed_number(reading_of(considered.after)),
            Invoice.recorded: await standing_state(row["id"], reading_of(considered.after)),
            Invoice.updated_at: now(),
        }
    ).where(Invoice.id == row["id"])
    await use(Audit).record(
        "capture_ocr.approve", f"capture_ocr_item:{item_id}", client=client_id, after={"voucher": voucher_id}
    )
    await _booked(considered.after, verdict.direction, posted)
    return posted


def input_tax_in(voucher: Voucher) -> int:
    """What a purchase's voucher books as input tax, confirmed or not."""
    accounts = (CONFIRMED_INPUT_VAT, UNCONFIRMED_INPUT_VAT)
    return sum(line.debit - line.credit for line in voucher.lines if line.account.startswith(accounts))


async def follow_postings(vouchers: Sequence[int]) -> None:
    """Files whose draft was posted where vouchers are reviewed are booked too; what this desk posted is already."""
    rows = await Invoice.select(*Invoice.all_columns(), Invoice.item.state).where(
        Invoice.voucher.is_in(list(vouchers)), Invoice.item.state.is_in(sorted(TO_REVIEW))
    )
    for row in rows:
        await _booked(row, Direction(row["direction"]), await use(Ledger).voucher(row["voucher"]))


async def _booked(row: Mapping[str, Any], direction: Direction, posted: Voucher) -> None:
    """The item is done, the seller's account is remembered, others are told."""
    await _move(row["item"], ItemState.APPROVED, "", "")
    if direction is Direction.PURCHASE:
        await remember(await use(Clients).client(row["client"]), row, posted)
    await use(Invoices).tell_booked(SOURCE_NAME, [row["id"]])
    await use(Live).announce(TOPIC, row["client"])


async def send_back(item_id: int, reason: str) -> None:
    """Return a file to the client with a reason; its draft is given up and its number is free again.

    Raises Refusal ``capture.reason_missing``, ``capture.already_done``.
    """
    require("capture_ocr.review")
    why = reason.replace("\x00", "").strip()[:REASON_LENGTH]
    if not why:
        raise Refusal("capture.reason_missing", "请写明退回的原因,客户会看到这句话。", field="reason")
    client_id = await _hold(item_id)
    _, row = await _rows(item_id)
    if row["voucher"] is not None:
        await use(Ledger).discard(row["voucher"], why)
    await Invoice.update({Invoice.live: False, Invoice.voucher: None, Invoice.updated_at: now()}).where(
        Invoice.id == row["id"]
    )
    await _move(item_id, ItemState.RETURNED, "capture.returned", why)
    await use(Audit).record(
        "capture_ocr.return", f"capture_ocr_item:{item_id}", client=client_id, after={"reason": why}
    )
    await use(Notices).send(
        Notice(
            client_id,
            RETURNED,
            f"capture_ocr.returned:{item_id}",
            f"/capture/items/{item_id}",
            {"reason": why},
        )
    )
    await use(Live).announce(TOPIC, client_id)


async def _hold(item_id: int) -> int:
    """Lock the item for this transaction; the client's id. Raises Refusal ``capture.already_done``, ``common.not_found``."""
    held = (
        await Item.update({Item.updated_at: now()})
        .where(Item.id == item_id, Item.state.is_in(sorted(TO_REVIEW)))
        .returning(Item.client)
    )
    if held:
        client: int = held[0]["client"]
        return client
    if not await Item.exists().where(Item.id == item_id):
        raise not_found("票据")
    raise Refusal("capture.already_done", "这张票已经处理过了,请看下一张。", status=409)


async def _move(item_id: int, state: ItemState, code: str, sentence: str) -> None:
    await Item.update(
        {Item.state: state, Item.refusal_code: code, Item.refusal_sentence: sentence, Item.updated_at: now()}
    ).where(Item.id == item_id)


async def _rows(item_id: int) -> tuple[Item, Mapping[str, Any]]:
    item = await Item.objects().get(Item.id == item_id)
    row = await Invoice.select().where(Invoice.item == item_id).first()
    if item is None or row is None:
        raise not_found("票据")
    return item, row


def _with_accounts(lines: tuple[Line, ...], form: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines with the accounts that the form names as ``account_0``, ``account_1`` ..., where it has as many."""
    chosen = [form[f"account_{place}"] for place in range(len(lines)) if form.get(f"account_{place}")]
    if len(chosen) != len(lines) or f"account_{len(lines)}" in form:
        return lines
    codes = [code.partition(" ")[0] for code in chosen]
    return tuple(replace(line, account=code) for line, code in zip(lines, codes, strict=True))


def _as_draft(voucher: Voucher) -> VoucherDraft:
    return VoucherDraft(
        client=voucher.client,
        date=voucher.date,
        summary=voucher.summary,
        lines=voucher.lines,
        word=voucher.word,
        kind=voucher.kind,
        document=voucher.document,
        source=voucher.source,
        reasons=voucher.reasons,
    )
