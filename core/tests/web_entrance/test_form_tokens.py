"""PLAT-8: the token of a form is its session's, where the browser says nothing of the page that asks."""

import re

import httpx

from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.portal import (
    ADMIN_CSRF_COOKIE,
    ADMIN_CSRF_HEADER,
    CSRF_COOKIE,
    CSRF_HEADER,
    Portal,
    session_for,
)
from zhangfang_core.testing.tenants import OWNER_PASSWORD, TestFirm

STALE = "这个页面已经失效,这次没有执行。请刷新页面后再做一次。"


async def changed(http: httpx.AsyncClient, session: str, token: str | None, cookie: str) -> httpx.Response:
    """A form as somebody sends it who can set this cookie in the browser, though not read the session's."""
    told = f"{COOKIE}={session}; {CSRF_COOKIE}={cookie}"
    headers = {"accept": b"text/html", "cookie": told.encode()} | (
        {} if token is None else {CSRF_HEADER: token.encode()}
    )
    return await http.post("/me/account/preferences", headers=headers, data={"language": "en"})


async def token_of(http: httpx.AsyncClient, page: str) -> str:
    found = re.search(
        r'name="_csrf_token" value="([^"]+)"', (await http.get(page, headers={"accept": "text/html"})).text
    )
    assert found is not None
    return found[1]


async def test_a_token_of_another_session_of_none_and_made_up(portal: Portal, firm: TestFirm) -> None:
    session = await session_for(firm.owner)
    async with (
        portal.visitor(session) as own,
        portal.visitor(await session_for(firm.owner)) as other,
        portal.visitor(None) as stranger,
    ):
        mine = await token_of(own.http, "/me/account")
        theirs, nobodys = await token_of(other.http, "/me/account"), await token_of(stranger.http, "/sign-in")
        for token in (theirs, nobodys, "", "0" * 96, mine[:-1], mine + "0", "字" * 96, None):
            for cookie in (token or "", mine):
                answer = await changed(own.http, session, token, cookie)
                assert (answer.status_code, STALE in answer.text) == (403, True), (token, cookie)
        assert (await changed(own.http, session, mine, theirs)).status_code == 303, "the session says whose it is"


async def test_signed_out_the_token_comes_twice(portal: Portal, firm: TestFirm) -> None:
    """Nobody's token is the browser's that was given it; a session's opens nothing once it has ended."""
    form = {"login": "owner@嘉喜.example", "password": OWNER_PASSWORD, "next": "/me"}
    async with portal.visitor(await session_for(firm.owner)) as own, portal.visitor(None) as stranger:
        left_open = await token_of(own.http, "/me/account")
        assert (await own.post("/sign-out")).status_code == 303
        own.http.cookies.delete(COOKIE)
        replayed = await own.http.post("/sign-in", data={**form, "_csrf_token": left_open})
        assert replayed.status_code == 403
        nobodys, of_another = await token_of(own.http, "/sign-in"), await token_of(stranger.http, "/sign-in")
        assert nobodys != of_another
        assert (await own.http.post("/sign-in", data={**form, "_csrf_token": of_another})).status_code == 403
        assert (await own.http.post("/sign-in", data={**form, "_csrf_token": nobodys})).status_code == 303
        for token in (nobodys, left_open):
            refused = await own.http.post("/sign-out", data={"_csrf_token": token}, headers={"accept": "text/html"})
            assert (refused.status_code, STALE in refused.text) == (403, True)


async def test_the_desk_takes_its_own_session_s_alone(portal: Portal, firm: TestFirm) -> None:
    """Also for signing out there, which piccolo-admin itself asks no token for."""
    desk, session = f"/admin/{firm.id}", await session_for(firm.owner)
    async with portal.visitor(session) as own, portal.visitor(await session_for(firm.owner)) as other:
        for one in (own, other):
            await one.get(f"{desk}/public/meta/")
        mine, theirs = own.http.cookies[ADMIN_CSRF_COOKIE], other.http.cookies[ADMIN_CSRF_COOKIE]

        async def asked(method: str, path: str, token: str, planted: str) -> httpx.Response:
            told = f"{COOKIE}={session}; {ADMIN_CSRF_COOKIE}={planted}"
            return await own.http.request(method, desk + path, headers={ADMIN_CSRF_HEADER: token, "cookie": told})

        for token in (theirs, "1" * 96, ""):
            assert (await asked("POST", "/public/logout/", token, token)).status_code == 403
        replaced = (await asked("GET", "/public/meta/", "", theirs)).headers.get_list("set-cookie")
        assert len(replaced) == 1
        assert replaced[0].startswith(f"{ADMIN_CSRF_COOKIE}=")
        assert theirs not in replaced[0]
        assert "set-cookie" not in (await asked("GET", "/public/meta/", "", mine)).headers
        assert (await asked("POST", "/public/logout/", mine, mine)).status_code == 200
