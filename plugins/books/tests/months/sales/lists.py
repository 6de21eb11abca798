"""Invoice lists drawn for these tests in the layout of 全量发票查询; names, numbers and figures are invented."""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from openpyxl import Workbook

TOTALS = [
    *("序号", "发票代码", "发票号码", "数电发票号码", "销方识别号", "销方名称", "购方识别号", "购买方名称", "开票日期", "金额"),
    *("税额", "价税合计", "发票来源", "发票票种", "发票状态", "是否正数发票", "发票风险等级", "开票人", "备注"),
]
LINES = [
    *("序号", "发票代码", "发票号码", "数电发票号码", "销方识别号", "销方名称", "购方识别号", "购买方名称", "开票日期", "税收分类编码"),
    *("特定业务类型", "货物或应税劳务名称", "规格型号", "单位", "数量", "单价", "金额", "税率", "税额", "价税合计", "发票来源"),
    *("发票票种", "发票状态", "是否正数发票", "发票风险等级", "开票人", "备注"),
]
SPECIAL, ORDINARY = "数电发票(增值税专用发票)", "数电发票(普通发票)"
BUYER = ("杭州青禾商贸有限公司", "91330106MA2TEXT41B")


@dataclass(frozen=True)
class Sold:
    """One invoice of a list; ``lines`` are (name, yuan, rate, tax in yuan)."""

    number: str
    day: str
    lines: Sequence[tuple[str, str, str, str]]
    kind: str = ORDINARY
    state: str = "正常"
    remark: str = ""
    seller: str = ""
    buyer: tuple[str, str] = BUYER


def number(n: int) -> str:
    return f"2633200000{n:010d}"


def workbook(own: str, sold: Iterable[Sold], *, sheets: Sequence[str] = ("base", "lines"), mend: dict[tuple[str, int, str], object] | None = None) -> bytes:
    """``mend`` overwrites single cells: (sheet, row, heading) → value."""
    book = Workbook()
    book.remove(book.active)
    made = {}
    if "base" in sheets:
        made["发票基础信息"] = (book.create_sheet("发票基础信息"), TOTALS)
    if "lines" in sheets:
        made["信息汇总表"] = (book.create_sheet("信息汇总表"), LINES)
    for sheet, headings in made.values():
        sheet.append(headings)
    for n, each in enumerate(sold, 1):
        amount, tax = (round(sum(float(x[at]) for x in each.lines), 2) for at in (1, 3))
        whole = amount + tax
        seller = each.seller or own
        common = ["", "", each.number, seller, "本企业", each.buyer[1], each.buyer[0], each.day]
        tail = ["电子发票服务平台", each.kind, each.state, "否" if whole < 0 else "是", "正常", "示例员", each.remark]
        if "base" in sheets:
            made["发票基础信息"][0].append([n, *common, f"{amount:.2f}", f"{tax:.2f}", f"{whole:.2f}", *tail])
        if "lines" in sheets:
            for name, price, rate, of_line in each.lines:
                cells = ["1090101010000000000", "", name, "A1", "件", "1", price, price, rate, of_line]
                made["信息汇总表"][0].append([n, *common, *cells, f"{float(price) + float(of_line):.2f}", *tail])
    for (name, row, heading), value in (mend or {}).items():
        sheet, headings = made[name]
        sheet.cell(row=row, column=headings.index(heading) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def e_invoice(own: str, n: str) -> bytes:
    """One 数电票 as XML."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>{n}</EIid><InherentLabel><GeneralOrSpecialVAT><LabelCode>01</LabelCode><LabelName>增值税专用发票</LabelName>
</GeneralOrSpecialVAT></InherentLabel></Header><EInvoiceData>
<SellerInformation><SellerIdNum>{own}</SellerIdNum><SellerName>本企业</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>{BUYER[1]}</BuyerIdNum><BuyerName>{BUYER[0]}</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>100.00</TotalAmWithoutTax></BasicInformation>
<IssuItemInformation><ItemName>*示例*货品</ItemName><Amount>60.00</Amount><TaxRate>0.13</TaxRate><ComTaxAm>7.80</ComTaxAm></IssuItemInformation>
<IssuItemInformation><ItemName>*示例*配件</ItemName><Amount>40.00</Amount><TaxRate>0.13</TaxRate><ComTaxAm>5.20</ComTaxAm></IssuItemInformation>
</EInvoiceData><TaxSupervisionInfo><IssueTime>2026-09-05 10:20:30</IssueTime></TaxSupervisionInfo></EInvoice>""".encode()
