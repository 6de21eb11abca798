"""CAP-8, CAP-10: purchase invoices become balanced proposals with reasons."""

from datetime import date
from decimal import Decimal

import pytest

from zhangfang_capture_ocr.booking import (
    ClientProfile,
    FactLine,
    InputVatState,
    InvoiceFacts,
    Proposal,
    SellerMemory,
    propose,
)
from zhangfang_sdk.clients import TaxpayerKind

SELLER, SELLER_ID = "宁波某某供应链有限公司", "91330206MA2AAAAA8K"
RESTAURANT = ClientProfile("甲餐饮有限公司", TaxpayerKind.SMALL_SCALE, "restaurant")
TRADER = ClientProfile("乙商贸有限公司", TaxpayerKind.GENERAL, "trading")
SOFTWARE = ClientProfile("丙软件有限公司", TaxpayerKind.GENERAL, "software")


def line(name: str, amount: int, rate: int, quantity: Decimal | None = None) -> FactLine:
    short = name.split("*")[1]
    return FactLine(name, short, amount, f"{rate}%", round(amount * rate / 100), quantity)


def invoice(
    client: ClientProfile,
    *lines: FactLine,
    special: bool = True,
    on: date = date(2026, 11, 20),
    confirmed: bool = False,
) -> InvoiceFacts:
    amount, tax = sum(found.amount_fen for found in lines), sum(found.tax_fen for found in lines)
    kind = "数电专票" if special else "数电普票"
    return InvoiceFacts(
        kind,
        "purchase",
        SELLER,
        SELLER_ID,
        client.name,
        on,
        lines,
        amount,
        tax,
        amount + tax,
        special,
        confirmed,
    )


def entries(proposal: Proposal) -> list[tuple[str, int, int]]:
    return [(found.account_code, found.debit_fen, found.credit_fen) for found in proposal.lines]


def test_small_scale_taxpayer_books_everything_with_tax() -> None:
    """CAP-8: a special invoice gives a small-scale taxpayer no input VAT."""
    got = propose(invoice(RESTAURANT, line("*肉及肉制品*五花肉", 10_000_00, 9)), RESTAURANT)
    assert entries(got) == [("1403", 10_900_00, 0), ("2202", 0, 10_900_00)]
    assert got.input_vat.state is InputVatState.NOT_APPLICABLE
    assert got.lines[-1].counterparty == SELLER


def test_general_taxpayer_unconfirmed_and_confirmed() -> None:
    """CAP-8: before confirmation of use the tax waits in 待认证进项税额 (财会〔2016〕22号)."""
    goods = line("*黑色金属冶炼压延品*热轧钢板", 11_331_01, 13)
    waiting = propose(invoice(TRADER, goods), TRADER)
    assert entries(waiting) == [("1405", 11_331_01, 0), ("222105", 1_473_03, 0), ("2202", 0, 12_804_04)]
    assert waiting.input_vat.state is InputVatState.AWAITING_CONFIRMATION
    confirmed = propose(invoice(TRADER, goods, confirmed=True), TRADER)
    assert confirmed.lines[1].account_code == "22210101"
    assert confirmed.input_vat.state is InputVatState.DEDUCTIBLE


def test_ordinary_invoice_gives_no_input_vat() -> None:
    """CAP-8: the tax of an ordinary invoice is part of the expense."""
    got = propose(invoice(SOFTWARE, line("*纸制品*复印纸", 300_00, 13), special=False), SOFTWARE)
    assert entries(got) == [("560205", 339_00, 0), ("2202", 0, 339_00)]
    assert "数电普票不能抵扣" in got.input_vat.why


@pytest.mark.parametrize(
    ("on", "source"), [(date(2025, 12, 31), "财税〔2016〕36号"), (date(2026, 1, 1), "增值税法》第二十二条")]
)
def test_dining_is_never_deducted(on: date, source: str) -> None:
    """CAP-8: a special invoice for a meal is booked whole, with the law of its day."""
    got = propose(invoice(TRADER, line("*餐饮服务*餐费", 2_000_00, 6), on=on), TRADER)
    assert entries(got) == [("560202", 2_120_00, 0), ("2202", 0, 2_120_00)]
    assert got.input_vat.state is InputVatState.NOT_DEDUCTIBLE
    assert source in got.input_vat.why


def test_hotel_bill_with_meals_is_deducted_in_part() -> None:
    """CAP-8: lodging may be deducted, the meal on the same invoice may not."""
    facts = invoice(TRADER, line("*住宿服务*住宿费", 1_000_00, 6), line("*餐饮服务*餐费", 200_00, 6))
    got = propose(facts, TRADER)
    assert entries(got) == [
        ("560206", 1_000_00, 0),
        ("560202", 212_00, 0),
        ("222105", 60_00, 0),
        ("2202", 0, 1_272_00),
    ]
    assert got.input_vat.state is InputVatState.PARTLY


@pytest.mark.parametrize(
    ("client", "name", "account"),
    [
        (TRADER, "*运输服务*冷链运输", "560104"),
        (TRADER, "*运输服务*客运服务费", "560206"),
        (SOFTWARE, "*电信服务*宽带服务费", "560212"),
        (SOFTWARE, "*供电*电费", "560213"),
        (RESTAURANT, "*供电*电费", "560107"),
        (RESTAURANT, "*经营租赁*房租", "560105"),
        (SOFTWARE, "*经营租赁*房租", "560207"),
        (SOFTWARE, "*经营租赁*四季度房租", "1123"),
        (RESTAURANT, "*信息技术服务*外卖平台技术服务费", "560108"),
        (RESTAURANT, "*信息技术服务*外卖平台推广服务费", "560102"),
        (TRADER, "*家具*办公椅", "1405"),
        (TRADER, "*照明器具*台灯", "1405"),
        (SOFTWARE, "*家具*办公椅", "560205"),
        (SOFTWARE, "*其他软件服务*开发工具订阅", "560218"),
        (SOFTWARE, "*信息技术服务*云服务器租用", "5401"),
        (TRADER, "*其他软件服务*进销存软件服务费", "560218"),
        (TRADER, "*鉴证咨询服务*代理记账费", "560210"),
        (TRADER, "*广告服务*推广费", "560102"),
        (TRADER, "*金融服务*手续费", "560302"),
        (TRADER, "*金融服务*贷款利息", "560301"),
        (RESTAURANT, "*陶瓷制品*餐盘", "1411"),
        (RESTAURANT, "*塑料制品*打包盒", "560111"),
        (TRADER, "*调味品*酱油", "1405"),
        (SOFTWARE, "*水果*苹果", "560211"),
        (TRADER, "*石油制品*92号汽油", "560215"),
        (RESTAURANT, "*建筑服务*店面装修", "1801"),
        (RESTAURANT, "*物流辅助服务*快递收派", "560216"),
    ],
)
def test_classes_by_industry(client: ClientProfile, name: str, account: str) -> None:
    """CAP-8, CAP-9: the short name and the client's industry decide the account, and the reason is said."""
    got = propose(invoice(client, line(name, 1_000_00, 6)), client)
    assert got.lines[0].account_code == account
    assert got.reasons[0].startswith(f"“{name.split('*')[2]}”：")


@pytest.mark.parametrize(
    ("amount", "quantity", "account"),
    [
        (5_000_00, None, "1601"),
        (4_999_99, None, "560205"),
        (10_000_00, Decimal(4), "560205"),
        (20_000_00, Decimal(4), "1601"),
    ],
)
def test_fixed_assets_by_threshold_per_piece(amount: int, quantity: Decimal | None, account: str) -> None:
    """CAP-10: from 5,000 yuan a piece a computer is a fixed asset."""
    got = propose(invoice(SOFTWARE, line("*电子计算机*笔记本电脑", amount, 13, quantity)), SOFTWARE)
    assert got.lines[0].account_code == account


def test_threshold_counts_tax_that_is_not_deducted() -> None:
    """CAP-10: for a small-scale taxpayer the tax is part of the cost."""
    got = propose(invoice(RESTAURANT, line("*制冷空调设备*冰柜", 4_500_00, 13)), RESTAURANT)
    assert entries(got)[0] == ("1601", 5_085_00, 0)


@pytest.mark.parametrize("name", ["*电子计算机*笔记本电脑", "*家具*实木餐桌"])
def test_goods_the_client_trades_in(name: str) -> None:
    """CAP-10: what a dealer deals in is stock, however dear."""
    dealer = ClientProfile("丁商行", TaxpayerKind.GENERAL, "trading", trades_in=("电子计算机", "家具"))
    got = propose(invoice(dealer, line(name, 30_000_00, 13)), dealer)
    assert got.lines[0].account_code == "1405"


def test_what_was_chosen_for_a_seller_before_wins() -> None:
    """CAP-6: corrections are remembered for that seller, and the reason says so."""
    facts = invoice(TRADER, line("*餐饮服务*工作餐", 1_000_00, 6))
    got = propose(facts, TRADER, SellerMemory({"": "560206"}))
    assert got.lines[0].account_code == "560206"
    assert "以前记在560206" in got.reasons[0]
    assert got.input_vat.state is InputVatState.NOT_DEDUCTIBLE
    assert got.confidence > propose(facts, TRADER).confidence
    other = propose(facts, TRADER, SellerMemory())
    assert other.lines[0].account_code == "560202"


def test_account_of_entertainment_forbids_deduction() -> None:
    """CAP-8: tea bought for guests is entertainment, so its tax is not deducted."""
    facts = invoice(TRADER, line("*精制茶*龙井", 1_000_00, 13))
    got = propose(facts, TRADER, SellerMemory({"": "560202"}))
    assert entries(got) == [("560202", 1_130_00, 0), ("2202", 0, 1_130_00)]
    assert "交际应酬" in got.input_vat.why


def test_red_invoice_keeps_sides_with_negative_amounts() -> None:
    """CAP-12: a red-letter invoice is booked on the same sides, negative."""
    got = propose(invoice(TRADER, line("*黑色金属冶炼压延品*钢板", -1_000_00, 13)), TRADER)
    assert entries(got) == [("1405", -1_000_00, 0), ("222105", -130_00, 0), ("2202", 0, -1_130_00)]
    assert any("红字" in reason for reason in got.reasons)


@pytest.mark.parametrize("account", ["1001", "1002", "224104"])
def test_credit_side_by_preference(account: str) -> None:
    """CAP-10: the client's way of paying is respected."""
    client = ClientProfile("甲", TaxpayerKind.SMALL_SCALE, "restaurant", purchase_settlement=account)
    assert propose(invoice(client, line("*供电*电费", 100_00, 13)), client).lines[-1].account_code == account


def test_unknown_settlement_is_refused() -> None:
    """CAP-10: a proposal can't be steered to any odd account."""
    with pytest.raises(ValueError, match="settlement"):
        ClientProfile("甲", TaxpayerKind.GENERAL, "trading", purchase_settlement="3001")


def test_railway_ticket_computes_its_tax() -> None:
    """CAP-8: without a stated tax a rail ticket of 1,090.00 carries 90.00 (9/109)."""
    facts = InvoiceFacts(
        "铁路电子客票",
        "purchase",
        "中国铁路",
        "",
        TRADER.name,
        date(2026, 9, 9),
        (),
        1_090_00,
        0,
        1_090_00,
        True,
        True,
    )
    assert entries(propose(facts, TRADER)) == [
        ("560206", 1_000_00, 0),
        ("22210101", 90_00, 0),
        ("2202", 0, 1_090_00),
    ]


def test_another_buyer_and_wrong_sums_are_told() -> None:
    """CAP-4, CAP-10: doubts come first, lower the confidence, and the voucher still balances."""
    good = invoice(TRADER, line("*供电*电费", 100_00, 13))
    wrong = InvoiceFacts(
        good.kind,
        "purchase",
        SELLER,
        SELLER_ID,
        "别家公司",
        good.issued_on,
        good.lines,
        100_00,
        13_00,
        115_00,
        True,
    )
    got = propose(wrong, TRADER)
    assert (
        sum(found.debit_fen for found in got.lines) == sum(found.credit_fen for found in got.lines) == 115_00
    )
    assert "2.00元" in got.reasons[0]
    assert "别家公司" in got.reasons[1]
    assert got.confidence < propose(good, TRADER).confidence


def test_exempt_farm_produce_asks_the_accountant() -> None:
    """CAP-8: exempt vegetables may carry computed input VAT when the grower sells them."""
    facts = InvoiceFacts(
        "数电普票",
        "purchase",
        "某某蔬菜专业合作社",
        "93330206MA2CCCCC0Q",
        TRADER.name,
        date(2026, 3, 1),
        (FactLine("*蔬菜*青菜", "蔬菜", 500_00, "免税", 0),),
        500_00,
        0,
        500_00,
        False,
    )
    assert "9%" in propose(facts, TRADER).input_vat.why


def test_nothing_to_book() -> None:
    """CAP-10: an invoice over nothing gives no voucher and says so."""
    got = propose(invoice(TRADER, line("*供电*电费", 0, 13)), TRADER)
    assert (got.lines, got.confidence) == ((), 0)
    assert "为零" in got.reasons[0]
