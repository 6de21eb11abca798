"""One suite for the SDK's ``Search``, run against the fake and core's own with a source in one plugin's name."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import pytest

from zhangfang_core.modules import registry as registering
from zhangfang_core.search import sources as host
from zhangfang_core.testing.indexing import indexed
from zhangfang_core.testing.tenants import TestFirm, acting
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.search import Search, SearchEntry, SearchSource
from zhangfang_sdk.services import use
from zhangfang_sdk.testing.fakes import FakeSearch

KIND = "collab.sights"
Settle = Callable[[TestFirm], Awaitable[object]]


class Things:
    """What a plugin has; its source reads from here."""

    def __init__(self) -> None:
        self.kept: dict[int, SearchEntry] = {}
        self.source = SearchSource(
            "sights", "见闻", "collab.assign", self.write, self.ids, own_permission="collab.tick"
        )

    async def write(self, ids: Sequence[int]) -> Sequence[SearchEntry]:
        return [self.kept[id_] for id_ in ids if id_ in self.kept]

    async def ids(self, after: int, limit: int) -> Sequence[int]:
        return sorted(id_ for id_ in self.kept if id_ > after)[:limit]

    def keep(self, search: Search, *entries: SearchEntry) -> None:
        self.kept |= {entry.id: entry for entry in entries}
        search.changed(KIND, [entry.id for entry in entries])


@pytest.fixture
def things() -> Things:
    return Things()


@pytest.fixture(params=["fake", "real"])
def search(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, things: Things) -> Search:
    if request.param == "fake":
        return FakeSearch({KIND: things.source})
    known = registering.registry()
    only = {"collab": replace(known.modules["collab"], search_sources=(things.source,))}
    monkeypatch.setattr(host, "registry", lambda: replace(known, modules=only))
    monkeypatch.setattr(host, "CORE_SOURCES", ())
    return use(Search)


async def settled(firm: TestFirm, search: Search) -> None:
    if not isinstance(search, FakeSearch):
        await indexed(firm.id)


def entry(
    id_: int, client: int, title: str, text: str = "", day: dt.date = dt.date(2026, 11, 3), owner: int | None = None
) -> SearchEntry:
    return SearchEntry(id_, client, title, text, f"/sights/{id_}", day, owner)


async def test_what_it_is_found_by_alone_is_not_shown(firm: TestFirm, things: Things, search: Search) -> None:
    async with acting(firm, "accountant", client=firm.restaurant):
        things.keep(search, replace(entry(8, firm.restaurant, "运费"), also="YF 旧名"))
    await settled(firm, search)
    async with acting(firm, "accountant", client=firm.restaurant):
        for words in ("yf", "旧名", "运费 旧"):
            (hit,) = (await search.find(words)).hits
            assert hit.excerpt == ""
        assert (await search.find("运费yf")).hits == ()


async def test_found_with_the_words_lit_up(firm: TestFirm, things: Things, search: Search) -> None:
    async with acting(firm, "accountant", client=firm.restaurant):
        things.keep(search, entry(7, firm.restaurant, "<b>冷链</b>", "运费 1,234.56 元,ＡＢＣ 公司 & 其他"))
    await settled(firm, search)
    async with acting(firm, "accountant", client=firm.restaurant):
        (hit,) = (await search.find("1234.56 abc")).hits
        assert (hit.kind, hit.kind_title, hit.id, hit.client) == (KIND, "见闻", 7, firm.restaurant)
        assert hit.address == f"/f/{firm.id}/c/{firm.restaurant}/sights/7"
        assert str(hit.title) == "&lt;b&gt;冷链&lt;/b&gt;"
        assert str(hit.excerpt) == "运费 <mark>1,234.56</mark> 元,<mark>ＡＢＣ</mark> 公司 &amp; 其他"
        assert str((await search.find("链")).hits[0].title) == "&lt;b&gt;冷<mark>链</mark>&lt;/b&gt;"
        for nothing in ("冷运", "冷链 没有", "", " ", "12345"):
            assert (await search.find(nothing)).hits == ()
        with pytest.raises(Refusal, match=r"search\.too_long"):
            await search.find("x" * 61)


async def test_of_the_place_for_those_who_may(firm: TestFirm, things: Things, search: Search) -> None:
    async with acting(firm, "accountant"):
        things.keep(
            search,
            entry(1, firm.restaurant, "票一", owner=firm.owner),
            entry(2, firm.trading, "票二"),
            entry(3, firm.restaurant, "票三"),
        )
    await settled(firm, search)

    async def seen(role: str, client: int | None = None, user: int | None = None) -> set[int]:
        async with acting(firm, role, client=client, user=user):
            return {hit.id for hit in (await search.find("票")).hits}

    assert await seen("accountant") == {1, 2, 3}
    assert await seen("owner", firm.trading) == {2}
    assert await seen("boss", firm.restaurant, user=firm.owner) == {1}
    assert await seen("boss", firm.restaurant, user=firm.owner + 1) == set()
    assert await seen("driver", firm.restaurant, user=firm.owner) == set()


async def test_changed_and_removed(firm: TestFirm, things: Things, search: Search) -> None:
    async with acting(firm, "accountant"):
        things.keep(search, entry(1, firm.restaurant, "旧名"), entry(2, firm.restaurant, "旧名"))
    await settled(firm, search)
    async with acting(firm, "accountant"):
        things.keep(search, entry(1, firm.restaurant, "新名"))
        del things.kept[2]
        search.changed(KIND, [2])
    await settled(firm, search)
    async with acting(firm, "accountant"):
        assert (await search.find("旧名")).hits == ()
        assert [hit.id for hit in (await search.find("新名")).hits] == [1]


async def test_narrowed_and_page_by_page(firm: TestFirm, things: Things, search: Search) -> None:
    async with acting(firm, "accountant"):
        days = [dt.date(2024 + number % 3, 1, 1 + number) for number in range(9)]
        things.keep(search, *(entry(n, firm.restaurant, "房租", day=day) for n, day in enumerate(days, 1)))
    await settled(firm, search)
    async with acting(firm, "accountant"):
        first = await search.find("房租", limit=5)
        rest = await search.find("房租", limit=5, after=first.following)
        found = [hit.day for hit in (*first.hits, *rest.hits)]
        assert (len(first.hits), len(rest.hits), rest.following) == (5, 4, "")
        assert found == sorted(days, reverse=True)
        assert {hit.day.year for hit in (await search.find("房租", year=2025)).hits} == {2025}
        assert len((await search.find("房租", kind=KIND)).hits) == 9
        assert (await search.find("房租", kind="collab.other")).hits == ()
