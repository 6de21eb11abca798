"""Two web processes on one database behind a TLS proxy: one tally of failures, one session, whom the proxy heard, cookies kept to TLS (PLAT-8)."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest_asyncio

from tests.faults.tls_proxy import NAME, Proxy, tls_proxy
from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.identity import set_up
from zhangfang_core.testing.databases import TestServer
from zhangfang_core.testing.passkeys import SoftPasskey
from zhangfang_core.testing.processes import running_processes
from zhangfang_core.testing.tenants import TestFirm
from zhangfang_sdk.context import system_scope

PASSWORD, WRONG = "eight quiet horses", "nine"
PUBLIC_URL = f"https://{NAME}"
SETTINGS = {"ZHANGFANG_PUBLIC_URL": PUBLIC_URL, "ZHANGFANG_TRUSTED_PROXIES": "127.0.0.1/32"}
HERE, THERE, EVERYWHERE = "127.0.0.21", "127.0.0.22", "127.0.0.23"


@dataclass(frozen=True)
class Nodes:
    proxy: Proxy
    direct: str
    """A node's own address, past the proxy."""


@pytest_asyncio.fixture(loop_scope="session")
async def nodes(database: str, test_server: TestServer, tmp_path: Path, firm: TestFirm) -> AsyncIterator[Nodes]:
    async with scoped_transaction(system_scope(firm.id)):
        for login in ("wang", "liu"):
            await set_up.make_member(login=login, name=login, password=PASSWORD, role="accountant")
    dsn = test_server.addresses(database).application
    async with (
        running_processes(dsn, tmp_path, "web", settings=SETTINGS) as one,
        running_processes(dsn, tmp_path, "web", settings=SETTINGS) as two,
        tls_proxy(tmp_path, [one.port, two.port]) as proxy,
    ):
        yield Nodes(proxy, one.address)


@asynccontextmanager
async def browser(nodes: Nodes, address: str, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who comes from ``address``."""
    transport = httpx.AsyncHTTPTransport(verify=nodes.proxy.trusts, local_address=address)
    async with httpx.AsyncClient(
        transport=transport,
        base_url=f"https://127.0.0.1:{nodes.proxy.port}",
        headers={"host": NAME, "accept": "text/html", **headers},
        timeout=20,
    ) as http:
        yield http


async def post(http: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    """With the token of the browser's own forms."""
    if path == "/sign-in" and "__Host-zf_csrf" not in http.cookies:
        await http.get("/healthz")
    headers = {"origin": PUBLIC_URL, "x-csrf-token": http.cookies.get("__Host-zf_csrf", "")}
    answer = await http.post(path, data=form, headers=headers)
    if path in ("/sign-in", "/sign-in/passkey", "/sign-out") and answer.status_code == 303:
        # Another session's forms have another token.
        await http.get("/healthz")
    return answer


async def tried(http: httpx.AsyncClient, login: str, password: str = WRONG) -> int:
    return (await post(http, "/sign-in", login=login, password=password)).status_code


async def addresses_told(firm: TestFirm, action: str) -> set[str]:
    async with scoped_transaction(system_scope(firm.id)):
        rows = await connection().fetch(
            "select distinct address from core_audit_entry where firm = $1 and action = $2", firm.id, action
        )
    return {row["address"] for row in rows}


async def test_failures_are_counted_once_for_both(nodes: Nodes, firm: TestFirm) -> None:
    async with browser(nodes, HERE) as here, browser(nodes, THERE) as there:
        answered = [await tried(here, "wang") for _ in range(4)]
        assert answered == [200] * 4
        assert len(set(nodes.proxy.turns[-2:])) == 2, "by both nodes in turn"
        refused = [await tried(here, "wang", PASSWORD) for _ in range(2)]
        assert refused == [429, 429], "whichever node is asked"
        assert await tried(there, "liu", PASSWORD) == 303, "nobody else waits, elsewhere"
    assert await addresses_told(firm, "session.failed") == {HERE}
    assert await addresses_told(firm, "session.sign_in") == {THERE}


async def test_nobody_chooses_where_they_come_from(nodes: Nodes, firm: TestFirm) -> None:
    """What stands in the header before whom the proxy heard is the stranger's word; past the proxy all of it is."""
    async with browser(nodes, HERE) as here:
        for turn in range(6):
            here.headers["x-forwarded-for"] = f"198.51.100.{turn}"
            status = await tried(here, "wang")
        assert status == 429
    async with httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(local_address=EVERYWHERE), base_url=nodes.direct
    ) as past:
        past.headers.update({"host": NAME, "x-forwarded-for": "198.51.100.99", "x-forwarded-proto": "https"})
        page = await past.get("/sign-in")
        # A browser would not keep these cookies without TLS: sent by hand.
        token = page.headers["set-cookie"].partition("__Host-zf_csrf=")[2].partition(";")[0]
        await past.post(
            "/sign-in",
            data={"login": "liu", "password": WRONG},
            headers={"cookie": f"__Host-zf_csrf={token}", "x-csrf-token": token},
        )
    assert await addresses_told(firm, "session.failed") == {HERE, EVERYWHERE}


async def test_a_session_is_one_for_both_and_kept_to_tls(nodes: Nodes) -> None:
    async with browser(nodes, HERE) as http:
        done = await post(http, "/sign-in", login="wang", password=PASSWORD)
        (kept,) = [line for line in done.headers.get_list("set-cookie") if "zf_session=" in line]
        assert kept.startswith("__Host-zf_session=")
        for word in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
            assert word.lower() in kept.lower()
        assert "max-age=" in done.headers["strict-transport-security"]
        assert done.headers["location"].startswith("/"), "no address of a node"
        pages = [await http.get("/me/account") for _ in range(2)]
        assert [page.status_code for page in pages] == [200, 200]
        for foreign in (
            {"origin": f"http://{NAME}"},
            {"origin": "https://evil.example"},
            {"sec-fetch-site": "same-site"},
        ):
            answer = await http.post("/sign-out", headers={**foreign, "x-csrf-token": http.cookies["__Host-zf_csrf"]})
            assert answer.status_code == 403, foreign
        assert (await post(http, "/sign-out")).status_code == 303
        http.cookies.set("__Host-zf_session", kept.partition("=")[2].partition(";")[0], domain="127.0.0.1", path="/")
        assert [(await http.get("/me/account")).status_code for _ in range(2)] == [303, 303], "ended at both"


async def test_a_passkey_asked_by_one_node_is_taken_by_the_other_once(nodes: Nodes) -> None:
    key = SoftPasskey(PUBLIC_URL)
    async with browser(nodes, HERE) as http:
        await post(http, "/sign-in", login="wang", password=PASSWORD)
        begun = await post(http, "/me/account/passkeys/new", password=PASSWORD)
        options = begun.text.partition('data-options="')[2].partition('"')[0].replace("&#34;", '"')
        assert (await post(http, "/me/account/passkeys", name="手机", passkey=key.make(options))).status_code == 200
        await post(http, "/sign-out")
        answer = key.answer((await post(http, "/sign-in/passkey/ask")).text)
        asked_of = nodes.proxy.turns[-1]
        assert (await post(http, "/sign-in/passkey", passkey=answer)).status_code == 303
        assert nodes.proxy.turns[-2] != asked_of
        await post(http, "/sign-out")
        assert "没有通过" in (await post(http, "/sign-in/passkey", passkey=answer)).text
