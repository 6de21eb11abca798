"""Electronic vouchers in XBRL, told apart by their taxonomy (电子凭证会计数据标准, 财会〔2025〕9号, in force 2025-05).

The last part of the namespace names the voucher, the date before it varies by release: `inv` tax-control invoices, `einv` fully
digital ones as their receiver booked them, `rai` railway e-tickets, `atr` air itineraries, `bker` bank slips, `efi…` fiscal receipts.
`bkrs`, a bank's statement of a month, is no voucher of one payment and goes to a person, and so do taxonomies that are not known here.
Elements of `efi` are named as in the 财政电子票据数据规范 (财综〔2019〕22号); no published instance was at hand to compare.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import fen_of
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, known_kind
from zhangfang_capture_ocr.reading.refusals import Refused
from zhangfang_capture_ocr.reading.titles import kind_of_title
from zhangfang_capture_ocr.reading.values import InvoiceLine, Reading, Source
from zhangfang_capture_ocr.reading.xml_fields import LineTags, Paths, fields_of, line_of

_INSTANCE: Final = "http://www.xbrl.org/2003/instance"
_TAXONOMY: Final = "http://xbrl.mof.gov.cn/taxonomy/"
_STATEMENT: Final = "bkrs"
_PARTY_ID: Final = "TaxpayerIdentificationNumberUnifiedSocialCreditCodeOf"
_LINES: Final = LineTags(
    "NameOfTaxableGoodsOrServices",
    "Specification",
    "UnitOfGoodsOrServices",
    "QuantityOfGoodsOrServices",
    "UnitPriceOfGoodsOrServices",
    "AmountExcludingTax",
    "TaxRate",
    "TaxAmount",
    "TaxClassificationCode",
)
_FARES: Final = ("Fare", "FuelSurcharge")
"""Of an air ticket, what its tax is computed on (国家税务总局公告2024年第9号)."""
_UNTAXED: Final = (("CivilAviationDevelopmentFund", "民航发展基金"), ("OtherTaxes", "其他税费"), ("Insurance", "保险费"))


@dataclass(frozen=True, slots=True)
class _Voucher:
    """One taxonomy: where its fields stand, the kind, the element with its title where the kind is read from that, and its lines."""

    fields: Paths
    kind: InvoiceKind
    title: str = ""
    lines: str = ""


def _paths(names: Mapping[str, str]) -> Paths:
    return {field: tuple((name,) for name in written.split()) for field, written in names.items()}


_VOUCHERS: Final = {
    "inv": _Voucher(
        _paths(
            {
                "code": "CodeOfInvoice",
                "number": "NumberOfInvoice",
                "issued_on": "DateOfIssue",
                "buyer_name": "NameOfPurchaser",
                "buyer_tax_id": f"{_PARTY_ID}Purchaser",
                "seller_name": "NameOfSeller",
                "seller_tax_id": f"{_PARTY_ID}Seller",
                "amount": "TotalAmountExcludingTax",
                "tax": "TotalTaxAmount",
                "total": "TaxIncludedAmountInFigures",
                "total_in_words": "TaxIncludedAmountInWords",
                "check_code": "IdentifyingCode",
                "remarks": "Remarks",
            }
        ),
        InvoiceKind.OTHER,
        "TypeOfInvoice",
        "InformationOfTaxableGoodsOrServicesDetailItemsTuple",
    ),
    "einv": _Voucher(
        _paths(
            {
                "number": "InvoiceNumber EIid",
                "issued_on": "IssueTime RequestTime",
                "buyer_name": "BuyerName NameOfAccountingEntity",
                "buyer_tax_id": "BuyerIdNum UnifiedSocialCreditCodeOfAccountingEntity",
                "seller_name": "SellerName",
                "seller_tax_id": "SellerIdNum",
                "amount": "TotalAmWithoutTax",
                "tax": "TotalTaxAm",
                "total": "TotalTax-includedAmount",
                "remarks": "Remark",
            }
        ),
        InvoiceKind.OTHER,
        "GeneralOrSpecialVAT",
    ),
    "rai": _Voucher(
        _paths(
            {
                "number": "ElectronicInvoiceRailwayETicketNumber",
                "issued_on": "DateOfIssue",
                "buyer_name": "NameOfPurchaser",
                "buyer_tax_id": "UnifiedSocialCreditCodeOfPurchaser",
                "amount": "TotalAmountExcludingTax",
                "tax": "TaxAmount",
                "total": "Fare",
                "remarks": "Remarks",
            }
        ),
        InvoiceKind.RAIL,
    ),
    "atr": _Voucher(
        _paths(
            {
                "number": "ElectronicInvoiceAirTransportReceiptNumber",
                "issued_on": "IssueDate",
                "buyer_name": "NameOfPurchaser",
                "buyer_tax_id": "UnifiedSocialCreditCodeOfPurchaser",
                "seller_name": "NameOfSeller IssueParty",
                "seller_tax_id": "UnifiedSocialCreditCodeOfSeller",
                "tax": "VatTaxAmount",
                "total": "TotalAmount",
                "remarks": "Endorsement",
            }
        ),
        InvoiceKind.AIR,
    ),
    "bker": _Voucher(
        _paths(
            {
                "number": "NumberOfBankElectronicReceipt BusinessSerialNumber",
                "issued_on": "DateOfBookkeeping IssueDate",
                "buyer_name": "AccountNameOfPayer",
                "seller_name": "AccountNameOfPayee",
                "total": "TransactionAmountInFigures TransactionAmount",
                "remarks": "Usage Notes NotesOfBankElectronicReceipt",
            }
        ),
        InvoiceKind.BANK_SLIP,
    ),
    "efi": _Voucher(
        _paths(
            {
                "code": "EInvoiceCode",
                "number": "EInvoiceNumber",
                "issued_on": "IssueDate",
                "buyer_name": "PayerPartyName",
                "buyer_tax_id": "PayerPartyCode",
                "seller_name": "InvoicingPartyName",
                "total": "TotalAmount",
                "remarks": "Remark",
            }
        ),
        InvoiceKind.FISCAL,
    ),
}


def is_xbrl(root: Element) -> bool:
    """Whether a document is an instance of XBRL."""
    return xml_tree.local_name(root) == "xbrl" and xml_tree.namespace_of(root) in ("", _INSTANCE)


def read_voucher(root: Element) -> Reading:
    """The voucher in an instance. Raises `Refused`: `xml.bank_statement`, `xml.other_voucher`, `xml.not_an_invoice`."""
    spoken = [prefix for prefix in map(_taxonomy, root) if prefix]
    prefix = next((each for each in spoken if each in _VOUCHERS), None)
    if prefix is None:
        if not spoken:
            raise Refused("xml.not_an_invoice")
        raise Refused("xml.bank_statement" if _STATEMENT in spoken else "xml.other_voucher")
    # Elements of other namespaces that happen to share a name must not be taken for the voucher's own.
    own = Element("voucher")
    own.extend([each for each in root if _taxonomy(each) == prefix])
    voucher = _VOUCHERS[prefix]
    fields = fields_of(own, voucher.fields, Source.XBRL)
    if "number" not in fields.found or "total" not in fields.found:
        raise Refused("xml.other_voucher")
    kind = _kind(own, voucher)
    fields.put("kind", kind.value)
    lines = tuple(line_of(item, _LINES) for item in xml_tree.children(own, voucher.lines)) if voucher.lines else ()
    if prefix == "atr":
        lines = _air_lines(own, fields)
    return Reading(kind, fields.found, lines, xml_tree.all_text(own), pages=1)


def _taxonomy(element: Element) -> str:
    namespace = xml_tree.namespace_of(element)
    if not namespace.startswith(_TAXONOMY):
        return ""
    last = namespace.rpartition("/")[2]
    return "efi" if last.startswith("efi") else last


def _kind(own: Element, voucher: _Voucher) -> InvoiceKind:
    if not voucher.title:
        return voucher.kind
    title = xml_tree.text_at(own, voucher.title)
    titled = kind_of_title(title, xml_tree.text_at(own, "CodeOfInvoice")) or kind_of_title(f"电子发票({title})")
    return known_kind(titled, xml_tree.text_at(own, "CodeOfInvoice") or None, xml_tree.text_at(own, "InvoiceNumber") or None)


def _air_lines(own: Element, fields: Fields) -> tuple[InvoiceLine, ...]:
    """What a flight costs, line by line. Only where all of it adds up to the total is the amount without tax known."""
    fares = [fen_of(xml_tree.text_at(own, name) or "0") for name in _FARES]
    besides = [(word, fen_of(xml_tree.text_at(own, name) or "0")) for name, word in _UNTAXED]
    tax = fen_of(xml_tree.text_at(own, "VatTaxAmount") or "0")
    total = fen_of(xml_tree.text_at(own, "TotalAmount"))
    known = [fen for fen in (*fares, *(fen for _, fen in besides)) if fen is not None]
    if tax is None or total is None or len(known) < len(fares) + len(besides) or sum(known) + tax != total:
        return ()
    fields.put("amount", total - tax)
    flown = _line("*运输服务*航空客运", sum(fen for fen in fares if fen is not None), _rate(own), tax)
    return (flown, *(_line(word, fen, "不征税", 0) for word, fen in besides if fen))


def _line(name: str, amount: int, rate: str, tax: int) -> InvoiceLine:
    short = "运输服务" if name.startswith("*") else ""
    return InvoiceLine(name, short, "", "", "", None, None, amount, rate, tax)


def _rate(own: Element) -> str:
    """The rate as people write it: data have 0.09."""
    written = xml_tree.text_at(own, "VatRate")
    try:
        rate = Decimal(written)
    except InvalidOperation:
        return written
    return f"{(rate * 100).normalize():f}%" if 0 < rate < 1 else written
