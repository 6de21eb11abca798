"""Opens an OFD document and reads the invoices in it: attached data first, then what it tags, the text of its pages beside them."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from PIL import Image, UnidentifiedImageError

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.embedding import together, with_data
from zhangfang_capture_ocr.reading.kinds import InvoiceKind, known_kind
from zhangfang_capture_ocr.reading.ofd_package import Package, resolved
from zhangfang_capture_ocr.reading.ofd_page import OfdPage, page_of
from zhangfang_capture_ocr.reading.ofd_seal import seal_of
from zhangfang_capture_ocr.reading.ofd_tags import custom_data, tagged
from zhangfang_capture_ocr.reading.parts import FileReading
from zhangfang_capture_ocr.reading.printed import invoices_on
from zhangfang_capture_ocr.reading.qr import PlacedCode, codes_in
from zhangfang_capture_ocr.reading.refusals import MAX_PDF_PAGES, MAX_XML_BYTES, Refused
from zhangfang_capture_ocr.reading.values import FieldValue, Reading, Value
from zhangfang_capture_ocr.reading.xml_invoices import read_xml

_USUAL_PAGE: Final = "0 0 210 140"
_PICTURES: Final = ("PNG", "JPEG", "BMP")
_MAX_PICTURE_PIXELS: Final = 16_000_000


def read_ofd(data: bytes) -> FileReading:
    """Everything in one OFD. Raises `Refused`: `ofd.broken`, `xml.*`, `decode.too_big`, `pdf.too_many_pages`, `pdf.too_much_text`."""
    package = Package(data)
    root = package.tree("OFD.xml")
    if root is None:
        raise Refused("ofd.broken")
    pages: dict[int, OfdPage] = {}
    embedded: list[Reading] = []
    said: dict[str, FieldValue[Value]] = {}
    for body in xml_tree.children(root, "DocBody"):
        base = resolved("", xml_tree.text_at(body, "DocRoot"))
        document = package.tree(base)
        if document is None:
            continue
        first = len(pages)
        for page in _pages(package, base, document, first):
            pages[page.page.index] = page
        embedded += _attached(package, base, document)
        said |= _tags(package, base, document, {index: page for index, page in pages.items() if index >= first})
    if not pages and not embedded:
        raise Refused("ofd.broken")
    said = {**custom_data(root).found, **said}
    found, left, _ = invoices_on([page.page for page in pages.values()], _codes(package, pages))
    if len(found) == 1 and not embedded and said:
        found = [replace(found[0], reading=_confirmed(found[0].reading, said))]
    found = with_data(found, embedded)
    if embedded and len(found) == len(embedded):
        left = []
    seal, signer = seal_of(package, root)
    sealed = tuple(replace(each, reading=replace(each.reading, seal=seal, signer=signer)) for each in found)
    return FileReading(max(len(pages), 1), sealed, tuple(left)).told_apart()


def _pages(package: Package, base: str, document: Element, first: int) -> Sequence[OfdPage]:
    common = xml_tree.child(document, "CommonData")
    usual = xml_tree.text_at(common, "PageArea", "PhysicalBox") or _USUAL_PAGE
    templates = {each.get("ID", ""): each.get("BaseLoc", "") for each in xml_tree.children(common, "TemplatePage")}
    listed = list(xml_tree.children(xml_tree.child(document, "Pages"), "Page"))
    if first + len(listed) > MAX_PDF_PAGES:
        raise Refused("pdf.too_many_pages")
    pages = []
    for place, each in enumerate(listed):
        content = package.tree(resolved(base, each.get("BaseLoc", "")))
        if content is None:
            raise Refused("ofd.broken")
        below = [templates.get(used.get("TemplateID", "")) for used in xml_tree.children(content, "Template")]
        trees = [package.tree(resolved(base, location)) for location in below if location]
        box = xml_tree.text_at(content, "Area", "PhysicalBox") or usual
        width, height = _sides(box)
        pages.append(page_of([*(tree for tree in trees if tree is not None), content], first + place, width, height))
    return pages


def _sides(box: str) -> tuple[float, float]:
    try:
        _, _, width, height = (float(word) for word in box.split()[:4])
    except ValueError as error:
        raise Refused("ofd.broken") from error
    if not (1 < width < 10_000 and 1 < height < 10_000):
        raise Refused("ofd.broken")
    return width, height


def _attached(package: Package, base: str, document: Element) -> list[Reading]:
    """Attachments that are invoices' data; others are passed over."""
    listing = resolved(base, xml_tree.text_at(document, "Attachments"))
    listed = package.tree(listing)
    found = []
    for each in xml_tree.children(listed, "Attachment"):
        location = xml_tree.text_at(each, "FileLoc")
        # Some write the place from the root, some from the document, some only the name.
        for path in (resolved(listing, location), resolved(base, location), location):
            data = package.part(path)
            if data is not None and len(data) <= MAX_XML_BYTES:
                with contextlib.suppress(Refused):
                    found.append(read_xml(data))
                break
    return found


def _tags(
    package: Package, base: str, document: Element, pages: Mapping[int, OfdPage]
) -> dict[str, FieldValue[Value]]:
    listing = resolved(base, xml_tree.text_at(document, "CustomTags"))
    try:
        listed = package.tree(listing)
    except Refused:
        return {}
    found: dict[str, FieldValue[Value]] = {}
    for each in listed if listed is not None else ():
        location = xml_tree.text_at(each, "FileLoc")
        data = package.part(resolved(listing, location)) or package.part(resolved(base, location))
        if data is not None and len(data) <= MAX_XML_BYTES:
            found |= tagged(data, pages).found
    return found


def _confirmed(printed: Reading, said: Mapping[str, FieldValue[Value]]) -> Reading:
    """What the document says of itself, in the places of its print."""
    code = said.get("code")
    kind = printed.kind if printed.kind is not InvoiceKind.OTHER else known_kind(None, str(code.value) if code else None)
    fields = {name: found for name, found in said.items() if not (kind.is_digital and name in ("code", "check_code"))}
    data = Reading(kind, fields, (), "", printed.pages)
    return together(data, printed)


def _codes(package: Package, pages: Mapping[int, OfdPage]) -> dict[int, list[PlacedCode]]:
    """QR codes among the images of each page."""
    media = _media(package)
    codes: dict[int, list[PlacedCode]] = {}
    for index, page in pages.items():
        for picture in page.pictures:
            data = package.part(media.get(picture.resource, ""))
            for code in _codes_of(data) if data is not None else ():
                codes.setdefault(index, []).append(PlacedCode(code.text, picture.x, picture.y))
    return codes


def _media(package: Package) -> dict[str, str]:
    """Paths of images by the ids of their resources."""
    found = {}
    for name in package.names:
        if not name.endswith("res.xml"):
            continue
        with contextlib.suppress(Refused):
            root = package.tree(name)
            folder = root.get("BaseLoc", "") if root is not None else ""
            for each in xml_tree.children(xml_tree.child(root, "MultiMedias"), "MultiMedia"):
                location = xml_tree.text_at(each, "MediaFile")
                found[each.get("ID", "")] = resolved(name, f"{folder}/{location}" if folder else location)
    return found


def _codes_of(data: bytes) -> tuple[PlacedCode, ...]:
    try:
        with Image.open(io.BytesIO(data), formats=_PICTURES) as opened:
            if opened.width * opened.height > _MAX_PICTURE_PIXELS:
                return ()
            return codes_in(opened.convert("RGB"))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return ()
