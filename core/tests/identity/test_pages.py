"""PLAT-8, PLAT-12, PLAT-13: the pages of signing in, of the person, of the firm's people and clients, through the whole portal."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import unquote

import httpx
import pyotp
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity import set_up
from zhangfang_core.settings import Settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.context import system_scope

PASSWORD = "eight quiet horses"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


class Browser(httpx.AsyncClient):
    """Keeps cookies, asks for pages, and sends forms with the token that the last page gave."""

    async def read(self, path: str) -> str:
        answer = await self.get(path)
        assert answer.status_code == 200, (
            f"{path}: {answer.status_code} {answer.headers.get('location')}\n{answer.text[:3000]}"
        )
        return answer.text

    async def submit(self, path: str, **fields: object) -> httpx.Response:
        return await self.post(path, data={"_csrf_token": self.cookies.get("zf_csrf", ""), **fields})

    async def sign_in(self, login: str, password: str = PASSWORD) -> httpx.Response:
        await self.get("/sign-in")
        return await self.submit("/sign-in", login=login, password=password, next="/me/account")


def new_browser(app: object) -> Browser:
    return Browser(
        transport=httpx.ASGITransport(app),  # type: ignore[arg-type]  # Litestar's own ASGI types
        base_url="http://portal.test",
        headers={"accept": "text/html", "user-agent": "Browser/1 <b>"},
    )


@pytest_asyncio.fixture(loop_scope="session")
async def app(firm: TestFirm, settings: Settings, test_server: TestServer, database: str) -> object:
    async with scoped_transaction(system_scope(firm.id)):
        await set_up.make_member(login="wang", name="王会计", password=PASSWORD, role="accountant")
        await set_up.make_member(login="adm", name="管理员", password=PASSWORD, role="admin", totp_secret=SECRET)
        await set_up.make_member(login="li", name="李总", password=PASSWORD, role="boss", client=firm.restaurant)
    return create_app(replace(settings, dsn=test_server.addresses(database).application))


@pytest_asyncio.fixture(loop_scope="session")
async def browser(app: object) -> AsyncIterator[Browser]:
    async with new_browser(app) as made:
        yield made


async def admin(browser: Browser, firm: TestFirm) -> Browser:
    assert (await browser.sign_in("adm")).headers["location"].startswith("/sign-in/code")
    assert "6 位验证码" in await browser.read("/sign-in/code")
    answer = await browser.submit("/sign-in/code", code=pyotp.TOTP(SECRET).now(), next=f"/f/{firm.id}/people")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/f/{firm.id}/people")
    return browser


async def test_signing_in_and_out(browser: Browser, firm: TestFirm) -> None:
    answer = await browser.sign_in("li")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me/account")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    me = await browser.read("/me/account")
    assert "李总" in me
    assert "老板" in await browser.read(f"/f/{firm.id}/c/{firm.restaurant}/account")
    assert "Browser/1 &lt;b&gt;" in me
    assert (await browser.get("/sign-in")).headers["location"] == "/"
    token = browser.cookies["zf_session"]
    assert (await browser.submit("/sign-out")).headers["location"] == "/sign-in"
    browser.cookies.set("zf_session", token, domain="portal.test")
    assert (await browser.get("/me/account")).headers["location"].startswith("/sign-in")


async def test_wrong_sign_ins_read_the_same_and_are_counted(browser: Browser, firm: TestFirm) -> None:
    unknown = await browser.sign_in("nobody", "wrong password")
    known = await browser.sign_in("wang", "wrong password")
    assert unknown.status_code == known.status_code
    plain = re.compile(r'value="(nobody|wang)"|name="_csrf_token" value="[^"]*"|content="[^"]*"')
    assert plain.sub("", unknown.text) == plain.sub("", known.text)
    assert "登录名或密码不对" in known.text
    for _ in range(3):
        await browser.sign_in("wang", "wrong password")
    waits = await browser.sign_in("wang")
    assert (waits.status_code, waits.headers["retry-after"]) == (429, "1")
    assert "请过 1 秒再试" in waits.text
    assert 'value="wang"' in waits.text


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\r\nX: y"])
async def test_signing_in_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    await browser.get("/sign-in")
    answer = await browser.submit("/sign-in", login="li", password=PASSWORD, next=wanted)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_before_the_second_factor_no_page_opens(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("adm")
    for path in (
        "/me",
        "/me/account",
        f"/f/{firm.id}/people",
        f"/f/{firm.id}/clients",
        "/me/account/second-factor",
        "/me/account/password",
        "/",
    ):
        assert (await browser.get(path)).headers["location"] == f"/sign-in/code?next={path}"
    await browser.read("/sign-in/code")
    wrong = await browser.submit("/sign-in/code", code="12345")
    assert "验证码不对" in wrong.text


async def test_an_owner_sets_the_second_factor_up_at_the_first_sign_in(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("owner@嘉喜.example", OWNER_PASSWORD)
    text = await browser.read("/sign-in/code")
    found = re.search(r'name="sealed" value="([^"]+)"', text)
    typed = re.search(r"<code>([A-Z2-7 ]+)</code>", text)
    assert found is not None
    assert typed is not None
    assert 'src="data:image/svg+xml' in text
    wrong = await browser.submit("/sign-in/code", code="000000x", sealed=found[1])
    assert found[1] in wrong.text, "the same secret is offered again: it is on the phone already"
    done = await browser.submit(
        "/sign-in/code", code=pyotp.TOTP(typed[1].replace(" ", "")).now(), sealed=found[1], next=f"/f/{firm.id}/people"
    )
    assert len(re.findall(r"<li><code[^>]*>[2-9A-Z-]{14}</code>", done.text)) == 10
    assert f'href="/f/{firm.id}/people"' in done.text
    assert "周老板" in await browser.read(f"/f/{firm.id}/people")


async def test_an_admin_invites_and_the_guest_joins(browser: Browser, app: object, firm: TestFirm) -> None:
    await admin(browser, firm)
    assert "李总" in await browser.read(f"/f/{firm.id}/people")
    answer = await browser.submit(
        f"/f/{firm.id}/people/invite", contact="13900000000", role="cashier", client=str(firm.restaurant)
    )
    link = re.search(r"http://portal\.test(/invitations/[\w-]+)", answer.text)
    assert link is not None
    assert link[0] not in await browser.read(f"/f/{firm.id}/people")
    async with new_browser(app) as guest:
        text = await guest.read(link[1])
        assert "嘉喜餐饮有限公司" in text
        assert "出纳" in text
        weak = await guest.submit(link[1], login="13900000000", name="陈", password="1234")
        assert "密码太短" in weak.text
        joined = await guest.submit(link[1], login="13900000000", name="陈出纳", password=PASSWORD)
        assert (joined.status_code, joined.headers["location"]) == (303, "/")
        assert "陈出纳" in await guest.read("/me/account")
        assert "邀请已失效" in await guest.read(link[1])
        again = await guest.submit(link[1], login="x", name="x", password=PASSWORD)
        assert again.status_code == 410
    assert "陈出纳" in await browser.read(f"/f/{firm.id}/people")


async def test_an_admin_assigns_clients_and_ends_access(browser: Browser, app: object, firm: TestFirm) -> None:
    await admin(browser, firm)
    wang = re.search(r'href="/f/\d+/people/(\d+)">王会计', await browser.read(f"/f/{firm.id}/people"))
    assert wang is not None
    member = f"/f/{firm.id}/people/{wang[1]}"
    async with new_browser(app) as accountant:
        await accountant.sign_in("wang")
        assert "还没有客户" in await accountant.read(f"/f/{firm.id}/clients")
        await browser.submit(f"{member}/clients", client=[str(firm.trading)])
        shown = await accountant.read(f"/f/{firm.id}/clients")
        assert "嘉喜商贸有限公司" in shown
        assert "嘉喜餐饮有限公司" not in shown
        assert (await accountant.get(f"/f/{firm.id}/c/{firm.restaurant}")).status_code == 404
        assert (await accountant.get(f"/f/{firm.id}/c/{firm.trading}")).status_code == 303
        to_vouchers = await accountant.read(f"/f/{firm.id}/clients?to=/vouchers")
        assert f'href="/f/{firm.id}/c/{firm.trading}/vouchers"' in to_vouchers
        assert (await accountant.get(f"/f/{firm.id}/people")).status_code == 403
        assert (await accountant.get(f"/f/{firm.id}/clients/new")).status_code == 403
        await browser.submit(f"{member}/role", role="reviewer")
        assert "嘉喜餐饮有限公司" in await accountant.read(f"/f/{firm.id}/clients")
        await browser.submit(f"{member}/active", active="0")
        assert (await accountant.get(f"/f/{firm.id}/clients")).headers["location"].startswith("/sign-in")
    assert "已停用" in await browser.read(member)


async def test_a_new_client(browser: Browser, firm: TestFirm) -> None:
    await admin(browser, firm)
    await browser.read(f"/f/{firm.id}/clients/new")
    fields = {"name": "清风茶馆", "taxpayer_kind": "small_scale", "industry": "restaurant", "books_start": "2026-11"}
    wrong = await browser.submit(f"/f/{firm.id}/clients/new", tax_id="91350100M000100Y44", **fields)
    assert "统一社会信用代码不对" in wrong.text
    assert "清风茶馆" in wrong.text
    done = await browser.submit(f"/f/{firm.id}/clients/new", tax_id="91350100m000100y43", **fields)
    assert done.status_code == 303
    assert "清风茶馆" in await browser.read(f"/f/{firm.id}/clients?q=清风")
    assert "没有找到" in await browser.read(f"/f/{firm.id}/clients?q=zzz")


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/f/0/clients/new", {}),
        ("/f/0/clients/new", {"taxpayer_kind": "x", "books_start": "9999-99", "name": "\x00", "tax_id": "\x00"}),
        ("/f/0/people/invite", {"role": "operator", "contact": "\x00"}),
        ("/f/0/people/invite", {"role": "boss", "contact": "x", "client": "9" * 30}),
        ("/f/0/people/invite", {"role": "boss", "contact": "x", "client": "999999"}),
        ("/f/0/people/999999/role", {"role": "boss"}),
        ("/f/0/people/999999/clients", {"client": ["x", "1"]}),
        ("/f/0/people/99999999999999999999/role", {"role": "boss"}),
        ("/f/0/people/invitations/999999/withdraw", {}),
        ("/me/account/sessions/999999/revoke", {}),
        ("/me/account/sessions/99999999999999999999/revoke", {}),
        ("/me/account/preferences", {"language": "\x00", "large_type": "7"}),
        ("/me/account/password", {"current": "x" * 5000, "password": "\x00"}),
        ("/me/account/second-factor", {"sealed": "x", "code": "\x00", "password": PASSWORD}),
        ("/sign-in", {"login": "\x00", "password": ""}),
        ("/sign-in/code", {"sealed": "!", "code": "1"}),
        ("/invitations/x", {"login": "\x00", "password": "1"}),
    ],
)
async def test_bad_input_is_never_a_500(browser: Browser, firm: TestFirm, path: str, fields: dict[str, object]) -> None:
    await admin(browser, firm)
    await browser.read(f"/f/{firm.id}/people")
    answer = await browser.submit(path.replace("/f/0", f"/f/{firm.id}"), **fields)
    assert answer.status_code < 500
    assert answer.status_code != 403, "the form was looked at"


@pytest.mark.parametrize(
    "path",
    [
        "/f/0/clients",
        "/f/-1/clients",
        "/f/１/clients",
        "/f/1_0/clients",
        "/f/001/clients",
        "/f/99999999999999999999/clients",
        "/f/9223372036854775807/clients",
        "/f/1/c/0",
        "/f/1/c/99999999999999999999/vouchers",
        "/f/1/people/0",
        "/f/1/clients?q=%00",
        "/f/1/clients?to=//evil.example",
        "/admin/0/",
        "/admin/99999999999999999999/",
    ],
)
async def test_bad_addresses_are_never_a_500(browser: Browser, firm: TestFirm, path: str) -> None:
    await admin(browser, firm)
    assert (await browser.get(path)).status_code in (200, 400, 404)


async def test_the_desk_without_a_firm_is_that_of_the_only_one(browser: Browser, firm: TestFirm) -> None:
    """PLAT-7: and signing out there ends the session of the whole portal."""
    await admin(browser, firm)
    for path in ("/admin", "/admin/"):
        assert (await browser.get(path)).headers["location"] == f"/admin/{firm.id}/"
    await browser.read(f"/admin/{firm.id}/public/meta/")
    token = {"X-CSRFToken": browser.cookies.get("csrftoken", "")}
    assert (await browser.post(f"/admin/{firm.id}/public/logout/", headers=token)).status_code == 200
    assert (await browser.get(f"/f/{firm.id}/people")).headers["location"].startswith("/sign-in")


async def test_a_form_left_open_is_not_sent_as_the_next_person(browser: Browser, firm: TestFirm) -> None:
    """Whoever signs in after somebody else at the same browser does not send their forms."""
    await browser.sign_in("wang")
    await browser.read("/me/account")
    left_open = browser.cookies["zf_csrf"]
    await browser.submit("/sign-out")
    await browser.sign_in("li")
    await browser.read("/me/account")
    answer = await browser.post("/me/account/preferences", data={"_csrf_token": left_open, "language": "en"})
    assert answer.status_code == 403


async def test_pages_are_not_kept_by_the_browser(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("li")
    for path in ("/me", f"/f/{firm.id}/c/{firm.restaurant}/account", f"/f/{firm.id}/c/{firm.restaurant}/badges"):
        assert (await browser.get(path)).headers["cache-control"] == "no-store"


async def test_a_form_without_its_token_is_refused(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("li")
    assert (await browser.post("/me/account/preferences", data={"language": "en"})).status_code == 403


async def test_language_and_type_size(browser: Browser, firm: TestFirm) -> None:
    """PLAT-12: chosen by the person, kept with the person."""
    await browser.sign_in("li")
    await browser.read("/me/account")
    await browser.submit("/me/account/preferences", language="en", large_type="1")
    text = await browser.read("/me/account")
    assert '<html lang="en" data-type="large">' in text


async def test_password_and_second_factor_of_ones_own(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("li")
    text = await browser.read("/me/account/second-factor")
    sealed = re.search(r'name="sealed" value="([^"]+)"', text)
    typed = re.search(r"<code>([A-Z2-7 ]+)</code>", text)
    assert sealed is not None
    assert typed is not None
    code = pyotp.TOTP(typed[1].replace(" ", "")).now()
    assert (
        "当前密码不对"
        in (await browser.submit("/me/account/second-factor", sealed=sealed[1], code=code, password="x")).text
    )
    done = await browser.submit("/me/account/second-factor", sealed=sealed[1], code=code, password=PASSWORD)
    codes = re.findall(r"<li><code[^>]*>([2-9A-Z-]{14})</code>", done.text)
    assert len(codes) == 10
    assert "已开启" in await browser.read("/me/account")
    assert (
        "当前密码不对" in (await browser.submit("/me/account/password", current="x", password="nine loud horses")).text
    )
    assert (
        await browser.submit("/me/account/password", current=PASSWORD, password="nine loud horses")
    ).status_code == 303
    removal = {"password": "nine loud horses", "proof": codes[0]}
    for wrong in ({"password": "nine loud horses"}, {**removal, "proof": code}, {**removal, "password": PASSWORD}):
        assert "关闭动态验证码" in (await browser.submit("/me/account/second-factor/remove", **wrong)).text
    assert (await browser.submit("/me/account/second-factor/remove", **removal)).status_code == 303
    assert "未开启" in await browser.read("/me/account")


async def test_who_mistypes_the_password_again_and_again_is_told_on_the_form(browser: Browser, firm: TestFirm) -> None:
    await browser.sign_in("wang")
    await browser.read("/me/account/password")
    for _ in range(12):
        answer = await browser.submit("/me/account/password", current="wrong", password=PASSWORD)
        if answer.status_code == 429:
            break
    assert answer.status_code == 429
    assert answer.headers["retry-after"]
    assert 'name="current"' in answer.text
    assert "error-code" not in answer.text


async def test_a_second_membership_shows_the_switcher(browser: Browser, firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13."""
    async with scoped_transaction(system_scope(other_firm.id)):
        await set_up.make_member(login="li", name="", password="", role="cashier", client=other_firm.trading)
    await browser.sign_in("li")
    assert (await browser.get("/")).headers["location"] == "/me"
    home = await browser.read("/me")
    assert "嘉喜餐饮有限公司" in home
    there = f"/f/{other_firm.id}/c/{other_firm.trading}"
    assert f'href="{there}"' in home
    text = await browser.read(f"{there}/account")
    assert "出纳" in text
    assert "隔壁商贸有限公司" in text
    assert (await browser.get(f"/f/{other_firm.id}/c/{firm.restaurant}/account")).status_code == 404
    assert (await browser.get(f"/f/{other_firm.id}/account")).status_code == 404


@pytest.mark.parametrize("address", ["/admin/2/", "/f/2/calendar?from=1", "/f/2/c/3/search?q=%E9%A4%90"])
async def test_signing_in_leads_to_the_address_that_was_asked(browser: Browser, address: str) -> None:
    """PLAT-12"""
    location = (await browser.get(address)).headers["location"]
    assert unquote(location) == f"/sign-in?next={address}"


async def test_an_old_link_finds_the_only_place(browser: Browser, firm: TestFirm, other_firm: TestFirm) -> None:
    """PLAT-13: what a person of one client kept still leads there; who has several places is not guessed at."""
    there = f"/f/{firm.id}/c/{firm.restaurant}"
    assert (await browser.get("/tasks?period=2026-11")).headers["location"].startswith("/sign-in?next=/tasks")
    await browser.sign_in("li")
    for old in ("/tasks?period=2026-11", "/vouchers/7", "/capture", "/figures/sales?period=2026-11"):
        assert (await browser.get(old)).headers["location"] == there + old
    for nothing in ("/no-such-page", "/f/1", "/%2Fevil.example", "/vouchers/x", f"{there}/nothing"):
        assert (await browser.get(nothing)).status_code == 404
    async with scoped_transaction(system_scope(other_firm.id)):
        await set_up.make_member(login="li", name="", password="", role="cashier", client=other_firm.trading)
    assert (await browser.get("/tasks")).headers["location"] == "/me"
    assert (await browser.get("/messages")).headers["location"] == "/me/messages"
