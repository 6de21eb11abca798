"""所有者权益变动表: what stands on which row, by hand too, and the page and files of both standards (LEDG-2)."""

import dataclasses
import datetime as dt
import io

import pypdfium2  # type: ignore[import-untyped]  # the wheel ships no types
from openpyxl import load_workbook

from zhangfang_books import reading
from zhangfang_books.statements.equity import EquityYear
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.opening.service import save
from zhangfang_core.ledger.opening.sheet import OpeningLine
from zhangfang_core.ledger.own_accounts.adding import add_account
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft, VoucherKind

Booked = tuple[dt.date, str, dict[str, int], VoucherKind]
NORMAL, CLOSING, RED = VoucherKind.NORMAL, VoucherKind.CLOSING, VoucherKind.REVERSAL
OPENING = {"1002": 1_000, "4001": -500, "4002": -200, "410101": -100, "410415": -200}
YEAR: list[Booked] = [
    (dt.date(2025, 2, 1), "股东增资,溢价入资本公积", {"1002": 130, "4001": -100, "4002": -30}, NORMAL),
    (dt.date(2025, 3, 1), "资本公积转增", {"4002": 50, "4001": -50}, NORMAL),
    (dt.date(2025, 4, 1), "盈余公积补亏", {"410101": 20, "410415": -20}, NORMAL),
    (dt.date(2025, 5, 1), "冲回一半补亏", {"410101": -10, "410415": 10}, RED),
    (dt.date(2025, 6, 1), "回购股份", {"4201": 15, "1002": -15}, NORMAL),
    (dt.date(2025, 6, 2), "发行永续债", {"1002": 40, "440102": -40}, NORMAL),
    (dt.date(2025, 7, 1), "其他债权投资公允价值变动", {"1503": 8, "4003": -8}, NORMAL),
    (dt.date(2025, 7, 2), "多记的上年费用", {"1002": 12, "6901": -12}, NORMAL),
    (dt.date(2025, 7, 3), "结转以前年度损益调整", {"6901": 12, "410415": -12}, CLOSING),
    (dt.date(2025, 8, 1), "销售", {"1002": 300, "6001": -300}, NORMAL),
    (dt.date(2025, 8, 2), "费用", {"660205": 80, "1002": -80}, NORMAL),
    (dt.date(2025, 12, 31), "结转损益", {"6001": 300, "660205": -80, "4103": -220}, CLOSING),
    (dt.date(2025, 12, 31), "结转本年利润", {"4103": 220, "410415": -220}, CLOSING),
    (dt.date(2025, 12, 31), "提取盈余公积", {"410402": 22, "410101": -22}, NORMAL),
    (dt.date(2025, 12, 31), "宣告分红", {"410401": 60, "2232": -60}, NORMAL),
    (dt.date(2025, 12, 31), "结转利润分配", {"410415": 82, "410402": -22, "410401": -60}, CLOSING),
    (dt.date(2026, 1, 15), "次年销售", {"1002": 70, "6001": -70}, NORMAL),
]


def lines(amounts: dict[str, int], *, red: bool = False) -> tuple[Line, ...]:
    """Yuan; red lines keep their side."""
    return tuple(
        Line(code, "", **{("debit" if (v > 0) is not red else "credit"): abs(v) * 100 * (-1 if red else 1)})
        for code, v in amounts.items()
    )


async def an_enterprise(firm: TestFirm, starts: dt.date = dt.date(2025, 1, 1)) -> int:
    async with scoped_transaction(system_scope(firm.id)):
        return await use(Clients).take_on(
            NewClient("溪口股份有限公司", "91330106MA2TEXT41B", TaxpayerKind.GENERAL, "trading", starts, standard="enterprise_2006")
        )


async def booked(firm: TestFirm) -> int:
    client = await an_enterprise(firm)
    async with scoped_transaction(system_scope(firm.id)):
        first = VoucherDraft(client, dt.date(2024, 12, 31), "期初", lines(OPENING), kind=VoucherKind.OPENING)
        drafts = [
            VoucherDraft(client, day, text, lines(amounts, red=kind is RED), kind=kind) for day, text, amounts, kind in YEAR
        ]
        await add_account(client, "4401", "440102", "永续债")
        await import_posted(client, [first, *drafts])
    return client


def moved(year: EquityYear, column: str) -> dict[int, int]:
    return {n: v // 100 for n, v in year.values[column].items() if v}


async def test_each_movement_stands_on_its_row(firm: TestFirm) -> None:
    client = await booked(firm)
    async with acting(firm, "accountant", client=client):
        found = await reading.equity(client, 2025)
        following = await reading.equity(client, 2026)
    assert found is not None
    assert [(c.title, c.left, c.right) for c in found.checks if not c.holds] == []
    year = found.this_year
    assert moved(year, "capital") == {1: 500, 5: 500, 6: 150, 8: 100, 9: 100, 17: 50, 18: 50, 25: 650}
    assert moved(year, "surplus_capital") == {1: 200, 5: 200, 6: -20, 8: 30, 9: 30, 17: -50, 18: -50, 25: 180}
    assert moved(year, "surplus") == {1: 100, 5: 100, 6: 12, 13: 22, 14: 22, 17: -10, 20: -10, 25: 112}
    assert moved(year, "treasury") == {6: 15, 8: 15, 12: 15, 25: 15}
    assert moved(year, "perpetual") == {6: 40, 8: 40, 10: 40, 25: 40}
    assert moved(year, "other_income") == {6: 8, 7: 8, 25: 8}
    assert moved(year, "retained") == {
        1: 200, 3: 12, 5: 212, 6: 148, 7: 220, 13: -82, 14: -22, 15: -60, 17: 10, 20: 10, 25: 360,
    }  # fmt: skip
    assert year.total[25] == (650 + 180 + 112 - 15 + 40 + 8 + 360) * 100
    assert found.year_before is None, "the books begin in 2025"
    assert following is not None
    assert following.year_before is not None
    assert following.year_before.values == year.values
    assert moved(following.this_year, "retained") == {1: 360, 5: 360, 6: 70, 7: 70, 25: 430}


async def test_the_year_of_a_take_over_is_told_back(firm: TestFirm) -> None:
    """What was brought along of January to June stands on its rows as if the books had held it."""
    client = await an_enterprise(firm, dt.date(2025, 7, 1))
    opening = {"1002": 1_400, "4001": -600, "410101": -130, "410402": 30, "410415": -200, "4103": -500}
    turnover = {"1002": 600, "4001": -100, "6001": -900, "660205": 400, "4103": -500, "410101": -30, "410402": 30}
    async with scoped_transaction(system_scope(firm.id)):
        kept = VoucherDraft(client, dt.date(2025, 6, 30), "期初", lines(opening), kind=VoucherKind.OPENING)
        sold = VoucherDraft(client, dt.date(2025, 8, 1), "销售", lines({"1002": 50, "6001": -50}))
        await import_posted(client, [kept, sold])
        await save(
            client,
            [OpeningLine(c, year_debit=max(v, 0) * 100, year_credit=max(-v, 0) * 100) for c, v in turnover.items()],
        )
    async with acting(firm, "accountant", client=client):
        found = await reading.equity(client, 2025)
    assert found is not None
    assert [(c.title, c.left, c.right) for c in found.checks if not c.holds] == []
    assert found.this_year.heading == "本年金额"
    assert moved(found.this_year, "capital") == {1: 500, 5: 500, 6: 100, 8: 100, 9: 100, 25: 600}
    assert moved(found.this_year, "retained")[7] == 550
    assert moved(found.this_year, "surplus")[14] == 30


async def test_page_files_and_a_row_moved_by_hand(firm: TestFirm, visit: Visit) -> None:
    client = await booked(firm)
    place = f"/f/{firm.id}/c/{client}"
    visitor = dataclasses.replace(await visit("owner"), place=place)

    async def get(path: str) -> str:
        answer = await visitor.http.get(f"{place}{path}", follow_redirects=True)
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    shown = await get("/books/statements?kind=equity&period=2025-12")
    assert "本年年末余额 = 资产负债表所有者权益合计" in shown
    assert "1,335.00" in shown
    assert "相差" not in shown
    form = {"year": "2025", "part": "treasury", "from_line": "12", "line": "9", "amount": "15.00", "why": "回购后注销"}
    for wrong, status in (({"part": "x"}, 422), ({"line": "5"}, 409), ({"line": "1"}, 409), ({"why": ""}, 422), ({"from_line": "9"}, 422)):
        answer = await visitor.ask("POST", "/books/equity/fill", form=form | wrong)
        assert answer.status_code == status, (wrong, answer.text[:200])
    assert (await visitor.ask("POST", "/books/equity/fill", form=form)).status_code == 303
    after = await get("/books/equity?period=2025-12")
    assert "回购后注销" in after
    assert "相差" not in after
    async with acting(firm, "accountant", client=client):
        found = await reading.equity(client, 2025)
    assert found is not None
    assert moved(found.this_year, "treasury") == {6: 15, 8: 15, 9: 15, 25: 15}
    excel = await visitor.http.get(f"{place}/books/export/equity/xlsx?period=2026-12")
    book = load_workbook(io.BytesIO(excel.content))
    assert len(book.sheetnames) == 2
    numbers = [c.value for row in book.worksheets[1].iter_rows() for c in row if isinstance(c.value, int | float)]
    assert 1335 in numbers
    printed = await visitor.http.get(f"{place}/books/export/equity/pdf?period=2026-12")
    text = "".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(printed.content))
    assert "会企04表" in text
    assert "1,335.00" in text
    every = await visitor.http.get(f"{place}/books/export/statements/xlsx?period=2025-12&span=year")
    assert "所有者权益变动表" in load_workbook(io.BytesIO(every.content)).sheetnames


async def test_a_small_enterprise_is_told_that_it_has_none(firm: TestFirm, visit: Visit) -> None:
    visitor = await visit("owner")
    shown = await visitor.get("/books/equity?period=2025-12")
    assert "小企业会计准则没有所有者权益变动表" in shown.text
    assert (await visitor.get("/books/export/equity/xlsx?period=2025-12")).status_code == 404
    form = {"year": "2025", "part": "capital", "from_line": "12", "line": "9", "amount": "1", "why": "x"}
    assert (await visitor.ask("POST", "/books/equity/fill", form=form)).status_code == 404
