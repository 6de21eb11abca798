"""The page behind the search field: what is found at this place, or at every place of the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler

from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.search.finding import find, years_here
from zhangfang_core.search.sources import askable
from zhangfang_core.search.writing import missing
from zhangfang_core.web.navigation import entries_of, place_in_scope
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import Address, OwnPlace, at_each_place, here
from zhangfang_sdk.search import SearchPage
from zhangfang_sdk.search_words import fold
from zhangfang_sdk.services import use
from zhangfang_sdk.web import ANYWHERE, PERSON, SIGNED_IN, NavEntry, Page, page

OF_A_PLACE = 5
"""Hits of each place on a person's own page; the rest is on that place's."""
MOST_LINKS = 6


@dataclass(frozen=True, slots=True)
class Section:
    """What one place has: ``further`` leads to the rest of it, "" when this is all. ``names`` of clients where there are several."""

    place: str
    found: SearchPage
    further: str
    names: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows the hits: the kinds that the actor may find, by name, and the years that there are."""

    kinds: Mapping[str, str]
    years: Sequence[int]


@page("/search", of=ANYWHERE, permission=SIGNED_IN)
async def search_page(q: str = "", kind: str = "", year: str = "", after: str = "") -> Page:
    """``year`` is four digits, ``after`` where the page before this one ended; what is written otherwise counts as not given."""
    words, refusal = q.replace("\x00", " ").strip(), ""
    in_year = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    sections: Sequence[Section] = []
    try:
        if words and place_in_scope() == PERSON:
            sections = [s for s in await at_each_place(lambda place: _at(place, words)) if s.found.hits]
        elif words:
            sections = [await _here(words, kind, in_year, after)]
    except Refusal as refused:
        refusal = refused.sentence
    at_home = place_in_scope() == PERSON
    return Page(
        "search/search.html",
        title="查找",
        active="search",
        words=words,
        refusal=refusal,
        sections=sections,
        is_found=any(section.found.hits for section in sections),
        links=await _links(words) if words and not after and not refusal else [],
        filters=Filters({}, []) if at_home else await _filters(),
        is_building=not at_home and bool(await missing()),
        kind=kind,
        year=in_year,
        after=after,
        address=_address,
    )


async def _here(words: str, kind: str, year: int | None, after: str) -> Section:
    found = await find(words, kind=kind, year=year, after=after)
    further = _address(words, kind, year, found.following) if found.following else ""
    return Section("", found, further, await _names(found))


async def _at(place: OwnPlace, words: str) -> Section:
    found = await find(words, limit=OF_A_PLACE)
    return Section(place.name, found, _address(words) if found.following else "", await _names(found))


async def _names(found: SearchPage) -> Mapping[int, str]:
    """Of the clients that hits belong to, at a place that has several."""
    if scope().client is not None or not found.hits:
        return {}
    return {client.id: client.name for client in await use(Clients).clients()}


async def _filters() -> Filters:
    kinds = await askable(None)
    return Filters({each.kind.name: each.kind.source.title for each in kinds}, await years_here(kinds))


async def _links(words: str) -> Sequence[tuple[str, str, Address]]:
    """Pages of this place whose names hold the words: name, icon, address."""
    if scope().firm is None:
        return []
    asked = fold(words).strip()
    entries: dict[str, NavEntry] = {}
    for entry in entries_of(place_in_scope(), await enabled_modules()):
        if entry.path and asked in fold(entry.label):
            entries.setdefault(entry.path, entry)
    return [(entry.label, entry.icon, here(path)) for path, entry in entries.items()][:MOST_LINKS]


def _address(words: str, kind: str = "", year: int | None = None, after: str = "") -> Address:
    """This page for other words, narrowed or further on."""
    asked = {"q": words, "kind": kind, "year": str(year or ""), "after": after}
    return here(f"/search?{urlencode({key: value for key, value in asked.items() if value})}")


HANDLERS: list[HTTPRouteHandler] = [search_page]
