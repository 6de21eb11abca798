"""Asking for a check: each question is a row that waits for its job, one at a time for an invoice."""

import datetime as dt
from typing import Final

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.records.question import question_of
from zhangfang_capture_ocr.states import BUSY, OPEN_CHECKS, CheckState
from zhangfang_capture_ocr.stored_readings import reading_of
from zhangfang_capture_ocr.tables import Invoice, InvoiceCheck
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.invoice_check import InvoiceChecker
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use
from zhangfang_sdk.vendors import Vendors

JOB: Final = "capture_ocr.check"
TOPIC: Final = "capture"
PERMISSION: Final = "capture_ocr.check"
REASON_LENGTH: Final = 200
GIVEN_UP_AFTER: Final = dt.timedelta(days=7)
GAVE_UP: Final = "查了一个星期都没有查成,不再自动查。请看“外部服务”里是什么原因,再点“查验”。"
AT_A_TIME: Final = 2000


async def ask_once(client: int, invoice: int, reading: Reading) -> None:
    """Ask about an invoice that was just read, in the caller's transaction; nothing without a vendor, or where it was asked before."""
    if question_of(reading) is None or not await use(Vendors).is_available(InvoiceChecker):
        return
    if not await InvoiceCheck.exists().where(InvoiceCheck.invoice == invoice):
        await _ask(client, invoice)


async def ask_again(item: int, reason: str) -> None:
    """A person asks; the first time no reason is needed. Needs ``capture_ocr.check``.

    Raises Refusal ``common.not_found``, ``capture.check_waiting``, ``capture.check_reason_missing``, ``capture.check_no_vendor``,
    ``capture.check_not_on_record``.
    """
    require(PERMISSION)
    held = await Invoice.update({Invoice.updated_at: now()}).where(Invoice.item == item).returning(Invoice.id)
    row = await Invoice.select(*Invoice.all_columns(), Invoice.item.state).where(Invoice.item == item).first()
    if not held or row is None or row["item.state"] in BUSY:
        raise not_found("发票")
    earlier = await InvoiceCheck.select(InvoiceCheck.state).where(InvoiceCheck.invoice == row["id"])
    if any(check["state"] in OPEN_CHECKS for check in earlier):
        raise Refusal("capture.check_waiting", "这张发票正在等查验结果,不用再点。", status=409)
    why = reason.replace("\x00", "").strip()[:REASON_LENGTH]
    if earlier and not why:
        raise Refusal(
            "capture.check_reason_missing", "这张发票查过了,再查一次可能另外收费,请写明原因。", field="reason"
        )
    if not await use(Vendors).is_available(InvoiceChecker):
        raise Refusal("capture.check_no_vendor", "还没有选用发票查验服务,请管理员在“外部服务”里选择。", status=409)
    if question_of(reading_of(row)) is None:
        raise Refusal(
            "capture.check_not_on_record",
            "这种票据税务局查不到,或者号码、开票日期、价税合计还不全,补全后才能查验。",
            status=409,
        )
    await _ask(row["client"], row["id"], asked_by=scope().user, reason=why)
    after: dict[str, object] = {"reason": why} if why else {}
    await use(Audit).record("capture_ocr.check", f"capture_ocr_item:{item}", client=row["client"], after=after)
    await use(Live).announce(TOPIC, row["client"])


async def ask_later_ones() -> None:
    """Those that could not be answered on an earlier day are asked again, in the caller's transaction; a week's worth of days is enough."""
    if not await use(Vendors).is_available(InvoiceChecker):
        return
    late = InvoiceCheck.state == CheckState.LATER
    await InvoiceCheck.update({InvoiceCheck.state: CheckState.REFUSED, InvoiceCheck.why: GAVE_UP}).where(
        late, InvoiceCheck.asked_at < now() - GIVEN_UP_AFTER
    )
    due = await InvoiceCheck.select(InvoiceCheck.id).where(late).order_by(InvoiceCheck.id).limit(AT_A_TIME)
    for row in due:
        await InvoiceCheck.update({InvoiceCheck.state: CheckState.WAITING, InvoiceCheck.attempts: 0}).where(
            InvoiceCheck.id == row["id"], late
        )
        await _queue(row["id"])


async def _ask(client: int, invoice: int, *, asked_by: int | None = None, reason: str = "") -> None:
    check = InvoiceCheck(client=client, invoice=invoice, asked_by=asked_by, reason=reason)
    await check.save()
    await _queue(check.id)


async def _queue(check: int) -> None:
    await use(Jobs).defer(JOB, once=f"{JOB}:{check}", check=check)
