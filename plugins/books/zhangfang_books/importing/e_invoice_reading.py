"""数电票 as XML (root ``EInvoice``), under the headings of the tax authority's invoice list: a row for each line. Pure."""

from collections.abc import Iterator
from xml.etree import ElementTree

HEADINGS = (
    *("数电发票号码", "销方识别号", "销方名称", "购方识别号", "购买方名称", "开票日期", "发票票种", "备注"),
    *("货物或应税劳务名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额"),
)
_HEAD = (
    *(("Header/EIid",), ("EInvoiceData/SellerInformation/SellerIdNum",)),
    *(("EInvoiceData/SellerInformation/SellerName",), ("EInvoiceData/BuyerInformation/BuyerIdNum",)),
    *(("EInvoiceData/BuyerInformation/BuyerName",),),
    ("TaxSupervisionInfo/IssueTime", "EInvoiceData/BasicInformation/RequestTime"),
    ("Header/InherentLabel/GeneralOrSpecialVAT/LabelName",),
    ("EInvoiceData/AdditionalInformation/Remark",),
)
_LINE = ("ItemName", "SpecMod", "MeaUnits", "Quantity", "UnPrice", "Amount", "TaxRate", "ComTaxAm")


def fits(text: str) -> bool:
    start = text[:4000]
    return start.lstrip().startswith("<") and "EInvoice" in start and "EInvoiceData" in text


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """First the headings. Raises ElementTree.ParseError, and ValueError for a DOCTYPE or another root."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("an invoice has no document type")
    start = text.index("?>") + 2 if text.lstrip().startswith("<?xml") else 0
    root = ElementTree.fromstring(text[start:].strip())  # noqa: S314  # bounded, without a document type
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    if root.tag != "EInvoice":
        raise ValueError("no 数电票")
    head = [next((found for path in paths if (found := _text(root, path))), "") for paths in _HEAD]
    yield "EInvoice", 1, list(HEADINGS)
    for number, line in enumerate(root.findall("EInvoiceData/IssuItemInformation"), 2):
        yield "EInvoice", number, [*head, *(_text(line, tag) for tag in _LINE)]


def _text(element: ElementTree.Element, path: str) -> str:
    return (element.findtext(path) or "").strip()
