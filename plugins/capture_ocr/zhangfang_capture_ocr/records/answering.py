"""The job that asks the firm's vendor and lays the answer down; no transaction is open while the vendor is asked."""

from collections.abc import Mapping
from typing import Any, Final

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.notice_kinds import CHECK_FAILED
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.records.asking import TOPIC
from zhangfang_capture_ocr.records.question import question_of
from zhangfang_capture_ocr.records.rows import columns_of, standing_state
from zhangfang_capture_ocr.services.checking import judge, proofs_json
from zhangfang_capture_ocr.services.invoice_source import NAME as SOURCE_NAME
from zhangfang_capture_ocr.services.locks import decide_alone
from zhangfang_capture_ocr.states import TO_REVIEW, CheckState, ItemState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice, InvoiceCheck, Item
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import transaction
from zhangfang_sdk.invoice_check import InvoiceChecker, InvoiceQuestion, InvoiceRecord, InvoiceState
from zhangfang_sdk.invoices import Invoices
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Answered, NoVendorAnswered, VendorRefused, Vendors

TRIES: Final = 5
NEXT_DAY: Final = frozenset({"invoice_check.too_often", "invoice_check.too_new"})
"""Refusals that another day lifts."""
NOT_COMPLETE: Final = "票面的号码、开票日期或价税合计不全,没有查验。"
AWAY: Final = "查验服务暂时没有回应,稍后自动再试。"
AWAY_TODAY: Final = "查验服务今天一直没有回应,明天自动再试;一直不行请管理员查看“外部服务”。"
NONE_CHOSEN: Final = "没有可用的发票查验服务了,没有查验。"


async def answer_check(check: int) -> None:
    """Ask what waits, once; in the firm's system scope with no transaction open. Raises NoVendorAnswered to be tried again."""
    question = await _taken(check)
    if question is None:
        return
    try:
        answered = await use(Vendors).call(InvoiceChecker, lambda vendor: vendor.check(question))
    except VendorRefused as refused:
        state = CheckState.LATER if refused.code in NEXT_DAY else CheckState.REFUSED
        await _put_off(check, state, refused.code, refused.sentence)
    except NoVendorAnswered as nobody:
        if nobody.code == "vendor.none_chosen":
            await _put_off(check, CheckState.REFUSED, nobody.code, NONE_CHOSEN)
            return
        if await _attempts(check) >= TRIES:
            await _put_off(check, CheckState.LATER, nobody.code, AWAY_TODAY)
            return
        await _put_off(check, CheckState.WAITING, nobody.code, AWAY)
        raise
    else:
        await _lay_down(check, answered)


async def _taken(check: int) -> InvoiceQuestion | None:
    """What is to be asked, from the invoice as it stands now, kept with the row; None where nothing waits."""
    async with transaction():
        held = await (
            InvoiceCheck.update({InvoiceCheck.attempts: InvoiceCheck.attempts + 1})
            .where(InvoiceCheck.id == check, InvoiceCheck.state == CheckState.WAITING)
            .returning(InvoiceCheck.invoice)
        )
        if not held:
            return None
        row = await Invoice.select().where(Invoice.id == held[0]["invoice"]).first()
        question = None if row is None else question_of(reading_of(row))
        if question is None:
            await InvoiceCheck.update(
                _not_answered(CheckState.REFUSED, "invoice_check.incomplete", NOT_COMPLETE)
            ).where(InvoiceCheck.id == check)
            return None
        await InvoiceCheck.update(
            {
                InvoiceCheck.number: question.number,
                InvoiceCheck.code: question.code,
                InvoiceCheck.issued_on: question.issued_on,
                InvoiceCheck.total: question.total,
            }
        ).where(InvoiceCheck.id == check)
        return question


async def _attempts(check: int) -> int:
    async with transaction():
        row = await InvoiceCheck.select(InvoiceCheck.attempts).where(InvoiceCheck.id == check).first()
        return 0 if row is None else int(row["attempts"])


def _not_answered(state: CheckState, code: str, sentence: str) -> dict[Any, Any]:
    return {InvoiceCheck.state: state, InvoiceCheck.why_code: code[:60], InvoiceCheck.why: sentence}


async def _put_off(check: int, state: CheckState, code: str, sentence: str) -> None:
    async with transaction():
        changed = await (
            InvoiceCheck.update(_not_answered(state, code, sentence))
            .where(InvoiceCheck.id == check, InvoiceCheck.state == CheckState.WAITING)
            .returning(InvoiceCheck.client)
        )
        if changed:
            await use(Live).announce(TOPIC, changed[0]["client"])


async def _lay_down(check: int, answered: Answered[InvoiceRecord]) -> None:
    """Keep the answer, judge the invoice anew, tell whom it concerns: one transaction, of which the second worker finds nothing to do."""
    by_whom = {InvoiceCheck.vendor: answered.vendor[:120], InvoiceCheck.vendor_title: answered.title[:80]}
    async with transaction():
        held = await (
            InvoiceCheck.update({**columns_of(answered.value), **by_whom})
            .where(InvoiceCheck.id == check, InvoiceCheck.state == CheckState.WAITING)
            .returning(InvoiceCheck.invoice, InvoiceCheck.client)
        )
        if not held:
            return
        client: int = held[0]["client"]
        await decide_alone(client)
        row = (
            await Invoice.select(*Invoice.all_columns(), Invoice.item.state)
            .where(Invoice.id == held[0]["invoice"])
            .first()
        )
        if row is None:
            raise RuntimeError(f"check {check} is of no invoice")
        await _judge_anew(row, reading_of(row))
        await use(Live).announce(TOPIC, client)


async def _judge_anew(row: Mapping[str, Any], reading: Reading) -> None:
    item = await Item.objects().get(Item.id == row["item"])
    if item is None:
        raise RuntimeError(f"invoice {row['id']} is of no item")
    recorded = await standing_state(row["id"], reading)
    client = await use(Clients).client(row["client"])
    verdict = await judge(client, item, row["id"], reading)
    columns: dict[Any, Any] = {Invoice.recorded: recorded, Invoice.proofs: proofs_json(verdict.proofs)}
    if ItemState(item.state) in TO_REVIEW and verdict.state in TO_REVIEW:
        columns[Invoice.sure] = verdict.sure
        await Item.update(
            {
                Item.state: verdict.state,
                Item.refusal_code: verdict.code,
                Item.refusal_sentence: verdict.sentence,
                Item.updated_at: now(),
            }
        ).where(Item.id == item.id)
    await Invoice.update({**columns, Invoice.updated_at: now()}).where(Invoice.id == row["id"])
    if recorded != row["recorded"] and recorded in (InvoiceState.VOIDED, InvoiceState.REVERSED):
        await use(Invoices).tell_read(SOURCE_NAME, [row["id"]])
    problem = next((proof for proof in verdict.proofs if proof.code.startswith("record.") and not proof.passed), None)
    if problem is not None and item.state == ItemState.APPROVED:
        await use(Notices).send(
            Notice(
                row["client"],
                CHECK_FAILED,
                f"capture_ocr.check_failed:{row['id']}:{recorded}",
                f"/capture/items/{item.id}",
                {"number": row["number"], "why": problem.sentence},
            )
        )
