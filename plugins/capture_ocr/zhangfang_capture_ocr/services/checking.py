"""The checks of a read invoice and its draft voucher: all of it one transaction, done once."""

import json
from dataclasses import dataclass

from zhangfang_capture_ocr.booking import InputVat
from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.prescriptions import NOT_OURS, SENT_BEFORE
from zhangfang_capture_ocr.proofs import ClientIdentity, Direction, ProofResult, is_sure, prove
from zhangfang_capture_ocr.proofs.witnesses import is_recognised
from zhangfang_capture_ocr.reading import Reading, Refused
from zhangfang_capture_ocr.records.asking import ask_once
from zhangfang_capture_ocr.records.rows import standing, standing_state
from zhangfang_capture_ocr.reversals import reversed_number
from zhangfang_capture_ocr.search_source import KIND
from zhangfang_capture_ocr.services.duplicates import (
    elsewhere,
    is_listed,
    same_number,
    same_picture,
    told_before,
    told_listed,
    told_of_picture,
)
from zhangfang_capture_ocr.services.facts import facts_of, proposal_for, summary_of, voucher_of
from zhangfang_capture_ocr.services.invoice_source import NAME as SOURCE_NAME
from zhangfang_capture_ocr.services.locks import decide_alone
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import ItemState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice, Item
from zhangfang_sdk.clients import Client, Clients
from zhangfang_sdk.context import transaction
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import today
from zhangfang_sdk.search import Search
from zhangfang_sdk.services import use

NOTHING = Refused("page.nothing_read")
NO_DRAFT = NOT_OURS | SENT_BEFORE
TO_CHECK = "capture.to_check"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks say of an invoice. ``code`` and ``sentence`` say why it goes back or needs a look ("" when neither)."""

    state: ItemState
    direction: Direction
    proofs: tuple[ProofResult, ...]
    sure: bool
    code: str = ""
    sentence: str = ""
    duplicate_of: int | None = None


async def check(item_id: int) -> None:
    """Bring an item in the state ``checking`` to its end: refused, or a draft voucher. Opens its own transaction."""
    async with transaction():
        held = await (
            Item.update({Item.updated_at: now()})
            .where(Item.id == item_id, Item.state == ItemState.CHECKING)
            .returning(Item.id, Item.client)
        )
        if not held:
            return
        client_id: int = held[0]["client"]
        await decide_alone(client_id)
        item = await Item.objects().get(Item.id == item_id)
        row = await Invoice.select().where(Invoice.item == item_id).first()
        if item is None or row is None:
            raise RuntimeError(f"item {item_id} is being checked and has no invoice")
        client = await use(Clients).client(client_id)
        reading = reading_of(row)
        verdict = await judge(client, item, row["id"], reading)
        voucher, input_vat = None, None
        if verdict.state is not ItemState.REFUSED and verdict.code not in NO_DRAFT:
            voucher, input_vat = await _draft(client, item, reading, verdict.direction)
        await Invoice.update(
            {
                Invoice.direction: verdict.direction,
                Invoice.proofs: proofs_json(verdict.proofs),
                Invoice.sure: verdict.sure,
                Invoice.live: verdict.state is not ItemState.REFUSED and verdict.duplicate_of is None,
                Invoice.duplicate_of: verdict.duplicate_of,
                Invoice.reverses: reversed_number(reading),
                Invoice.voucher: voucher,
                Invoice.input_tax: input_vat.deductible_fen if input_vat else None,
                Invoice.input_tax_why: input_vat.why if input_vat else "",
                Invoice.input_tax_computed: input_vat.is_computed if input_vat else False,
                Invoice.recorded: await standing_state(row["id"], reading),
                Invoice.updated_at: now(),
            }
        ).where(Invoice.id == row["id"])
        await Item.update(
            {
                Item.state: verdict.state,
                Item.refusal_code: verdict.code,
                Item.refusal_sentence: verdict.sentence,
                Item.updated_at: now(),
            }
        ).where(Item.id == item_id)
        if verdict.state is not ItemState.REFUSED and verdict.duplicate_of is None and is_dated(reading):
            await use(Invoices).tell_read(SOURCE_NAME, [row["id"]])
            await ask_once(client_id, row["id"], reading)
        use(Search).changed(KIND, [item_id])
        await use(Live).announce(TOPIC, client_id)


def is_dated(reading: Reading) -> bool:
    """Whether date and total are known: what lacks them is not an invoice for others yet."""
    return reading.issued_on is not None and reading.total is not None


async def judge(client: Client, item: Item, invoice_id: int, reading: Reading, *, by_person: bool = False) -> Verdict:
    """Proofs, whose invoice it is, and duplicates. Writes nothing.

    What was only recognised on a picture sends nothing back by itself, for it may be misread: a person looks, unless one just did.
    """
    identity, record = ClientIdentity(client.name, client.tax_id), await standing(invoice_id, reading)
    proofs = prove(reading, today=today(), client=identity, record=record)
    failed = [proof for proof in proofs if proof.passed is False]
    direction = next((proof.direction for proof in proofs if proof.direction), Direction.PURCHASE)
    not_ours = next((proof for proof in failed if proof.code in NOT_OURS), None)
    back = ItemState.REFUSED if by_person or not is_recognised(reading) else ItemState.NEEDS_REVIEW
    if not_ours is not None:
        return Verdict(back, direction, proofs, False, not_ours.code, not_ours.sentence)
    first = await same_number(client.id, invoice_id, reading)
    if first is not None:
        return Verdict(back, direction, proofs, False, "capture.same_number", await told_before(first), first.id)
    if await is_listed(client.id, reading, direction):
        return Verdict(back, direction, proofs, False, "capture.same_number", told_listed(reading))
    twin = await same_picture(item, reading)
    if twin is not None and not by_person:
        return Verdict(
            ItemState.NEEDS_REVIEW, direction, proofs, False, "capture.same_picture", told_of_picture(twin)
        )
    if not by_person and await elsewhere(item, reading, direction):
        # The client reads this, so it says nothing of others: the desk does.
        return Verdict(ItemState.NEEDS_REVIEW, direction, proofs, False, TO_CHECK, "会计会再核对一下这张票,您不用处理。")
    if not reading.fields:
        return Verdict(ItemState.NEEDS_REVIEW, direction, proofs, False, NOTHING.code, NOTHING.sentence)
    sure = is_sure(reading, proofs)
    if sure:
        return Verdict(ItemState.DRAFTED, direction, proofs, True)
    why = failed[0] if failed else next((proof for proof in proofs if proof.passed is None), None)
    return Verdict(
        ItemState.NEEDS_REVIEW,
        direction,
        proofs,
        False,
        why.code if why else "capture.unsure",
        why.sentence if why else "有的内容没有十足把握,请会计对照原件核对。",
    )


async def _draft(
    client: Client, item: Item, reading: Reading, direction: Direction
) -> tuple[int | None, InputVat | None]:
    """The draft's id and what may be deducted; None for each where there is nothing to book."""
    facts = facts_of(reading, direction)
    if facts is None:
        return None, None
    proposal = await proposal_for(client, facts)
    if not proposal.lines:
        return None, None
    draft = await voucher_of(
        client.id, item.document, facts.issued_on, summary_of(reading, direction), proposal, item.purpose
    )
    return await use(Ledger).draft(draft), proposal.input_vat


def proofs_json(proofs: tuple[ProofResult, ...]) -> str:
    """All proofs as JSON; ``passed`` true, false or null."""
    return json.dumps(
        [
            {
                "code": proof.code,
                "passed": proof.passed,
                "field": proof.field,
                "sentence": proof.sentence,
                "who_fixes": proof.who_fixes.value,
            }
            for proof in proofs
        ],
        ensure_ascii=False,
    )
