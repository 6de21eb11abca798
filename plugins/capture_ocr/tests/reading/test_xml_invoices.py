"""CAP-1, CAP-2: invoices issued as XML, in three dialects and several encodings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from zhangfang_capture_ocr.proofs import ClientIdentity, is_sure, prove
from zhangfang_capture_ocr.reading import InvoiceKind, Refused, Source, read
from zhangfang_capture_ocr.specimens import SpecimenInvoice, einvoice_xml, taxed_line

MakeInvoice = Callable[..., SpecimenInvoice]

CONTROLLED = """<?xml version="1.0" encoding="utf-8"?>
<eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019"><fp:InvoiceCode>033002600211</fp:InvoiceCode>
<fp:InvoiceNo>12345678</fp:InvoiceNo><fp:IssueDate>2026年05月09日</fp:IssueDate>
<fp:InvoiceCheckCode>43932791364182936430</fp:InvoiceCheckCode>
<fp:Buyer><fp:BuyerName>样本甲</fp:BuyerName><fp:BuyerTaxID>91110000802100433B</fp:BuyerTaxID></fp:Buyer>
<fp:Seller><fp:SellerName>样本乙</fp:SellerName><fp:SellerTaxID>91440300708461136T</fp:SellerTaxID></fp:Seller>
<fp:TaxInclusiveTotalAmount>103.00</fp:TaxInclusiveTotalAmount><fp:TaxTotalAmount>3.00</fp:TaxTotalAmount>
<fp:TaxExclusiveTotalAmount>100.00</fp:TaxExclusiveTotalAmount>
<fp:GoodsInfos><fp:GoodsInfo><fp:Item>*餐饮服务*餐费</fp:Item><fp:Amount>100.00</fp:Amount>
<fp:TaxScheme>3%</fp:TaxScheme><fp:TaxAmount>3.00</fp:TaxAmount></fp:GoodsInfo></fp:GoodsInfos></eInvoice>"""

VOUCHER = """<xbrl xmlns="http://www.xbrl.org/2003/instance"
 xmlns:v="http://xbrl.mof.gov.cn/taxonomy/2023-12-31/{prefix}" xmlns:o="http://example.org/other">
<o:NumberOfInvoice>99999999</o:NumberOfInvoice>{body}</xbrl>"""
ORDINARY = """<v:TypeOfInvoice>增值税电子普通发票</v:TypeOfInvoice><v:CodeOfInvoice>033002600211</v:CodeOfInvoice>
<v:NumberOfInvoice>12345678</v:NumberOfInvoice><v:DateOfIssue>2026-05-09</v:DateOfIssue>
<v:NameOfSeller>样本乙</v:NameOfSeller><v:TotalAmountExcludingTax>100</v:TotalAmountExcludingTax>
<v:TotalTaxAmount>3</v:TotalTaxAmount><v:TaxIncludedAmountInFigures>103.00</v:TaxIncludedAmountInFigures>
<v:InformationOfTaxableGoodsOrServicesDetailItemsTuple><v:NameOfTaxableGoodsOrServices>*餐饮服务*餐费
</v:NameOfTaxableGoodsOrServices><v:AmountExcludingTax>100.00</v:AmountExcludingTax><v:TaxRate>3.00%</v:TaxRate>
<v:TaxAmount>3.00</v:TaxAmount></v:InformationOfTaxableGoodsOrServicesDetailItemsTuple>"""
TRAIN = """<v:ElectronicInvoiceRailwayETicketNumber>26339000000123456789</v:ElectronicInvoiceRailwayETicketNumber>
<v:DateOfIssue>2026-05-09</v:DateOfIssue><v:Fare>109.00</v:Fare>
<v:TotalAmountExcludingTax>100.00</v:TotalAmountExcludingTax><v:TaxAmount>9.00</v:TaxAmount>
<v:NameOfPurchaser>样本甲</v:NameOfPurchaser>"""


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "gb18030", "gb2312", "utf-16"])
def test_digital_invoices_in_every_encoding(make_invoice: MakeInvoice, encoding: str) -> None:
    """CAP-1: 数电票 XML, all fields, Chinese encodings too."""
    line = taxed_line(
        "*软饮料*气泡水", 100000, "13%", quantity="2", unit="箱", classification_code="1030307010000000000"
    )
    invoice = make_invoice(InvoiceKind.DIGITAL_SPECIAL, line, taxed_line("*印刷品*图书", 500, "免税"), remarks="备注一")
    reading = read(einvoice_xml(invoice, encoding), "invoice.xml").only
    assert reading.kind is InvoiceKind.DIGITAL_SPECIAL
    assert (reading.number, reading.issued_on, reading.code) == (invoice.number, invoice.issued_on, None)
    assert (reading.buyer_name, reading.seller_name) == (invoice.buyer_name, invoice.seller_name)
    assert (reading.buyer_tax_id, reading.seller_tax_id) == (invoice.buyer_tax_id, invoice.seller_tax_id)
    assert (reading.amount, reading.tax, reading.total) == (100500, 13000, 113500)
    assert (reading.total_in_words, reading.remarks) == (invoice.total_in_words, "备注一")
    first, second = reading.lines
    assert (first.classification_short, first.classification_code) == ("软饮料", "1030307010000000000")
    assert (first.rate, first.tax, second.rate) == ("13%", 13000, "免税")
    assert {found.source for found in reading.fields.values()} == {Source.XML}


def test_namespaces_do_not_matter(make_invoice: MakeInvoice) -> None:
    """CAP-1: the same file under a default namespace."""
    data = einvoice_xml(make_invoice()).replace(b"<EInvoice>", b'<EInvoice xmlns="http://example.org/e">')
    assert read(data, "invoice.xml").only.total == make_invoice().total


def test_tags_are_matched_exactly(make_invoice: MakeInvoice) -> None:
    """CAP-2: a tag that merely contains the name of a field is not that field."""
    data = einvoice_xml(make_invoice()).replace(b"BuyerIdNum>", b"OldBuyerIdNum>")
    assert read(data, "invoice.xml").only.buyer_tax_id is None


def test_controlled_invoices() -> None:
    """CAP-1: the data of tax-control electronic invoices."""
    reading = read(CONTROLLED.encode(), "original_invoice.xml").only
    assert reading.kind is InvoiceKind.ORDINARY_ELECTRONIC
    assert (reading.code, reading.number, reading.check_code) == ("033002600211", "12345678", "43932791364182936430")
    assert (reading.amount, reading.tax, reading.total) == (10000, 300, 10300)
    assert reading.issued_on == date(2026, 5, 9)
    assert [(line.name, line.amount, line.rate) for line in reading.lines] == [("*餐饮服务*餐费", 10000, "3%")]


def test_vouchers_in_xbrl() -> None:
    """CAP-1: 电子凭证 XBRL of any release; elements of other namespaces are not the voucher's."""
    reading = read(VOUCHER.format(prefix="inv", body=ORDINARY).encode(), "inv_ord_issuer_1.xml").only
    assert reading.kind is InvoiceKind.ORDINARY_ELECTRONIC
    assert (reading.number, reading.total) == ("12345678", 10300)
    assert [(line.name, line.rate) for line in reading.lines] == [("*餐饮服务*餐费", "3%")]
    assert {found.source for found in reading.fields.values()} == {Source.XBRL}


def test_train_tickets_in_xbrl() -> None:
    """CAP-8: a railway e-ticket is a kind whose tax may be deducted."""
    reading = read(VOUCHER.format(prefix="rai", body=TRAIN).encode(), "rai_issuer_1.xml").only
    assert reading.kind is InvoiceKind.RAIL
    assert reading.kind.may_carry_input_vat
    assert (reading.amount, reading.tax, reading.total) == (10000, 900, 10900)


AIR = """<v:ElectronicInvoiceAirTransportReceiptNumber>26339000000123456789</v:ElectronicInvoiceAirTransportReceiptNumber>
<v:IssueDate>2026-05-09</v:IssueDate><v:NameOfPurchaser>样本甲</v:NameOfPurchaser><v:NameOfSeller>样本航空</v:NameOfSeller>
<v:UnifiedSocialCreditCodeOfPurchaser>91110000802100433B</v:UnifiedSocialCreditCodeOfPurchaser>
<v:Fare>550.46</v:Fare><v:FuelSurcharge>9.17</v:FuelSurcharge><v:VatRate>0.09</v:VatRate><v:VatTaxAmount>50.37</v:VatTaxAmount>
<v:CivilAviationDevelopmentFund>50.00</v:CivilAviationDevelopmentFund><v:OtherTaxes>0.00</v:OtherTaxes>
<v:TotalAmount>660.00</v:TotalAmount><v:ETicketNumber>7812345678901</v:ETicketNumber>"""
SLIP = """<v:NumberOfBankElectronicReceipt>202605099029660024300000000001</v:NumberOfBankElectronicReceipt>
<v:DateOfBookkeeping>2026-05-09</v:DateOfBookkeeping><v:AccountNameOfPayer>样本甲</v:AccountNameOfPayer>
<v:AccountNameOfPayee>样本乙</v:AccountNameOfPayee><v:TransactionAmountInFigures>1234.50</v:TransactionAmountInFigures>
<v:Usage>货款</v:Usage>"""
FISCAL = """<v:EInvoiceCode>33060126</v:EInvoiceCode><v:EInvoiceNumber>0012345678</v:EInvoiceNumber><v:IssueDate>20260509</v:IssueDate>
<v:TotalAmount>120.00</v:TotalAmount><v:PayerPartyName>样本甲</v:PayerPartyName><v:InvoicingPartyName>样本医院</v:InvoicingPartyName>"""
DIGITAL = """<v:InvoiceNumber>26332000000123456789</v:InvoiceNumber><v:RequestTime>2026-05-09</v:RequestTime>
<v:GeneralOrSpecialVAT>增值税专用发票</v:GeneralOrSpecialVAT><v:SellerName>样本乙</v:SellerName>
<v:TotalAmWithoutTax>100.00</v:TotalAmWithoutTax><v:TotalTaxAm>13.00</v:TotalTaxAm>
<v:TotalTax-includedAmount>113.00</v:TotalTax-includedAmount>"""


def voucher(prefix: str, body: str) -> bytes:
    return VOUCHER.format(prefix=prefix, body=body).encode()


def test_air_itineraries_in_xbrl() -> None:
    """CAP-8: tax is on fare and fuel; the fund for civil aviation is paid and not taxed."""
    reading = read(voucher("atr", AIR), "atr_issuer_1.xml").only
    assert reading.kind is InvoiceKind.AIR
    assert (reading.amount, reading.tax, reading.total) == (60963, 5037, 66000)
    assert (reading.number, reading.seller_name) == ("26339000000123456789", "样本航空")
    assert [(line.name, line.amount, line.rate) for line in reading.lines] == [
        ("*运输服务*航空客运", 55963, "9%"),
        ("民航发展基金", 5000, "不征税"),
    ]
    proofs = {proof.code: proof.passed for proof in prove(reading, today=date(2026, 6, 1), client=None)}
    assert (proofs["total.sum"], proofs["lines.amount"], proofs["tax.rate"]) == (True, True, True)


def test_air_itineraries_that_do_not_add_up_prove_nothing() -> None:
    """A part that is not known here, or a wrong sum: the amount is left open."""
    reading = read(voucher("atr", AIR.replace("660.00", "661.00")), "x.xml").only
    assert (reading.amount, reading.total, reading.lines) == (None, 66100, ())
    assert not is_sure(reading, prove(reading, today=date(2026, 6, 1), client=None))


def test_bank_slips_and_fiscal_receipts_in_xbrl() -> None:
    """Kinds of their own, with payer and payee; never sure, for nothing on them proves their one sum."""
    slip = read(voucher("bker", SLIP), "bker_issuer_1.xml").only
    assert (slip.kind, slip.number, slip.total) == (InvoiceKind.BANK_SLIP, "202605099029660024300000000001", 123450)
    assert (slip.buyer_name, slip.seller_name, slip.remarks) == ("样本甲", "样本乙", "货款")
    receipt = read(voucher("efi_np", FISCAL), "x.xml").only
    assert (receipt.kind, receipt.code, receipt.total) == (InvoiceKind.FISCAL, "33060126", 12000)
    assert receipt.issued_on == date(2026, 5, 9)
    for reading in (slip, receipt):
        client = ClientIdentity("样本甲", "91110000802100433B")
        proofs = prove(reading, today=date(2026, 6, 1), client=client)
        assert not is_sure(reading, proofs)
        assert [proof.code for proof in proofs if proof.passed is False] == []


def test_digital_invoices_as_they_were_booked() -> None:
    """`einv`: the receiver's own data of a 数电票."""
    reading = read(voucher("einv", DIGITAL), "einv_spcl_receiver_1.xml").only
    assert reading.kind is InvoiceKind.DIGITAL_SPECIAL
    assert (reading.number, reading.amount, reading.tax, reading.total) == ("26332000000123456789", 10000, 1300, 11300)


@pytest.mark.parametrize(
    ("prefix", "code"), [("bkrs", "xml.bank_statement"), ("ctp", "xml.other_voucher"), ("bker", "xml.other_voucher")]
)
def test_other_vouchers_are_left_to_a_person_with_their_words(prefix: str, code: str) -> None:
    """CAP-1: they are known to be none of ours, so nobody sends them back; elements that share a name are not taken."""
    whole = read(voucher(prefix, ORDINARY), "x.xml")
    assert not whole.found
    assert [left.code for left in whole.left] == [code]
    assert "样本乙" in whole.left[0].text


@pytest.mark.parametrize("amount", ["1e400", "12.345", "", "NaN", "壹佰", "9" * 60])
def test_sums_that_are_no_money_are_not_guessed(make_invoice: MakeInvoice, amount: str) -> None:
    """CAP-2: no float, no rounding: what is not exact fen is left out."""
    invoice = make_invoice()
    total = f"{invoice.total // 100}.{invoice.total % 100:02d}".encode()
    data = einvoice_xml(invoice).replace(
        b"TotalTax-includedAmount>" + total, b"TotalTax-includedAmount>" + amount.encode()
    )
    with pytest.raises(Refused) as refused:
        read(data, "invoice.xml")
    assert refused.value.code == "xml.not_an_invoice"
