"""What the file says of a reading: that it is of one invoice, that all of the file was looked at, and that its seal is whole."""

from __future__ import annotations

from typing import Final

from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import Reading, Seal

_ONCE: Final = {"titles": "发票名称", "numbers": "发票号码", "totals": "价税合计", "codes": "发票二维码"}


def one_invoice(reading: Reading) -> ProofResult:
    """Title, number, total and QR code stand once in its place, and nothing else in the file was left unread."""
    for name, words in _ONCE.items():
        count = reading.counts.get(name, 0)
        if count > 1:
            sentence = f"这里有 {count} 个{words}，可能不止一张发票，请会计对照原件看一眼。"
            return ProofResult("file.one_invoice", False, "number", sentence, Fixer.ACCOUNTANT)
    left = reading.counts.get("left", 0)
    if left:
        sentence = f"这个文件里还有 {left} 处没有认出来，请会计对照原件看一眼，免得漏记。"
        return ProofResult("file.one_invoice", False, "", sentence, Fixer.ACCOUNTANT)
    return ProofResult("file.one_invoice", True, "", "文件里的内容都看过了，这里只有一张发票。", Fixer.NOBODY)


def seal_whole(reading: Reading) -> ProofResult:
    """Nothing that the electronic seal or signature covers was changed. Who set it is not known without asking, and not claimed."""
    who = f"，证书上的名称是“{reading.signer}”" if reading.signer else ""
    if reading.seal is Seal.CHANGED:
        sentence = f"文件在盖电子签章以后被改动过{who}。请向开票方重新要一份原件，小心假票。"
        return ProofResult("file.seal", False, "", sentence, Fixer.ISSUER)
    if reading.seal is Seal.SIGNED:
        return ProofResult(
            "file.seal", True, "", f"电子签名完好，签名以后没有改动{who}（没有联网核对证书，不等于已经验真）。", Fixer.NOBODY
        )
    if reading.seal is Seal.INTACT:
        sentence = f"内容与电子签章记下的摘要相符{who}（国密签名和证书没有联网核对，不等于已经验真）。"
        return ProofResult("file.seal", True, "", sentence, Fixer.NOBODY)
    words = "这个文件的电子签章核对不了。" if reading.seal is Seal.UNCHECKED else "这个文件没有可以核对的电子签章。"
    return ProofResult("file.seal", None, "", words, Fixer.NOBODY)
