"""One good file for each form that takes a table; names, numbers and figures are invented."""

from dirty_files.breaking import drawn
from zhangfang_books.payroll.id_numbers import check_of
from zhangfang_core.testing.tenants import RESTAURANT_TAX_ID

OWN = "6228000000000000011"
_VOUCHERS = ["日期", "凭证字", "凭证号", "附单据数", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额"]
_PAYROLL = [
    *("姓名", "身份证号", "应发合计", "社保基数", "养老(个人)", "医疗(个人)", "失业(个人)"),
    *("公积金(个人)", "专项附加扣除", "个人所得税", "实发工资", "单位社保合计", "单位公积金"),
]
_INVOICES = [
    *(
        "序号",
        "发票代码",
        "发票号码",
        "数电发票号码",
        "销方识别号",
        "销方名称",
        "购方识别号",
        "购买方名称",
        "开票日期",
        "金额",
    ),
    *("税额", "价税合计", "发票来源", "发票票种", "发票状态", "是否正数发票", "发票风险等级", "开票人", "备注"),
]
_BANK = [
    *("账号", "账户名称", "交易时间", "借方发生额(支取)", "贷方发生额(收入)", "余额", "币种", "对方户名"),
    *(
        "对方账号",
        "对方开户机构",
        "记账日期",
        "摘要",
        "备注",
        "账户明细编号-交易流水号",
        "企业流水号",
        "凭证种类",
        "凭证号",
    ),
]


def vouchers() -> bytes:
    rows: list[list[object]] = [_VOUCHERS[:]]
    for number in (1, 2, 3):
        rows.append(["2025-03-05", "记", number, 1, "销售", "1002", "银行存款", number * 2.5, None])
        rows.append(["2025-03-05", "记", number, 1, "销售", "5001", "收入", None, number * 2.5])
    return drawn(rows)


def balances() -> bytes:
    return drawn(
        [
            ["科目编码", "科目名称", "期初借方", "期初贷方"],
            ["1002", "银行存款", "600.00", ""],
            ["1122", "应收账款", "300.00", ""],
            ["3001", "实收资本", "", "900.00"],
        ]
    )


def payroll() -> bytes:
    def person(place: int, gross: int) -> list[object]:
        digits = f"99999919900101{place:03d}"
        return [f"员工{place}", digits + check_of(digits), gross, 5000, 400, 100, 25, 250, 0, 0, gross - 775, 1300, 250]

    return drawn([["2026年某月工资表"], _PAYROLL[:], person(1, 4900), person(2, 4800)])


def invoices() -> bytes:
    rows: list[list[object]] = [_INVOICES[:]]
    for place in (1, 2):
        head = [
            place,
            "",
            "",
            f"2633200000{place:010d}",
            RESTAURANT_TAX_ID,
            "本企业",
            "91330106MA2TEXT41B",
            "杭州青禾商贸有限公司",
        ]
        kind = ["电子发票服务平台", "数电发票(普通发票)", "正常", "是", "正常", "示例员", ""]
        rows.append([*head, "2026-09-05", "100.00", "1.00", "101.00", *kind])
    return drawn(rows)


def bank_lines() -> bytes:
    tail = ["", "", "转账", "", "1001", "", "", ""]
    one = [
        OWN,
        "嘉喜餐饮有限公司",
        "20260305 10:11:12",
        "0.00",
        "1,130.00",
        "11,130.00",
        "人民币元",
        "甲示例公司",
        "6228000000000000099",
        *tail,
    ]
    two = [
        OWN,
        "嘉喜餐饮有限公司",
        "20260306 09:00:00",
        "30.50",
        "0.00",
        "11,099.50",
        "人民币元",
        "",
        "",
        *tail[:4],
        "1002",
        *tail[5:],
    ]
    return drawn([_BANK[:], one, two])
