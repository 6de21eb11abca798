"""CAP-10: whatever a reading says, a proposal balances, repeats itself and names accounts that take postings."""

from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from zhangfang_capture_ocr.booking import ClientProfile, FactLine, InvoiceFacts, SellerMemory, propose
from zhangfang_capture_ocr.booking.rules import load_rules
from zhangfang_capture_ocr.booking.values import PURCHASE_SETTLEMENTS, SALES_SETTLEMENTS
from zhangfang_core.ledger.charts import load_chart
from zhangfang_sdk.clients import TaxpayerKind

LEAVES = {
    kind: {account.code for account in load_chart("small_business_2013", kind.value).leaves()}
    for kind in TaxpayerKind
}
SHORTS = sorted({short for rule in load_rules().rules for short in rule.short} | {"", "没有这一类"})
WORDS = sorted({word for rule in load_rules().rules for word in rule.words} | {"", "某物"})
MONEY = st.integers(-(10**9), 10**9)

LINES = st.builds(
    lambda short, word, amount, tax, quantity: FactLine(
        f"*{short}*{word}", short, amount, "13%", tax, quantity
    ),
    st.sampled_from(SHORTS),
    st.sampled_from(WORDS),
    MONEY,
    MONEY,
    st.none() | st.sampled_from([Decimal(0), Decimal(-2), Decimal("0.5"), Decimal(7)]),
)
FACTS = st.builds(
    InvoiceFacts,
    kind=st.sampled_from(
        ["数电专票", "数电普票", "铁路电子客票", "航空运输电子客票行程单", "通行费电子普通发票"]
    ),
    direction=st.sampled_from(["purchase", "sales"]),
    seller_name=st.sampled_from(["甲", "乙", ""]),
    seller_tax_id=st.sampled_from(["A", "B", ""]),
    buyer_name=st.sampled_from(["甲", "乙", ""]),
    issued_on=st.dates(date(2015, 1, 1), date(2030, 1, 1)),
    lines=st.lists(LINES, max_size=5).map(tuple),
    amount_fen=MONEY,
    tax_fen=MONEY,
    total_fen=MONEY | st.just(0),
    may_carry_input_vat=st.booleans(),
    confirmed_for_deduction=st.booleans(),
)
CLIENTS = st.builds(
    ClientProfile,
    name=st.sampled_from(["甲", "乙"]),
    taxpayer_kind=st.sampled_from(list(TaxpayerKind)),
    industry=st.sampled_from(["restaurant", "trading", "retail", "manufacturing", "software", "farming"]),
    purchase_settlement=st.sampled_from(sorted(PURCHASE_SETTLEMENTS)),
    sales_settlement=st.sampled_from(sorted(SALES_SETTLEMENTS)),
    trades_in=st.sampled_from([(), ("家具",), ("蔬菜", "肉")]),
)
MEMORIES = st.sampled_from(
    [SellerMemory(), SellerMemory({"": "560205"}), SellerMemory({"": "560202", "餐费": "560211"})]
)


@given(FACTS, CLIENTS, MEMORIES)
@settings(max_examples=600, deadline=None)
def test_balanced_deterministic_and_on_leaves(
    facts: InvoiceFacts, client: ClientProfile, memory: SellerMemory
) -> None:
    """CAP-10: debits equal credits to the fen and come to the printed total; every account is a leaf of the chart."""
    got = propose(facts, client, memory)
    assert sum(line.debit_fen for line in got.lines) == sum(line.credit_fen for line in got.lines)
    assert all((line.debit_fen == 0) != (line.credit_fen == 0) for line in got.lines)
    assert {line.account_code for line in got.lines} <= LEAVES[client.taxpayer_kind]
    assert got == propose(facts, client, memory)
    assert got.reasons
    assert 0 <= got.confidence <= 1000
    settled = client.purchase_settlement if facts.direction == "purchase" else client.sales_settlement
    if facts.total_fen and settled not in ("1002", "1001", "1012"):
        side = "credit_fen" if facts.direction == "purchase" else "debit_fen"
        assert [getattr(line, side) for line in got.lines if line.account_code == settled] == [
            facts.total_fen
        ]


def test_every_rule_names_leaves_of_the_chart() -> None:
    """CAP-9: no rule can lead to an account that does not exist."""
    assert load_rules().all_accounts() <= LEAVES[TaxpayerKind.SMALL_SCALE]
    assert set(load_rules().account_bans) <= LEAVES[TaxpayerKind.SMALL_SCALE]
    assert set(PURCHASE_SETTLEMENTS) | set(SALES_SETTLEMENTS) <= LEAVES[TaxpayerKind.SMALL_SCALE]


def test_every_rule_can_be_reached() -> None:
    """CAP-9: no rule is hidden behind an earlier one."""
    rules = load_rules()
    for rule in rules.rules:
        names = rule.words or ("某物",)
        assert any(rules.rule(short, name) is rule for short in rule.short for name in names), rule.key


def test_bans_and_their_dates() -> None:
    """CAP-8: every ban named by a rule exists, and windows of one ban do not overlap."""
    rules = load_rules()
    named = {rule.ban for rule in rules.rules if rule.ban} | set(rules.account_bans.values())
    assert named == {ban.key for ban in rules.bans}
    for ban in rules.bans:
        others = [o for o in rules.bans if o.key == ban.key and o is not ban]
        assert all(o.effective_to < ban.effective_from or ban.effective_to < o.effective_from for o in others)
