"""PLAT-13: from their home, each kind of person follows every link of every page: none leaves its place, none leads to nothing."""

import re
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, urldefrag, urlencode, urljoin, urlsplit

import httpx
import pytest
import pytest_asyncio

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.set_up import join, make_person
from zhangfang_core.modules.registry import registry
from zhangfang_core.tenancy.assignments import assign
from zhangfang_core.testing.portal import ORIGIN, Visitor, session_for
from zhangfang_core.testing.tenants import OWNER_PASSWORD
from zhangfang_core.web.app import create_app
from zhangfang_core.web.balanced_html import check_balanced
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.testing.isolation import walk
from zhangfang_sdk.web import PUBLIC, SIGNED_IN

PEOPLE = ("owner", "admin", "accountant", "reviewer", "boss", "cashier", "sales_manager", "driver", "operator")
OF_TWO_PLACES = "of two places"
FROM_ANYWHERE = ("/me", "/sign-out", "/static")
ALIKE = 2
"""Pages of one place that differ only in numbers, and in what their queries say, are followed as often as this."""
MOST_PAGES = 1200
FORMS = [
    (re.compile(re.sub(r"\{\w+:(\w+)\}", lambda kind: r"\d+" if kind[1] == "int" else "[^/]+", route.path)), route)
    for route in sorted(walk(create_app()).routes, key=lambda route: len(route.parameters))  # "/confirm" before "/{kind}"
    if route.method == "POST"
]


class Links(HTMLParser):
    """The addresses in a page: those a browser follows or asks by itself, those it sends forms to, and its stream.

    A form that asks (GET) is followed with the values that stand in it. ``switching`` are those in a menu of places.
    """

    FOLLOWED = ("href", "src", "hx-get", "data-badges")
    SENT_TO = ("action", "formaction", "hx-post", "data-upload")
    HEARD = ("data-live",)
    NOT_FOLLOWED = ("link", "script", "use")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.followed: dict[str, None] = {}
        self.sent_to: dict[str, None] = {}
        self.heard: dict[str, None] = {}
        self.switching: set[str] = set()
        self._menus = 0
        self._asking: str | None = None
        self._values: dict[str, str] = {}
        self._select: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._menus += tag == "details"
        if tag == "form" and given.get("method", "get").lower() == "get":
            self._asking, self._values = given.get("action", ""), {}
        elif self._asking is not None:
            self._fill_in(tag, given)
        for name, address in given.items():
            if tag in self.NOT_FOLLOWED or address.startswith(("#", "data:")) or (tag == "form" and self._asking):
                continue
            if name in self.FOLLOWED:
                self._note(self.followed, address)
            elif name in self.SENT_TO:
                self._note(self.sent_to, address)
            elif name in self.HEARD:
                self._note(self.heard, address)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._asking is not None:
            self._note(self.followed, f"{self._asking}?{urlencode(self._values)}")
            self._asking = None
        self._menus -= tag == "details"

    def _fill_in(self, tag: str, given: Mapping[str, str]) -> None:
        name = given.get("name")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select and ("selected" in given or self._select not in self._values):
            self._values[self._select] = given.get("value", "")
        elif tag == "input" and name and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            self._values[name] = given.get("value", "")

    def _note(self, kind: dict[str, None], address: str) -> None:
        kind[address] = None
        if self._menus:
            self.switching.add(address)


@dataclass
class Crawl:
    """``homes`` are the places of the person, ``clients`` of each firm those that its staff may see.

    ``may_send`` tells whether a form may go to an address: there is a page that takes it, and the person has its permission.
    """

    visitor: Visitor
    homes: frozenset[str]
    clients: frozenset[str]
    may_send: Callable[[str], bool]
    asked: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    async def from_home(self, home: str) -> None:
        """Follow what there is to follow. Raises AssertionError when there is no end to it."""
        waiting, often = deque([(home, "the browser's line")]), Counter[object]()
        while waiting:
            address, source = waiting.popleft()
            path, query = urlsplit(address).path, urlsplit(address).query
            place = place_of(path)
            names = tuple(sorted(name for name, _ in parse_qsl(query, keep_blank_values=True)))
            alike = (place, re.sub(r"\d+", "#", path.removeprefix(place)), names)
            often[alike] += address not in self.asked
            if address in self.asked or often[alike] > ALIKE or path.startswith("/static"):
                continue
            assert len(self.asked) < MOST_PAGES, "there is no end of links"
            self.asked[address] = source
            answer = await self.visitor.http.get(address, headers={"accept": "text/html"})
            waiting.extend((found, address) for found in self._led_on(address, place, answer))

    def _led_on(self, address: str, place: str, answer: httpx.Response) -> list[str]:
        if answer.status_code in (302, 303, 307):
            target = whole(address, answer.headers["location"])
            self._expect_to_stay(address, place, target, may_switch=address == "/")
            return [target]
        if answer.status_code != 200:
            self.faults.append(f"{answer.status_code} at {address}, linked from {self.asked[address]}")
        if "text/html" not in answer.headers.get("content-type", ""):
            return []
        if "<html" in answer.text:
            check_balanced(answer.text)
        links = Links(answer.text)
        for found in links.followed | links.sent_to | links.heard:
            self._expect_to_stay(address, place, whole(address, found), may_switch=found in links.switching)
        for sent_to in (whole(address, found) for found in links.sent_to):
            if not self.may_send(sent_to):
                self.faults.append(f"{address} shows a form for {sent_to}, which is not theirs to send")
        # As they stand in the page: of those alike, a figure of the month at hand comes before its last twelve.
        return [found for found in (whole(address, link) for link in links.followed) if found.startswith("/")]

    def _expect_to_stay(self, address: str, place: str, target: str, *, may_switch: bool) -> None:
        there = place_of(urlsplit(target).path)
        allowed = {place, *(self.homes if may_switch or place == "/me" else ())}
        if place == "/me":
            allowed |= self.clients  # what waits at all places leads to its client
        if place.startswith("/f/") and "/c/" not in place:
            allowed |= {client for client in self.clients if client.startswith(f"{place}/c/")}
            allowed.add(place.replace("/f/", "/admin/"))
        if place in self.clients and own_path(target) == own_path(address):
            allowed.add(place.partition("/c/")[0])  # up from a client's page to the same page of the firm
        if may_switch:
            allowed |= {"", *self.clients}
        if there not in allowed and not target.startswith(FROM_ANYWHERE):
            self.faults.append(f"{address} leads out of its place, to {target}")


def whole(page: str, link: str) -> str:
    """``link`` as a browser at ``page`` reads it, without host and fragment."""
    joined = urldefrag(urljoin(ORIGIN + page, link)).url
    return joined.removeprefix(ORIGIN)


def place_of(path: str) -> str:
    """What an address names before the page's own path; "" for pages of the portal."""
    found = re.match(r"/f/[^/]+/c/[^/]+|/f/[^/]+|/admin/[^/]+|/me(?=/|$)", path)
    return "" if found is None else found[0]


def own_path(address: str) -> str:
    """The page's own path, without what its address names before it."""
    path = urlsplit(address).path
    return path.removeprefix(place_of(path))


@dataclass(frozen=True)
class Crawler:
    """Somebody who crawls: their session, their places, the addresses of clients that they keep, what each role of theirs may."""

    token: str
    homes: frozenset[str]
    clients: frozenset[str]
    permissions: Mapping[str, frozenset[str]]
    """By place: the firm's hold in those of its clients too."""

    def may_send(self, address: str) -> bool:
        path, place = urlsplit(address).path, place_of(urlsplit(address).path)
        route = next((route for pattern, route in FORMS if pattern.fullmatch(path)), None)
        held = self.permissions.get(place) or self.permissions.get(place.partition("/c/")[0] or "/me") or frozenset()
        return route is not None and (route.permission in (SIGNED_IN, PUBLIC) or route.permission in held)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def of_two_places(world: Any) -> AsyncIterator[Crawler]:
    """An accountant of the one firm, who also has a company that it keeps, and one at the other firm."""
    keeps, owns, elsewhere = (world.places[mark] for mark in "甲丙乙")
    async with scoped_transaction(system_scope(keeps.firm)):
        person = await make_person("two@example.com", "两处", OWNER_PASSWORD)
        await join(person, "accountant", None)
        await assign(person, [keeps.client])
        await join(person, "boss", owns.client)
    async with scoped_transaction(system_scope(elsewhere.firm)):
        await join(person, "boss", elsewhere.client)
    addresses = {place.mark: f"/f/{place.firm}/c/{place.client}" for place in (keeps, owns, elsewhere)}
    roles = {f"/f/{keeps.firm}": "accountant", addresses["丙"]: "boss", addresses["乙"]: "boss"}
    modules = frozenset(registry().modules)
    permissions = {place: permissions_of(role, {}, modules) for place, role in roles.items()}
    yield Crawler(await session_for(person), frozenset(roles), frozenset({addresses["甲"]}), permissions)


def crawler(world: Any, name: str) -> Crawler:
    actor = world.actors[name]
    addresses = {f"/f/{p.firm}/c/{p.client}" for p in world.places.values() if p.mark in actor.sees}
    return Crawler(actor.token, frozenset({actor.home}), frozenset(addresses), {actor.home: actor.permissions})


@pytest.mark.parametrize("name", [*PEOPLE, OF_TWO_PLACES])
async def test_every_link_leads_to_something_in_its_place(world: Any, of_two_places: Crawler, name: str) -> None:
    who = of_two_places if name == OF_TWO_PLACES else crawler(world, name)
    async with world.portal.visitor(who.token) as visitor:
        crawl = Crawl(visitor, who.homes, who.clients, who.may_send)
        await crawl.from_home("/")
    assert crawl.faults == []
    places = {place_of(urlsplit(address).path) for address in crawl.asked}
    assert {*who.homes, *who.clients} <= places | {"/me"}, "every place of the person was found by links"
    assert len(crawl.asked) > (5 if name in ("driver", "operator") else 15)
