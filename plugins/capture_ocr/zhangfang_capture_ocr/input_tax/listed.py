"""Received invoices of a month that another source lists, such as the tax authority's list, and whose document has not come."""

from collections.abc import Sequence

from zhangfang_capture_ocr.services.invoice_source import NAME
from zhangfang_sdk.invoices import LONGEST_PAGE, Invoice, InvoiceDirection, InvoiceQuery, Invoices
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use


async def without_document(client: int, month: Period) -> Sequence[Invoice]:
    """In force, newest first. Needs ``invoices.read``."""
    query, found, after = InvoiceQuery(client, month, month, InvoiceDirection.RECEIVED), list[Invoice](), ""
    while True:
        page = await use(Invoices).page(query, after=after, limit=LONGEST_PAGE)
        found += [invoice for invoice in page.invoices if invoice.source != NAME and invoice.document is None]
        after = page.after
        if not after:
            return found
