"""The books' pages and files as a browser asks for them (LEDG-2)."""

import dataclasses
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from openpyxl import load_workbook
from reportlab.pdfbase import pdfmetrics  # type: ignore[import-untyped]  # the wheel ships no types

from months.test_worked_months import booked
from months.worked import Worked, ours
from zhangfang_books.printing.pdf import pdf
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.printing import FONT, runs
from zhangfang_sdk.sheets import Heading, Row, Sheet

PAGES = (
    "statements?kind=balance_sheet&",
    "statements?kind=income&",
    "statements?kind=cash_flow&",
    "balances?",
    "general?",
)
PAGES += ("detail?account=5602&columns=true&", "detail?account=1122&", "journal?", "close?")


@asynccontextmanager
async def owner(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str, month: Worked
) -> AsyncIterator[Visitor]:
    client = await booked(firm, month)
    token = await session_for(firm.owner)
    addresses = test_server.addresses(database)
    chosen = dataclasses.replace(settings, dsn=addresses.application, owner_dsn=addresses.owner)
    async with running_portal(chosen) as portal, portal.visitor(token, f"/f/{firm.id}/c/{client}") as visitor:
        yield visitor


async def test_pages_and_files(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> None:
    """LEDG-2: every page of the books opens; Excel holds numbers, PDF holds the figures and the words of a printed form."""
    month = next(m for m in ours() if m.name.startswith("商贸公司"))
    async with owner(firm, settings, test_server, database, month) as visitor:
        for path in PAGES:
            answer = await visitor.get(f"/books/{path}period={month.period.key}")
            assert answer.status_code == 200, (path, answer.text[:400])
        wall = await visitor.http.get(f"/f/{firm.id}/books/wall?period={month.period.key}")
        assert wall.status_code == 200
        sheet = await visitor.get(f"/books/statements?kind=balance_sheet&period={month.period.key}")
        assert "1,310,266.73" in sheet.text
        behind = await visitor.get(f"/books/statements/balance_sheet/1?period={month.period.key}")
        assert "银行存款" in behind.text
        assert "<title>货币资金" in behind.text, "by its address it is a whole page"
        over = await visitor.ask("GET", f"/books/statements/balance_sheet/1?period={month.period.key}", headers={"hx-request": "true"})
        assert "银行存款" in over.text
        assert "<title" not in over.text
        excel = await visitor.get(f"/books/export/statements/xlsx?period={month.period.key}")
        book = load_workbook(io.BytesIO(excel.content))
        assert book.sheetnames == ["资产负债表", "利润表", "现金流量表"]
        numbers = [c.value for row in book["资产负债表"].iter_rows() for c in row if isinstance(c.value, int | float)]
        assert 1310266.73 in numbers
        assert book["资产负债表"].freeze_panes == "B5"
        for report in ("statements", "balances", "general", "detail", "journal", "vouchers"):
            printed = await visitor.get(f"/books/export/{report}/pdf?period={month.period.key}")
            assert printed.status_code == 200, (report, printed.text[:400])
            assert b"/FontFile2" in printed.content, "the typeface is inside"
            assert b"STSong" not in printed.content
            text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(printed.content))
            assert month.name[:2] in text
            assert ("制单" if report == "vouchers" else "第 1 页") in text
        refused = await visitor.get(f"/books/export/nothing/pdf?period={month.period.key}")
        assert refused.status_code == 404


def test_rare_characters_of_names_are_written() -> None:
    """Names are written with the characters that they have; one that no typeface has leaves the rest readable."""
    sheet = Sheet("资产负债表", "䶮镕喆商行", "2026年3月", [Heading("项目")], [Row(("𠮷野家货款",))], prepared_by="龘")
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf([sheet])))
    for word in ("䶮镕喆商行", "野家货款", "制表:龘"):
        assert word in text
    assert ord("𬭚") in pdfmetrics.getFont(FONT).face.charToGlyph
    assert [font for font, _ in runs("甲𬭚")] == [FONT]


async def test_a_line_is_filled_by_hand_and_the_year_is_shown(
    firm: TestFirm, settings: Settings, test_server: TestServer, database: str
) -> None:
    """LEDG-2: a line that no account tells is filled with its reason and adds up; a line of accounts is not; what is not known stays empty."""
    month = next(m for m in ours() if m.name.startswith("商贸公司"))
    key = month.period.key
    async with owner(firm, settings, test_server, database, month) as visitor:
        sheet = await visitor.get(f"/books/statements/balance_sheet/28?period={key}")
        assert "从哪一行转来" in sheet.text
        filled = {"period": key, "amount": "1000.00", "why": "一年以上的预付款", "from_line": "5"}
        refused = await visitor.post("/books/statements/balance_sheet/28/fill", **{**filled, "from_line": ""})
        assert refused.status_code == 422
        computed = await visitor.post("/books/statements/balance_sheet/1/fill", **filled)
        assert computed.status_code == 409
        before = await visitor.get(f"/books/statements?kind=balance_sheet&period={key}")
        assert (await visitor.post("/books/statements/balance_sheet/28/fill", **filled)).status_code == 303
        after = await visitor.get(f"/books/statements?kind=balance_sheet&period={key}")
        assert "1,000.00" in after.text
        assert before.text.count("相差") == after.text.count("相差") == 0
        assert "一年以上的预付款" in (await visitor.get(f"/books/statements/balance_sheet/28?period={key}")).text
        for span, words in (("quarter", "本季度金额"), ("year", "上年金额(账套未含)")):
            page = await visitor.get(f"/books/statements?kind=income&period={key}&span={span}")
            assert words in page.text
            assert (await visitor.get(f"/books/export/income/xlsx?period={key}&span={span}")).status_code == 200
        assert (await visitor.get(f"/books/statements?span=decade&period={key}")).status_code == 404
