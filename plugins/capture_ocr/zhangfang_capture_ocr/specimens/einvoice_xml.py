"""The XML of a 数电票 (`EInvoice`, version 0.32) for a drawn invoice."""

from __future__ import annotations

from decimal import Decimal
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from zhangfang_capture_ocr.reading.figures import rate_of
from zhangfang_capture_ocr.reading.kinds import InvoiceKind
from zhangfang_capture_ocr.specimens.values import SpecimenInvoice, SpecimenLine, money

_LABELS: Final = {
    InvoiceKind.DIGITAL_SPECIAL: ("01", "增值税专用发票"),
    InvoiceKind.DIGITAL_ORDINARY: ("02", "普通发票"),
}


def einvoice_xml(invoice: SpecimenInvoice, encoding: str = "utf-8") -> bytes:
    """The file as the tax platform would give it; `encoding` may be any that Python knows, such as gbk."""
    root = Element("EInvoice")
    header = _put(root, "Header", {"EIid": invoice.number, "EInvoiceTag": "SWEI3200", "Version": "0.32"})
    labels = SubElement(header, "InherentLabel")
    code, name = _LABELS[invoice.kind]
    _put(labels, "EInvoiceType", {"LabelCode": "01", "LabelName": "电子发票"})
    _put(labels, "GeneralOrSpecialVAT", {"LabelCode": code, "LabelName": name})
    data = SubElement(root, "EInvoiceData")
    _put(data, "SellerInformation", {"SellerIdNum": invoice.seller_tax_id, "SellerName": invoice.seller_name})
    _put(data, "BuyerInformation", {"BuyerIdNum": invoice.buyer_tax_id, "BuyerName": invoice.buyer_name})
    _put(
        data,
        "BasicInformation",
        {
            "TotalAmWithoutTax": money(invoice.amount),
            "TotalTaxAm": money(invoice.tax),
            "TotalTax-includedAmount": money(invoice.total),
            "TotalTax-includedAmountInChinese": invoice.total_in_words,
            "Drawer": invoice.drawer,
            "RequestTime": f"{invoice.issued_on.isoformat()} 09:30:00",
        },
    )
    for line in invoice.lines:
        _put(data, "IssuItemInformation", _item(line))
    _put(data, "AdditionalInformation", {"Remark": invoice.remarks})
    _put(
        root,
        "TaxSupervisionInfo",
        {"InvoiceNumber": invoice.number, "IssueTime": invoice.issued_on.isoformat()},
    )
    return bytes(tostring(root, encoding=encoding, xml_declaration=True))


def _item(line: SpecimenLine) -> dict[str, str]:
    rate = rate_of(line.rate)
    written = line.rate if rate is None else f"{Decimal(rate.numerator) / rate.denominator:.6f}"
    return {
        "ItemName": line.name,
        "SpecMod": line.specification,
        "MeaUnits": line.unit,
        "Quantity": line.quantity,
        "UnPrice": line.unit_price,
        "Amount": money(line.amount),
        "TaxRate": written,
        "ComTaxAm": money(line.tax or 0),
        "TotaltaxIncludedAmount": money(line.amount + (line.tax or 0)),
        "TaxClassificationCode": line.classification_code,
    }


def _put(parent: Element, tag: str, texts: dict[str, str]) -> Element:
    element = SubElement(parent, tag)
    for name, text in texts.items():
        SubElement(element, name).text = text
    return element
