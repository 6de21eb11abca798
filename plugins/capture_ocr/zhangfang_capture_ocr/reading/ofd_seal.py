"""Whether an OFD is still as it was when it was sealed, as far as that can be told without asking anybody.

GB/T 33190-2016 chapter 18: `Signature.xml` lists a digest of every file that the seal covers, and the signed value holds the
digest of `Signature.xml`. Both are compared. Who sealed it is not: that needs the root certificates, which no file carries.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from asn1crypto import core, x509  # type: ignore[import-untyped]  # the wheel ships no types

from zhangfang_capture_ocr.reading import xml_tree
from zhangfang_capture_ocr.reading.ofd_package import Package, resolved
from zhangfang_capture_ocr.reading.values import Seal

_DIGESTS: Final = {
    "1.2.156.10197.1.401": "sm3",
    "SM3": "sm3",
    "1.3.14.3.2.26": "sha1",
    "SHA1": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "SHA256": "sha256",
    "MD5": "md5",
}
"""GM/T 0006-2012 and GB/T 33190 name digests by object identifier; some writers use their names."""
_MOST_FILES: Final = 500


def seal_of(package: Package, root: Element) -> tuple[Seal, str]:
    """The state of all seals of the document, and the name on the first one's certificate. Raises `Refused` for parts that cannot be read."""
    paths = list(_signatures(package, root))
    states = [_state(package, path) for path in paths]
    if not states:
        return Seal.NONE, ""
    worst = next((state for state in (Seal.CHANGED, Seal.UNCHECKED) if state in states), Seal.INTACT)
    return worst, _signer(package, paths[0])


def _signer(package: Package, path: str) -> str:
    """The name on the certificate in a signed value (GB/T 38540-2020: what is signed, the certificate, algorithm, signature), "" where there is none."""
    signature = package.tree(path)
    value = package.part(resolved(path, xml_tree.text_at(signature, "SignedValue")))
    try:
        names = x509.Certificate.load(core.Sequence.load(value or b"")[1].native).subject.native
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        return ""
    return str(names.get("common_name") or names.get("organization_name") or "")[:100]


def _signatures(package: Package, root: Element) -> Iterator[str]:
    for body in xml_tree.children(root, "DocBody"):
        listing = resolved("", xml_tree.text_at(body, "Signatures"))
        listed = package.tree(listing) if listing not in ("", ".") else None
        for each in xml_tree.children(listed, "Signature"):
            yield resolved(listing, each.get("BaseLoc", ""))


def _state(package: Package, path: str) -> Seal:
    written = package.part(path)
    signature = package.tree(path)
    if written is None or signature is None:
        return Seal.CHANGED
    info = xml_tree.child(signature, "SignedInfo")
    references = xml_tree.child(info, "References")
    algorithm = _DIGESTS.get((references.get("CheckMethod", "") if references is not None else "").upper())
    value = package.part(resolved(path, xml_tree.text_at(signature, "SignedValue")))
    if algorithm is None or algorithm not in hashlib.algorithms_available or value is None:
        return Seal.UNCHECKED
    covered = list(xml_tree.children(references, "Reference"))
    if not covered or len(covered) > _MOST_FILES:
        return Seal.UNCHECKED
    for each in covered:
        data = package.part(resolved(path, each.get("FileRef", "")))
        if data is None or _digest(algorithm, data) != _written(xml_tree.text_at(each, "CheckValue")):
            return Seal.CHANGED
    return Seal.INTACT if _digest(algorithm, written) in value else Seal.UNCHECKED


def _digest(algorithm: str, data: bytes) -> bytes:
    return hashlib.new(algorithm, data, usedforsecurity=False).digest()


def _written(value: str) -> bytes:
    try:
        return base64.b64decode(value, validate=False)
    except (binascii.Error, ValueError):
        return b""
