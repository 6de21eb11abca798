"""CAP-1: OFD is read by itself: attached data, what it tags, the text of its pages; and whether its seal is whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from zhangfang_capture_ocr.proofs import prove
from zhangfang_capture_ocr.reading import InvoiceKind, Reading, Refused, Seal, Source, read
from zhangfang_capture_ocr.specimens import SpecimenInvoice, einvoice_xml
from zhangfang_sdk.periods import today

MakeInvoice = Callable[..., SpecimenInvoice]
MakeOfd = Callable[..., bytes]

WORDS = (
    (220.0, 30.0, 17.0, "电子发票（普通发票）"),
    (430.0, 30.0, 9.0, "发票号码：26332000000123456789"),
    (430.0, 48.0, 9.0, "开票日期：2026年05月09日"),
    (22.0, 145.0, 9.0, "项目名称"),
    (372.0, 145.0, 9.0, "金额"),
    (440.0, 145.0, 9.0, "税率/征收率"),
    (560.0, 145.0, 9.0, "税额"),
    (22.0, 163.0, 9.0, "*餐饮服务*餐饮费"),
    (372.0, 163.0, 9.0, "227.18"),
    (440.0, 163.0, 9.0, "3%"),
    (560.0, 163.0, 9.0, "6.82"),
    (54.0, 281.0, 9.0, "合计"),
    (362.0, 281.0, 9.0, "¥227.18"),
    (560.0, 281.0, 9.0, "¥6.82"),
    (22.0, 303.0, 9.0, "价税合计（大写）"),
    (182.0, 303.0, 9.0, "贰佰叁拾肆圆整"),
    (420.0, 303.0, 9.0, "（小写）"),
    (470.0, 303.0, 9.0, "¥234.00"),
)
LISTED = '<ofd:Attachments xmlns:ofd="x"><ofd:Attachment Name="original_invoice"><ofd:FileLoc>a.xml</ofd:FileLoc></ofd:Attachment></ofd:Attachments>'


def seal_proof(reading: Reading) -> bool | None:
    return next(proof.passed for proof in prove(reading, today=today(), client=None) if proof.code == "file.seal")


def test_text_by_coordinates(make_ofd: MakeOfd) -> None:
    """Values with their places; a field of OFD print is told as such."""
    reading = read(make_ofd(WORDS), "a.ofd").only
    assert (reading.number, reading.amount, reading.tax, reading.total) == ("26332000000123456789", 22718, 682, 23400)
    assert {found.source for found in reading.fields.values()} == {Source.OFD}
    box = reading.fields["total"].box
    assert box is not None
    assert 0.7 < box.left < box.right < 0.9
    assert 0.7 < box.top < box.bottom < 0.8


def test_attached_data_come_first(make_ofd: MakeOfd, make_invoice: MakeInvoice) -> None:
    """Whatever is attached as data is taken, in the printed places; a contradiction is told."""
    for total_differs in (False, True):
        data = einvoice_xml(make_invoice(InvoiceKind.DIGITAL_ORDINARY)).decode()
        if total_differs:
            data = data.replace("234.00", "243.00")
        parts = {"Doc_0/Attachs/Attachments.xml": LISTED, "Doc_0/Attachs/a.xml": data}
        reading = read(make_ofd(WORDS, parts=parts), "a.ofd").only
        assert reading.fields["total"].source is Source.XML
        assert reading.fields["total"].box is not None
        assert reading.buyer_tax_id == "91110000802100433B"
        assert set(reading.disagreements) == ({"total"} if total_differs else set())


def test_what_the_document_says_of_itself(make_ofd: MakeOfd) -> None:
    """`CustomData` fill what print lacks; tags name text objects, though their file is seldom XML."""
    tag = (
        '<?xml version="1.0"?><:eInvoice xmlns:=""><Buyer><BuyerName><ofd:ObjectRef PageRef="1">28</ofd:ObjectRef></BuyerName>'
        "</Buyer><TaxTotalAmount><ofd:ObjectRef>23</ofd:ObjectRef></TaxTotalAmount></:eInvoice>"
    )
    listed = '<ofd:CustomTags xmlns:ofd="x"><ofd:CustomTag><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag></ofd:CustomTags>'
    words = (*WORDS, (60.0, 89.0, 9.0, "云溪样本科技有限公司"))
    parts = {"Doc_0/Tags/CustomTags.xml": listed, "Doc_0/Tags/CustomTag.xml": tag}
    reading = read(make_ofd(words, parts=parts, data={"销售方纳税人识别号": "91440300708461136T"}), "a.ofd").only
    assert (reading.buyer_name, reading.seller_tax_id) == ("云溪样本科技有限公司", "91440300708461136T")
    assert reading.fields["buyer_name"].box is not None
    assert not reading.disagreements


def test_a_seal_is_whole_or_was_changed(make_ofd: MakeOfd) -> None:
    """A changed page is told; so is a signature file written anew, for the signed value holds its digest."""
    whole = read(make_ofd(WORDS, sealed=True), "a.ofd").only
    assert (whole.seal, seal_proof(whole)) == (Seal.INTACT, True)
    other = make_ofd([*WORDS[:-1], (470.0, 303.0, 9.0, "¥999.00")])
    page = "Doc_0/Pages/Page_0/Content.xml"
    changed = read(make_ofd(WORDS, sealed=True, changed={page: _part(other, page)}), "a.ofd").only
    assert (changed.seal, seal_proof(changed)) == (Seal.CHANGED, False)
    signature = "Doc_0/Signs/Sign_0/Signature.xml"
    again = make_ofd([*WORDS[:-1], (470.0, 303.0, 9.0, "¥999.00")], sealed=True)
    forged = {page: _part(again, page), signature: _part(again, signature)}
    assert read(make_ofd(WORDS, sealed=True, changed=forged), "a.ofd").only.seal is Seal.UNCHECKED
    assert seal_proof(read(make_ofd(WORDS), "a.ofd").only) is None


def _part(data: bytes, name: str) -> str:
    import io
    import zipfile

    return zipfile.ZipFile(io.BytesIO(data)).read(name).decode()


@pytest.mark.parametrize(
    ("code", "changed"),
    [
        ("ofd.broken", {"Doc_0/Document.xml": "<ofd:Document xmlns:ofd='x'/>"}),
        ("xml.broken", {"Doc_0/Pages/Page_0/Content.xml": "<ofd:Page"}),
        ("xml.entities", {"Doc_0/Document.xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"}),
        ("ofd.broken", {"Doc_0/Document.xml": '<d><Pages><Page BaseLoc="../../../../etc/passwd"/></Pages></d>'}),
    ],
)
def test_bad_documents(make_ofd: MakeOfd, code: str, changed: dict[str, str]) -> None:
    """One sentence each."""
    with pytest.raises(Refused) as refused:
        read(make_ofd(WORDS, changed=changed), "a.ofd")
    assert refused.value.code == code


@pytest.mark.parametrize("number", ["NaN", "1e999", "-1e9", "", "x", "g 99999999 1"])
def test_nonsense_coordinates_do_not_matter(make_ofd: MakeOfd, number: str) -> None:
    """A document with such objects is still read."""
    odd = (
        f'<ofd:Page xmlns:ofd="x"><ofd:Content><ofd:Layer><ofd:TextObject ID="1" Boundary="{number} 1 1 1" Size="3">'
        f'<ofd:TextCode X="{number}" Y="1" DeltaX="{number}">字</ofd:TextCode></ofd:TextObject></ofd:Layer></ofd:Content></ofd:Page>'
    )
    whole = read(make_ofd(WORDS, changed={"Doc_0/Pages/Page_0/Content.xml": odd}), "a.ofd")
    assert [each.code for each in whole.left] == ["page.not_an_invoice"]
