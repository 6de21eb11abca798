"""Whether a signed PDF is still as it was when it was signed, as far as that can be told without asking anybody, and by whose certificate.

The digest is computed anew and the signature checked with the certificate that the file itself carries. Whose certificate that
really is only a root certificate could tell, and none is at hand: "intact" is never "genuine". ISO 32000-1, 12.8; its two older
forms `adbe.pkcs7.sha1` and `adbe.x509.rsa_sha1` are those of many electronic invoices and are checked here, pyHanko leaves them out.
"""

from __future__ import annotations

import hashlib
import io
import logging
from typing import Any, Final

from asn1crypto import core, x509  # type: ignore[import-untyped]  # the wheel ships no types
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.x509 import load_der_x509_certificate
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel

from zhangfang_capture_ocr.reading.values import Seal

_SM3: Final = "1.2.156.10197.1.401"
_PLAIN_RSA: Final = "/adbe.x509.rsa_sha1"
_WRAPPED_SHA1: Final = "/adbe.pkcs7.sha1"
_UNKNOWN: Final = (PdfError, SignatureValidationError, ValueError, KeyError, TypeError, AttributeError, IndexError, NotImplementedError)
"""What the libraries raise for signatures that are written otherwise than they expect; nothing is claimed of those."""

# It warns of each signature that it does not know, and this process has nobody to tell.
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)


def signature_of(data: bytes) -> tuple[Seal, str]:
    """The state of all signatures of a PDF, and the name on the first one's certificate ("" where there is none)."""
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        fields = list(enumerate_sig_fields(reader, filled_status=True))
    except _UNKNOWN:
        return Seal.UNCHECKED, ""
    found = [_state(data, reader, name, value, field) for name, value, field in fields]
    if not found:
        return Seal.NONE, ""
    states = {state for state, _ in found}
    worst = next(state for state in (Seal.CHANGED, Seal.UNCHECKED, Seal.INTACT, Seal.SIGNED) if state in states)
    return worst, found[0][1]


def _state(data: bytes, reader: PdfFileReader, name: str, value: Any, field: Any) -> tuple[Seal, str]:
    try:
        return _one(data, reader, name, value, field)
    except (UnsupportedAlgorithm, *_UNKNOWN):
        return Seal.UNCHECKED, ""


def _one(data: bytes, reader: PdfFileReader, name: str, value: Any, field: Any) -> tuple[Seal, str]:
    form = str(value.get_object().get("/SubFilter", ""))
    if form == _PLAIN_RSA:
        return _plain_rsa(data, value.get_object())
    signature = EmbeddedPdfSignature(reader, field, name)
    info, who = signature.signer_info, _name(signature.signer_cert)
    if info["digest_algorithm"]["algorithm"].dotted == _SM3:
        return _sm3(_signed(data, value.get_object()), signature), who
    signature.compute_integrity_info()  # type: ignore[no-untyped-call]  # it says no types
    digest = signature.compute_digest()
    if form == _WRAPPED_SHA1:
        content = signature.signed_data["encap_content_info"]["content"].native
        if content != hashlib.sha1(_signed(data, value.get_object()), usedforsecurity=False).digest():
            return Seal.CHANGED, who
        digest = hashlib.new(info["digest_algorithm"]["algorithm"].native, content, usedforsecurity=False).digest()
    intact, valid = validate_sig_integrity(info, signature.signer_cert, "data", digest)
    return (_since(signature) if intact and valid else Seal.CHANGED), who


def _sm3(signed: bytes, signature: EmbeddedPdfSignature) -> Seal:
    """SM2 signatures are checked by no library at hand; the digest that was signed is compared all the same."""
    attributes = signature.signer_info["signed_attrs"]
    said = next(each["values"][0].native for each in attributes if each["type"].native == "message_digest")
    if said != hashlib.new("sm3", signed).digest():
        return Seal.CHANGED
    whole = signature.evaluate_signature_coverage() is SignatureCoverageLevel.ENTIRE_FILE
    return Seal.INTACT if whole else Seal.UNCHECKED


def _since(signature: EmbeddedPdfSignature) -> Seal:
    """What became of the file after it was signed: filling in forms and further signatures leave it what it was."""
    if signature.coverage is SignatureCoverageLevel.ENTIRE_FILE:
        return Seal.SIGNED
    level = getattr(signature.diff_result, "modification_level", ModificationLevel.OTHER)
    return Seal.CHANGED if level is ModificationLevel.OTHER else Seal.SIGNED


def _plain_rsa(data: bytes, value: Any) -> tuple[Seal, str]:
    given = value["/Cert"]
    der = bytes(given[0] if isinstance(given, list) else given)
    who = _name(x509.Certificate.load(der))
    key = load_der_x509_certificate(der).public_key()
    start, _, _, length = value["/ByteRange"]
    if not isinstance(key, rsa.RSAPublicKey) or start != 0:
        return Seal.UNCHECKED, who
    written = core.OctetString.load(bytes(value["/Contents"])).native
    try:
        key.verify(written, _signed(data, value), padding.PKCS1v15(), SHA1())  # noqa: S303  # as it was signed
    except InvalidSignature:
        return Seal.CHANGED, who
    ends_with_file = value["/ByteRange"][2] + length == len(data)
    return (Seal.SIGNED if ends_with_file else Seal.UNCHECKED), who


def _signed(data: bytes, value: Any) -> bytes:
    first, size, second, rest = (int(each) for each in value["/ByteRange"])
    return data[first : first + size] + data[second : second + rest]


def _name(certificate: x509.Certificate | None) -> str:
    """The name on a certificate, as it says it of itself."""
    if certificate is None:
        return ""
    names = certificate.subject.native
    return str(names.get("common_name") or names.get("organization_name") or "")[:100]
