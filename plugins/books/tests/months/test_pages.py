"""The books' pages and files as a browser asks for them (LEDG-2)."""

import dataclasses
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from openpyxl import load_workbook

from months.test_worked_months import booked
from months.worked import Worked, ours
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import TestFirm

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
    month = next(m for m in ours() if m.taxpayer == "general")
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
        excel = await visitor.get(f"/books/export/statements/xlsx?period={month.period.key}")
        book = load_workbook(io.BytesIO(excel.content))
        assert book.sheetnames == ["资产负债表", "利润表", "现金流量表"]
        numbers = [c.value for row in book["资产负债表"].iter_rows() for c in row if isinstance(c.value, int | float)]
        assert 1310266.73 in numbers
        assert book["资产负债表"].freeze_panes == "B5"
        for report in ("statements", "balances", "general", "detail", "journal", "vouchers"):
            printed = await visitor.get(f"/books/export/{report}/pdf?period={month.period.key}")
            assert printed.status_code == 200, (report, printed.text[:400])
            text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(printed.content))
            assert month.name[:2] in text
            assert ("制单" if report == "vouchers" else "第 1 页") in text
        refused = await visitor.get(f"/books/export/nothing/pdf?period={month.period.key}")
        assert refused.status_code == 404
