"""What is wrong with a refused invoice, who puts it right, and the message to send. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from zhangfang_capture_ocr.proofs import Fixer
from zhangfang_sdk.money import yuan

NOT_OURS = frozenset({"buyer.person", "buyer.other_company", "buyer.tax_id_other", "buyer.tax_id_missing"})
"""Proofs of whose invoice it is that send it back at once: nobody but issuer or client can put it right."""

SENT_BEFORE = frozenset({"capture.same_file", "capture.same_number"})

_WHO = {
    Fixer.NOBODY: "不用处理",
    Fixer.CLIENT: "请您处理",
    Fixer.ISSUER: "请开票方重开",
    Fixer.ACCOUNTANT: "会计会处理",
}
_FIXERS = {
    "buyer.person": Fixer.ISSUER,
    "buyer.other_company": Fixer.CLIENT,
    "buyer.tax_id_other": Fixer.ISSUER,
    "buyer.tax_id_missing": Fixer.ISSUER,
    "capture.same_file": Fixer.NOBODY,
    "capture.same_number": Fixer.NOBODY,
}


@dataclass(frozen=True, slots=True)
class Prescription:
    """``message`` is ready to be sent to the issuer; "" where nothing has to be sent."""

    sentence: str
    who: str
    message: str


@dataclass(frozen=True, slots=True)
class Told:
    """The facts of the invoice that a message names; ``total`` in fen."""

    kind: str
    number: str
    total: int | None
    client_name: str
    client_tax_id: str


def prescription(code: str, sentence: str, told: Told) -> Prescription:
    """What to do about a refusal with ``code``; files that could not be read are the sender's to send again."""
    fixer = _FIXERS.get(code, Fixer.CLIENT)
    needs_message = code in NOT_OURS
    return Prescription(sentence, _WHO[fixer], _message(told) if needs_message else "")


def _message(told: Told) -> str:
    which = f"{told.kind}(号码 {told.number}" + (f",金额 {yuan(told.total)} 元" if told.total is not None else "") + ")"
    return (
        f"您好,贵司开具的{which}购买方信息有误,我司无法入账。请红冲后重新开具:"
        f"购买方名称 {told.client_name},纳税人识别号 {told.client_tax_id}。谢谢!"
    )


def fixer_of(proof: Mapping[str, str]) -> str:
    """Who puts a failed proof right, for a label."""
    return _WHO[Fixer(proof["who_fixes"])]
