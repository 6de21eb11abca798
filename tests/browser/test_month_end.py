"""The pages of a month's end and of assets: WCAG A/AA, no sideways scrolling, one by the keyboard (LEDG-1)."""

import datetime as dt

import pytest
from playwright.async_api import Browser, expect

from tests.browser.conftest import PASSWORD, Portal
from tests.browser.test_invoice_to_figure import PHONE, clean, sign_in
from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.ledger.bulk import import_posted
from zhangfang_core.tenancy.assignments import assign
from zhangfang_sdk.assets import Assets, Method, NewAsset
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.ledger import Line, VoucherDraft
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

pytestmark = pytest.mark.browser


async def test_a_month_s_end_on_the_phone(portal: Portal, chromium: Browser) -> None:
    made, month = portal.made, Period.current().plus(-1)
    async with scoped_transaction(system_scope(made.id)):
        spent = (Line("560205", "文具", debit=7_000_00), Line("1001", "文具", credit=7_000_00))
        bought = (Line("1601", "收银机", debit=3_600_00), Line("1002", "收银机", credit=3_600_00))
        day = month.first_day
        drafts = [
            VoucherDraft(made.restaurant, day, lines[0].summary, lines, source="test") for lines in (spent, bought)
        ]
        await import_posted(made.restaurant, drafts)
        card = await use(Assets).add(
            NewAsset(
                made.restaurant, "冰柜", "furniture", 6_000_00, 0, day - dt.timedelta(days=40), 60,
                Method.STRAIGHT_LINE, "1601", "1602", "560208",
            )
        )  # fmt: skip
        person = await make_member(login="closer@test", name="结账", password=PASSWORD, role="accountant", client=None)
        await assign(person, [made.restaurant])
    page = await sign_in(chromium, portal, "closer@test", PHONE)
    for path in ("books/close", "books/month-end", "assets", "assets/new", f"assets/{card.id}"):
        await page.goto(f"{portal.client}/{path}?period={month.key}")
        await clean(page)
    await page.goto(f"{portal.firm}/books/wall?period={month.key}")
    await clean(page)
    await page.goto(f"{portal.client}/books/close?period={month.key}")
    await page.get_by_text("现金和银行没有负数").wait_for()
    await page.get_by_text("损益已结转").click()
    await page.wait_for_url("**/books/month-end?**")
    await page.focus("main button:has-text('全部生成')")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("没有要做的月末凭证")).to_be_visible()
    await clean(page)
