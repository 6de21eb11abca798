"""PLAT-6: what a plugin hands to a service runs as that plugin, wherever and whenever the service calls it."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import pytest

from zhangfang_core.modules.calling import calling, know
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.acting import NotDeclared, needs
from zhangfang_sdk.acting import acting as running
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.manifest import parse_manifest
from zhangfang_sdk.services import guarded, use

MANIFEST = 'id = "{0}"\ntitle = "x"\nsummary = "x"\ncategory = "x"\nuses = ["documents.upload"]'
SEEN: list[str] = []


def who() -> str:
    found = running()
    return "core" if found is None else found.plugin


class Doing:
    @needs()
    async def call(self, ask: Callable[[], Awaitable[str]]) -> list[str]:
        return [await ask(), await asyncio.create_task(_awaiting(ask)), who()]

    @needs()
    async def wait(self, answer: Awaitable[str]) -> list[str]:
        return [await answer, who()]

    @needs()
    async def read(self, pieces: AsyncIterator[str]) -> list[str]:
        return [*[piece async for piece in pieces], who()]

    @needs()
    def at_once(self, ask: Callable[[], str], *, pieces: Iterator[str]) -> list[str]:
        return [ask(), *pieces, who()]

    @needs()
    async def shown(self, *values: Any) -> Any:
        return values


async def _awaiting(ask: Callable[[], Awaitable[str]]) -> str:
    return await ask()


async def say() -> str:
    return who()


async def pieces() -> AsyncIterator[str]:
    yield who()
    await asyncio.sleep(0)
    yield who()


@pytest.fixture(autouse=True)
def plugins() -> None:
    for id_ in ("asker", "doer"):
        know(parse_manifest(MANIFEST.format(id_), version="1"))


@pytest.mark.parametrize("provider", ["core", "doer"])
async def test_it_runs_as_whoever_handed_it_over(provider: str) -> None:
    doer = None if provider == "core" else know(parse_manifest(MANIFEST.format("doer"), version="1"))
    doing = guarded(Doing, Doing(), doer)
    with calling("asker", "page /x"):
        for ask in (say, lambda: say(), partial(say)):
            assert await doing.call(ask) == ["asker", "asker", provider]
        assert await doing.wait(say()) == ["asker", provider]
        assert await doing.read(pieces()) == ["asker", "asker", provider]
        assert doing.at_once(who, pieces=(who() for _ in range(2))) == ["asker", "asker", "asker", provider]
        assert who() == "asker"
    assert await doing.call(say) == ["core", "core", provider]


async def test_what_only_holds_data_is_handed_on_as_it_is() -> None:
    given = (1, "x", b"x", {"a": 1}, [1], Doing, None)
    with calling("asker", "page /x"):
        taken = await guarded(Doing, Doing(), None).shown(*given)
        (file,) = await guarded(Doing, Doing(), None).shown(io.BytesIO(b"a\nb"))
    assert all(one is other for one, other in zip(taken, given, strict=True))
    assert (file.readline(), list(file)) == (b"a\n", [b"b"])


async def test_a_stream_that_is_stored_may_no_more_than_its_plugin(firm: TestFirm) -> None:
    """Core reads it while it may everything itself."""

    async def content() -> AsyncIterator[bytes]:
        yield b"a"
        await use(Ledger).accounts(firm.restaurant)
        yield b"b"

    async with acting(firm, "owner"):
        with calling("asker", "page /x"), pytest.raises(NotDeclared):
            await use(Documents).store(firm.restaurant, "x", "text/plain", content())
