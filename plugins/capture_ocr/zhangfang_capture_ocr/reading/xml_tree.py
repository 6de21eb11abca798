"""A small tree out of untrusted XML: no document types, no entities, bounded size, depth and nodes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from zhangfang_capture_ocr.reading.refusals import MAX_XML_BYTES, Refused

MAX_NODES: Final = 20_000
MAX_DEPTH: Final = 64

_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_ENCODING = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
# GB 2312 and GBK are subsets of GB 18030, so one decoder reads all three.
_CHINESE = frozenset({"gbk", "gb2312", "gb18030", "gb-18030", "gb_2312-80", "cp936", "hz-gb-2312"})


class _GuardedBuilder(TreeBuilder):
    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._nodes = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._nodes += 1
        if self._depth > MAX_DEPTH:
            raise Refused("xml.too_deep")
        if self._nodes > MAX_NODES:
            raise Refused("xml.too_many_nodes")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def parse(data: bytes) -> Element:
    """The root of the document. Raises `Refused` (`file.too_large`, `xml.*`), never another error for bad input."""
    if len(data) > MAX_XML_BYTES:
        raise Refused("file.too_large")
    parser = DefusedXMLParser(
        target=_GuardedBuilder(), forbid_dtd=True, forbid_entities=True, forbid_external=True, encoding="utf-8"
    )
    try:
        parser.feed(_as_utf8(data))
        root = parser.close()
    except DefusedXmlException as error:
        raise Refused("xml.entities") from error
    except (ParseError, UnicodeError, LookupError, ValueError) as error:
        raise Refused("xml.broken") from error
    if not isinstance(root, Element):
        raise Refused("xml.broken")
    return root


def _as_utf8(data: bytes) -> bytes:
    """Decode here, since expat itself knows no Chinese encodings; the declaration then no longer holds."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16")
    elif data.startswith(b"\xef\xbb\xbf"):
        text = data.decode("utf-8-sig")
    else:
        declared = _ENCODING.match(data)
        name = declared[1].decode("ascii").lower() if declared else "utf-8"
        text = data.decode("gb18030" if name in _CHINESE else name)
    return _DECLARATION.sub("", text, count=1).lstrip().encode("utf-8")


def namespace_of(element: Element) -> str:
    """The namespace of a tag, "" where it has none."""
    return element.tag[1:].partition("}")[0] if element.tag.startswith("{") else ""


def local_name(element: Element) -> str:
    """The tag without its namespace."""
    return element.tag.rpartition("}")[2]


def child(element: Element | None, *path: str) -> Element | None:
    """The first descendant along exact local names, or None."""
    for name in path:
        if element is None:
            return None
        element = next((each for each in element if local_name(each) == name), None)
    return element


def children(element: Element | None, name: str) -> Iterator[Element]:
    """Children with exactly that local name."""
    if element is not None:
        yield from (each for each in element if local_name(each) == name)


def text_at(element: Element | None, *path: str) -> str:
    """The trimmed text along exact local names, "" where it is missing."""
    found = child(element, *path)
    return (found.text or "").strip() if found is not None else ""


def all_text(root: Element) -> str:
    """Every piece of text, one a line, in document order: what a search index wants."""
    return "\n".join(piece for piece in (each.strip() for each in root.itertext()) if piece)
