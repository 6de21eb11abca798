"""The SDK's ``Specimens``: invented invoices as files."""

from typing import Literal

from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.specimens import SpecimenInvoice, draw, einvoice_xml
from zhangfang_capture_ocr.specimens import SpecimenLine as DrawnLine
from zhangfang_sdk.specimens import Specimen


class DrawnSpecimens:
    def written(self, specimen: Specimen, form: Literal["xml", "pdf"]) -> tuple[str, str, bytes]:
        """File name, media type and bytes."""
        invoice = SpecimenInvoice(
            kind=InvoiceKind.DIGITAL_SPECIAL if specimen.special else InvoiceKind.DIGITAL_ORDINARY,
            number=specimen.number,
            issued_on=specimen.issued_on,
            buyer_name=specimen.buyer_name,
            buyer_tax_id=specimen.buyer_tax_id,
            seller_name=specimen.seller_name,
            seller_tax_id=specimen.seller_tax_id,
            lines=tuple(
                DrawnLine(x.name, x.amount, x.rate, x.tax, unit=x.unit, quantity=x.quantity, unit_price=x.unit_price)
                for x in specimen.lines
            ),
            remarks=specimen.remarks,
        )
        name = f"dzfp_{specimen.number}_{specimen.issued_on:%Y%m%d}.{form}"
        if form == "xml":
            return name, "application/xml", einvoice_xml(invoice)
        return name, "application/pdf", draw(invoice)
