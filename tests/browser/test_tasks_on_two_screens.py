"""A tick on one screen is seen on the others within a second: the firm's, and the boss's other device (COLL-1, DASH-4)."""

import asyncio
import re
import time

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Portal
from tests.browser.test_invoice_to_figure import DESK, PHONE, sign_in
from zhangfang_collab import ticking
from zhangfang_core.testing.tenants import acting
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.tasks import AskedFor

pytestmark = pytest.mark.browser
SEEN_S = 1.0
TITLES = ("签收清单", "补齐合同", "交对账单")


async def numbers(page: Page) -> int:
    """How many of the tasks wait by the panel of this screen."""
    return await page.locator("#waiting .item-title", has_text=re.compile("|".join(TITLES))).count()


async def until(page: Page, count: int, since: float) -> float:
    """Seconds from ``since`` to when that many wait."""
    while await numbers(page) != count:
        assert time.perf_counter() - since < 10, await page.locator("#waiting").inner_text()
        await asyncio.sleep(0.02)
    return time.perf_counter() - since


async def test_a_tick_is_seen_on_every_screen(portal: Portal, chromium: Browser) -> None:
    async with acting(portal.made, "accountant"):
        for title in TITLES:
            asks = AskedFor.BANK_STATEMENT if title == "交对账单" else AskedFor.DONE
            await ticking.assign(portal.made.restaurant, Period.current(), title, "", today(), asks=asks)
    phone = await sign_in(chromium, portal, "boss@test", PHONE)
    desk = await sign_in(chromium, portal, "boss@test", DESK)
    firm = await sign_in(chromium, portal, "reviewer@test", DESK)
    await desk.goto(f"{portal.client}/cockpit")
    await until(desk, 3, time.perf_counter())
    await firm.goto(f"{portal.client}/tasks")
    await phone.goto(f"{portal.client}/tasks")
    await asyncio.sleep(1)  # both streams are open
    row = phone.locator("li.item", has_text=TITLES[0])
    async with phone.expect_navigation():
        await row.locator("button").click()
    began = time.perf_counter()
    waited = await until(desk, 2, began)
    await expect(firm.locator("li.item", has_text=TITLES[0])).to_contain_text("已完成", timeout=SEEN_S * 1000)
    assert waited < SEEN_S, f"{waited:.2f} s"
    assert await phone.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


async def test_a_statement_handed_in_on_the_phone_closes_what_asks_for_it(portal: Portal, chromium: Browser) -> None:
    async with acting(portal.made, "accountant"):
        over = Period.current().plus(-1)  # a statement of a month that still runs lacks its last days
        task = await ticking.assign(portal.made.restaurant, over, TITLES[2], "", today(), asks=AskedFor.BANK_STATEMENT)
    phone = await sign_in(chromium, portal, "boss@test", PHONE)
    await phone.goto(f"{portal.client}/cockpit")
    await phone.locator("#waiting a", has_text="上传对账单").click()
    await expect(phone).to_have_url(re.compile(rf"/tasks/{task}$"))
    file = {"name": "流水.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4 statement"}
    await phone.set_input_files("input[type=file]", file)  # type: ignore[arg-type]  # FilePayload is a dict
    async with phone.expect_navigation():
        await phone.click("form[action$='/files'] button")
    await expect(phone.locator("#task")).to_contain_text("这件事已经完成")
    await expect(phone.locator("#task")).to_contain_text("流水.pdf")
    await phone.goto(f"{portal.client}/cockpit")
    await expect(phone.locator("#waiting .item-title", has_text=TITLES[2])).to_have_count(0)
