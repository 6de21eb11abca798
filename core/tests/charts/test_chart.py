"""LEDG-1: the chart of accounts of 小企业会计准则 (财会〔2011〕17号)."""

import datetime as dt
import tomllib
from pathlib import Path

import pytest

from zhangfang_core.ledger.charts import Category, ChartFault, Side, load_chart, standards
from zhangfang_core.ledger.charts import chart as chart_module
from zhangfang_core.ledger.charts.loading import build_chart

STANDARD = "small_business_2013"
ENTERPRISE = "enterprise_2006"
ROW = {
    "name": "银行存款",
    "parent": "",
    "category": "asset",
    "normal_balance": "debit",
    "taxpayer": "any",
    "statement_lines": "BS-1",
    "effective_from": "2013-01-01",
    "source": "caikuai_2011_17",
    "note": "",
}


def about() -> dict[str, object]:
    path = Path(chart_module.__file__).parent / STANDARD / "chart.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def row(code: str, **changes: str) -> dict[str, str]:
    return {"code": code, **ROW, **changes}


def test_all_first_level_accounts_of_the_standard() -> None:
    """LEDG-1: the appendix of the standard lists 66 accounts, from 1001 to 5801."""
    chart = load_chart(STANDARD)
    first = [account for account in chart if account.level == 1]
    assert standards() == (ENTERPRISE, STANDARD)
    assert len(first) == 66
    assert (first[0].code, first[0].name, first[-1].code, first[-1].name) == (
        "1001",
        "库存现金",
        "5801",
        "所得税费用",
    )
    assert {a.source for a in first} == {"caikuai_2011_17"}
    assert {a.effective_from for a in first} == {dt.date(2013, 1, 1)}
    assert {a.code[0]: a.category for a in first} == {
        "1": Category.ASSET,
        "2": Category.LIABILITY,
        "3": Category.EQUITY,
        "4": Category.COST,
        "5": Category.PROFIT_AND_LOSS,
    }


@pytest.mark.parametrize(
    ("code", "full_name", "side"),
    [
        ("1602", "累计折旧", Side.CREDIT),
        ("1407", "商品进销差价", Side.CREDIT),
        ("22210101", "应交税费-应交增值税-进项税额", Side.DEBIT),
        ("22210107", "应交税费-应交增值税-销项税额", Side.CREDIT),
        ("222102", "应交税费-未交增值税", Side.CREDIT),
        ("222105", "应交税费-待认证进项税额", Side.DEBIT),
        ("221101", "应付职工薪酬-应付工资", Side.CREDIT),
        ("310415", "利润分配-未分配利润", Side.CREDIT),
        ("560202", "管理费用-业务招待费", Side.DEBIT),
    ],
)
def test_known_accounts(code: str, full_name: str, side: Side) -> None:
    """LEDG-1: names and sides that the standards fix."""
    account = load_chart(STANDARD)[code]
    assert (account.full_name, account.normal_balance, account.is_leaf) == (full_name, side, True)


def test_small_scale_taxpayer_posts_vat_without_columns() -> None:
    """LEDG-1: 应交增值税 has columns for a general taxpayer, none for a small-scale one (财会〔2016〕22号)."""
    general, small = load_chart(STANDARD), load_chart(STANDARD, "small_scale")
    assert not general["222101"].is_leaf
    assert small["222101"].is_leaf
    assert "22210101" not in small
    assert "222105" not in small
    assert {a.code for a in general if a.for_general_only} == set(general.accounts) - set(small.accounts)


def test_accounts_of_the_enterprise_standard() -> None:
    """LEDG-1: codes of 财会〔2006〕18号 that mean another thing than in 小企业会计准则, successors of newer standards, VAT columns."""
    chart, small = load_chart(ENTERPRISE), load_chart(ENTERPRISE, "small_scale")
    assert {code: chart[code].full_name for code in ("5001", "4001", "6001", "660202", "4103", "410415", "2601")} == {
        "5001": "生产成本",
        "4001": "实收资本",
        "6001": "主营业务收入",
        "660202": "管理费用-业务招待费",
        "4103": "本年利润",
        "410415": "利润分配-未分配利润",
        "2601": "租赁负债",
    }
    assert {a.category for a in chart if a.code.startswith("6")} == {Category.PROFIT_AND_LOSS}
    assert {a.category for a in chart if a.code.startswith("3")} == {Category.COMMON}
    assert not chart["222101"].is_leaf
    assert small["222101"].is_leaf
    assert chart["2601"].effective_from == dt.date(2019, 1, 1)


@pytest.mark.parametrize("standard", [STANDARD, ENTERPRISE])
def test_open_items_and_dimensions_stand_on_receivables_and_payables(standard: str) -> None:
    """LEDG-1, LEDG-6."""
    chart = load_chart(standard)
    assert [a.code for a in chart if chart.has_open_items(a.code)] == ["1122", "1123", "2202", "2203"]
    assert (chart.dimensions_of("1122"), chart.dimensions_of("2202"), chart.dimensions_of("1001")) == (
        ("customer",),
        ("supplier",),
        (),
    )


@pytest.mark.parametrize("standard", [STANDARD, ENTERPRISE])
def test_every_leaf_reaches_a_statement(standard: str) -> None:
    """LEDG-2: each leaf, or an account above it, feeds a line of the balance sheet or the income statement."""
    chart = load_chart(standard)
    for leaf in chart.leaves():
        lines: set[str] = set()
        code: str | None = leaf.code
        while code is not None:
            lines.update(chart[code].statement_lines)
            code = chart[code].parent
        wanted = "IS-" if leaf.category is Category.PROFIT_AND_LOSS else "BS-"
        assert any(line.startswith(wanted) for line in lines), leaf.code


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("1002"), row("1002")], "twice"),
        ([row("1002"), row("1001")], "order"),
        ([row("10021")], "first-level"),
        ([row("100201", parent="1002")], "missing"),
        ([row("1001"), row("100201", parent="1001")], "parent's code"),
        ([row("1002"), row("1002011", parent="1002")], "parent's code"),
        ([row("1002"), row("100201", parent="1002", category="cost")], "category"),
        ([row("1002", category="cash")], "cash"),
        ([row("1002", normal_balance="left")], "left"),
        ([row("1002", source="hearsay")], "hearsay"),
        ([row("1002", taxpayer="nobody")], "nobody"),
        ([row("1002", name="")], "name"),
    ],
)
def test_contradictions_are_refused(rows: list[dict[str, str]], words: str) -> None:
    """LEDG-1: bad data of a chart stops at loading."""
    with pytest.raises(ChartFault, match=words):
        build_chart(about(), rows, "general")


def test_unknown_standard_and_taxpayer() -> None:
    """LEDG-1: no chart is guessed."""
    with pytest.raises(ChartFault, match="enterprise_1993"):
        load_chart("enterprise_1993")
    with pytest.raises(ChartFault, match="person"):
        load_chart(STANDARD, "person")
