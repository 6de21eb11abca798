"""Invoices issued as XML: 数电票 (`EInvoice`), tax-control electronic ones (`eInvoice`) and XBRL vouchers.

Sources: 数字化电子发票版式及XML规范; GB/T 36609 e-invoice schema (`http://www.edrm.org.cn/schema/e-invoice/2019`);
电子凭证会计数据标准 (财会〔2025〕9号, in force 2025-05). Tags are matched exactly; namespaces may be missing, except in
XBRL, where the last part of the namespace names the kind of voucher and its date varies by release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import (
    classification_short,
    fen_of,
    number_of,
    printed_rate,
)
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, with_code
from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.titles import kind_of_title
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading, Source

_XBRL_INSTANCE = "http://www.xbrl.org/2003/instance"
_XBRL_TAXONOMY = "http://xbrl.mof.gov.cn/taxonomy/"


@dataclass(frozen=True, slots=True)
class _LineTags:
    name: str
    specification: str
    unit: str
    quantity: str
    unit_price: str
    amount: str
    rate: str
    tax: str
    classification_code: str = ""


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
_DIGITAL_LINE = _LineTags(
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
_CONTROLLED_LINE = _LineTags(
    "Item", "Specification", "MeasurementDimension", "Quantity", "Price", "Amount", "TaxScheme", "TaxAmount"
)
# Positions 11-12 of a 12-digit code (税控发票代码编码规则): 13 marks special electronic invoices.
_SPECIAL_CODE_ENDING = "13"

_PARTY_ID = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"
_XBRL_FIELDS = {
    "inv": {
        "code": (("CodeOfInvoice",),),
        "number": (("NumberOfInvoice",),),
        "issued_on": (("DateOfIssue",),),
        "buyer_name": (("NameOfPurchaser",),),
        "buyer_tax_id": ((f"{_PARTY_ID}Purchaser",),),
        "seller_name": (("NameOfSeller",),),
        "seller_tax_id": ((f"{_PARTY_ID}Seller",),),
        "amount": (("TotalAmountExcludingTax",),),
        "tax": (("TotalTaxAmount",),),
        "total": (("TaxIncludedAmountInFigures",),),
        "total_in_words": (("TaxIncludedAmountInWords",),),
        "check_code": (("IdentifyingCode",),),
        "remarks": (("Remarks",),),
    },
    "rai": {
        "number": (("ElectronicInvoiceRailwayETicketNumber",),),
        "issued_on": (("DateOfIssue",),),
        "buyer_name": (("NameOfPurchaser",),),
        "buyer_tax_id": (("UnifiedSocialCreditCodeOfPurchaser",),),
        "amount": (("TotalAmountExcludingTax",),),
        "tax": (("TaxAmount",),),
        "total": (("Fare",),),
        "remarks": (("Remarks",),),
    },
}
_XBRL_TITLES = {"inv": "TypeOfInvoice", "rai": "TypeOfVoucher"}
_XBRL_DEFAULT_KINDS = {"inv": InvoiceKind.OTHER, "rai": InvoiceKind.RAIL}
_XBRL_TUPLE = "InformationOfTaxableGoodsOrServicesDetailItemsTuple"
_XBRL_LINE = _LineTags(
    "NameOfTaxableGoodsOrServices",
    "Specification",
    "UnitOfGoodsOrServices",
    "QuantityOfGoodsOrServices",
    "UnitPriceOfGoodsOrServices",
    "AmountExcludingTax",
    "TaxRate",
    "TaxAmount",
)

_Table = Mapping[str, tuple[tuple[str, ...], ...]]


def read_xml(data: bytes) -> Reading:
    """Read one XML document. Raises `Refused`: `file.too_large`, `xml.*`."""
    root = xml_tree.parse(data)
    name = xml_tree.local_name(root)
    if name == "EInvoice" and xml_tree.child(root, "EInvoiceData") is not None:
        return _digital(root)
    if name == "eInvoice" and xml_tree.child(root, "InvoiceNo") is not None:
        return _controlled(root)
    if name == "xbrl" and xml_tree.namespace_of(root) in ("", _XBRL_INSTANCE):
        return _xbrl(root)
    raise Refused("xml.not_an_invoice")


def _digital(root: Element) -> Reading:
    fields = _fields(root, _DIGITAL_FIELDS, Source.XML)
    label = ("Header", "InherentLabel", "GeneralOrSpecialVAT")
    kind = _DIGITAL_KINDS.get(xml_tree.text_at(root, *label, "LabelCode"))
    if kind is None:
        words = xml_tree.text_at(root, *label, "LabelName")
        kind = kind_of_title(f"电子发票({words})") or kind_of_title(words) or InvoiceKind.OTHER
    items = xml_tree.children(xml_tree.child(root, "EInvoiceData"), "IssuItemInformation")
    return _reading(root, kind, fields, tuple(_line(item, _DIGITAL_LINE) for item in items))


def _controlled(root: Element) -> Reading:
    fields = _fields(root, _CONTROLLED_FIELDS, Source.XML)
    code = xml_tree.text_at(root, "InvoiceCode")
    special = code.endswith(_SPECIAL_CODE_ENDING)
    kind = InvoiceKind.SPECIAL_ELECTRONIC if special else with_code(InvoiceKind.ORDINARY_ELECTRONIC, code)
    items = xml_tree.children(xml_tree.child(root, "GoodsInfos"), "GoodsInfo")
    return _reading(root, kind, fields, tuple(_line(item, _CONTROLLED_LINE) for item in items))


def _xbrl(root: Element) -> Reading:
    prefix = next((each for each in map(_voucher_prefix, root) if each in _XBRL_FIELDS), None)
    if prefix is None:
        raise Refused("xml.not_an_invoice")
    # Elements of other namespaces that happen to share a name must not be taken for the voucher's own.
    own = Element("voucher")
    own.extend([each for each in root if _voucher_prefix(each) == prefix])
    fields = _fields(own, _XBRL_FIELDS[prefix], Source.XBRL)
    title = xml_tree.text_at(own, _XBRL_TITLES[prefix])
    code = xml_tree.text_at(own, "CodeOfInvoice")
    kind = kind_of_title(title, code) or _XBRL_DEFAULT_KINDS[prefix]
    lines = tuple(_line(item, _XBRL_LINE) for item in xml_tree.children(own, _XBRL_TUPLE))
    return _reading(root, kind, fields, lines)


def _voucher_prefix(element: Element) -> str:
    namespace = xml_tree.namespace_of(element)
    return namespace.rpartition("/")[2] if namespace.startswith(_XBRL_TAXONOMY) else ""


def _fields(root: Element, table: _Table, source: Source) -> Fields:
    fields = Fields(source)
    for name, paths in table.items():
        written = next((text for text in (xml_tree.text_at(root, *path) for path in paths) if text), "")
        fields.put_written(name, written)
    return fields


def _line(item: Element, tags: _LineTags) -> InvoiceLine:
    name = xml_tree.text_at(item, tags.name)
    code = xml_tree.text_at(item, tags.classification_code) if tags.classification_code else ""
    return InvoiceLine(
        name=name,
        classification_short=classification_short(name),
        classification_code=code,
        specification=xml_tree.text_at(item, tags.specification),
        unit=xml_tree.text_at(item, tags.unit),
        quantity=number_of(xml_tree.text_at(item, tags.quantity)),
        unit_price=number_of(xml_tree.text_at(item, tags.unit_price)),
        amount=fen_of(xml_tree.text_at(item, tags.amount)),
        rate=printed_rate(xml_tree.text_at(item, tags.rate)),
        tax=fen_of(xml_tree.text_at(item, tags.tax)),
    )


def _reading(root: Element, kind: InvoiceKind, fields: Fields, lines: tuple[InvoiceLine, ...]) -> Reading:
    if "number" not in fields.found or "total" not in fields.found:
        raise Refused("xml.not_an_invoice")
    fields.put("kind", kind.value)
    return Reading(kind, fields.found, lines, xml_tree.all_text(root), pages=1)
