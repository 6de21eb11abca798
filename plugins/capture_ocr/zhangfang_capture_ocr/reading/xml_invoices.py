"""Invoices issued as XML: 数电票 (`EInvoice`) and tax-control electronic ones (`eInvoice`); XBRL vouchers are those of `xbrl_vouchers`.

Sources: 数字化电子发票版式及XML规范; GB/T 36609 e-invoice schema (`http://www.edrm.org.cn/schema/e-invoice/2019`).
Tags are matched exactly; namespaces may be missing.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, with_code
from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.titles import kind_of_title
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading, Source
from zhangfang_capture_ocr.reading.xbrl_vouchers import is_xbrl, read_voucher
from zhangfang_capture_ocr.reading.xml_fields import LineTags, fields_of, line_of

_DIGITAL_FIELDS = {
    "number": (("TaxSupervisionInfo", "InvoiceNumber"), ("Header", "EIid")),
    "issued_on": (("TaxSupervisionInfo", "IssueTime"), ("EInvoiceData", "BasicInformation", "RequestTime")),
    "buyer_name": (("EInvoiceData", "BuyerInformation", "BuyerName"),),
    "buyer_tax_id": (("EInvoiceData", "BuyerInformation", "BuyerIdNum"),),
    "seller_name": (("EInvoiceData", "SellerInformation", "SellerName"),),
    "seller_tax_id": (("EInvoiceData", "SellerInformation", "SellerIdNum"),),
    "amount": (("EInvoiceData", "BasicInformation", "TotalAmWithoutTax"),),
    "tax": (("EInvoiceData", "BasicInformation", "TotalTaxAm"),),
    "total": (("EInvoiceData", "BasicInformation", "TotalTax-includedAmount"),),
    "total_in_words": (("EInvoiceData", "BasicInformation", "TotalTax-includedAmountInChinese"),),
    "remarks": (("EInvoiceData", "AdditionalInformation", "Remark"),),
}
_DIGITAL_LINE = LineTags(
    "ItemName",
    "SpecMod",
    "MeaUnits",
    "Quantity",
    "UnPrice",
    "Amount",
    "TaxRate",
    "ComTaxAm",
    "TaxClassificationCode",
)
_DIGITAL_KINDS = {"01": InvoiceKind.DIGITAL_SPECIAL, "02": InvoiceKind.DIGITAL_ORDINARY}

_CONTROLLED_FIELDS = {
    "code": (("InvoiceCode",),),
    "number": (("InvoiceNo",),),
    "issued_on": (("IssueDate",),),
    "buyer_name": (("Buyer", "BuyerName"),),
    "buyer_tax_id": (("Buyer", "BuyerTaxID"),),
    "seller_name": (("Seller", "SellerName"),),
    "seller_tax_id": (("Seller", "SellerTaxID"),),
    "amount": (("TaxExclusiveTotalAmount",),),
    "tax": (("TaxTotalAmount",),),
    "total": (("TaxInclusiveTotalAmount",),),
    "check_code": (("InvoiceCheckCode",),),
    "remarks": (("Note",),),
}
_CONTROLLED_LINE = LineTags(
    "Item", "Specification", "MeasurementDimension", "Quantity", "Price", "Amount", "TaxScheme", "TaxAmount"
)
# Positions 11-12 of a 12-digit code (税控发票代码编码规则): 13 marks special electronic invoices.
_SPECIAL_CODE_ENDING = "13"


def read_xml(data: bytes) -> Reading:
    """Read one XML document. Raises `Refused`: `file.too_large`, `xml.*`."""
    root = xml_tree.parse(data)
    name = xml_tree.local_name(root)
    if name == "EInvoice" and xml_tree.child(root, "EInvoiceData") is not None:
        return _digital(root)
    if name == "eInvoice" and xml_tree.child(root, "InvoiceNo") is not None:
        return _controlled(root)
    if is_xbrl(root):
        return read_voucher(root)
    raise Refused("xml.not_an_invoice")


def _digital(root: Element) -> Reading:
    fields = fields_of(root, _DIGITAL_FIELDS, Source.XML)
    label = ("Header", "InherentLabel", "GeneralOrSpecialVAT")
    kind = _DIGITAL_KINDS.get(xml_tree.text_at(root, *label, "LabelCode"))
    if kind is None:
        words = xml_tree.text_at(root, *label, "LabelName")
        kind = kind_of_title(f"电子发票({words})") or kind_of_title(words) or InvoiceKind.OTHER
    items = xml_tree.children(xml_tree.child(root, "EInvoiceData"), "IssuItemInformation")
    return _reading(root, kind, fields, tuple(line_of(item, _DIGITAL_LINE) for item in items))


def _controlled(root: Element) -> Reading:
    fields = fields_of(root, _CONTROLLED_FIELDS, Source.XML)
    code = xml_tree.text_at(root, "InvoiceCode")
    special = code.endswith(_SPECIAL_CODE_ENDING)
    kind = InvoiceKind.SPECIAL_ELECTRONIC if special else with_code(InvoiceKind.ORDINARY_ELECTRONIC, code)
    items = xml_tree.children(xml_tree.child(root, "GoodsInfos"), "GoodsInfo")
    return _reading(root, kind, fields, tuple(line_of(item, _CONTROLLED_LINE) for item in items))


def _reading(root: Element, kind: InvoiceKind, fields: Fields, lines: tuple[InvoiceLine, ...]) -> Reading:
    if "number" not in fields.found or "total" not in fields.found:
        raise Refused("xml.not_an_invoice")
    fields.put("kind", kind.value)
    return Reading(kind, fields.found, lines, xml_tree.all_text(root), pages=1)
