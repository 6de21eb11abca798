"""CAP-8: input VAT of tickets and tolls, stated or computed, by the rules of the day that stands on them."""

from datetime import date

import pytest

from zhangfang_capture_ocr.booking import ClientProfile, FactLine, InputVatState, InvoiceFacts, propose
from zhangfang_sdk.clients import TaxpayerKind

TRADER = ClientProfile("乙商贸有限公司", TaxpayerKind.GENERAL, "trading")
NAMED, NAMELESS = "3301061990****1234 王某某", "王某某"


def ticket(
    kind: str, total: int, on: date, printed: str = "", *, tax: int = 0, name: str = "", may: bool = False
) -> InvoiceFacts:
    lines = (FactLine(name, "", total - tax, "", tax),) if name else ()
    return InvoiceFacts(
        kind, "purchase", "某运输", "", TRADER.name, on, lines, total - tax, tax, total, may, printed=printed
    )


@pytest.mark.parametrize(
    ("facts", "deductible", "computed"),
    [
        (ticket("铁路电子客票", 1_090_00, date(2026, 9, 9), may=True), 90_00, True),
        (ticket("铁路电子客票", 553_00, date(2026, 9, 9), tax=45_66, may=True), 45_66, False),
        (ticket("火车票", 218_00, date(2025, 9, 30), NAMED, may=True), 18_00, True),
        (ticket("火车票", 218_00, date(2025, 10, 1), NAMED, may=True), 0, False),
        (ticket("火车票", 218_00, date(2025, 9, 30), NAMELESS, may=True), 0, False),
        (ticket("客运车票", 103_00, date(2026, 3, 1), NAMED, may=True), 3_00, True),
        (ticket("客运车票", 103_00, date(2026, 3, 1), NAMELESS, may=True), 0, False),
        (ticket("定额发票", 105_00, date(2026, 3, 1), "钱塘江大桥车辆通行费"), 5_00, True),
        (ticket("定额发票", 105_00, date(2026, 3, 1), "停车费"), 0, False),
        (
            ticket("通行费电子普通发票", 103_00, date(2026, 3, 1), tax=3_00, name="*经营租赁*通行费", may=True),
            3_00,
            False,
        ),
        (ticket("数电普票", 103_00, date(2026, 3, 1), tax=3_00, name="*经营租赁*通行费"), 3_00, False),
        (ticket("数电普票", 103_00, date(2026, 3, 1), tax=3_00, name="*经营租赁*停车费"), 0, False),
        (ticket("数电普票", 103_00, date(2025, 12, 31), tax=3_00, name="*运输服务*客运服务费"), 3_00, False),
        (ticket("数电普票", 103_00, date(2026, 1, 1), tax=3_00, name="*运输服务*客运服务费"), 0, False),
        (ticket("出租车发票", 50_00, date(2026, 3, 1), NAMED), 0, False),
        (ticket("航空运输电子客票行程单", 1_140_00, date(2026, 3, 1), tax=90_00, may=True), 90_00, False),
    ],
)
def test_input_vat_of_tickets(facts: InvoiceFacts, deductible: int, computed: bool) -> None:
    vat = propose(facts, TRADER).input_vat
    assert (vat.deductible_fen, vat.is_computed) == (deductible, computed)
    assert (vat.state is InputVatState.NOT_DEDUCTIBLE) == (deductible == 0)
    if computed:
        assert "公告" in vat.why or "财税" in vat.why


def test_a_small_scale_payer_deducts_nothing() -> None:
    client = ClientProfile("甲", TaxpayerKind.SMALL_SCALE, "restaurant")
    assert propose(ticket("铁路电子客票", 1_090_00, date(2026, 9, 9), may=True), client).input_vat.deductible_fen == 0
