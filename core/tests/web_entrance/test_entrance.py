"""What the entrance lets in, and as whom."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx
import pytest
from litestar import Litestar, Request, get
from litestar.response import Stream

from zhangfang_core.settings import read_settings
from zhangfang_core.web.entrance import Entrance
from zhangfang_core.web.errors import EXCEPTION_HANDLERS
from zhangfang_core.web.limits import TooManyUnderWay, UnderWay

going_on = asyncio.Event()


@get("/seen")
async def seen(request: Request[Any, Any, Any]) -> dict[str, str]:
    return {"address": request.client.host if request.client else "", "base_url": str(request.base_url)}


@get("/slow")
async def slow() -> None:
    await going_on.wait()


@get("/events")
async def events() -> Stream:
    async def told() -> AsyncIterator[str]:
        yield ":\n\n"
        await going_on.wait()

    return Stream(told(), media_type="text/event-stream")


def browser(monkeypatch: pytest.MonkeyPatch, **settings: str) -> httpx.AsyncClient:
    """Somebody at 127.0.0.1 before an app with the entrance alone."""
    for name, value in settings.items():
        monkeypatch.setenv(f"ZHANGFANG_{name}", value)
    app = Litestar(
        [seen, slow, events],
        middleware=[Entrance(read_settings())],
        exception_handlers=EXCEPTION_HANDLERS,
        openapi_config=None,
    )
    going_on.clear()
    return httpx.AsyncClient(transport=httpx.ASGITransport(cast(Any, app)), base_url="http://portal.example")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("portal.example", 200),
        ("PORTAL.example:8443", 200),
        ("books.example", 200),
        ("localhost:8400", 200),
        ("[::1]:8400", 200),
        ("evil.example", 400),
        ("portal.example.evil.example", 400),
        ("portal.example@evil.example", 400),
        ("", 400),
    ],
)
async def test_hosts(monkeypatch: pytest.MonkeyPatch, host: str, status: int) -> None:
    """The public address, what else is allowed, and this machine."""
    async with browser(monkeypatch, PUBLIC_URL="https://portal.example", ALLOWED_HOSTS="books.example") as http:
        answer = await http.get("/seen", headers={"host": host})
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["code"] == "request.unknown_host"


@pytest.mark.parametrize(
    ("proxies", "address", "scheme"), [("", "127.0.0.1", "http"), ("127.0.0.1", "198.51.100.1", "https")]
)
async def test_only_proxies_are_believed(
    monkeypatch: pytest.MonkeyPatch, proxies: str, address: str, scheme: str
) -> None:
    headers = {"x-forwarded-for": "198.51.100.1", "x-forwarded-proto": "https"}
    async with browser(monkeypatch, TRUSTED_PROXIES=proxies) as http:
        answer = await http.get("/seen", headers=headers)
    assert answer.json() == {"address": address, "base_url": f"{scheme}://portal.example/"}


async def test_one_address_has_so_many_under_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next is told when to come again; another address is let in; open event streams do not count."""
    async with browser(monkeypatch, REQUESTS_PER_ADDRESS="2", TRUSTED_PROXIES="127.0.0.1") as http:
        streams = [asyncio.create_task(http.get("/events")) for _ in range(3)]
        await asyncio.sleep(0.1)
        waiting = [asyncio.create_task(http.get("/slow")) for _ in range(2)]
        await asyncio.sleep(0.1)
        refused = await http.get("/seen")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "5")
        assert refused.json()["code"] == "common.too_many_at_once"
        assert (await http.get("/seen", headers={"x-forwarded-for": "198.51.100.1"})).status_code == 200
        going_on.set()
        assert {answer.status_code for answer in await asyncio.gather(*streams, *waiting)} == {200}
        assert (await http.get("/seen")).status_code == 200


def test_addresses_of_one_line_count_together() -> None:
    """An IPv6 line has 2**64 addresses."""
    under_way = UnderWay(1)
    place = under_way.enter("2001:db8::1")
    with pytest.raises(TooManyUnderWay):
        under_way.enter("2001:db8::ffff")
    under_way.enter("2001:db8:0:1::1")
    place.leave()
    place.leave()
    under_way.enter("2001:db8::2")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "portal.example"),
        ("PUBLIC_URL", "https://portal.example/books"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy.example"),
        ("REQUESTS_PER_ADDRESS", "0"),
        ("PORT", "http"),
        ("WORKER_STALLED_S", "soon"),
    ],
)
def test_wrong_settings_are_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"ZHANGFANG_{name}", value)
    with pytest.raises(ValueError, match=f"ZHANGFANG_{name}"):
        read_settings()
