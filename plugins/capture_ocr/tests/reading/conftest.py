"""Invented invoices that the tests of this folder share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.specimens import SpecimenInvoice, SpecimenLine, taxed_line

MakeInvoice = Callable[..., SpecimenInvoice]


@pytest.fixture(scope="session")
def make_invoice() -> MakeInvoice:
    """Makes an invoice of a kind; number, code and check code fit the kind unless given."""

    def make(
        kind: InvoiceKind = InvoiceKind.DIGITAL_ORDINARY,
        *lines: SpecimenLine,
        buyer_name: str = "云溪样本科技（杭州）有限公司",
        buyer_tax_id: str = "91110000802100433B",
        remarks: str = "",
        number: str = "",
    ) -> SpecimenInvoice:
        digital = kind.is_digital
        code = "" if digital else "033002600213" if kind is InvoiceKind.SPECIAL_ELECTRONIC else "033002600211"
        return SpecimenInvoice(
            kind=kind,
            number=number or ("26332000000123456789" if digital else "12345678"),
            issued_on=date(2026, 5, 9),
            buyer_name=buyer_name,
            buyer_tax_id=buyer_tax_id,
            seller_name="样本商贸（深圳）有限公司",
            seller_tax_id="91440300708461136T",
            lines=lines or (taxed_line("*餐饮服务*餐饮费", 22718, "3%", quantity="1", unit="次"),),
            code=code,
            check_code="" if digital else "43932791364182936430",
            remarks=remarks,
        )

    return make
