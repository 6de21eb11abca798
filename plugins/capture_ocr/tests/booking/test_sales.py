"""CAP-12: invoices that the client issued become sales vouchers."""

from datetime import date

import pytest

from zhangfang_capture_ocr.booking import ClientProfile, FactLine, InvoiceFacts, propose
from zhangfang_sdk.clients import TaxpayerKind

SMALL = ClientProfile("甲餐饮有限公司", TaxpayerKind.SMALL_SCALE, "restaurant")
GENERAL = ClientProfile("乙商贸有限公司", TaxpayerKind.GENERAL, "trading", sales_settlement="1002")


def sale(client: ClientProfile, name: str, short: str, amount: int, tax: int, total: int) -> InvoiceFacts:
    lines = (FactLine(name, short, amount, "", tax),)
    return InvoiceFacts(
        "数电普票",
        "sales",
        client.name,
        "",
        "绍兴某客户",
        date(2026, 11, 2),
        lines,
        amount,
        tax,
        total,
        False,
    )


@pytest.mark.parametrize(
    ("facts", "client", "expected"),
    [
        (
            sale(SMALL, "*餐饮服务*宴会", "餐饮服务", 15_000_00, 150_00, 15_150_00),
            SMALL,
            [("1122", 15_150_00, 0), ("5001", 0, 15_000_00), ("222101", 0, 150_00)],
        ),
        (
            sale(GENERAL, "*家具*餐桌", "家具", 64_000_00, 8_320_00, 72_320_00),
            GENERAL,
            [("1002", 72_320_00, 0), ("5001", 0, 64_000_00), ("22210107", 0, 8_320_00)],
        ),
        (
            sale(GENERAL, "*经营租赁*仓库转租", "经营租赁", 1_000_00, 90_00, 1_090_00),
            GENERAL,
            [("1002", 1_090_00, 0), ("5051", 0, 1_000_00), ("22210107", 0, 90_00)],
        ),
        (
            sale(GENERAL, "*家具*退货", "家具", -100_00, -13_00, -113_00),
            GENERAL,
            [("1002", -113_00, 0), ("5001", 0, -100_00), ("22210107", 0, -13_00)],
        ),
    ],
)
def test_sales(facts: InvoiceFacts, client: ClientProfile, expected: list[tuple[str, int, int]]) -> None:
    """CAP-12: revenue without tax, output VAT by kind of taxpayer, red on the same sides."""
    got = propose(facts, client)
    assert [(found.account_code, found.debit_fen, found.credit_fen) for found in got.lines] == expected
    assert got.lines[0].counterparty == "绍兴某客户"


def test_sums_that_do_not_agree_are_told() -> None:
    """CAP-12: the printed total counts; the accountant is told."""
    got = propose(sale(GENERAL, "*家具*餐桌", "家具", 100_00, 13_00, 114_00), GENERAL)
    assert sum(found.credit_fen for found in got.lines) == 114_00
    assert "对不上" in got.reasons[0]
    assert got.confidence < 500
