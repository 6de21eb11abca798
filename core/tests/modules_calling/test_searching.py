"""The search field: each plugin's source by itself, for those who may ask it."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from zhangfang_core.modules.afterwards import settled
from zhangfang_core.modules.troubles import troubles
from zhangfang_core.testing.fixtures import Visit
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_core.web import search
from zhangfang_sdk.places import Address, here
from zhangfang_sdk.web import SIGNED_IN, SearchSource

PLUGIN = "collab"
"""Whose sources these are said to be: any plugin that runs will do."""


async def finding(words: str, limit: int) -> Sequence[tuple[str, str, Address]]:
    return [(f"<b>{words}</b>", "gefunden", here("/tasks"))]


async def raising(words: str, limit: int) -> Sequence[tuple[str, str, Address]]:
    raise ValueError("broken")


async def nonsense(words: str, limit: int) -> Any:
    return [("only a title",)]


async def sleeping(words: str, limit: int) -> Sequence[tuple[str, str, Address]]:
    await asyncio.sleep(5)
    return []


@pytest.fixture
def sources(monkeypatch: pytest.MonkeyPatch) -> None:
    module = search.registry().modules[PLUGIN]
    kinds = {"finding": finding, "raising": raising, "nonsense": nonsense, "sleeping": sleeping}
    offered = [SearchSource(name, f"源{name}", SIGNED_IN, ask) for name, ask in kinds.items()]
    offered.append(SearchSource("closed", "源closed", "people.manage", finding))
    monkeypatch.setattr(search, "LONGEST_S", 0.1)
    monkeypatch.setattr(
        type(module), "search_sources", property(lambda self: offered if self is module else ()), raising=False
    )


async def test_each_by_itself_and_for_those_who_may(firm: TestFirm, sources: None) -> None:
    for role, expected in (("boss", {"源finding"}), ("owner", {"源finding", "源closed"})):
        async with acting(firm, role):
            groups = await search.found("x", frozenset({PLUGIN}))
            assert {group.title for group in groups} == expected
            assert await search.found("x", frozenset()) == []
        await settled()
    async with acting(firm, "owner"):
        assert {t.part for t in await troubles()} == {"search raising", "search nonsense", "search sleeping"}


async def test_the_page(firm: TestFirm, visit: Visit, sources: None) -> None:
    owner = await visit("owner")
    page = await owner.get("/search?q=%3Ci%3E")
    assert "&lt;b&gt;&lt;i&gt;&lt;/b&gt;" in page.text
    assert f'href="/f/{firm.id}/c/{firm.restaurant}/tasks"' in page.text
    assert (await owner.get("/search")).status_code == 200
    assert (await (await visit("driver")).get("/search?q=x")).status_code == 200
    assert (await owner.get("/search?q=" + "x" * 500)).status_code == 200
