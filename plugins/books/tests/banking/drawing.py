"""Statements of banks and wallets, drawn here with the headings that their files have. All names and numbers are invented."""

import io
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook

OWN = "6228000000000000011"
PARTY, NUMBER = "甲示例公司", "6228000000000000099"

Table = Sequence[Sequence[object]]


def csv(rows: Table, encoding: str = "utf-8-sig", between: str = ",") -> bytes:
    return "\r\n".join(between.join(map(str, row)) for row in rows).encode(encoding)


def xlsx(rows: Table) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(list(row))
    book.save(out)
    return out.getvalue()


def packed(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, content)
    return out.getvalue()


def ccb(*, times: Sequence[str] = ("20260305 10:11:12", "20260306 09:00:00")) -> Table:
    heads = (
        "账号,账户名称,交易时间,借方发生额(支取),贷方发生额(收入),余额,币种,对方户名,"
        "对方账号,对方开户机构,记账日期,摘要,备注,账户明细编号-交易流水号,企业流水号,凭证种类,凭证号"
    )
    head = [OWN, "嘉喜商贸有限公司"]
    tail = ["", "", "转账", "", "", "", "", ""]
    one = [*head, times[0], "0.00", "1,130.00", "11,130.00", "人民币元", PARTY, NUMBER, *tail]
    two = [*head, times[1], "30.50", "0.00", "11,099.50", "人民币元", "", "", *tail]
    one[13], two[13] = "1001", "1002"
    return [heads.split(","), one, two]


def icbc() -> Table:
    """No serial, no own name; the own number stands in each row."""
    heads = ["交易时间", "本方账号", "对方账号", "对方单位", "转出金额", "转入金额", "余额", "摘要", "附言", "用途", "回单个性化信息"]
    return [
        ["[HISTORYDETAIL]"],
        heads,
        ["2026-03-05 10:11:12", OWN, NUMBER, PARTY, "", "1130.00", "11130.00", "货款", "", "", ""],
        ["2026-03-06 09:00:00", OWN, "", "", "30.50", "", "11099.50", "手续费", "", "", ""],
    ]


def abc() -> Table:
    """Newest first, with a preamble."""
    heads = ["交易时间", "收入金额", "支出金额", "账户余额", "对方账号", "对方户名", "对方开户行", "摘要", "交易用途"]
    return [
        ["账户明细"],
        [f"账号:{OWN}", "户名:嘉喜商贸有限公司", "币种:人民币"],
        heads,
        ["2026/3/6 9:00:00", "", "30.50", "11099.50", "", "", "", "手续费", ""],
        ["2026/3/5 10:11:12", "1130.00", "", "11130.00", NUMBER, PARTY, "", "货款", ""],
    ]


def boc() -> Table:
    """Both languages in the headings, a signed amount, cells that end with a tab."""
    heads = [
        "交易类型[ Transaction Type ]", "付款人账号[ Debit Account No. ]", "付款人名称[ Payer's Name ]", "收款人账号[ Payee's Account Number ]",
        "收款人名称[ Payee's Name ]", "交易日期[ Transaction Date ]", "交易时间[ Transaction time ]", "交易货币[ Trade Currency ]",
        "交易金额[ Trade Amount ]", "交易后余额[ After-transaction balance ]", "交易流水号[ Transaction reference number ]", "用途[ Purpose ]",
    ]  # fmt: skip
    own = "嘉喜商贸有限公司"
    return [
        ["查询账号[ Inquirer account number ]", OWN],
        heads,
        ["来账\t", NUMBER, PARTY, OWN, own, "20260305", "10:11:12", "CNY", "1,130.00", "11,130.00", "B1\t", "货款\t"],
        ["往账\t", OWN, own, "", "", "20260306", "09:00:00", "CNY", "-30.50", "11,099.50", "B2\t", "手续费\t"],
    ]


def cmb() -> Table:
    heads = ["账号", "账号名称", "币种", "交易日", "交易时间", "起息日", "交易类型", "借方金额", "贷方金额",
        "余额", "摘要", "流水号", "收(付)方名称", "收(付)方账号"]
    head = [OWN, "嘉喜商贸有限公司", "人民币"]
    return [
        ["招商银行账务明细"],
        heads,
        [*head, "2026年3月5日", "10:11:12", "", "转账", "", "1,130.00", "11,130.00", "货款", "C1", PARTY, NUMBER],
        [*head, "2026年3月6日", "09:00:00", "", "费用", "30.50", "", "11,099.50", "手续费", "C2", "", ""],
    ]


def by_direction() -> Table:
    """交行's other form: one amount and 借 or 贷."""
    return [
        ["查询账号:", OWN],
        ["交易时间", "借贷标志", "发生额", "账户余额", "对方账号", "对方户名", "摘要"],
        ["2026.03.05", "贷", "1130.00", "11130.00", NUMBER, PARTY, "货款"],
        ["2026.03.06", "借", "30.50", "11099.50", "", "", "手续费"],
    ]


OFX = f"""OFXHEADER:100
DATA:OFXSGML

<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>CNY<BANKACCTFROM><BANKID>1<ACCTID>{OWN}<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260301<DTEND>20260331
<STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260305101112[+8:CST]<TRNAMT>1130.00<FITID>F1<NAME>{PARTY}<MEMO>货款</STMTTRN>
<STMTTRN><TRNTYPE>FEE<DTPOSTED>20260306<TRNAMT>-30.50<FITID>F2<NAME><MEMO>手续费</STMTTRN>
</BANKTRANLIST><LEDGERBAL><BALAMT>11099.50<DTASOF>20260331</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>
"""

MT940 = f"""{{1:F01TESTCNBJAXXX0000000000}}{{2:I940TESTCNBJXXXXN}}{{4:
:20:REF1
:25:{OWN}
:28C:1/1
:60F:C260301CNY10000,00
:61:2603050305C1130,00NTRFNONREF//M1
:86:{PARTY}
货款
:61:260306D30,50NCHGNONREF//M2
:86:手续费
:62F:C260331CNY11099,50
-}}
"""

CAMT053 = f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><Othr><Id>{OWN}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">10000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">11099.50</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="CNY">1130.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-03-05T10:11:12+08:00</DtTm></BookgDt>
<AcctSvcrRef>K1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties><Dbtr><Nm>{PARTY}</Nm></Dbtr><DbtrAcct><Id><Othr><Id>{NUMBER}</Id></Othr></Id></DbtrAcct>
</RltdPties><RmtInf><Ustrd>货款</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="CNY">30.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-06</Dt></BookgDt><AcctSvcrRef>K2</AcctSvcrRef>
<AddtlNtryInf>手续费</AddtlNtryInf></Ntry>
<Ntry><Amt Ccy="CNY">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>PDNG</Sts><BookgDt><Dt>2026-03-31</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""

FILES: dict[str, bytes] = {
    "建行 CSV GBK": csv([[str(c).replace(",", "") for c in row] for row in ccb()], "gbk"),
    "建行 xlsx": xlsx(ccb()),
    "工行 CSV": csv(icbc()),
    "农行 xlsx": xlsx(abc()),
    "中行 xlsx": xlsx(boc()),
    "中行 TSV": csv(boc(), "gb18030", "|"),
    "招行 xlsx": xlsx(cmb()),
    "交行 CSV": csv(by_direction(), "gbk"),
    "OFX": OFX.encode(),
    "MT940": MT940.encode(),
    "CAMT.053": CAMT053.encode(),
}


def wechat() -> Table:
    heads = ["交易时间", "交易类型", "交易对方", "商品", "收/支", "金额(元)", "支付方式", "当前状态", "交易单号", "商户单号", "备注"]
    return [
        ["微信支付账单明细"],
        ["微信昵称:[示例]"],
        ["----------------------微信支付账单明细列表--------------------"],
        heads,
        ["2026-03-06 12:00:00", "零钱提现", "示例银行", "/", "/", "¥500.00", "示例银行", "提现已到账", "W3\t", "/", "服务费¥0.50"],
        ["2026-03-05 10:11:12", "二维码收款", "某顾客", "收款", "收入", "¥35.80", "/", "已存入零钱", "W1\t", "/", "/"],
        ["2026-03-05 09:00:00", "商户消费", "乙示例店", "纸巾", "支出", "¥12.00", "零钱", "支付成功", "W2\t", "/", "/"],
    ]


def alipay() -> Table:
    return [
        ["#支付宝账务明细查询"],
        ["#账号:[示例@example.com]"],
        ["账务流水号", "业务流水号", "商户订单号", "商品名称", "发生时间", "对方账号", "收入金额(+元)", "支出金额(-元)",
            "账户余额(元)", "交易渠道", "业务类型", "备注"],
        ["A1\t", "", "", "餐费", "2026-03-05 10:11:12", "buyer@example.com", "35.80", "", "135.80", "", "在线支付", ""],
        ["A2\t", "", "", "", "2026-03-05 10:11:12", "", "", "-0.12", "135.68", "", "收费", ""],
        ["#-----------------------------------------账务明细列表结束------------------------------------"],
    ]


def alipay_bill() -> Table:
    """Of a person's Alipay: one line paid by 花呗, two between its own pockets, one to the bank's card."""
    heads = ["交易时间", "交易分类", "交易对方", "对方账号", "商品说明", "收/支", "金额", "收/付款方式", "交易状态", "交易订单号", "商家订单号", "备注"]
    return [
        ["支付宝账户:owner@example.com"],
        ["------------------------支付宝支付科技有限公司  电子客户回单------------------------"],
        heads,
        ["2026-03-05 12:00:00", "商业服务", "某顾客", "a@example.com", "收款", "收入", "88.00", "余额", "交易成功", "A1\t", "", ""],
        ["2026-03-06 12:00:00", "餐饮美食", "乙示例店", "", "餐", "支出", "30.00", "余额宝", "交易成功", "A2\t", "", ""],
        ["2026-03-07 12:00:00", "餐饮美食", "乙示例店", "", "餐", "支出", "12.00", "花呗", "交易成功", "A3\t", "", ""],
        ["2026-03-08 12:00:00", "投资理财", "示例基金", "", "余额宝-自动转入", "不计收支", "50.00", "余额", "交易成功", "A4\t", "", ""],
        ["2026-03-09 12:00:00", "投资理财", "示例基金", "", "余额宝-转出到余额", "不计收支", "10.00", "余额宝", "交易成功", "A5\t", "", ""],
        ["2026-03-10 12:00:00", "转账红包", "示例银行", "", "提现-快速提现", "不计收支", "20.00", "余额", "交易成功", "A6\t", "", ""],
    ]
