"""用途确认: an invoice's input tax is deducted in a month, refused with a reason, or open again. Each needs ``capture_ocr.review``."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_capture_ocr.moments import now
from zhangfang_capture_ocr.proofs import Direction
from zhangfang_capture_ocr.services.uploads import TOPIC
from zhangfang_capture_ocr.states import InputTaxDecision
from zhangfang_capture_ocr.tables import InputTaxUse, Invoice
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

REASONS = (
    "用于集体福利或者个人消费",
    "用于简易计税项目",
    "用于免税项目",
    "非正常损失",
    "不是本单位业务,不抵扣",
)
"""增值税法第二十二条 (2026-01-01), and the usual one besides."""
REASON_LENGTH = 200


async def deduct(client: int, invoices: Sequence[int], month: Period) -> int:
    """Mark invoices as deducted in ``month``; how many. Those that may deduct nothing or were issued after it are refused whole.

    Raises Refusal ``capture.input_tax_none``, ``capture.input_tax_early``, ``capture.input_tax_carried``.
    """
    rows = await _own(client, invoices)
    for row in rows:
        if not row["input_tax"]:
            raise Refusal("capture.input_tax_none", f"发票 {row['number']} 没有可以抵扣的税额,不能勾选。", status=409)
        if row["issued_on"] > month.last_day:
            said = f"发票 {row['number']} 是 {month.label}以后开的,请选开票月份或以后的所属期。"
            raise Refusal("capture.input_tax_early", said, field="period")
    return await _decide(client, [row["id"] for row in rows], InputTaxDecision.DEDUCTED, month, "")


async def refuse(client: int, invoices: Sequence[int], month: Period, reason: str) -> int:
    """Mark invoices as never to be deducted, for the month in which that was decided; how many.

    Raises Refusal ``capture.reason_missing``, ``capture.input_tax_carried``.
    """
    why = reason.replace("\x00", "").strip()[:REASON_LENGTH]
    if not why:
        raise Refusal("capture.reason_missing", "请选一个或写明不抵扣的原因。", field="reason")
    rows = await _own(client, invoices)
    return await _decide(client, [row["id"] for row in rows], InputTaxDecision.REFUSED, month, why)


async def undo(client: int, invoices: Sequence[int]) -> int:
    """Open decided invoices again; how many. Raises Refusal ``capture.input_tax_carried`` where a voucher carried the tax over."""
    require("capture_ocr.review")
    await _not_carried(client, invoices)
    gone = (
        await InputTaxUse.delete()
        .where(InputTaxUse.client == client, InputTaxUse.invoice.is_in(list(invoices) or [0]))
        .returning(InputTaxUse.id)
    )
    await _told(client, "undone", invoices)
    return len(gone)


async def _decide(client: int, ids: Sequence[int], decision: InputTaxDecision, month: Period, reason: str) -> int:
    if not ids:
        raise Refusal("capture.nothing_chosen", "请先勾上要处理的发票。", field="invoice")
    await _not_carried(client, ids)
    await InputTaxUse.delete().where(InputTaxUse.client == client, InputTaxUse.invoice.is_in(list(ids)))
    await InputTaxUse.insert(
        *(
            InputTaxUse(
                client=client,
                invoice=id_,
                decision=decision,
                period=month.number,
                reason=reason,
                decided_by=scope().user,
                decided_at=now(),
            )
            for id_ in ids
        )
    )
    await _told(client, decision.value, ids, month, reason)
    return len(ids)


async def _own(client: int, invoices: Sequence[int]) -> Sequence[Mapping[str, Any]]:
    require("capture_ocr.review")
    columns = (Invoice.id, Invoice.number, Invoice.issued_on, Invoice.input_tax)
    rows: Sequence[Mapping[str, Any]] = await Invoice.select(*columns).where(
        Invoice.client == client,
        Invoice.id.is_in(list(invoices) or [0]),
        Invoice.direction == Direction.PURCHASE,
        Invoice.live.eq(True),
        Invoice.issued_on.is_not_null(),
    )
    return rows


async def _not_carried(client: int, invoices: Sequence[int]) -> None:
    rows = await InputTaxUse.select(InputTaxUse.voucher).where(
        InputTaxUse.client == client,
        InputTaxUse.invoice.is_in(list(invoices) or [0]),
        InputTaxUse.voucher.is_not_null(),
    )
    vouchers = await use(Ledger).vouchers_by_id([row["voucher"] for row in rows])
    if any(voucher.state is not VoucherState.DISCARDED for voucher in vouchers):
        raise Refusal(
            "capture.input_tax_carried", "这些发票的税额已经生成转入凭证,请先作废或冲销那张凭证。", status=409
        )


async def _told(client: int, what: str, ids: Sequence[int], month: Period | None = None, reason: str = "") -> None:
    after: dict[str, object] = {
        "decision": what,
        "invoices": sorted(ids),
        "period": month.key if month else "",
        "reason": reason,
    }
    await use(Audit).record("capture_ocr.input_tax", f"core_client:{client}", client=client, after=after)
    await use(Live).announce(TOPIC, client)
