"""Bills of orders of WeChat Pay and Alipay: the order and its fee apart, refunds back, sums compared, a cut file refused (LEDG-4)."""

import datetime as dt

import pytest

from banking.drawing import csv, packed
from zhangfang_books.bank.files import understood
from zhangfang_books.bank.statements import ReadStatements
from zhangfang_books.importing.reading_rows import rows_of

_WECHAT = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,"
    "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
)
_ALIPAY = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额\uff08元\uff09,"
    "商家实收\uff08元\uff09,退款批次号/请求号,服务费\uff08元\uff09,分润\uff08元\uff09,备注"
)
WECHAT, ALIPAY = _WECHAT.split(","), _ALIPAY.split(",")


def wechat(*, fee: str = "0.60000", sums: str = "2.0,100.00,20.00,0.00,0.48000,100.00,20.00", end: bool = True) -> bytes:
    def row(**told: str) -> list[str]:
        return [f"`{told.get(head, '0.00' if '金额' in head else '')}" for head in WECHAT]

    paid = row(
        交易时间="2026-03-05 12:00:01", 商户号="1900000109", 微信订单号="42000001", 交易类型="JSAPI", 交易状态="SUCCESS", 货币种类="CNY",
        应结订单金额="100.00", 手续费=fee, 商品名称="午餐",
    )  # fmt: skip
    back = row(
        交易时间="2026-03-05 13:00:01", 商户号="1900000109", 微信订单号="42000001", 微信退款单号="50000001", 退款金额="20.00",
        交易状态="REFUND", 货币种类="CNY", 手续费="-0.12000", 商品名称="午餐",
    )  # fmt: skip
    closing = ["总交易单数", "应结订单总金额", "退款总金额", "充值券退款总金额", "手续费总金额", "订单总金额", "申请退款总金额"]
    return csv([WECHAT, paid, back, *([closing, [f"`{cell}" for cell in sums.split(",")]] if end else [])])


def alipay(*, end: bool = True) -> bytes:
    def row(**told: str) -> list[str]:
        return [told.get(head.removesuffix("\uff08元\uff09"), "0.00" if "元" in head else "") + "\t" for head in ALIPAY]

    paid = row(支付宝交易号="2026030522001", 业务类型="交易", 商品名称="晚餐", 完成时间="2026-03-05 18:00:02", 对方账户="*明", 商家实收="88.00", 服务费="-0.53")
    back = {"退款批次号/请求号": "R1", "商家实收": "-8.00", "服务费": "0.05"}
    refund = row(支付宝交易号="2026030522001", 业务类型="退款", 商品名称="晚餐", 完成时间="2026-03-06 09:00:00", **back)
    above = [["#支付宝业务明细查询"], ["#账号:[20880000000]"], ["#-----业务明细列表-----"]]
    return csv([*above, ALIPAY, paid, refund, *([["#---业务明细列表结束---"]] if end else [])], "gb18030")


async def reading(content: bytes) -> ReadStatements:
    async with rows_of(content) as rows:
        return (await understood(rows, "账单.csv", {})).read


async def test_orders_fees_and_refunds_of_wechat_pay() -> None:
    read = await reading(wechat())
    assert read.faults == []
    (statement,) = read.statements
    assert (statement.number, statement.bank) == ("1900000109", "微信支付")
    assert [(line.amount, line.text) for line in statement.lines] == [
        (10_000, "午餐 JSAPI"), (-60, "手续费 午餐 JSAPI"), (-2_000, "退款 午餐"), (12, "手续费 午餐"),
    ]  # fmt: skip
    assert len({(line.serial, line.amount) for line in statement.lines}) == 4
    assert statement.lines[0].date == dt.date(2026, 3, 5)


async def test_orders_fees_and_refunds_of_alipay_packed_or_not() -> None:
    for content in (alipay(), packed("20880_业务明细.csv", alipay())):
        read = await reading(content)
        assert read.faults == []
        (statement,) = read.statements
        assert (statement.number, statement.bank) == ("20880000000", "支付宝")
        assert [line.amount for line in statement.lines] == [8_800, -53, -800, 5]
        assert statement.lines[0].counterparty == "*明"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (wechat(end=False), "没有微信支付交易账单的结尾"),
        (alipay(end=False), "没有支付宝业务明细的结尾"),
        (wechat(sums="3.0,100.00,20.00,0.00,0.48000,100.00,20.00"), "总交易单数写的是 3.0"),
        (wechat(sums="2.0,200.00,20.00,0.00,0.48000,100.00,20.00"), "应结订单总金额写的是 200.00"),
        (wechat(fee="六毛"), "金额“六毛”看不懂"),
        (wechat(fee="0.60001"), "看不懂"),
    ],
)
async def test_what_is_cut_or_wrong_is_refused(content: bytes, said: str) -> None:
    read = await reading(content)
    assert not read.clean
    assert said in read.faults[0].sentence
