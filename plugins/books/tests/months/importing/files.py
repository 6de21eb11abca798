"""Voucher files drawn for these tests, in the layouts of other programs; names and figures are invented."""

import io
from collections.abc import Sequence

from openpyxl import Workbook

Row = Sequence[object]

KIS = ["日期", "凭证字", "凭证号", "附单据数", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额"]

K3 = (
    *(
        "凭证日期",
        "会计年度",
        "会计期间",
        "凭证字",
        "凭证号",
        "科目代码",
        "科目名称",
        "币别代码",
        "币别名称",
        "原币金额",
        "借方",
        "贷方",
    ),
    *(
        "制单",
        "审核",
        "核准",
        "出纳",
        "经办",
        "结算方式",
        "结算号",
        "凭证摘要",
        "数量",
        "数量单位",
        "单价",
        "参考信息",
        "业务日期",
    ),
    *(
        "往来业务编号",
        "附件数",
        "序号",
        "系统模块",
        "业务描述",
        "汇率",
        "分录序号",
        "核算项目",
        "过账",
        "机制凭证",
        "现金流量",
    ),
)
K3_NAMES = (
    *(
        "FDate",
        "FYear",
        "FPeriod",
        "FGroupID",
        "FNumber",
        "FAccountNum",
        "FAccountName",
        "FCurrencyNum",
        "FCurrencyName",
    ),
    *(
        "FAmountFor",
        "FDebit",
        "FCredit",
        "FPreparerID",
        "FCheckerID",
        "FApproveID",
        "FCashierID",
        "FHandler",
        "FSettleTypeID",
    ),
    *("FSettleNo", "FExplanation", "FQuantity", "FMeasureUnitID", "FUnitPrice", "FReference", "FTransDate", "FTransNo"),
    *(
        "FAttachments",
        "FSerialNum",
        "FObjectName",
        "FParameter",
        "FExchangeRate",
        "FEntryID",
        "FItem",
        "FPosted",
        "FInternalInd",
    ),
    "FCashFlow",
)
KIS_STANDARD = (
    *(
        "FDATE",
        "FTRANSDATE",
        "FPERIOD",
        "FGROUP",
        "FNUM",
        "FENTRYID",
        "FEXP",
        "FACCTID",
        "FCLSNAME1",
        "FOBJID1",
        "FOBJNAME1",
    ),
    *(
        "FCLSNAME2",
        "FOBJID2",
        "FOBJNAME2",
        "FTRANSID",
        "FCYID",
        "FEXCHRATE",
        "FDC",
        "FFCYAMT",
        "FQTY",
        "FPRICE",
        "FDEBIT",
    ),
    *("FCREDIT", "FSETTLCODE", "FSETTLENO", "FPREPARE", "FPOSTED"),
)
JDY = (
    *(
        "日期",
        "凭证字",
        "凭证号",
        "附件数",
        "分录序号",
        "摘要",
        "科目代码",
        "科目名称",
        "借方金额",
        "贷方金额",
        "客户",
        "供应商",
    ),
    *(
        "职员",
        "项目",
        "部门",
        "存货",
        "自定义辅助核算类别",
        "自定义辅助核算编码",
        "数量",
        "单价",
        "原币金额",
        "币别",
        "汇率",
    ),
)
U8 = (
    *(
        "凭证ID",
        "会计年",
        "会计期间",
        "制单日期",
        "凭证类别",
        "凭证号",
        "制单人",
        "所附单据数",
        "备注1",
        "备注2",
        "科目编码",
        "摘要",
    ),
    *(
        "结算方式编码",
        "票据号",
        "票据日期",
        "币种名称",
        "汇率",
        "单价",
        "借方数量",
        "贷方数量",
        "原币借方",
        "原币贷方",
        "借方金额",
    ),
    *("贷方金额", "部门编码", "职员编码", "客户编码", "供应商编码", "项目大类编码", "项目编码"),
)


def workbook(*sheets: tuple[str, Sequence[Row]]) -> bytes:
    """An .xlsx with these sheets, their rows as they stand."""
    book = Workbook(write_only=True)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def excel(rows: Sequence[Row], head: Row = KIS) -> bytes:
    return workbook(("凭证", [head, *rows]))


def filled(head: Sequence[str], **cells: object) -> list[object]:
    """A row under ``head`` with these cells; raises ValueError for one that ``head`` does not have."""
    row: list[object] = [None] * len(head)
    for name, value in cells.items():
        row[list(head).index(name)] = value
    return row


def sale(number: int, amount: float, account: str = "5001") -> list[list[object]]:
    return [
        ["2025-03-05", "记", number, 1, "销售", "1002", "银行存款", amount, None],
        ["2025-03-05", "记", number, 1, "销售", account, "收入", None, amount],
    ]
