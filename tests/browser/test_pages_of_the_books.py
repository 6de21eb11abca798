"""The chart, items, open items, taking over and changes in equity: WCAG A/AA at a desk and on the phone, a settlement by one key (LEDG-1, LEDG-6)."""

import datetime as dt
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.test_invoice_to_figure import DESK, clean, sign_in
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.ledger.own_accounts.adding import add_account
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.clients import Clients, NewClient, TaxpayerKind
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.dimensions import Dimensions
from zhangfang_sdk.ledger import DimensionKind, Ledger, Line, VoucherDraft
from zhangfang_sdk.open_items import OpenItems
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.services import use

pytestmark = pytest.mark.browser

CUSTOMER = "绍兴悦居百货有限公司"


@dataclass(frozen=True)
class Desk:
    """An accountant's page; ``item`` is a customer with entries, ``enterprise`` a client with 企业会计准则."""

    page: Page
    item: int
    enterprise: int


@pytest_asyncio.fixture(loop_scope="session")
async def desk(portal: Portal, chromium: Browser) -> AsyncIterator[Desk]:
    made, c = portal.made, portal.made.trading
    day = Period.current().plus(-1).first_day
    async with scoped_transaction(system_scope(made.id)):
        person = await make_member(login="ages@test", name="往来", password=PASSWORD, role="accountant", client=None)
        enterprise = await use(Clients).take_on(
            NewClient(
                "示例制造有限公司",
                "91330106MA2TEXT41B",
                TaxpayerKind.GENERAL,
                "manufacturing",
                day,
                standard="enterprise_2006",
            )
        )
        await assign(person, [c, enterprise])
        capital = (Line("1002", "投资款", debit=90_000_00), Line("4001", "投资款", credit=90_000_00))
        await import_posted(enterprise, [VoucherDraft(enterprise, day, "投资款", capital, source="test")])
    async with acting(made, "owner", client=c):
        item = await use(Dimensions).add(c, DimensionKind.CUSTOMER, "C01", CUSTOMER)
        await use(Dimensions).add(c, DimensionKind.CUSTOMER, "C02", CUSTOMER.removesuffix("有限公司"))
        await import_posted(c, [*_sales(c, day, item.id)])
        await add_account(c, "1122", "112201", "境内客户", divide_used=True)
    yield Desk(await sign_in(chromium, portal, "ages@test", DESK), item.id, enterprise)


def _sales(client: int, day: dt.date, item: int) -> list[VoucherDraft]:
    def owed(amount: int, place: int, other: str) -> VoucherDraft:
        receivable = Line(
            "1122",
            "货款",
            debit=max(amount, 0),
            credit=max(-amount, 0),
            counterparty=CUSTOMER,
            dimensions={"customer": item},
        )
        against = Line(other, "货款", debit=max(-amount, 0), credit=max(amount, 0))
        return VoucherDraft(client, day + dt.timedelta(place), "货款", (receivable, against), source="test")

    return [owed(1_130_00, 0, "5001"), owed(2_260_00, 1, "5001"), owed(-2_260_00, 5, "1002")]


async def accessible(page: Page, address: str) -> None:
    """At both sizes."""
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]  # ViewportSize is a dict
    await page.goto(address)
    found = await Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    await clean(page)


async def test_the_chart_and_its_items(portal: Portal, desk: Desk) -> None:
    place = f"{portal.firm}/c/{portal.made.trading}"
    for path in (
        "chart",
        "chart?q=1122",
        "accounts/112201",
        "dimensions",
        "dimensions?kind=stock",
        f"dimensions/{desk.item}",
        "opening",
    ):
        await accessible(desk.page, f"{place}/{path}")
    await desk.page.goto(f"{place}/chart")
    await desk.page.locator("summary", has_text="新增一级科目").click()
    await desk.page.fill("[name=code]", "12")
    await desk.page.fill("main [name=name]", "试")
    await desk.page.locator("main form", has=desk.page.locator("[name=code]")).locator("button").click()
    await expect(desk.page.get_by_text("一级科目编码是 4 位数字。")).to_be_visible()
    assert await desk.page.input_value("main [name=name]") == "试", "nothing typed is lost"
    await clean(desk.page)


async def test_ages_and_a_settlement_by_one_key(portal: Portal, desk: Desk) -> None:
    c = portal.made.trading
    place, page = f"{portal.firm}/c/{c}", desk.page
    for path in (
        "open-items",
        "open-items?account=1122",
        f"open-items/party?account=112201&party={CUSTOMER}",
        "open-items/settle?account=1122",
    ):
        await accessible(page, f"{place}/{path}")
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]  # ViewportSize is a dict
    await page.goto(f"{place}/open-items/settle?account=1122")
    await expect(page.get_by_text("金额相同").first).to_be_visible()
    await page.keyboard.press("a")
    await page.wait_for_load_state("networkidle")
    async with acting(portal.made, "owner", client=c):
        assert [i.open for i in await use(OpenItems).items(c, "112201")] == [1_130_00]
        assert {a.code for a in await use(Ledger).accounts(c) if a.code.startswith("1122") and a.is_leaf} == {"112201"}
    await accessible(page, f"{place}/open-items/settle?account=1122")


async def test_taking_over_and_changes_in_equity(portal: Portal, desk: Desk) -> None:
    place = f"{portal.firm}/c/{desk.enterprise}"
    for path in ("books/take-over", "books/import", f"books/equity?period={today():%Y-%m}"):
        await accessible(desk.page, f"{place}/{path}")
    await expect(desk.page.get_by_text("90,000.00").first).to_be_visible()
    await accessible(desk.page, f"{portal.firm}/c/{portal.made.trading}/books/equity?period={today():%Y-%m}")
    await desk.page.goto(f"{place}/books/take-over")
    table = "科目编码,科目名称,期末余额借方,期末余额贷方\n1002,银行存款,5,\n1002,银行存款,6,\n"
    await desk.page.set_input_files(
        "main input[type=file]", {"name": "表.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    await desk.page.get_by_role("button", name="看看文件里有什么").click()
    await expect(desk.page.get_by_text("科目 1002 有两行")).to_be_visible()
    await clean(desk.page)
