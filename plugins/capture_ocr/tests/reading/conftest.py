"""Invented invoices that the tests of this folder share."""

from __future__ import annotations

import base64
import hashlib
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from xml.sax.saxutils import escape

import pytest

from zhangfang_capture_ocr.reading import InvoiceKind
from zhangfang_capture_ocr.specimens import SpecimenInvoice, SpecimenLine, taxed_line

MakeInvoice = Callable[..., SpecimenInvoice]


@pytest.fixture(scope="session")
def make_invoice() -> MakeInvoice:
    """Makes an invoice of a kind; number, code and check code fit the kind unless given."""

    def make(
        kind: InvoiceKind = InvoiceKind.DIGITAL_ORDINARY,
        *lines: SpecimenLine,
        buyer_name: str = "云溪样本科技（杭州）有限公司",
        buyer_tax_id: str = "91110000802100433B",
        remarks: str = "",
        number: str = "",
    ) -> SpecimenInvoice:
        digital = kind.is_digital
        code = "" if digital else "033002600213" if kind is InvoiceKind.SPECIAL_ELECTRONIC else "033002600211"
        return SpecimenInvoice(
            kind=kind,
            number=number or ("26332000000123456789" if digital else "12345678"),
            issued_on=date(2026, 5, 9),
            buyer_name=buyer_name,
            buyer_tax_id=buyer_tax_id,
            seller_name="样本商贸（深圳）有限公司",
            seller_tax_id="91440300708461136T",
            lines=lines or (taxed_line("*餐饮服务*餐饮费", 22718, "3%", quantity="1", unit="次"),),
            code=code,
            check_code="" if digital else "43932791364182936430",
            remarks=remarks,
        )

    return make


MakeOfd = Callable[..., bytes]
MILLIMETRES = 25.4 / 72


@pytest.fixture(scope="session")
def make_ofd() -> MakeOfd:
    """Makes an OFD of words on one page: x, middle from the top, size (points) and text of each. `parts` are further files, `data` what `OFD.xml` says."""

    def make(
        words: Sequence[tuple[float, float, float, str]],
        size: tuple[float, float] = (610.0, 400.0),
        *,
        parts: dict[str, str] | None = None,
        data: dict[str, str] | None = None,
        sealed: bool = False,
        changed: dict[str, str] | None = None,
    ) -> bytes:
        files = _parts(words, size, data or {}, parts or {}, sealed)
        if sealed:
            files |= _seal(files)
        files |= changed or {}
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            for name, content in files.items():
                archive.writestr(name, content)
        return written.getvalue()

    return make


def _parts(
    words: Sequence[tuple[float, float, float, str]],
    size: tuple[float, float],
    data: dict[str, str],
    parts: dict[str, str],
    sealed: bool,
) -> dict[str, str | bytes]:
    wide, high = (side * MILLIMETRES for side in size)
    said = "".join(f'<ofd:CustomData Name="{name}">{value}</ofd:CustomData>' for name, value in data.items())
    seals = "<ofd:Signatures>Doc_0/Signs/Signatures.xml</ofd:Signatures>" if sealed else ""
    links = "".join(
        f"<ofd:{tag}>{path.removeprefix('Doc_0/')}</ofd:{tag}>"
        for tag, path in (("Attachments", "Doc_0/Attachs/Attachments.xml"), ("CustomTags", "Doc_0/Tags/CustomTags.xml"))
        if path in parts
    )
    return {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="x"><ofd:DocBody><ofd:DocInfo><ofd:CustomDatas>{said}</ofd:CustomDatas></ofd:DocInfo>'
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{seals}</ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": '<ofd:Document xmlns:ofd="x"><ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>'
        f"0 0 {wide:.3f} {high:.3f}</ofd:PhysicalBox></ofd:PageArea></ofd:CommonData><ofd:Pages>"
        f'<ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>{links}</ofd:Document>',
        "Doc_0/Pages/Page_0/Content.xml": '<ofd:Page xmlns:ofd="x"><ofd:Content><ofd:Layer>'
        + "".join(_text(number, *word) for number, word in enumerate(words, start=10))
        + "</ofd:Layer></ofd:Content></ofd:Page>",
        **parts,
    }


def _text(number: int, x: float, middle: float, size: float, text: str) -> str:
    """One text object; letters of equal width share their step, as writers of OFD do it."""
    em = size * MILLIMETRES
    steps = " ".join(f"{em if ord(char) >= 0x2E80 else em / 2:.4f}" for char in text[:-1])
    return (
        f'<ofd:TextObject ID="{number}" Boundary="{x * MILLIMETRES:.3f} {(middle - size / 2) * MILLIMETRES:.3f} 90 9" '
        f'Size="{em:.4f}"><ofd:TextCode X="0" Y="{0.88 * em:.4f}" DeltaX="{steps}">{escape(text)}</ofd:TextCode></ofd:TextObject>'
    )


def _seal(files: dict[str, str | bytes]) -> dict[str, str | bytes]:
    def digest(content: str | bytes) -> bytes:
        return hashlib.sha256(content.encode() if isinstance(content, str) else content).digest()

    references = "".join(
        f'<ofd:Reference FileRef="/{name}"><ofd:CheckValue>{base64.b64encode(digest(content)).decode()}</ofd:CheckValue>'
        "</ofd:Reference>"
        for name, content in files.items()
    )
    signature = (
        f'<ofd:Signature xmlns:ofd="x"><ofd:SignedInfo><ofd:References CheckMethod="SHA256">{references}</ofd:References>'
        "</ofd:SignedInfo><ofd:SignedValue>/Doc_0/Signs/Sign_0/SignedValue.dat</ofd:SignedValue></ofd:Signature>"
    )
    return {
        "Doc_0/Signs/Signatures.xml": '<ofd:Signatures xmlns:ofd="x"><ofd:Signature BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>',
        "Doc_0/Signs/Sign_0/Signature.xml": signature,
        "Doc_0/Signs/Sign_0/SignedValue.dat": b"\x30\x20" + digest(signature) + b"\x00",
    }
