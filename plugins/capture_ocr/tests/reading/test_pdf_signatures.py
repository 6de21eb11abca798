"""CAP-4: a PDF's signature is checked against the file and the certificate in it; nothing is called genuine."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Callable
from datetime import date

import pytest
from asn1crypto import cms  # type: ignore[import-untyped]  # the wheel ships no types
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from pyhanko.pdf_utils.generic import ByteStringObject, NameObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import SimpleSigner, cms_embedder
from pyhanko.sign.signers.pdf_byterange import PdfSignedData

from zhangfang_capture_ocr.proofs import prove
from zhangfang_capture_ocr.reading import Reading, Seal, read
from zhangfang_capture_ocr.specimens import SpecimenInvoice, draw

MakeInvoice = Callable[..., SpecimenInvoice]
Sign = Callable[[bytes], bytes]
WHO = "样本商贸（深圳）有限公司"
_DAY = date(2026, 5, 9)


@pytest.fixture
def unsigned(make_invoice: MakeInvoice) -> bytes:
    return draw(make_invoice())


def signed_as(data: bytes, form: str, algorithm: str, sign: Callable[[bytes], bytes], der: bytes | None = None) -> bytes:
    """In another form: `sign` makes the contents of the signature out of the digest of the file."""
    out = IncrementalPdfFileWriter(io.BytesIO(data))
    steps = cms_embedder.PdfCMSEmbedder().write_cms(field_name="Signature1", writer=out)
    next(steps)
    value = PdfSignedData(NameObject("/Sig"), bytes_reserved=16384)
    value["/SubFilter"] = NameObject(form)
    if der is not None:
        value["/Cert"] = ByteStringObject(der)
    steps.send(cms_embedder.SigObjSetup(sig_placeholder=value))
    prepared, written = steps.send(cms_embedder.SigIOSetup(md_algorithm=algorithm, in_place=True))
    steps.send(sign(prepared.document_digest))
    found: bytes = written.getvalue()
    return found


def seal_proof(reading: Reading) -> tuple[bool | None, str]:
    proofs = prove(reading, today=_DAY, client=None)
    return next((proof.passed, proof.sentence) for proof in proofs if proof.code == "file.seal")


def changed(data: bytes) -> bytes:
    """One bit of the page's content is another; the page reads as before."""
    at = data.index(b"/Creator") if b"/Creator" in data else data.index(b"/Producer")
    return data[: at + 1] + b"K" + data[at + 2 :]


def test_a_signature_is_intact_and_says_whose_certificate(unsigned: bytes, sign: Sign) -> None:
    """Never "genuine": the certificate says of itself whose it is."""
    reading = read(sign(unsigned), "发票.pdf").only
    assert (reading.seal, reading.signer) == (Seal.SIGNED, WHO)
    passed, sentence = seal_proof(reading)
    assert passed
    assert WHO in sentence
    assert "不等于已经验真" in sentence
    assert read(unsigned, "发票.pdf").only.seal is Seal.NONE


def test_a_changed_file_is_told(unsigned: bytes, sign: Sign) -> None:
    """Somebody changed the file after it was signed."""
    reading = read(changed(sign(unsigned)), "发票.pdf").only
    assert reading.seal is Seal.CHANGED
    assert seal_proof(reading)[0] is False


def test_what_is_written_over_a_signed_page_is_told(unsigned: bytes, sign: Sign) -> None:
    """A later revision with another page leaves the digest right, and is a change all the same."""
    out = IncrementalPdfFileWriter(io.BytesIO(sign(unsigned)))
    page = out.root["/Pages"]["/Kids"][0]
    page["/Rotate"] = NumberObject(0)
    page["/UserUnit"] = NumberObject(1)
    out.update_container(page)
    written = io.BytesIO()
    out.write(written)
    assert read(written.getvalue(), "发票.pdf").found[0].reading.seal is Seal.CHANGED


def test_the_forms_of_older_invoices(
    unsigned: bytes, signer: SimpleSigner, key: rsa.RSAPrivateKey, certificate: bytes
) -> None:
    """`adbe.x509.rsa_sha1` and `adbe.pkcs7.sha1`, whole and changed."""

    def plain(digest: bytes) -> bytes:
        made = key.sign(digest, padding.PKCS1v15(), utils.Prehashed(hashes.SHA1()))  # noqa: S303
        return bytes([0x04, 0x82, *len(made).to_bytes(2, "big")]) + made

    def wrapped(digest: bytes) -> bytes:
        made: bytes = asyncio.run(signer.async_sign_general_data(digest, "sha256", detached=False)).dump()
        return made

    for data in (
        signed_as(unsigned, "/adbe.x509.rsa_sha1", "sha1", plain, certificate),
        signed_as(unsigned, "/adbe.pkcs7.sha1", "sha1", wrapped),
    ):
        reading = read(data, "发票.pdf").only
        assert (reading.seal, reading.signer) == (Seal.SIGNED, WHO)
        assert read(changed(data), "发票.pdf").only.seal is Seal.CHANGED


def test_of_sm2_signatures_the_digest_is_compared(unsigned: bytes, signer: SimpleSigner) -> None:
    """No library at hand checks SM2, so the sentence says that the digest alone was compared."""
    written: list[bytes] = []

    def sm2(_: bytes) -> bytes:
        made = asyncio.run(signer.async_sign_general_data(b"", "sha256", detached=True))
        info: cms.SignerInfo = made["content"]["signer_infos"][0]
        info["digest_algorithm"] = {"algorithm": "1.2.156.10197.1.401"}
        for attribute in info["signed_attrs"]:
            if attribute["type"].native == "message_digest":
                attribute["values"] = [written[0] if written else bytes(32)]
        return bytes(made.dump(force=True))

    first = signed_as(unsigned, "/adbe.pkcs7.detached", "sha256", sm2)
    start, end = first.rindex(b"/Contents <") + 10, first.index(b">", first.rindex(b"/Contents <") + 10) + 1
    written.append(hashlib.new("sm3", first[:start] + first[end:]).digest())
    contents = sm2(b"").hex().encode()
    whole = first[: start + 1] + contents + first[start + 1 + len(contents) :]
    reading = read(whole, "发票.pdf").only
    assert (reading.seal, reading.signer) == (Seal.INTACT, WHO)
    assert "国密签名和证书没有联网核对" in seal_proof(reading)[1]
    assert read(first, "发票.pdf").only.seal is Seal.CHANGED


def test_signatures_that_nobody_understands_are_claimed_nothing_of(unsigned: bytes) -> None:
    data = signed_as(unsigned, "/unheard.of", "sha256", lambda _: b"\x30\x00")
    reading = read(data, "发票.pdf").only
    assert reading.seal is Seal.UNCHECKED
    assert seal_proof(reading)[0] is None
    assert read(unsigned + b"% /ByteRange", "发票.pdf").only.seal is Seal.NONE
