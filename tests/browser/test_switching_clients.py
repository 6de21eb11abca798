"""PLAT-13: the switcher lists the clients that were open last as soon as it is open, and leads to the same page of another."""

import re

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import Portal
from tests.browser.test_invoice_to_figure import DESK, sign_in

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
async def test_the_last_ones_come_first_and_the_page_stays(chromium: Browser, portal: Portal, size: dict[str, int]) -> None:
    page = await sign_in(chromium, portal, "reviewer@test", size)
    of_trading = f"{portal.firm}/c/{portal.made.trading}"
    await page.goto(f"{of_trading}/accounts")
    await page.goto(f"{portal.client}/accounts?period=2026-10")
    await page.locator("details.menu > summary:visible").first.click()
    found = page.locator(".menu-found a:visible")
    await expect(found).to_have_text([re.compile("嘉喜餐饮有限公司"), re.compile("嘉喜商贸有限公司")])
    await found.nth(1).click()
    await expect(page).to_have_url(f"{of_trading}/accounts?period=2026-10")
