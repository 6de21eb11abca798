"""Invoices drawn for the demo and for tests: invented parties, both printed forms, and the XML of 数电票."""

from zhangfang_capture_ocr.specimens.einvoice_xml import einvoice_xml
from zhangfang_capture_ocr.specimens.photographed import photographed
from zhangfang_capture_ocr.specimens.printed import attach, draw
from zhangfang_capture_ocr.specimens.values import SpecimenInvoice, SpecimenLine, taxed_line

__all__ = ["SpecimenInvoice", "SpecimenLine", "attach", "draw", "einvoice_xml", "photographed", "taxed_line"]
