"""Whether a reading is of one invoice, and whether all of its file was looked at."""

from __future__ import annotations

from typing import Final

from zhangfang_capture_ocr.proofs.values import Fixer, ProofResult
from zhangfang_capture_ocr.reading import Reading

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
