"""PLAT-8: passkeys in a real Chromium with an authenticator of its own: added, used as second factor and alone, removed."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from playwright.async_api import Browser, CDPSession, Page, expect

from tests.browser.conftest import PASSWORD, Portal

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Phone:
    """A browser with an authenticator in it: one that keeps its keys and verifies its person, as phones do."""

    page: Page
    protocol: CDPSession
    authenticator: str
    portal: str

    async def verifies(self, whether: bool) -> None:
        await self.protocol.send(
            "WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": whether}
        )

    async def sign_in(self) -> None:
        await self.page.goto(f"{self.portal}/sign-in")
        await self.page.fill("input[name=login]", "boss@test")
        await self.page.fill("input[name=password]", PASSWORD)
        await self.page.click("button:text-is('登录')")

    async def sign_out(self) -> None:
        await self.page.goto(f"{self.portal}/me/account")
        await self.page.click("button:has-text('退出登录')")
        await self.page.wait_for_url("**/sign-in")


@pytest_asyncio.fixture(loop_scope="session")
async def phone(portal: Portal, chromium: Browser) -> AsyncIterator[Phone]:
    """The portal by its name: browsers make passkeys for no IP address."""
    page = await chromium.new_page()
    protocol = await page.context.new_cdp_session(page)
    await protocol.send("WebAuthn.enable")
    made = await protocol.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield Phone(page, protocol, made["authenticatorId"], portal.address.replace("127.0.0.1", "localhost"))
    await page.context.close()


async def test_a_passkey_from_its_making_to_its_end(phone: Phone) -> None:
    page = phone.page
    refused: list[str] = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    await phone.sign_in()
    await page.goto(f"{phone.portal}/me/account/passkeys")
    await page.fill("#f-password", PASSWORD)
    await page.click("button:has-text('下一步')")
    await page.fill("#f-name", "我的手机")
    await page.keyboard.press("Enter")
    await expect(page.locator("ol li code")).to_have_count(10)
    await page.click("a:has-text('我已记下')")
    await expect(page.get_by_text("还没有用过")).to_be_visible()

    # With the password, as second factor.
    await phone.sign_out()
    await phone.sign_in()
    await page.wait_for_url(re.compile("/sign-in/code"))
    await page.click("button[data-passkey]")
    await page.wait_for_url(re.compile("/f/|/me"))

    # Alone: not for whom it did not verify.
    await phone.sign_out()
    await phone.verifies(False)
    await page.click("button:has-text('用通行密钥登录')")
    await expect(page.locator("[data-passkey-part] [role=alert]")).to_have_text("没有完成。请再试一次,或者用其他方式。")
    await phone.verifies(True)
    await page.click("button:has-text('用通行密钥登录')")
    await page.wait_for_url(re.compile("/f/|/me"))

    # It proves who takes it away.
    await page.goto(f"{phone.portal}/me/account/passkeys")
    await expect(page.get_by_text("最近使用")).to_be_visible()
    await page.fill("#f-password-remove", PASSWORD)
    await page.click("form[action$=remove] button[data-passkey]")
    await expect(page.get_by_text("还没有通行密钥")).to_be_visible()
    assert refused == []


async def test_a_device_makes_one_passkey_for_a_person(phone: Phone) -> None:
    page = phone.page
    await phone.sign_in()
    for name in ("手机", "又一次"):
        await page.goto(f"{phone.portal}/me/account/passkeys")
        await page.fill("#f-password", PASSWORD)
        if name == "手机":
            await page.click("button:has-text('下一步')")
        else:
            await page.click("form[action$=new] button[data-passkey]")
        await page.fill("#f-name", name)
        await page.click("button[data-passkey]")
        if name == "手机":
            await expect(page.locator("ol li code")).to_have_count(10)
    await expect(page.locator("[data-passkey-part] [role=alert]")).to_have_text("这台设备上已经有您的通行密钥了。")
