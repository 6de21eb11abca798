"""A chart and opening balances from another program's Excel: tried whole, taken back, or brought in (LEDG-1, LEDG-3)."""

from decimal import Decimal

import pytest

from months.importing.files import workbook
from zhangfang_books.importing.reading_rows import rows_of
from zhangfang_books.taking_over.bringing import Brought, bring_in, read_table
from zhangfang_core.ledger.opening import service as opening
from zhangfang_core.ledger.own_accounts.adding import set_code_lengths
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.portal import CSRF_COOKIE, CSRF_HEADER
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.context import in_scope, system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.ledger import DimensionKind, Ledger
from zhangfang_sdk.openings import Openings
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

# 科目余额表 as 大账房 and others alike export it: a title, two heading rows with merged cells, parents, items under their account, 合计.
BALANCES = [
    ["科目余额表"],
    ["编制单位:示例公司", "", "2024年12月"],
    ["科目编码", "科目名称", "期初余额", "", "本期发生额", "", "本年累计发生额", "", "期末余额", "", "备注"],
    ["", "", "借方", "贷方", "借方", "贷方", "借方", "贷方", "借方", "贷方", ""],
    ["1002", "银行存款", "600.00", "", "100.00", "", "900.00", "200.00", "700.00", "", ""],
    ["100201", "工商银行", "600.00", "", "100.00", "", "900.00", "200.00", "700.00", "", "基本户"],
    ["1122", "应收账款", "300.00", "", "", "", "300.00", "", "300.00", "", ""],
    ["1122", "应收账款_甲示例公司", "200.00", "", "", "", "200.00", "", "200.00", "", ""],
    ["1122", "应收账款_乙示例公司", "100.00", "", "", "", "100.00", "", "100.00", "", ""],
    ["2221", "应交税费", "", "50.00", "", "", "", "", "", "50.00", ""],
    ["2221.001", "应交增值税", "", "50.00", "", "", "", "", "", "50.00", ""],
    ["3001", "实收资本", "", "850.00", "", "100.00", "", "1000.00", "", "950.00", ""],
    ["合计", "", "900.00", "900.00", "100.00", "100.00", "1200.00", "1200.00", "1000.00", "1000.00", ""],
]
CHART = [
    ["科目代码", "科目名称", "科目类别", "余额方向", "辅助核算", "计量单位"],
    ["1002", "银行存款", "流动资产", "借", "", ""],
    ["1002001", "工商银行", "流动资产", "借", "", ""],
    ["1002002", "建设银行", "流动资产", "借", "", ""],
    ["1405", "库存商品", "流动资产", "借", "存货", "件"],
    ["1199", "备用金", "流动资产", "借", "职员/部门", ""],
    ["5998", "其他收益", "损益", "贷", "", ""],
]


async def brought(firm: TestFirm, rows: list[list[object]], *, really: bool = True, closing: bool | None = None) -> Brought:
    async with rows_of(workbook(("余额表", rows))) as read:
        table = await read_table(read, closing=closing)
    with in_scope(system_scope(firm.id)):
        return await bring_in(firm.restaurant, table, really=really)


async def accounts(firm: TestFirm) -> dict[str, str]:
    async with acting(firm):
        return {a.code: a.name for a in await use(Ledger).accounts(firm.restaurant)}


async def test_a_balance_table_fills_the_opening_sheet_and_adds_what_the_chart_lacks(firm: TestFirm) -> None:
    """Headings wherever they stand; items under their account; another code for the same name is remembered."""
    found = await brought(firm, BALANCES)
    assert [(f.row, f.sentence) for f in found.table.faults] == []
    assert (found.done, [a.code for a in found.added], found.recoded) == (True, ["100201"], {"2221.001": "222101"})
    assert (found.debit, found.credit, found.table.totals) == (1000_00, 1000_00, 1)
    assert [(c.heading, c.rows, c.example) for c in found.table.lost_columns] == [("备注", 1, "基本户")]
    async with acting(firm):
        sheet = await opening.opening(firm.restaurant)
        assert {(x.account, x.party): x.amount for x in sheet.lines} == {
            ("100201", ""): 700_00,
            ("1122", "甲示例公司"): 200_00,
            ("1122", "乙示例公司"): 100_00,
            ("222101", ""): -50_00,
            ("3001", ""): -950_00,
        }
        assert (await use(Openings).year_to_date(firm.restaurant))["100201"] == 700_00
        await opening.start(firm.restaurant)
        assert {i.name for i in await use(Dimensions).items(firm.restaurant)} == {"甲示例公司", "乙示例公司"}


async def test_the_opening_column_takes_the_months_turnover_away_from_the_years(firm: TestFirm) -> None:
    """A table of the month in which the books begin here: what it moved is no part of what was brought along."""
    found = await brought(firm, BALANCES, closing=False)
    assert found.done
    line = next(x for x in found.lines if x.account == "100201")
    assert (line.amount, line.year_debit, line.year_credit) == (600_00, 800_00, 200_00)


async def test_a_trial_leaves_nothing(firm: TestFirm) -> None:
    before = await accounts(firm)
    found = await brought(firm, BALANCES, really=False)
    assert (found.clean, found.done, len(found.added)) == (True, False, 1)
    assert await accounts(firm) == before
    async with acting(firm):
        assert (await opening.opening(firm.restaurant)).lines == []


async def test_a_chart_is_brought_in_by_the_clients_rule(firm: TestFirm) -> None:
    """4-3-2 where the client says so; else the file's codes are made anew and remembered. Items that accounts ask for go along."""
    async with acting(firm):
        await set_code_lengths(firm.restaurant, (4, 3, 2))
    found = await brought(firm, CHART)
    assert found.table.faults == []
    assert [a.code for a in found.added] == ["1002001", "1002002", "1199", "5998"]
    assert found.recoded == {}
    async with acting(firm):
        chart = {a.code: a for a in await use(Ledger).accounts(firm.restaurant)}
    assert chart["1002"].is_leaf is False
    assert set(chart["1199"].dimensions) == {"employee", "department"}
    assert DimensionKind.STOCK in chart["1405"].dimensions
    assert (chart["5998"].category, chart["5998"].normal_balance) == ("profit_and_loss", "credit")
    again = await brought(firm, CHART)
    assert (again.added, again.known) == ([], 6), "the same file once more adds nothing"


async def test_codes_that_the_rule_does_not_allow_are_made_anew(firm: TestFirm) -> None:
    found = await brought(firm, CHART)
    assert found.recoded == {"1002001": "100201", "1002002": "100202"}
    assert (await accounts(firm))["100202"] == "建设银行"


async def test_stock_comes_with_its_quantity(firm: TestFirm) -> None:
    rows: list[list[object]] = [
        ["科目编码", "科目名称", "存货", "方向", "期初余额", "期初数量"],
        ["1405", "库存商品", "", "借", "90.00", ""],
        ["1405", "库存商品", "苹果", "借", "60.00", "10"],
        ["1405", "库存商品", "梨", "借", "30.00", "2.5"],
        ["3001", "实收资本", "", "贷", "90.00", ""],
    ]
    found = await brought(firm, rows)
    assert (found.done, found.table.faults) == (True, [])
    async with acting(firm):
        await opening.start(firm.restaurant)
        stock = await use(Dimensions).stock(firm.restaurant, "1405", Period(2025, 1), Period(2025, 1))
        assert {(t.opening_quantity, t.opening) for t in stock} == {(Decimal(10), 60_00), (Decimal("2.5"), 30_00)}
        assert not (await opening.opening(firm.restaurant)).changed


@pytest.mark.parametrize(
    ("place", "row", "column", "sentence"),
    [
        (6, ["1122", "应收账款", "x12", "", "", "", "", "", "3o0", "", ""], "I 列", "3o0"),
        (5, ["100201", "工商银行", "", "", "", "", "", "", "701.00", "", ""], "A 列", "对不上"),
        (5, ["110201", "没有上级", "", "", "", "", "", "", "700.00", "", ""], "A 列", "没有上级科目"),
        (12, ["合计", "", "", "", "", "", "", "", "1000.00", "990.00", ""], "I 列", "合计行"),
        (5, ["1002", "银行存款", "", "", "", "", "", "", "700.00", "", ""], "A 列", "有两行"),
        (9, ["2221", "应交税金", "", "50.00", "", "", "", "", "", "50.00", ""], "A 列", "在这里是“应交税费”"),
        (5, ["10020x", "工商银行", "", "", "", "", "", "", "700.00", "", ""], "A 列", "看不懂"),
        (11, ["x301", "实收资本", "", "", "", "", "", "", "", "950.00", ""], "A 列", "看不懂"),
    ],
)
async def test_a_bad_row_is_named_and_nothing_is_written(
    firm: TestFirm, place: int, row: list[object], column: str, sentence: str
) -> None:
    before = await accounts(firm)
    found = await brought(firm, [*BALANCES[:place], row, *BALANCES[place + 1 :]])
    faults = [f for f in found.table.faults if sentence in f.sentence]
    assert faults, found.table.faults
    told = place - 1 if "对不上" in sentence else place
    assert faults[0].row == told + 1
    assert faults[0].column.startswith(column)
    assert (found.done, await accounts(firm)) == (False, before)


async def test_the_page_tries_asks_for_an_account_and_brings_in(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("owner")
    place = f"{visitor.place}/books/take-over"
    assert "科目表或科目余额表" in (await visitor.get("/books/take-over")).text
    rows = [*BALANCES[:9], ["2221", "应交税金", "", "50.00", "", "", "", "", "", "50.00", ""], *BALANCES[10:]]

    async def send(**form: str) -> str:
        headers = {CSRF_HEADER: visitor.http.cookies[CSRF_COOKIE], "accept": "text/html"}
        answer = await visitor.http.post(place, data=form, files={"file": ("余额表.xlsx", workbook(("余额表", rows)))}, headers=headers)
        return answer.text

    asked = await send()
    assert 'name="map:2221"' in asked
    tried = await send(**{"map:2221": "2221"})
    assert "试带入通过" in tried
    done = await send(really="1")
    assert "去期初建账核对并启用" in done
    assert "没有找到科目编码和科目名称的表头" in (await visitor.http.post(
        place, files={"file": ("x.csv", "甲,乙\n1,2\n".encode())}, headers={CSRF_HEADER: visitor.http.cookies[CSRF_COOKIE]}
    )).text
