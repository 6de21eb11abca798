"""DASH-1, DASH-6: the figures of the cockpit as formulas over accounts."""

import re
from typing import Any

import pytest

from zhangfang_core.ledger.charts import Basis, Category, ChartFault, Side, Term, load_chart, load_measures
from zhangfang_core.ledger.charts.measures import build_measures

STANDARD = "small_business_2013"
ENTERPRISE = "enterprise_2006"
BEFORE_CLOSING = {
    "100201": 0,
    "1002": 90_000_00,
    "2202": -20_000_00,
    "22210101": 1_300_00,
    "22210107": -3_900_00,
    "222105": 500_00,
    "222113": -400_00,
}
TURNOVER = {
    "5001": -30_000_00,
    "5051": -1_000_00,
    "5301": -200_00,
    "5401": 12_000_00,
    "5403": 100_00,
    "560101": 6_000_00,
    "560202": 300_00,
    "560301": -15_00,
    "571104": 50_00,
    "5801": 400_00,
}


def test_figures_of_a_month() -> None:
    """DASH-1: bank, sales, net profit, taxes, available funds."""
    measures = load_measures(STANDARD)

    def value(key: str) -> int:
        return measures.value(key, BEFORE_CLOSING, TURNOVER)

    assert value("bank_balance") == 90_000_00
    assert value("sales") == 31_000_00
    assert value("gross_profit") == 19_000_00
    assert value("operating_expenses") == 6_285_00
    assert value("net_profit") == 12_365_00
    # 3,900 output less 1,300 input and 400 income tax; the 500 not yet confirmed does not count.
    assert value("taxes_payable") == 3_000_00
    assert value("payables") == 20_000_00
    assert value("available_funds") == 67_000_00


def test_taxes_never_go_below_nothing() -> None:
    """DASH-1: tax carried forward (留抵) is no money in hand and pays no other tax."""
    measures = load_measures(STANDARD)
    carried = {"1002": 100_00, "22210101": 70_00, "222102": -30_00}
    assert measures.value("taxes_payable", carried, {}) == 30_00
    assert measures.value("available_funds", carried, {}) == 70_00


def test_every_standard_has_the_same_figures() -> None:
    """DASH-1: keys and titles; the enterprise's stand on its own codes, where 5001 is no revenue."""
    small, enterprise = load_measures(STANDARD), load_measures(ENTERPRISE)
    assert {k: m.title for k, m in small.by_key.items()} == {k: m.title for k, m in enterprise.by_key.items()}
    turnover = {"6001": -900, "6041": -50, "6401": 300, "660202": 20, "660301": 5, "6061": -3, "5001": 70, "6901": 11}
    figures = {key: enterprise.value(key, {"1002": 7}, turnover) for key in enterprise.by_key}
    assert (figures["sales"], figures["gross_profit"], figures["operating_expenses"]) == (950, 650, 22)
    assert (figures["net_profit"], figures["bank_balance"]) == (628, 7)


def test_net_profit_takes_every_profit_and_loss_account_once() -> None:
    """DASH-1: the figure ties to the income statement, whatever accounts a voucher uses."""
    chart, measures = load_chart(STANDARD), load_measures(STANDARD)
    for account in chart.leaves():
        if account.category is Category.PROFIT_AND_LOSS:
            assert measures.value("net_profit", {}, {account.code: -7}) == 7, account.code
        else:
            assert measures.value("net_profit", {}, {account.code: -7}) == 0, account.code


def test_profit_figures_rest_on_turnover_without_closing() -> None:
    """DASH-1: no figure on profit-and-loss accounts reads closing balances, which 结转损益 empties."""
    measures = load_measures(STANDARD)
    for key in measures.by_key:
        for basis, term in measures.terms(key):
            assert (basis is Basis.TURNOVER) == term.account.startswith("5"), key


def test_every_figure_explains_itself() -> None:
    """DASH-6: a Chinese title and sentence for each; its accounts with signs, through its parts too."""
    measures = load_measures(STANDARD)
    for measure in measures.by_key.values():
        assert re.search(r"[\u4e00-\u9fff]", measure.title)
        assert measure.explanation.endswith("。")
    assert (Basis.CLOSING, Term("2202", Side.CREDIT, -1)) in measures.terms("available_funds")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({"terms": [{"account": "9999", "side": "debit", "sign": 1}], "basis": "closing"}, "9999"),
        ({"terms": [{"account": "1002", "side": "debit", "sign": 2}], "basis": "closing"}, "sign"),
        ({"terms": [{"account": "1002", "side": "debit", "sign": 1}]}, "basis"),
        ({"parts": [{"measure": "x", "sign": 1}]}, "before"),
        ({}, "parts"),
    ],
)
def test_contradictions_are_refused(value: dict[str, Any], words: str) -> None:
    """DASH-6: a formula over nothing stops at loading."""
    with pytest.raises(ChartFault, match=words):
        build_measures(STANDARD, {"x": {"title": "甲", "explanation": "乙。", **value}}, load_chart(STANDARD))
