"""What the tax administration's record of an invoice proves, and where it contradicts what was read. Money in fen."""

from __future__ import annotations

from typing import Final

from zhangfang_capture_ocr.proofs.arithmetic import yuan
from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import Reading
from zhangfang_sdk.invoice_check import InvoiceRecord, InvoiceState
from zhangfang_sdk.texts import half_width

VALID: Final = "record.valid"
_COMPARED: Final = {
    "total": "价税合计",
    "tax": "税额",
    "seller_tax_id": "销售方税号",
    "seller_name": "销售方名称",
    "buyer_tax_id": "购买方税号",
    "buyer_name": "购买方名称",
}


def recorded(reading: Reading, record: InvoiceRecord | None) -> tuple[ProofResult, ...]:
    """One proof, nothing where the records were not asked about the invoice as it was read.

    A valid record proves number, date and total, for these it was asked by; never that anything was delivered.
    """
    if record is None:
        return ()
    match record.state:
        case InvoiceState.VOIDED:
            return (_failed("voided", "number", "税务局的记录里，这张发票已作废。请会计核对，并向开票方要新的发票。"),)
        case InvoiceState.REVERSED:
            return (_failed("reversed", "number", _reversal(reading, record)),)
        case InvoiceState.NOT_FOUND:
            sentence = (
                "在税务局的记录里查不到这张发票：可能刚开出、记录还没更新，可能号码或日期读错了，也可能是假票。"
                "请会计对照原票核对后再查一次。"
            )
            return (_failed("not_found", "number", sentence),)
        case InvoiceState.MISMATCH:
            sentence = (
                "税务局有这个号码的发票，但号码、开票日期、金额或校验码里至少有一项与票面不符。"
                "请会计对照原票核对，改好后再查一次。"
            )
            return (_failed("mismatch", "number", sentence),)
        case InvoiceState.VALID:
            return (_compared(reading, record),)


def differing(reading: Reading, record: InvoiceRecord) -> dict[str, tuple[str, str]]:
    """By field: what the record says and what was read; fields that either does not tell are left out."""
    found = {}
    for name in _COMPARED:
        theirs, ours = getattr(record, name), getattr(reading, name)
        if theirs in (None, "") or ours in (None, ""):
            continue
        if _plain(theirs) != _plain(ours):
            found[name] = (_shown(theirs), _shown(ours))
    return found


def _compared(reading: Reading, record: InvoiceRecord) -> ProofResult:
    different = differing(reading, record)
    if not different:
        return ProofResult(VALID, True, "number", "与税务局记录一致：号码、开票日期和金额对得上。", Fixer.NOBODY)
    told = "；".join(f"{_COMPARED[name]}是 {theirs}，票面是 {ours}" for name, (theirs, ours) in different.items())
    return _failed("mismatch", next(iter(different)), f"税务局的记录与票面不符：{told}。请会计对照原票核对。")


def _reversal(reading: Reading, record: InvoiceRecord) -> str:
    if record.reversed_amount and record.reversed_amount == abs(reading.total or 0):
        how_much = "已全额红冲"
    elif record.reversed_amount:
        how_much = f"已红冲 {yuan(record.reversed_amount)}"
    else:
        how_much = "已红冲（全部还是部分，记录没有说）"
    return f"税务局的记录里，这张发票{how_much}。请会计核对还能不能入账、记多少。"


def _failed(what: str, field: str, sentence: str) -> ProofResult:
    return ProofResult(f"record.{what}", False, field, sentence, Fixer.ACCOUNTANT)


def _plain(value: str | int) -> str | int:
    """Names and ids without spaces, full width or case."""
    return value if isinstance(value, int) else "".join(half_width(value).upper().split())


def _shown(value: str | int) -> str:
    return yuan(value) if isinstance(value, int) else value
