"""A portal that people reach by TLS: links, cookies and browsers keep to it."""

from typing import Any, cast

import httpx
import pytest

from zhangfang_core.identity.presence import COOKIE, own_cookie
from zhangfang_core.settings import Settings, read_settings
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.portal import Portal, Visitor, running_portal, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm

PUBLIC_URL = "https://portal.example"


@pytest.mark.usefixtures("settings")
async def test_everything_by_tls(
    database: str, firm: TestFirm, test_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An invitation's link is the public address's, whatever host was asked for; cookies are Secure; HSTS is told."""
    monkeypatch.setenv("ZHANGFANG_DSN", test_server.addresses(database).application)
    monkeypatch.setenv("ZHANGFANG_PUBLIC_URL", PUBLIC_URL)
    token = await session_for(firm.owner)
    async with running_portal(read_settings()) as portal:
        transport = httpx.ASGITransport(cast(Any, portal.app), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="https://localhost", cookies={own_cookie(COOKIE): token}
        ) as http:
            page = await Visitor(http).post(f"/f/{firm.id}/people/invite", role="accountant", contact="小王")
            assert f"{PUBLIC_URL}/invitations/" in page.text
            assert "localhost" not in page.text
            assert page.headers["strict-transport-security"] == "max-age=31536000"
            admin = await http.get(f"/admin/{firm.id}/public/meta/")
            assert "csrftoken" in admin.headers["set-cookie"]
            form = {"login": "owner@嘉喜.example", "password": OWNER_PASSWORD}
            signed_in = await Visitor(http).post("/sign-in", **form)
            assert signed_in.status_code == 303
            answers = [page, signed_in, admin]
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as stranger:
            answers.append(await stranger.get("/sign-in"))
    cookies = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert len(cookies) >= 2
    assert all("secure" in line.lower() for line in cookies), cookies
    own = [line for line in cookies if "zf_" in line]
    assert own
    assert all(line.startswith("__Host-") and "Domain" not in line and "Path=/" in line for line in own), own


async def test_plain_http_promises_nothing(
    database: str, settings: Settings, test_server: TestServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ZHANGFANG_DSN", test_server.addresses(database).application)
    async with running_portal(read_settings()) as portal, portal.visitor(None) as stranger:
        answer = await stranger.get("/sign-in")
    assert answer.status_code == 200
    assert "strict-transport-security" not in answer.headers
    assert "secure" not in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin"}, 303),
        ({"sec-fetch-site": "none"}, 303),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site", "origin": "http://portal.test"}, 403),
        ({"origin": "http://portal.test"}, 303),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://portal.test.evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({}, 303),
    ],
)
async def test_a_change_is_asked_for_from_a_page_of_ours(
    portal: Portal, firm: TestFirm, headers: dict[str, str], status: int
) -> None:
    """PLAT-8: beside the token in the form, by what the browser says of the page that asks."""
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}") as visitor:
        answer = await visitor.ask("POST", "/audit/verification/begin", headers=headers)
        assert answer.status_code == status
        assert ("没有执行" in answer.text) == (status == 403)
        assert (await visitor.ask("GET", "/audit", headers={"sec-fetch-site": "cross-site"})).status_code == 200


async def test_a_number_that_is_no_id_is_no_page(portal: Portal, firm: TestFirm, caplog: pytest.LogCaptureFixture) -> None:
    """Told as any address behind which nothing is, and no failure in the log."""
    async with portal.visitor(await session_for(firm.owner), f"/f/{firm.id}/c/{firm.restaurant}") as visitor:
        for method, path in (("GET", "/vouchers/"), ("GET", "/tasks/"), ("GET", "/documents/"), ("POST", "/tasks/")):
            assert (await visitor.ask(method, f"{path}{2**63}")).status_code in {404, 405}
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []
