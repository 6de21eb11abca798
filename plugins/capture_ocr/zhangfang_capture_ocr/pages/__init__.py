"""Pages: handing in, the client's documents, the review desk."""

from litestar.handlers import HTTPRouteHandler

from zhangfang_capture_ocr.pages import capture, desk, items

PAGES: list[HTTPRouteHandler] = [*capture.PAGES, *items.PAGES, *desk.PAGES]
