"""A check as pages show it: what the record says in plain words, by whom and when, and what it does not prove."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from zhangfang_capture_ocr.moments import moment_of
from zhangfang_capture_ocr.proofs.records import differing, recorded
from zhangfang_capture_ocr.reading import Reading
from zhangfang_capture_ocr.records.asking import PERMISSION
from zhangfang_capture_ocr.records.question import question_of
from zhangfang_capture_ocr.records.rows import is_about, record_of
from zhangfang_capture_ocr.states import OPEN_CHECKS, UNANSWERED_CHECKS, CheckState
from zhangfang_capture_ocr.tables import InvoiceCheck
from zhangfang_sdk.context import scope
from zhangfang_sdk.invoice_check import InvoiceChecker, InvoiceState
from zhangfang_sdk.services import use
from zhangfang_sdk.texts import translatable
from zhangfang_sdk.vendors import Vendors

NOT_PROVEN: Final = translatable("只说明税务局有这样一张发票,不说明业务真的发生、货物已经收到,也不说明能不能抵扣。")
CHANGED: Final = translatable("查过以后票面内容改过,那次的结果不算数了,需要的话请再查一次。")
QUEUED: Final = translatable("正在向税务局的记录核对,结果会自己出现在这里。")
_HEADS: Final = translatable(
    {
        "record.valid": "与税务局记录一致",
        "record.voided": "已作废",
        "record.reversed": "已红冲",
        "record.mismatch": "与税务局记录不符",
        "record.not_found": "查无此票",
    }
)
_UNANSWERED: Final = translatable(
    {"": "还没有查验", "waiting": "正在查验", "later": "明天自动再查", "refused": "没有查成", "old": "需要重新查验"}
)


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """``mood`` is "good", "bad", "warn", "info" or "" (never asked); ``vendor``, ``at`` (Asia/Shanghai) and ``reference`` are of
    an answer.

    ``may_ask``: the actor may ask (again) now; ``needs_reason`` when it was asked before.
    """

    mood: str
    head: str
    sentence: str
    note: str = ""
    vendor: str = ""
    at: str = ""
    reference: str = ""
    waiting: bool = False
    may_ask: bool = False
    needs_reason: bool = False
    differing: frozenset[str] = frozenset()
    """Fields in which record and invoice differ."""


async def shown_check(invoice: int, reading: Reading) -> ShownCheck | None:
    """None where it was never asked and the actor cannot ask either."""
    row = (
        await InvoiceCheck.select()
        .where(InvoiceCheck.invoice == invoice)
        .order_by(InvoiceCheck.id, ascending=False)
        .first()
    )
    may_ask = (
        scope().may(PERMISSION)
        and (row is None or row["state"] not in OPEN_CHECKS)
        and question_of(reading) is not None
        and await use(Vendors).is_available(InvoiceChecker)
    )
    if row is None:
        return ShownCheck("", _UNANSWERED[""], "", may_ask=True) if may_ask else None
    if row["state"] in UNANSWERED_CHECKS:
        return _unanswered(row, may_ask=may_ask)
    if not is_about(row, reading):
        return ShownCheck("warn", _UNANSWERED["old"], CHANGED, "", *_told(row), may_ask=may_ask, needs_reason=True)
    record = record_of(row)
    proof = recorded(reading, record)[0]
    mood, sentence, note = ("good", "", NOT_PROVEN) if proof.passed else ("bad", proof.sentence, "")
    different = frozenset(differing(reading, record)) if record.state is InvoiceState.VALID else frozenset()
    return ShownCheck(
        mood,
        _HEADS[proof.code],
        sentence,
        note,
        *_told(row),
        may_ask=may_ask,
        needs_reason=True,
        differing=different,
    )


def _unanswered(row: Mapping[str, Any], *, may_ask: bool) -> ShownCheck:
    state = CheckState(row["state"])
    head = _UNANSWERED[state]
    if state is CheckState.REFUSED:
        return ShownCheck("warn", head, row["why"], may_ask=may_ask, needs_reason=True)
    return ShownCheck("warn" if row["why"] else "info", head, row["why"] or QUEUED, waiting=True)


def _told(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["vendor_title"], moment_of(row["answered_at"]), row["reference"]
