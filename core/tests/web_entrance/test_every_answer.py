"""What every answer says to the browser, and every cookie: asked of each page that needs no row, signed in and out."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

from zhangfang_core.identity.presence import COOKIE
from zhangfang_core.testing.portal import ADMIN_CSRF_COOKIE, ORIGIN, Portal, session_for
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_core.web.app import create_app
from zhangfang_sdk.testing.isolation import walk

PAGES = [
    (route.place, route.path)
    for route in walk(create_app()).routes
    if route.method == "GET" and not route.row_parameters and not route.examples and not route.is_stream
]
READ_BY_SCRIPTS = {ADMIN_CSRF_COOKIE}


@pytest_asyncio.fixture(loop_scope="session")
async def answers(portal: Portal, firm: TestFirm) -> AsyncIterator[list[httpx.Response]]:
    found: list[httpx.Response] = []
    for token in (await session_for(firm.owner), None):
        async with portal.visitor(token) as visitor:
            for _, path in PAGES:
                named = path.replace("{firm_id:int}", str(firm.id)).replace("{client_id:int}", str(firm.restaurant))
                found.append(await visitor.get(named))
            found += [await visitor.get(f"/admin/{firm.id}{rest}") for rest in ("/", "/public/meta/", "/api/tables/")]
            found.append(await visitor.get("/no-such-page"))
    yield found


async def test_headers(answers: list[httpx.Response]) -> None:
    """ASVS 3.4.3 to 3.4.6, 4.1.1, 14.3.2."""
    assert len(answers) > 100
    assert {answer.status_code for answer in answers} >= {200, 303, 404}
    for answer in answers:
        said = answer.headers
        policy = dict(part.strip().partition(" ")[::2] for part in said["content-security-policy"].split(";"))
        assert (
            policy["default-src"] == policy["script-src"] == policy["base-uri"] == policy["form-action"] == "'self'"
        ), answer.url
        assert policy["object-src"] == policy["frame-ancestors"] == "'none'"
        assert (said["x-content-type-options"], said["referrer-policy"]) == ("nosniff", "same-origin")
        assert "no-store" in said["cache-control"], answer.url
        kind = said.get("content-type", "")
        assert kind or not answer.content, answer.url
        assert "charset=utf-8" in kind or not kind.startswith("text/"), (answer.url, kind)
        assert "access-control-allow-origin" not in said
        assert " at 0x" not in answer.text, ("an object of the program's", answer.url)


async def test_cookies(answers: list[httpx.Response]) -> None:
    """ASVS 3.3.2 and 3.3.4: no script reads one but that of the admin desk's token; none goes along with another site's posts."""
    lines = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert {line.partition("=")[0] for line in lines} >= {"zf_csrf", ADMIN_CSRF_COOKIE}
    for line in lines:
        attributes = {part.strip().lower() for part in line.split(";")[1:]}
        assert attributes & {"samesite=lax", "samesite=strict"}, line
        assert "httponly" in attributes or line.partition("=")[0] in READ_BY_SCRIPTS, line


async def test_signing_out_clears_the_browser(portal: Portal, firm: TestFirm) -> None:
    """ASVS 14.3.1; the session's cookie by name, so that neighbours under the same domain keep theirs."""
    async with portal.visitor(await session_for(firm.owner)) as visitor:
        left = await visitor.post("/sign-out")
        gone = next(line for line in left.headers.get_list("set-cookie") if line.startswith(f"{COOKIE}="))
    assert left.headers["clear-site-data"] == '"cache", "storage"'
    assert {"httponly", "samesite=lax", "max-age=0"} <= {part.strip().lower() for part in gone.split(";")}
    async with portal.visitor(await session_for(firm.owner)) as visitor:
        by_the_desk = await visitor.ask("POST", f"/admin/{firm.id}/public/logout/", json={})
    assert by_the_desk.headers["clear-site-data"] == '"cache", "storage"'


async def test_trace_is_not_answered(portal: Portal) -> None:
    """ASVS 13.4.4."""
    async with portal.visitor(None) as visitor:
        answer = await visitor.http.request("TRACE", f"{ORIGIN}/sign-in")
    assert answer.status_code == 405


async def test_no_listing_of_files(portal: Portal) -> None:
    """ASVS 13.4.1 and 13.4.3."""
    async with portal.visitor(None) as visitor:
        for path in (
            "/static/",
            "/static/dist/",
            "/static/dist",
            "/.git/config",
            "/static/../app.py",
            "/static/%2e%2e/app.py",
        ):
            assert (await visitor.get(path)).status_code in (303, 404, 405), path
