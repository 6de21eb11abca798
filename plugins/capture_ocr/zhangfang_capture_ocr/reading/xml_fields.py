"""Fields and lines out of XML by tables of paths: what all dialects of invoices' data share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.collecting import Fields
from zhangfang_capture_ocr.reading.figures import classification_short, fen_of, number_of, printed_rate
from zhangfang_capture_ocr.reading.values import InvoiceLine, Source

Paths = Mapping[str, tuple[tuple[str, ...], ...]]
"""For each field the places where it may stand, the best first, each a path of exact local names."""


@dataclass(frozen=True, slots=True)
class LineTags:
    """The tags of one line's values, directly under it."""

    name: str
    specification: str
    unit: str
    quantity: str
    unit_price: str
    amount: str
    rate: str
    tax: str
    classification_code: str = ""


def fields_of(root: Element, table: Paths, source: Source) -> Fields:
    """What stands in the first place of each field that holds any text."""
    fields = Fields(source)
    for name, paths in table.items():
        written = next((text for text in (xml_tree.text_at(root, *path) for path in paths) if text), "")
        fields.put_written(name, written)
    return fields


def line_of(item: Element, tags: LineTags) -> InvoiceLine:
    """One line of an invoice."""
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
