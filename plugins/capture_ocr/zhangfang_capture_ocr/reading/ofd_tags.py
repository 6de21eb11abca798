"""What an OFD says of itself beside its pages: data in `OFD.xml`, and tags that name the text objects of its values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.forms.layout import Span
from zhangfang_capture_ocr.reading.forms.page import Glyph
from zhangfang_capture_ocr.reading.ofd_page import OfdPage
from zhangfang_capture_ocr.reading.values import Source

CUSTOM_DATA: Final = {
    "发票代码": "code",
    "发票号码": "number",
    "开票日期": "issued_on",
    "购买方名称": "buyer_name",
    "购买方纳税人识别号": "buyer_tax_id",
    "销售方名称": "seller_name",
    "销售方纳税人识别号": "seller_tax_id",
    "合计金额": "amount",
    "合计税额": "tax",
    "价税合计": "total",
    "校验码": "check_code",
}
TAGS: Final = {
    "invoicecode": "code",
    "invoiceno": "number",
    "invoicenumber": "number",
    "issuedate": "issued_on",
    "issuetime": "issued_on",
    "buyername": "buyer_name",
    "buyertaxid": "buyer_tax_id",
    "buyeridnum": "buyer_tax_id",
    "sellername": "seller_name",
    "sellertaxid": "seller_tax_id",
    "selleridnum": "seller_tax_id",
    "taxexclusivetotalamount": "amount",
    "totalamwithouttax": "amount",
    "taxtotalamount": "tax",
    "totaltaxam": "tax",
    "taxinclusivetotalamount": "total",
    "totaltax-includedamount": "total",
    "invoicecheckcode": "check_code",
}
_MONEY: Final = frozenset({"amount", "tax", "total"})
_DIGITS: Final = frozenset({"code", "number", "check_code"})
# Writers leave out namespaces or close them wrongly, so that often it is no XML at all.
_ELEMENT: Final = re.compile(r"<(?:[\w.-]*:)?([\w.-]+)[^<>]*>(?:\s|</?(?:[\w.-]*:)?ObjectRef[^<>]*>|\d)+</")
_REFERENCE: Final = re.compile(r"ObjectRef[^<>]*>\s*(\d{1,9})\s*<")


def custom_data(root: Element) -> Fields:
    """Values that `OFD.xml` names (`CustomDatas`)."""
    fields = Fields(Source.OFD)
    info = xml_tree.child(root, "DocBody", "DocInfo", "CustomDatas")
    for each in xml_tree.children(info, "CustomData"):
        name = CUSTOM_DATA.get(each.get("Name", "").strip())
        if name is not None:
            _put(fields, name, each.text or "", None)
    return fields


def tagged(data: bytes, pages: Mapping[int, OfdPage]) -> Fields:
    """Values whose text objects a `CustomTag` file names, with their places."""
    fields = Fields(Source.OFD)
    texts = {id_: (page.page, glyphs) for page in pages.values() for id_, glyphs in page.texts.items()}
    for element in _ELEMENT.finditer(data.decode("utf-8", errors="replace")):
        name = TAGS.get(element[1].lower())
        places = [texts[id_] for id_ in _REFERENCE.findall(element[0]) if id_ in texts]
        glyphs: list[Glyph] = [glyph for _, found in places for glyph in found]
        if name is not None and name not in fields.found and any(glyph.char != " " for glyph in glyphs):
            span = Span(places[0][0], tuple(glyphs))
            _put(fields, name, "".join(glyph.char for glyph in glyphs).strip(), span)
    return fields


def _put(fields: Fields, name: str, written: str, span: Span | None) -> None:
    text = written.strip()
    if name in _DIGITS:
        text = "".join(text.split())
    if name in _MONEY:
        text = text.lstrip("¥￥").strip()
    fields.put_written(name, text, span.box if span is not None else None)
