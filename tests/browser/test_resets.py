"""PLAT-8: who forgot the password or lost the phone gets in again, on a phone in Chinese: by mail, by the firm's admin, by a recovery code."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyotp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD
from tests.local_vendors import choose_both, local_servers
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import recovery
from zhangfang_core.identity.set_up import make_member
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.post_office import make_reachable
from zhangfang_core.testing.processes import running_processes
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import Scope, system_scope

pytestmark = pytest.mark.browser

OLD, NEW, SECRET = "eight quiet horses", "nine loud horses", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
MAILED = re.compile(r"http://portal\.test(/resets/[\w-]+)")


@dataclass(frozen=True)
class Place:
    """A portal that knows its address and sends real mail, and what arrived."""

    address: str
    post: Any


@pytest_asyncio.fixture(loop_scope="session")
async def place(firm: TestFirm, test_server: TestServer, database: str, tmp_path: Path) -> AsyncIterator[Place]:
    settings = {"ZHANGFANG_PUBLIC_URL": "http://portal.test", "SSL_CERT_FILE": str(tmp_path / "trusted.pem")}
    dsn = test_server.addresses(database).application
    async with (
        local_servers(tmp_path) as (post, texts),
        running_processes(dsn, tmp_path, "web", "worker", settings=settings) as running,
    ):
        await choose_both(firm, post, texts)
        yield Place(running.address, post)


@pytest_asyncio.fixture(loop_scope="session")
async def phone(chromium: Browser) -> AsyncIterator[Page]:
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    yield await context.new_page()
    await context.close()


async def fits(page: Page) -> None:
    """Nothing reaches beyond the screen, and what is read is Chinese."""
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await page.evaluate("document.documentElement.lang.startsWith('zh')")


async def sign_in(page: Page, place: Place, login: str, password: str) -> None:
    await page.goto(f"{place.address}/sign-in")
    await page.fill("input[name=login]", login)
    await page.fill("input[name=password]", password)
    await page.click("button:text-is('登录')")


async def choose_new(page: Page, link: str) -> None:
    await page.goto(link)
    await fits(page)
    await page.fill("input[name=password]", NEW)
    await page.click("button:text-is('保存')")
    await page.wait_for_url("**/sign-in")


async def test_a_forgotten_password_is_chosen_anew_by_mail(place: Place, phone: Page, firm: TestFirm) -> None:
    await make_reachable(firm.id, firm.restaurant, "boss", "li")
    await phone.goto(f"{place.address}/sign-in")
    await phone.click("text=忘记密码?")
    await fits(phone)
    await phone.fill("input[name=login]", "li")
    await phone.click("button:text-is('发送邮件')")
    await expect(phone.get_by_text("几分钟内会收到重设密码的邮件")).to_be_visible()
    await fits(phone)
    mail = await arrived(place, 0)
    found = MAILED.search(mail.get_body(("plain",)).get_content())
    assert found is not None
    await choose_new(phone, place.address + found[1])
    await sign_in(phone, place, "li", OLD)
    await expect(phone.get_by_text("登录名或密码不对")).to_be_visible()
    await sign_in(phone, place, "li", NEW)
    await expect(phone.get_by_text("给出了重设您密码的链接")).to_be_visible()
    await fits(phone)
    await phone.click("button:text-is('知道了')")
    await phone.wait_for_url(re.compile("/f/|/me"))
    told = await arrived(place, 1)
    assert "您的账号用链接重设了密码" in str(told["Subject"])


async def arrived(place: Place, number: int) -> Any:
    """The mail, within some seconds."""
    for _ in range(300):
        if len(place.post.inbox) > number:
            return place.post.inbox[number]
        await asyncio.sleep(0.1)
    raise AssertionError(f"{len(place.post.inbox)} mails")


async def test_an_admin_gives_a_link_from_the_phone(
    place: Place, phone: Page, chromium: Browser, firm: TestFirm
) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        await make_member(login="adm", name="周管理", password=PASSWORD, role="admin", totp_secret=SECRET)
        await make_member(login="wang", name="王会计", password=PASSWORD, role="accountant", totp_secret=SECRET)
        wang = await connection().fetchval(
            """select m.id from core_membership m join core_user u on u.id = m."user" where u.login = 'wang'"""
        )
    await sign_in(phone, place, "adm", PASSWORD)
    await phone.fill("#f-code", pyotp.TOTP(SECRET).at(int(time.time()) - 30))
    await phone.click("button:text-is('确认')")
    await phone.wait_for_url(re.compile("/f/"))
    await phone.goto(f"{place.address}/f/{firm.id}/people/{wang}")
    await fits(phone)
    await phone.check("input[name=also_factor]")
    await phone.click("button:text-is('生成重设链接')")
    link = await phone.locator("code").first.inner_text()
    await fits(phone)
    own = await (await chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")).new_page()
    await choose_new(own, place.address + link.removeprefix("http://portal.test"))
    await sign_in(own, place, "wang", NEW)
    await expect(own.get_by_text("动态验证码和通行密钥也被清除了")).to_be_visible()
    await fits(own)
    await own.click("button:text-is('知道了')")
    await own.wait_for_url(re.compile("/f/|/me"))
    await own.context.close()


async def test_a_lost_phone_is_stood_in_for_by_a_recovery_code(place: Place, phone: Page, firm: TestFirm) -> None:
    async with scoped_transaction(system_scope(firm.id)):
        wang = await make_member(login="wang", name="王会计", password=PASSWORD, role="accountant", totp_secret=SECRET)
    async with scoped_transaction(Scope(user=wang)):
        codes = await recovery.make(wang)
    await sign_in(phone, place, "wang", PASSWORD)
    await phone.click("summary:has-text('用恢复码')")
    await fits(phone)
    await phone.fill("#f-recovery", codes[0].lower())
    await phone.click("button:has-text('用恢复码登录')")
    await expect(phone.get_by_text("还剩 9 个")).to_be_visible()
    await fits(phone)
    await phone.click("button:text-is('知道了')")
    # Another phone, proved by another recovery code.
    await phone.goto(f"{place.address}/me/account/second-factor")
    await fits(phone)
    anew = phone.locator("form:has(input[name=sealed])")
    typed = await phone.locator("p:has-text('手工输入密钥') code").inner_text()
    await anew.locator("input[name=code]").fill(pyotp.TOTP(typed.replace(" ", "")).now())
    await anew.locator("input[name=password]").fill(PASSWORD)
    await anew.locator("input[name=proof]").fill(codes[1])
    await anew.locator("button.btn-primary").click()
    await expect(phone.locator("ol li code")).to_have_count(10)
    await fits(phone)
