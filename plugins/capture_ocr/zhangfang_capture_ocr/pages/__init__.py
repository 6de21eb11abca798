"""Pages: handing in, the client's documents, the review desk, input tax."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_capture_ocr.pages import capture, desk, input_tax, items, tax_codes

PAGES: list[HTTPRouteHandler] = [*capture.PAGES, *items.PAGES, *desk.PAGES, *input_tax.PAGES, *tax_codes.PAGES]
