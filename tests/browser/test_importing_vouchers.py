"""LEDG-3: a file of a program that nobody knows, brought in on one page: its columns, its accounts, its names, then the import."""

from pathlib import Path

import pytest
import pytest_asyncio
from openpyxl import Workbook
from playwright.async_api import Browser, Page, Route, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.test_invoice_to_figure import DESK, clean, sign_in
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, VoucherState
from zhangfang_sdk.services import use

pytestmark = pytest.mark.browser

ROWS = (
    ("记账时间", "凭证", "说明文字", "会计科目", "科目全名", "借", "贷", "对方"),
    ("2025-03-05", "记-1", "销售", "1122", "应收账款", 10.5, None, "乙示例公司"),
    ("2025-03-05", "记-1", "销售", "6001", "主营业务收入", None, 10.5, None),
)


@pytest_asyncio.fixture(loop_scope="session")
async def page(portal: Portal, chromium: Browser) -> Page:
    async with scoped_transaction(system_scope(portal.made.id)):
        person = await make_member(login="import@test", name="会计", password=PASSWORD, role="accountant", client=None)
        await assign(person, [portal.made.restaurant])
    shown = await sign_in(chromium, portal, "import@test", DESK)
    await shown.goto(f"{portal.client}/books/import")
    return shown


async def test_the_first_file_of_an_unknown_program(page: Page, portal: Portal, tmp_path: Path) -> None:
    """The file is chosen once; every step names what it found, and nothing is written before the last."""
    book = Workbook()
    for row in ROWS:
        book.worksheets[0].append(row)
    book.save(tmp_path / "别家.xlsx")
    found = page.locator("#found")
    await page.set_input_files("input[name=file]", tmp_path / "别家.xlsx")
    await page.get_by_role("button", name="看看文件里有什么").click()
    await expect(found).to_contain_text("没有认出这是哪个软件的文件")
    await page.select_option("[name='col:7']", "counterparty")
    await clean(page)
    await page.get_by_role("button", name="按这些列再看一次").click()
    await expect(page.locator("[name='map:6001']")).to_have_value("5001")
    await page.get_by_role("button", name="保存对照,再看一次").click()
    await expect(found).to_contain_text("1 个名称在辅助核算里还没有")
    await expect(found).to_contain_text("客户 乙示例公司")
    await clean(page)
    async with acting(portal.made, "accountant", client=portal.made.restaurant):
        assert not await use(Ledger).vouchers(portal.made.restaurant)
    await page.locator("#found button[name=really]").click()
    await expect(found).to_contain_text("已导入 1 张凭证,作为您的草稿")
    await clean(page)
    async with acting(portal.made, "accountant", client=portal.made.restaurant):
        (voucher,) = await use(Ledger).vouchers(portal.made.restaurant)
    assert (voucher.state, voucher.drafted_by, voucher.total) == (VoucherState.DRAFT, "会计", 1050)
    assert voucher.lines[0].dimensions.keys() == {"customer"}
    await page.goto(f"{portal.firm}/books/import-profiles")
    await expect(page.locator("main")).to_contain_text("别家.xlsx")
    await clean(page)


async def test_a_refusal_and_a_broken_line_are_told_where_the_answer_would_stand(page: Page, portal: Portal, tmp_path: Path) -> None:
    """A refusal is a page of its own; what was there, and the file that was chosen, stay."""
    (tmp_path / "流水.csv").write_text("日期,金额", "utf-8")
    address = f"{portal.client}/books/bank/import"
    await page.goto(address)
    found = page.locator("#found")
    await page.set_input_files("input[name=file]", tmp_path / "流水.csv")

    async def elsewhere(route: Route) -> None:
        await route.continue_(url=f"{portal.client}/books/nothing")

    async def broken(route: Route) -> None:
        await route.abort()

    for answer, sentence in ((elsewhere, "没有找到这个页面"), (broken, "没有做成")):
        await page.route(address, answer)
        await page.get_by_role("button", name="看看文件里有什么").click()
        await expect(found.get_by_role("alert")).to_contain_text(sentence)
        await page.unroute(address, answer)
    await page.get_by_role("button", name="看看文件里有什么").click()
    await expect(found).to_contain_text("认出了表头,但没有流水")
    await expect(found.locator("[data-refusal]")).to_have_count(0)
