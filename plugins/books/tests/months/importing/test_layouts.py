"""Voucher files as other programs write them (B8): found by their headings wherever these stand, nothing lost without a word."""

import datetime as dt
import io
from collections.abc import Sequence

import pytest
import xlwt

from months.importing import files
from months.importing.bringing import REALLY, brought, understood
from months.importing.files import K3, K3_NAMES, KIS, KIS_STANDARD, U8, excel, filled, sale, workbook
from zhangfang_books.importing.services import Choices
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk import use
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.dimensions import DimensionItem, Dimensions
from zhangfang_sdk.ledger import DimensionKind, Ledger, Voucher

MAKE = Choices(really=True, make_items=True)


async def kept(firm: TestFirm, client: int) -> tuple[list[Voucher], dict[int, DimensionItem]]:
    """The client's vouchers in the order that they came in, and its items by id."""
    async with scoped_transaction(system_scope(firm.id)):
        found = sorted(await use(Ledger).vouchers(client, limit=500), key=lambda v: v.id)
        return found, {item.id: item for item in await use(Dimensions).items(client)}


def k3(head: Sequence[str]) -> list[list[object]]:
    """A payment to a supplier and a purchase in US dollars, in the order of K3's columns."""
    rows = [
        {"凭证摘要": "付甲示例公司货款", "科目代码": "2202", "借方": 1130, "核算项目": "供应商---001---甲示例公司"},
        {"凭证摘要": "付甲示例公司货款", "科目代码": "1002", "贷方": 1130, "现金流量": "支付货款"},
        {"凭证号": 13, "凭证摘要": "进口", "科目代码": "1405", "借方": 710, "数量": 10, "单价": 71},
        {
            "凭证号": 13,
            "凭证摘要": "进口",
            "科目代码": "1002",
            "贷方": 710,
            "币别代码": "USD",
            "原币金额": 100,
            "汇率": 7.1,
        },
    ]
    common = {
        "凭证日期": dt.date(2025, 3, 5),
        "会计年度": 2025,
        "会计期间": 3,
        "凭证字": "记",
        "凭证号": 12,
        "币别代码": "RMB",
    }
    return [list(head), *(filled(K3, **{**common, **row}) for row in rows)]


@pytest.mark.parametrize("head", [K3, K3_NAMES])
async def test_kingdee_k3(firm: TestFirm, head: Sequence[str]) -> None:
    """Captions or field names, a second sheet without vouchers; an item, a quantity, a foreign currency's text."""
    schema = ("t_Schema", [["FType", "FKey", "FFieldName", "FCaption"], ["1", "FDate", "FDate", "凭证日期"]])
    content = workbook(schema, ("Page1", k3(head)))
    tried = await brought(firm, firm.trading, content, Choices())
    assert [(s.name, s.program) for s in tried.sheets] == [("t_Schema", ""), ("Page1", "金蝶 K/3、KIS 专业版")]
    assert [named.shown for named in tried.unknown_items] == ["001 甲示例公司"]
    assert [(c.heading, c.rows, c.example) for c in tried.lost_columns] == [(head[-1], 1, "支付货款")]
    assert (await brought(firm, firm.trading, content)).brought == 0, "names become items once that was answered"
    assert (await brought(firm, firm.trading, content, MAKE)).brought == 2
    (payment, purchase), items = await kept(firm, firm.trading)
    supplier = items[payment.lines[0].dimensions["supplier"]]
    assert (supplier.code, supplier.name) == ("001", "甲示例公司")
    assert payment.lines[0].debit == 1130_00
    assert (str(purchase.lines[0].quantity), str(purchase.lines[0].unit_price)) == ("10.000000", "71.000000")
    assert "第 2 行原币:USD 100 × 7.10" in purchase.reasons


async def test_kingdee_kis_standard(firm: TestFirm) -> None:
    """Upper-case fields, FDC not believed, up to eight classes a row; * is nothing."""
    common = {
        "FDATE": "2025/3/5",
        "FPERIOD": 3.0,
        "FGROUP": "记",
        "FNUM": 12,
        "FEXP": "销售",
        "FCYID": "RMB",
        "FSETTLCODE": "*",
    }
    sold = {
        "FACCTID": "1122",
        "FCLSNAME1": "客户",
        "FOBJID1": "001",
        "FOBJNAME1": "乙示例公司",
        "FDC": 0,
        "FDEBIT": 113,
        "FCREDIT": 0,
    }
    earned = {
        "FACCTID": "5001",
        "FDC": 1,
        "FDEBIT": 0,
        "FCREDIT": 113,
        "FCLSNAME1": "部门",
        "FOBJID1": "01",
        "FOBJNAME1": "销售部",
    }
    content = excel([filled(KIS_STANDARD, **common, **row) for row in (sold, earned)], KIS_STANDARD)
    outcome = await brought(firm, firm.trading, content, MAKE)
    assert outcome.sheets[0].program == "金蝶 KIS 标准版"
    assert outcome.lost == {"科目 5001 没有设置部门核算": 1}
    assert not outcome.lost_columns
    (voucher,), items = await kept(firm, firm.trading)
    assert items[voucher.lines[0].dimensions["customer"]].name == "乙示例公司"


async def test_kingdee_jdy_keeps_each_rows_party(firm: TestFirm) -> None:
    """A row with a supplier alone keeps it, whatever stands in the customers' column elsewhere; codes find their items."""
    async with scoped_transaction(system_scope(firm.id)):
        await use(Dimensions).add(firm.trading, DimensionKind.SUPPLIER, "S1", "甲示例公司")
        await use(Dimensions).add(firm.trading, DimensionKind.CUSTOMER, "C1", "乙示例公司")
    common = {"日期": "2025-03-05", "凭证字": "记", "凭证号": 12, "摘要": "对抵", "币别": "RMB"}
    paid = filled(files.JDY, **common, 科目代码="2202", 借方金额=100, 供应商="S1")
    got = filled(files.JDY, **common, 科目代码="1122", 贷方金额=100, 客户="C1")
    assert (await brought(firm, firm.trading, excel([got, paid], files.JDY))).brought == 1
    (voucher,), items = await kept(firm, firm.trading)
    named = [{kind: items[item].name for kind, item in line.dimensions.items()} for line in voucher.lines]
    assert named == [{"customer": "乙示例公司"}, {"supplier": "甲示例公司"}]


U8_TEXT = (
    "填制凭证,V800\r\n"
    "2025-03-05,记,12,2,付甲示例公司货款,含运费,2202,1130.00,0,0,0,0,示例员,,,,,,,001,,\r\n"
    "2025-03-05,记,12,2,付甲示例公司货款,1002,0,1130.00,0,0,0,示例员,,,,,,,,,\r\n"
)


async def test_yonyou_text_with_a_comma_in_a_summary(firm: TestFirm) -> None:
    """总账工具's .txt: no headings, nothing quoted, GBK."""
    outcome = await brought(firm, firm.trading, U8_TEXT.encode("gbk"), MAKE)
    assert outcome.sheets[0].program == "用友 U8、T6、T3"
    (voucher,), items = await kept(firm, firm.trading)
    assert voucher.lines[0].summary == "付甲示例公司货款,含运费"
    assert items[voucher.lines[0].dimensions["supplier"]].code == "001"


async def test_yonyou_u8_excel(firm: TestFirm) -> None:
    common = {
        "凭证ID": 1,
        "会计年": 2025,
        "会计期间": 3,
        "制单日期": "2025-03-05",
        "凭证类别": "记",
        "凭证号": 7,
        "摘要": "付款",
    }
    rows = [
        {"科目编码": "2202", "借方金额": 12.5, "供应商编码": "001", "结算方式编码": "电汇"},
        {"科目编码": "1002", "贷方金额": 12.5},
    ]
    outcome = await brought(firm, firm.trading, excel([filled(U8, **common, **row) for row in rows], U8), MAKE)
    assert (outcome.brought, outcome.sheets[0].program) == (1, "用友 U8、T6、T3")
    assert [(c.heading, c.example) for c in outcome.lost_columns] == [("结算方式编码", "电汇")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
async def test_csv(firm: TestFirm, encoding: str) -> None:
    text = '日期,凭证字号,摘要,科目代码,科目名称,借方,贷方\n2025-03-05,记-12,"付,款",2202,应付账款,"1,130.00",\n,,付款,1002,,,1130\n'
    outcome = await brought(firm, firm.trading, text.encode(encoding))
    assert (outcome.brought, outcome.debit) == (1, 1130_00)


async def test_old_excel_and_pages_that_call_themselves_excel(firm: TestFirm) -> None:
    book = xlwt.Workbook()
    page = book.add_sheet("序时簿")
    for row, cells in enumerate([["示例公司会计分录序时簿"], KIS, *sale(1, 12.5)]):
        for place, value in enumerate(cells):
            if value is not None:
                page.write(row, place, value)
    day = xlwt.XFStyle()
    day.num_format_str = "yyyy-mm-dd"
    page.write(4, 0, dt.date(2025, 3, 6), day)
    for place, value in enumerate(["记", "2", 0, "提现", "'1001", "现金", 7.0], 1):
        page.write(4, place, value)
    for place, value in {4: "提现", 5: "1002 银行存款", 8: 7.0}.items():
        page.write(5, place, value)
    out = io.BytesIO()
    book.save(out)
    outcome = await brought(firm, firm.trading, out.getvalue())
    assert (outcome.brought, outcome.sheets[0].heading_row, outcome.last) == (2, 2, dt.date(2025, 3, 6))
    cells = "".join(
        "<tr>" + "".join(f"<td>{'' if c is None else c}</td>" for c in row) + "</tr>" for row in [KIS, *sale(9, 3)]
    )
    assert (await brought(firm, firm.trading, f"<html><table>{cells}</table></html>".encode("gbk"))).brought == 1


async def test_scattered_rows_totals_and_repeated_headings(firm: TestFirm) -> None:
    """Rows of one voucher that are no neighbours, printed pages' headings, a serial date, 合计 rows that hold."""
    (a1, a2), (b1, b2) = sale(1, 10), sale(2, 20)
    b1[0] = b2[0] = 45721
    rows = [
        a1,
        b1,
        KIS,
        ["本页合计", *[None] * 6, 30, 0],
        a2,
        b2,
        [None, None, None, None, "合 计", None, None, 30, 30],
    ]
    outcome = await brought(firm, firm.trading, excel(rows))
    assert (outcome.brought, outcome.totals, outcome.lines) == (2, 2, 4)
    vouchers, _ = await kept(firm, firm.trading)
    assert [(v.date.isoformat(), v.total) for v in vouchers] == [("2025-03-05", 1000), ("2025-03-05", 2000)]


async def test_a_total_that_does_not_hold_stops_the_import(firm: TestFirm) -> None:
    """A row is missing from the file: its 合计 says so."""
    rows = [*sale(1, 10), ["合计", *[None] * 6, 35, 35]]
    outcome = await brought(firm, firm.trading, excel(rows))
    assert [(f.row, "可能少了或多了行" in f.sentence) for f in outcome.faults] == [(4, True)]
    assert (await kept(firm, firm.trading))[0] == []


async def test_every_sheet_counts_and_the_same_voucher_in_two_is_named(firm: TestFirm) -> None:
    march, april = sale(1, 10), [["2025-04-02", *row[1:]] for row in sale(1, 20)]
    content = workbook(("3月", [KIS, *march]), ("说明", [["本簿由示例导出"]]), ("4月", [["标题"], KIS, *april, *march]))
    tried = await brought(firm, firm.trading, content, Choices())
    assert [(s.row, s.where) for s in tried.standing] == [(5, "同一文件前面的工作表")]
    done = await brought(firm, firm.trading, content, Choices(really=True, leave_standing=True))
    assert (done.brought, done.left_out) == (2, 1)


async def test_headings_in_two_rows_with_units_and_marks(firm: TestFirm) -> None:
    upper = ["*日 期", "凭证字号", "摘要", "科目", None, "借 方", None, "贷方", None]
    lower = [None, None, None, "编码", "名称", "数量", "金额(元)", "数量", "金额(元)"]
    rows = [
        ["2025-03-05", "记-12", "购", "1405", "库存商品", 3, 30, None, None],
        [None, None, "购", "1002", None, None, None, None, 30],
    ]
    outcome = await brought(firm, firm.trading, workbook(("凭证", [["总标题"], upper, lower, *rows])))
    assert (outcome.brought, outcome.sheets[0].heading_row) == (1, 3), outcome.faults


async def test_the_first_file_of_another_program_makes_its_mapping(firm: TestFirm) -> None:
    """柠檬云 and whoever else: columns guessed by heading and content, corrected, kept unconfirmed, then known."""
    head = ["记账时间", "凭证", "说明文字", "会计科目", "科目全名", "借", "贷", "对方"]
    rows = [
        ["2025-03-05", "记-1", "销售", "1122", "应收账款", "10.00", "", "乙示例公司"],
        ["2025-03-05", "记-1", "销售", "5001", "收入", "", "10.00", ""],
    ]
    content = excel(rows, head)
    read = await understood(firm, firm.trading, content)
    assert read.guess is not None
    assert read.guess.fields == ("date", "label", "summary", "account", "account_name", "debit", "credit", "")
    chosen = {place: field for place, field in enumerate([*read.guess.fields[:7], "customer"]) if field}
    corrected = await understood(firm, firm.trading, content, columns=chosen)
    assert corrected.made is not None
    assert [v.lines[0].named[0].name for v in corrected.vouchers] == ["乙示例公司"]
    assert not corrected.outcome.sheets[0].confirmed
    assert corrected.made.places(head) is not None


async def test_nothing_is_lost_without_a_word(firm: TestFirm) -> None:
    """An unknown column with content, a price that does not make the amount."""
    head = [*KIS, "数量", "单价", "合同号"]
    rows = [[*sale(1, 10)[0], 3, 4, "HT-1"], [*sale(1, 10)[1], None, None, None]]
    outcome = await brought(firm, firm.trading, excel(rows, head), REALLY)
    assert [(c.heading, c.rows, c.example) for c in outcome.lost_columns] == [("合同号", 1, "HT-1")]
    assert outcome.lost == {"单价与数量、金额对不上,只留数量": 1}
