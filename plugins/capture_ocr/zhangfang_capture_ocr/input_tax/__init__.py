"""Input tax (进项税额) of a client by month: which invoices wait for 勾选, are deducted or never will be, and why (CAP-8)."""

from zhangfang_capture_ocr.input_tax.carrying import draft_carrying
from zhangfang_capture_ocr.input_tax.deciding import REASONS, deduct, refuse, undo
from zhangfang_capture_ocr.input_tax.listed import without_document
from zhangfang_capture_ocr.input_tax.register import Entry, Register, Standing, Tie, register

__all__ = [
    "REASONS",
    "Entry",
    "Register",
    "Standing",
    "Tie",
    "deduct",
    "draft_carrying",
    "refuse",
    "register",
    "undo",
    "without_document",
]
