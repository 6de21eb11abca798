"""PLAT-8: what somebody was typing when the session ended is in the form again after the sign-in, and nobody else finds it."""

import json
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.test_invoice_to_figure import DESK, PHONE, sign_in
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.tenancy.assignments import assign
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.periods import today

pytestmark = pytest.mark.browser
TITLE = "十一月对账单缺第二页"
BACK = "已经填回来了"
SIGN_IN = re.compile("/sign-in")
Ended = Callable[[Page, Portal, int], Awaitable[None]]


async def writer(portal: Portal, login: str) -> int:
    async with scoped_transaction(system_scope(portal.made.id)):
        person = await make_member(login=login, name=login, password=PASSWORD, role="accountant", client=None)
        await assign(person, [portal.made.restaurant])
    return person


async def sign_out_elsewhere(person: int) -> None:
    async with scoped_transaction(Scope(user=person)):
        await connection().execute("update core_session set revoked_at = now()")


async def sign_in_here(page: Page, login: str) -> None:
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", PASSWORD)
    async with page.expect_navigation():
        await page.click("main form button.btn-primary")


async def typed_when_signed_out(page: Page, portal: Portal, person: int) -> None:
    """The page hears of it, and leads to the sign-in by itself."""
    await page.goto(f"{portal.client}/tasks")
    await page.fill("input[name=title]", TITLE)
    await sign_out_elsewhere(person)
    await page.evaluate("dispatchEvent(new Event('online'))")  # the stream is opened anew, as after a while it is anyway
    await page.wait_for_url(SIGN_IN)


async def sent_when_signed_out(page: Page, portal: Portal, person: int) -> None:
    """The page hears nothing of it: on a line that lets no events through."""
    for address in ("**/events", "**/badges"):
        await page.route(address, lambda route: route.abort())
    await page.goto(f"{portal.client}/tasks")
    await page.fill("input[name=title]", TITLE)
    await page.fill("input[name=due_on]", today().isoformat())
    await sign_out_elsewhere(person)
    async with page.expect_navigation():
        await page.click("form:has(input[name=due_on]) button")
    await expect(page.locator("h1")).to_contain_text("这次没有执行")
    await page.click("text=返回上一页")


@pytest.mark.parametrize(
    ("size", "ended"), [(PHONE, typed_when_signed_out), (DESK, sent_when_signed_out)], ids=["by itself", "when sent"]
)
async def test_a_form_is_filled_again_for_its_person_alone(
    portal: Portal, chromium: Browser, size: dict[str, int], ended: Ended
) -> None:
    person = await writer(portal, "writer@test")
    await writer(portal, "other@test")
    page = await sign_in(chromium, portal, "writer@test", size)
    await ended(page, portal, person)
    await sign_in_here(page, "writer@test")
    await expect(page).to_have_url(f"{portal.client}/tasks")
    title = page.locator("input[name=title]")
    await expect(title).to_have_value(TITLE)
    await expect(page.locator("main")).to_contain_text(BACK)
    await page.reload()
    await expect(title).to_have_value("")
    await ended(page, portal, person)
    await sign_in_here(page, "other@test")
    await page.goto(f"{portal.client}/tasks")
    await expect(title).to_have_value("")
    assert await page.evaluate("sessionStorage.getItem('typed')") is None


async def test_no_code_is_kept_and_no_other_box_ticked(portal: Portal, chromium: Browser) -> None:
    """Codes are not text; a box is the one of its value, wherever it stands now."""
    await writer(portal, "writer@test")
    page = await sign_in(chromium, portal, "writer@test", DESK)
    await page.goto(f"{portal.client}/tasks")
    boxes = "<form method=post action='/boxes'>{}<input name=code autocomplete='one-time-code'><input name=note></form>"
    one, other = "<input type=checkbox name=task value=1>", "<input type=checkbox name=task value=2>"
    await page.evaluate("rows => document.querySelector('main').innerHTML = rows", boxes.format(one + other))
    await page.check("[value='2']")
    await page.fill("[name=code]", "123456")
    await page.evaluate("dispatchEvent(new Event('pagehide'))")
    kept = json.loads(await page.evaluate("sessionStorage.getItem('typed')"))
    assert [form["values"] for form in kept["forms"] if form["action"].endswith("/boxes")] == [[["task", "2", False, True]]]
    await page.evaluate("rows => document.querySelector('main').innerHTML = rows", boxes.format(other + one))
    await page.evaluate("typed => sessionStorage.setItem('typed', typed)", json.dumps(kept | {"out": True}))
    await page.evaluate("dispatchEvent(new Event('load'))")
    assert await page.is_checked("[value='2']")
    assert not await page.is_checked("[value='1']")


async def test_a_voucher_of_many_lines_comes_back_whole_and_signing_out_leaves_nothing(portal: Portal, chromium: Browser) -> None:
    person = await writer(portal, "writer@test")
    page = await sign_in(chromium, portal, "writer@test", DESK)
    page.on("dialog", lambda dialog: dialog.accept())
    await page.goto(f"{portal.client}/vouchers/new")
    await page.wait_for_selector("form[data-voucher][data-ready]")
    for line in range(9):
        await page.focus(f'[name="account.{line}"]')
        await page.fill(f'[name="account.{line}"]', "1001 库存现金" if line else "1002 银行存款")
        await page.keyboard.press("Escape")
        await page.fill(f'[name="{"credit" if line else "debit"}.{line}"]', f"{line or 36}.00")
    await sign_out_elsewhere(person)
    await page.evaluate("dispatchEvent(new Event('online'))")
    await page.wait_for_url(SIGN_IN)
    await sign_in_here(page, "writer@test")
    await page.wait_for_selector("form[data-voucher][data-ready]")
    await expect(page.locator('[name="credit.8"]')).to_have_value("8.00")
    await expect(page.locator('[data-total="difference"]')).to_have_text("0.00")
    async with page.expect_navigation():
        await page.evaluate("document.querySelector(\"form[action='/sign-out']\").requestSubmit()")
    assert await page.evaluate("sessionStorage.getItem('typed')") is None
