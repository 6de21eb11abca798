"""Proofs of a reading: arithmetic, check digits, dates, whose invoice it is, and the tax administration's record where it was asked for."""

from zhangfang_capture_ocr.proofs.proving import is_sure, prove
from zhangfang_capture_ocr.proofs.values import ClientIdentity, Direction, Fixer, ProofResult
from zhangfang_capture_ocr.reading.capitals import capitals_of_fen, fen_of_capitals
from zhangfang_capture_ocr.reading.tax_ids import IdVerdict, check_tax_id

__all__ = [
    "ClientIdentity",
    "Direction",
    "Fixer",
    "IdVerdict",
    "ProofResult",
    "capitals_of_fen",
    "check_tax_id",
    "fen_of_capitals",
    "is_sure",
    "prove",
]
