"""All proofs of one reading, and when a reading needs no person to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from zhangfang_capture_ocr.proofs import arithmetic, identity, records, whole_file, witnesses, words
from zhangfang_capture_ocr.proofs.values import ClientIdentity, Fixer, ProofResult
from zhangfang_capture_ocr.reading import InvoiceKind, Reading, Source
from zhangfang_sdk.invoice_check import InvoiceRecord

_ALWAYS: Final = frozenset({"total.sum", "number.shape", "date.plausible"})
_TICKETS: Final = frozenset({InvoiceKind.RAIL, InvoiceKind.AIR})
NEVER_SURE: Final = frozenset(
    {InvoiceKind.RAIL_PAPER, InvoiceKind.TAXI, InvoiceKind.QUOTA, InvoiceKind.POS, InvoiceKind.TILL, InvoiceKind.OTHER}
)
"""Kinds with one printed sum that nothing else on them proves: a person looks at each."""
_LISTED: Final = frozenset({"lines.amount", "lines.tax"})
_FIELDS: Final = {
    "number": "发票号码",
    "issued_on": "开票日期",
    "buyer_name": "购买方名称",
    "buyer_tax_id": "购买方税号",
    "seller_name": "销售方名称",
    "seller_tax_id": "销售方税号",
    "amount": "金额",
    "tax": "税额",
    "total": "价税合计",
}


def prove(
    reading: Reading, *, today: date, client: ClientIdentity | None, record: InvoiceRecord | None = None
) -> tuple[ProofResult, ...]:
    """Every proof of a reading; `today` in Asia/Shanghai. `client` None leaves out whose invoice it is.

    `record` is the tax administration's, None where nobody asked for it.
    """
    return (
        *records.recorded(reading, record),
        arithmetic.total_is_sum(reading),
        *arithmetic.lines_are_sum(reading),
        arithmetic.rates_hold(reading),
        arithmetic.prices_hold(reading),
        arithmetic.capitals_agree(reading),
        identity.number_shape(reading),
        identity.number_year(reading),
        identity.date_plausible(reading, today),
        identity.tax_id_right(reading, "buyer"),
        identity.tax_id_right(reading, "seller"),
        _kind_known(reading),
        _sources_agree(reading),
        whole_file.one_invoice(reading),
        whole_file.seal_whole(reading),
        *witnesses.recognised(reading),
        words.words_witnessed(reading),
        identity.belongs(reading, client),
    )


def is_sure(reading: Reading, proofs: Sequence[ProofResult]) -> bool:
    """Whether the reading may go on without a person, by its proofs alone.

    No proof failed, sums, number and date are proven, and the sums are proven a second time: by the lines, and,
    where the values were read off print rather than issued as data, by the capitals as well. Values recognised on a
    picture need a witness each besides, and so do the words there: see `witnesses` and `words`. There a QR code that says the amount stands for the lines,
    one that says a sum, with a tax that fits its rate, for capitals that were not read,
    and on a rail ticket, which prints one sum and no capitals, one that says the fare for the sums.
    A valid record of the tax administration witnesses number, date and total.
    """
    if reading.kind in NEVER_SURE or any(proof.passed is False for proof in proofs):
        return False
    passed = {proof.code for proof in proofs if proof.passed}
    needed = set(_ALWAYS)
    if reading.kind not in _TICKETS:
        needed |= _LISTED
    total = reading.fields.get("total")
    if total is None or total.source not in (Source.XML, Source.XBRL):
        needed.add("total.capitals")
    if witnesses.is_recognised(reading):
        needed |= witnesses.NEEDED | words.NEEDED
        if reading.kind is InvoiceKind.RAIL and witnesses.said_by_qr(reading, "total"):
            needed -= {"total.sum", "total.capitals"}
        else:
            needed = _with_code(reading, needed, passed)
    if records.VALID in passed:
        needed -= {*witnesses.NEEDED, "total.capitals"}
    return needed <= passed


def _with_code(reading: Reading, needed: set[str], passed: set[str]) -> set[str]:
    """What is needed besides a QR code that agrees with a printed sum."""
    if "total.capitals" in passed:
        return needed - _LISTED if witnesses.said_by_qr(reading, "amount") else needed
    said = witnesses.said_by_qr(reading, "amount") or witnesses.said_by_qr(reading, "total")
    return needed - {"total.capitals"} | {"tax.rate"} if said else needed


def _kind_known(reading: Reading) -> ProofResult:
    if reading.kind is InvoiceKind.OTHER:
        return ProofResult("kind.known", False, "kind", "认不出这是哪一种发票，请会计选择票种。", Fixer.ACCOUNTANT)
    return ProofResult("kind.known", True, "kind", f"票种是{reading.kind.value}。", Fixer.NOBODY)


def _sources_agree(reading: Reading) -> ProofResult:
    """Data embedded in a PDF say what is printed on it."""
    for name, (embedded, printed) in reading.disagreements.items():
        sentence = (
            f"文件内的{_FIELDS.get(name, name)}（{embedded}）与票面印的（{printed}）不一样，文件可能被改过。"
            "请向开票方重新要一份原件。"
        )
        return ProofResult("sources.agree", False, name, sentence, Fixer.ISSUER)
    return ProofResult("sources.agree", True, "", "文件内的数据与票面没有矛盾。", Fixer.NOBODY)
