"""Checks of invoices with the tax administration's records (发票查验): asked once after reading and again by people, kept, shown.

Nothing is asked unless the firm chose a vendor of the kind ``invoice_check``.
"""

from zhangfang_capture_ocr.records.asking import ask_again, ask_later_ones, ask_once
from zhangfang_capture_ocr.records.rows import standing, standing_state
from zhangfang_capture_ocr.records.showing import ShownCheck, shown_check

__all__ = ["ShownCheck", "ask_again", "ask_later_ones", "ask_once", "shown_check", "standing", "standing_state"]
