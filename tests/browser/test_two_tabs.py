"""PLAT-13: one browser, one session, two tabs with two clients, and twenty things done in each: all of it lands at home."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from openpyxl import Workbook
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.test_invoice_to_figure import DESK, invoice, sign_in
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Ledger, Line, VoucherDraft
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

pytestmark = pytest.mark.browser
NAMES = ("嘉喜餐饮有限公司", "嘉喜商贸有限公司")
ROUND = ("task", "account", "import_vouchers", "note", "post", "close", "upload", "tick")
ACTIONS = (*ROUND, "switch", *ROUND, "switch", "task", "tick")


@dataclass
class Tab:
    """A tab with one of the clients open: ``here`` is where its pages stand, ``client`` its name.

    Each action opens a page and gives back what is still to do there, so that the other tab may do something between.
    """

    page: Page
    portal: Portal
    clients: dict[str, int]
    client: str
    folder: Path
    done: list[tuple[str, str]] = field(default_factory=list)

    @property
    def here(self) -> str:
        return f"{self.portal.firm}/c/{self.clients[self.client]}"

    @property
    def times(self) -> int:
        """Which of the twenty it is."""
        return len(self.done) // 2 + 1

    def word(self) -> str:
        return f"给{self.client}第{self.times}"

    async def sent(self, button: str) -> None:
        async with self.page.expect_navigation():
            await self.page.click(button)

    async def task(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/tasks")
        await self.page.fill("input[name=title]", self.word())
        await self.page.fill("input[name=due_on]", today().isoformat())
        return lambda: self.sent("form:has(input[name=due_on]) button")

    async def tick(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/tasks")
        return lambda: self.sent("form:has(input[name=done][value='1']) button")

    async def account(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/accounts/2241")
        await self.page.click("main summary:has-text('科目设置')")
        await self.page.fill("#new-name", self.word())
        return lambda: self.sent("form[action$='/add'] button")

    async def import_vouchers(self) -> Callable[[], Awaitable[None]]:
        file = self.folder / f"{self.word()}.xlsx"
        book = Workbook()
        page = book.worksheets[0]
        page.append(["日期", "凭证字", "凭证号", "附单据数", "摘要", "科目代码", "科目名称", "借方金额", "贷方金额"])
        page.append(["2025-03-05", "记", self.times, 1, self.word(), "1002", "银行存款", 12.5, None])
        page.append(["2025-03-05", "记", self.times, 1, self.word(), "5001", "收入", None, 12.5])
        book.save(file)
        await self.page.goto(f"{self.here}/books/import")
        await self.page.set_input_files("input[name=file]", file)
        await self.page.click("button:has-text('看看文件里有什么')")
        really = self.page.locator("#found button[name=really]")
        await really.wait_for()

        async def send() -> None:
            await really.click()
            await expect(self.page.locator("#found")).to_contain_text("已导入 1 张凭证")

        return send

    async def note(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/books?period={Period(2025, 3).plus(self.times).key}")
        await self.page.fill("textarea[name=note]", self.word())
        return lambda: self.sent("form[action$='/note'] button")

    async def post(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/vouchers?period=all&state=draft&q=待审的")
        await self.page.goto(await self.page.locator("main a", has_text="草稿").first.evaluate("link => link.href"))
        return lambda: self.sent("form[action$='/post'] button")

    async def close(self) -> Callable[[], Awaitable[None]]:
        await self.page.goto(f"{self.here}/accounts?period=2025-0{1 if self.times <= len(ROUND) else 2}")
        await self.page.click("form[action$='/periods/close'] button")
        return lambda: self.sent("dialog button[value=yes]")

    async def upload(self) -> Callable[[], Awaitable[None]]:
        number = f"25332000000000{self.clients[self.client]:02d}{self.times:04d}"
        file = invoice(self.folder, "xml", number, self.client).rename(self.folder / f"{self.word()}.xml")
        await self.page.goto(f"{self.here}/capture")
        rows = self.page.locator("[data-upload-rows] li", has_text="106.00")
        before = await rows.count()

        async def send() -> None:
            await self.page.set_input_files("form[data-upload] input[multiple]", file)
            await expect(rows).to_have_count(before + 1, timeout=20_000)

        return send

    async def switch(self) -> Callable[[], Awaitable[None]]:
        """To the other client by the switcher, which stays on the page."""
        await self.page.goto(f"{self.here}/tasks")
        other = next(client for client in self.clients if client != self.client)
        await self.page.click("aside details.side-switch summary")
        await self.page.fill("aside .menu-find input[type=search]", other[:4])

        async def send() -> None:
            async with self.page.expect_navigation():
                await self.page.click(f"aside .menu-found a:has-text('{other}')")
            self.client = other
            await expect(self.page).to_have_url(f"{self.here}/tasks")

        return send


@pytest_asyncio.fixture(loop_scope="session")
async def clients(portal: Portal) -> AsyncIterator[dict[str, int]]:
    """Both clients by name, given to an accountant; two vouchers of somebody else wait in each."""
    made = dict(zip(NAMES, (portal.made.restaurant, portal.made.trading), strict=True))
    async with scoped_transaction(system_scope(portal.made.id)):
        person = await make_member(
            login="accountant@test", name="会计", password=PASSWORD, role="accountant", client=None
        )
        await assign(person, made.values())
        for name, client in made.items():
            for _ in range(2):
                summary = f"给{name}待审的"
                lines = (Line("1002", summary, debit=12300), Line("1001", summary, credit=12300))
                await use(Ledger).draft(VoucherDraft(client, today(), summary, lines))
    yield made


LANDED = {
    "tasks": "select client, title as word from collab_task",
    "tasks done": "select client, title as word from collab_task where done_at is not null",
    "accounts": "select client, name as word from core_account where name like '给%'",
    "vouchers": "select client, summary as word from core_voucher where state = 'posted' or source = 'import'",
    "notes": "select client, note as word from books_month_note",
    "uploads": "select client, name as word from core_document where name like '给%'",
    "read": "select client, buyer_name as word from capture_ocr_invoice",
}


async def test_twenty_things_in_each_of_two_tabs_land_at_home(
    portal: Portal, clients: dict[str, int], chromium: Browser, tmp_path: Path
) -> None:
    first = await sign_in(chromium, portal, "accountant@test", DESK)
    first.context.set_default_timeout(10_000)
    done: list[tuple[str, str]] = []
    tabs = [
        Tab(page, portal, clients, client, tmp_path, done)
        for page, client in zip((first, await first.context.new_page()), NAMES, strict=True)
    ]
    for number, action in enumerate(ACTIONS):
        ordered = tabs if number % 2 else tabs[::-1]
        still_to_do = [await getattr(tab, action)() for tab in ordered]
        for send in still_to_do[::-1] if number % 3 else still_to_do:
            await send()
        done.extend((tab.client, action) for tab in tabs)
    assert len(done) == 2 * 20
    async with scoped_transaction(system_scope(portal.made.id)):
        rows = {what: await connection().fetch(query) for what, query in LANDED.items()}
        closed = await connection().fetch("select client, period from core_period where closed_at is not null")
    names = {client: name for name, client in clients.items()}
    landed = [(what, names[row["client"]], row["word"]) for what, found in rows.items() for row in found]
    assert [(what, client, word) for what, client, word in landed if client not in word] == []
    counted = {what: sorted(row["client"] for row in found) for what, found in rows.items() if what != "read"}
    each = {"tasks": 3, "tasks done": 3, "accounts": 2, "vouchers": 4, "notes": 2, "uploads": 2}
    assert counted == {what: sorted([*clients.values()] * count) for what, count in each.items()}
    assert sorted((row["client"], row["period"]) for row in closed) == sorted(
        (client, period) for client in clients.values() for period in (202501, 202502)
    )
