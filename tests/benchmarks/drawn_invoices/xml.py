"""The three XML forms: of fully digital invoices (EInvoice), of the former system in an OFD (original_invoice.xml), of railway tickets (XBRL)."""

from __future__ import annotations

from xml.sax.saxutils import escape

from .chance import Chance
from .digital import SPECIAL
from .figures import capital, plain, yuan
from .goods import percent
from .looks import Look
from .truths import Invoice, Line, Party

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
RAILWAY = "http://xbrl.mof.gov.cn/taxonomy/2023-12-31/rai"


def _tag(name: str, *inner: str) -> str:
    return f"<{name}>{''.join(inner)}</{name}>"


def _told(**values: str) -> str:
    return "".join(_tag(name, escape(value)) for name, value in values.items())


def digital(invoice: Invoice, look: Look, chance: Chance) -> bytes:
    """a: with indents left out and rates as shares ("0.13"). b: rates as percents, the empty elements left away."""
    assert invoice.date is not None
    time = f"{invoice.date} {chance.whole(8, 18):02d}:{chance.whole(0, 59):02d}:{chance.whole(0, 59):02d}"
    kind = ("01", "增值税专用发票") if invoice.type == SPECIAL else ("02", "普通发票")
    labels = _tag("InIssuType", _told(LabelCode="Y", LabelName="是"))
    labels += _tag("EInvoiceType", _told(LabelCode="01", LabelName="数电票"))
    labels += _tag("GeneralOrSpecialVAT", _told(LabelCode=kind[0], LabelName=kind[1]))
    sums = _told(TotalAmWithoutTax=yuan(invoice.amount or 0), TotalTaxAm=yuan(invoice.tax or 0))
    sums += _tag("TotalTax-includedAmount", yuan(invoice.total))
    sums += _tag("TotalTax-includedAmountInChinese", capital(invoice.total))
    data = [
        _tag("SellerInformation", _party("Seller", invoice.seller, look)),
        _tag("BuyerInformation", _party("Buyer", invoice.buyer, look)),
        _tag("BasicInformation", sums, _told(Drawer=invoice.drawer, RequestTime=time)),
        *(_tag("IssuItemInformation", _item(line, look)) for line in invoice.lines),
        _tag("AdditionalInformation", _told(Remark=invoice.remark)),
    ]
    supervised = _told(
        InvoiceNumber=invoice.number, IssueTime=time, TaxBureauCode="13300000000", TaxBureauName="国家税务总局"
    )
    head = _told(EIid=invoice.number, EInvoiceTag="SWEI3200", Version=chance.of(("0.2", "0.32", "0.37")))
    body = (
        _tag("Header", head, _tag("InherentLabel", labels))
        + _tag("EInvoiceData", *data)
        + _tag("TaxSupervisionInfo", supervised)
    )
    return (HEAD + _tag("EInvoice", body)).encode()


def _party(side: str, party: Party, look: Look) -> str:
    address, _, phone = party.address.partition(" ")
    bank, _, account = party.bank.partition(" ")
    told = {
        "IdNum": party.tax_id,
        "Name": party.name,
        "Addr": address,
        "TelNum": phone,
        "BankName": bank,
        "BankAccNum": account,
    }
    return "".join(_tag(side + name, escape(value)) for name, value in told.items() if value or look.a)


def _item(line: Line, look: Look) -> str:
    rate = line.rate if not line.rate.endswith("%") or not look.a else plain(percent(line.rate))
    told = {
        "ItemName": line.name,
        "SpecMod": line.model,
        "MeaUnits": line.unit,
        "Quantity": line.quantity_text,
        "UnPrice": line.price_text,
        "Amount": yuan(line.amount),
        "TaxRate": rate,
        "ComTaxAm": yuan(line.tax),
        "TotaltaxIncludedAmount": yuan(line.amount + line.tax),
    }
    return "".join(_tag(name, escape(value)) for name, value in told.items() if value or look.a)


def original(invoice: Invoice) -> bytes:
    """Of electronic invoices of the former system (增值税电子普通发票 and 电子专用发票)."""
    assert invoice.date is not None

    def party(side: str, of: Party) -> str:
        told = {"Name": of.name, "TaxID": of.tax_id, "AddrTel": of.address, "FinancialAccount": of.bank}
        return _tag(f"fp:{side}", *(_tag(f"fp:{side}{name}", escape(value)) for name, value in told.items()))

    head = {
        "InvoiceNo": invoice.number,
        "InvoiceCode": invoice.code,
        "IssueDate": f"{invoice.date:%Y年%m月%d日}",
        "InvoiceCheckCode": invoice.printed.get("校验码", ""),
        "MachineNo": invoice.printed.get("机器编号", ""),
        "TaxControlCode": invoice.printed.get("密码区", ""),
        "TaxInclusiveTotalAmount": yuan(invoice.total),
        "TaxExclusiveTotalAmount": yuan(invoice.amount or 0),
        "TaxTotalAmount": yuan(invoice.tax or 0),
        "Note": invoice.remark,
        "InvoiceClerk": invoice.drawer,
    }
    items = (
        {
            "Item": line.name,
            "Specification": line.model,
            "MeasurementDimension": line.unit,
            "Quantity": line.quantity_text,
            "Price": line.price_text,
            "Amount": yuan(line.amount),
            "TaxScheme": line.rate,
            "TaxAmount": line.tax_text,
        }
        for line in invoice.lines
    )
    goods = _tag(
        "fp:GoodsInfos",
        *(_tag("fp:GoodsInfo", *(_tag(f"fp:{n}", escape(v)) for n, v in item.items())) for item in items),
    )
    body = "".join(_tag(f"fp:{name}", escape(value)) for name, value in head.items())
    body += party("Buyer", invoice.buyer) + party("Seller", invoice.seller) + goods
    return f'{HEAD}<fp:eInvoice xmlns:fp="http://www.edrm.org.cn/schema/e-invoice/2019">{body}</fp:eInvoice>'.encode()


def railway(invoice: Invoice) -> bytes:
    """The issuer's file of a railway ticket, by the electronic voucher standard of the Ministry of Finance."""
    assert invoice.date is not None
    told = {
        "TypeOfVoucher": "电子发票(铁路电子客票)",
        "ElectronicInvoiceRailwayETicketNumber": invoice.number,
        "DateOfIssue": invoice.date.isoformat(),
        "TypeOfBusiness": "售",
        "DepartureStation": invoice.printed["出发站"],
        "DestinationStation": invoice.printed["到达站"],
        "TrainNumber": invoice.printed["车次"],
        "DepartureDate": invoice.printed["乘车日期"],
        "Fare": yuan(invoice.total),
        "TaxRate": "9%",
        "TotalAmountExcludingTax": yuan(invoice.amount or 0),
        "TaxAmount": yuan(invoice.tax or 0),
        "NameOfPassenger": invoice.printed["姓名"],
        "NameOfPurchaser": invoice.buyer.name,
        "UnifiedSocialCreditCodeOfPurchaser": invoice.buyer.tax_id,
        "ETicketNumber": invoice.printed["电子客票号"],
    }
    body = "".join(
        f'<rai:{name} contextRef="now"{_unit(name)}>{escape(value)}</rai:{name}>'
        for name, value in told.items()
        if value
    )
    instant = '<context id="now"><entity><identifier scheme="http://xbrl.mof.gov.cn">rai</identifier></entity>'
    instant += f"<period><instant>{invoice.date}</instant></period></context>"
    unit = '<unit id="CNY"><measure xmlns:iso4217="http://www.xbrl.org/2003/iso4217">iso4217:CNY</measure></unit>'
    return f'{HEAD}<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:rai="{RAILWAY}">{instant}{unit}{body}</xbrl>'.encode()


def _unit(name: str) -> str:
    return ' unitRef="CNY" decimals="2"' if name in ("Fare", "TotalAmountExcludingTax", "TaxAmount") else ""
