"""Who signs the files of these tests, and the server that answers in the place of vendors out there."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from asn1crypto import keys, x509  # type: ignore[import-untyped]  # the wheel ships no types
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

_DAY = dt.datetime(2026, 5, 9, tzinfo=dt.UTC)
WHO = "样本商贸（深圳）有限公司"


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def certificate(key: rsa.RSAPrivateKey) -> bytes:
    """A certificate that its holder wrote itself, as anybody can."""
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, WHO)])
    made = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(_DAY)
        .not_valid_after(_DAY + dt.timedelta(days=3650))
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.DER)


@pytest.fixture(scope="session")
def signer(key: rsa.RSAPrivateKey, certificate: bytes) -> SimpleSigner:
    written = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(written), SimpleCertificateStore())


@pytest.fixture(scope="session")
def sign(signer: SimpleSigner) -> Callable[[bytes], bytes]:
    """Signs a PDF in the usual form, `adbe.pkcs7.detached`."""

    def signed(data: bytes) -> bytes:
        meta = PdfSignatureMetadata(field_name="Signature1", md_algorithm="sha256")
        written: io.BytesIO = sign_pdf(IncrementalPdfFileWriter(io.BytesIO(data)), meta, signer)
        return written.getvalue()

    return signed


@pytest.fixture(scope="session")
def reference() -> ModuleType:
    """Tencent Cloud's protocol, written from its documents."""
    where = Path(__file__).parent / "vendors" / "reference_servers" / "tencent_ocr.py"
    spec = spec_from_file_location("reference_tencent_ocr", where)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def server(reference: ModuleType) -> Iterator[Any]:
    with reference.serving(reference.TencentServer()) as running:
        yield running
