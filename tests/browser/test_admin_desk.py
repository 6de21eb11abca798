"""PLAT-7: the admin desk in a real browser: what is for reading offers no change, and a phone shows columns that can be read."""

from urllib.parse import quote

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import Portal
from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.portal import session_for

pytestmark = pytest.mark.browser
ONLY_READ, WRITTEN = "客户企业", "供应商科目记忆"


async def desk(portal: Portal, chromium: Browser, width: int) -> Page:
    context = await chromium.new_context(viewport={"width": width, "height": 844})
    cookie = {"name": COOKIE, "value": await session_for(portal.made.owner), "url": portal.address}
    await context.add_cookies([cookie])  # type: ignore[list-item]  # playwright's TypedDict is not exported
    return await context.new_page()


async def test_a_table_for_reading_offers_no_change(portal: Portal, chromium: Browser) -> None:
    page = await desk(portal, chromium, 1440)
    home = f"{portal.address}/admin/{portal.made.id}/#"
    await page.goto(f"{home}/{quote(WRITTEN)}/")
    await expect(page.get_by_text("添加行")).to_be_visible()
    await page.goto(f"{home}/{quote(ONLY_READ)}/")
    await expect(page.get_by_role("heading", name=ONLY_READ)).to_be_visible()
    await expect(page.get_by_text("添加行")).to_have_count(0)
    await expect(page.get_by_text("行,共")).to_be_visible()
    await page.locator("tbody input[type=checkbox]").first.check()
    await expect(page.locator("a.button", has_text="删除")).to_have_count(0)
    await page.locator("tbody a.subtle").first.click()
    await expect(page.locator("tbody ul li")).to_have_count(1)
    await page.locator("tbody span.link a").first.click()
    await expect(page.get_by_role("heading", name="编辑")).to_be_visible()
    await expect(page.get_by_role("button", name="保存")).to_have_count(0)


@pytest.mark.parametrize(("words", "path"), [("修改密码", "password"), ("动态验证码", "second-factor")])
async def test_password_and_second_factor_are_the_portals(
    portal: Portal, chromium: Browser, words: str, path: str
) -> None:
    page = await desk(portal, chromium, 1440)
    await page.goto(f"{portal.address}/admin/{portal.made.id}/")
    await page.locator("a#user").click()
    await page.get_by_role("link", name=words, exact=True).click()
    await expect(page).to_have_url(f"{portal.address}/me/account/{path}")


async def test_a_column_on_a_phone_is_wide_enough_to_read(portal: Portal, chromium: Browser) -> None:
    page = await desk(portal, chromium, 390)
    await page.goto(f"{portal.address}/admin/{portal.made.id}/#/{quote(ONLY_READ)}/")
    name = page.locator("td", has_text="餐饮").first
    await expect(name).to_contain_text("公司")
    box = await name.bounding_box()
    assert box is not None
    assert box["width"] > 90
    assert box["height"] < 120
    assert await page.evaluate("document.documentElement.scrollWidth") <= 390
