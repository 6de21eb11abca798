"""GB/T 24589.1-2010 (财经信息技术 会计核算软件数据接口 第1部分:企业), the XML of its 总账 part: entry lines as rows. Pure.

One element 记账凭证 is one line of a voucher, its fields child elements (attributes are understood too). 科目余额及发生额, 报表 and
the other parts are not read; see ``docs/voucher_files.md``.
"""

from collections.abc import Iterator
from xml.etree import ElementTree

ENTRY = "记账凭证"
VOID = "作废标志"


def fits(text: str) -> bool:
    return text.lstrip().startswith("<") and f"{ENTRY}编号" in text and f"{ENTRY}日期" in text


def rows(text: str) -> Iterator[tuple[str, int, list[str]]]:
    """First the field names, then the entries; void ones are left out. Raises as ``tree_of``."""
    entries = [_fields(element) for element in tree_of(text).iter() if _name(element) == ENTRY]
    names = list(dict.fromkeys(name for entry in entries for name in entry))
    yield ENTRY, 1, names
    for number, entry in enumerate(entries, 2):
        if entry.get(VOID, "").strip() not in ("1", "是", "true", "Y"):
            yield ENTRY, number, [entry.get(name, "") for name in names]


def tree_of(text: str) -> ElementTree.Element:
    """The document of a decoded data file. Raises ElementTree.ParseError, and ValueError for a DOCTYPE."""
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise ValueError("a data file has no document type")
    # The declared encoding was that of the bytes.
    start = text.index("?>") + 2 if text.lstrip().startswith("<?xml") else 0
    return ElementTree.fromstring(text[start:].strip())  # noqa: S314  # bounded, without a document type


def _fields(element: ElementTree.Element) -> dict[str, str]:
    return {**element.attrib, **{_name(child): (child.text or "").strip() for child in element}}


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
