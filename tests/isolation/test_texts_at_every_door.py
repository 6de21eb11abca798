"""Each form that a page shows, with signs that nobody sees in every field that people type into: none fails, no query is given one."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

import asyncpg
import pytest

from tests.isolation.test_routes import ROUTES, is_here, may, rightful_ids
from zhangfang_core.web.gate import OneTransaction
from zhangfang_sdk.texts import seen

BAD = "\x00\x01\x0b\x1f\u202e\u200b\ufeff"
TYPED = frozenset({"", "text", "search", "tel", "email", "url", "hidden", "date", "month", "number"})
PAGES = sorted(name for name, route in ROUTES.items() if route.method == "GET" and not route.is_stream)


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: set[str] = field(default_factory=set)


class Forms(HTMLParser):
    """Those of a page that change something, as a browser would send them untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            post = told.get("method", "").lower() == "post" or "hx-post" in told
            self._open = Form(told.get("action") or told.get("hx-post", "")) if post else None
        if self._open is None:
            return
        name, kind = told.get("name", ""), told.get("type", "")
        if tag == "input" and name and kind in TYPED | {"checkbox", "radio"}:
            if kind in TYPED or "checked" in told:
                self._open.fields.setdefault(name, told.get("value", ""))
            if kind in TYPED and name != "_csrf_token":
                self._open.typed.add(name)
        elif tag == "textarea" and name:
            self._open.fields.setdefault(name, "")
            self._open.typed.add(name)
        elif tag == "select" and name:
            self._select = name
        elif tag == "option" and self._select and ("selected" in told or self._select not in self._open.fields):
            self._open.fields[self._select] = told.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open is not None:
            self.found.append(self._open)
            self._open = None
        elif tag == "select":
            self._select = ""


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Queries that were given a text with such a sign; nothing that is asked stays."""
    closing, executing = OneTransaction.close, asyncpg.Connection._execute
    found: list[str] = []

    async def never_commit(self: OneTransaction, *, commit: bool) -> None:
        await closing(self, commit=False)

    async def watched(self: Any, query: str, args: Any, *rest: Any, **named: Any) -> Any:
        found.extend(query for text in args if isinstance(text, str) and seen(text) != text)
        return await executing(self, query, args, *rest, **named)

    monkeypatch.setattr(OneTransaction, "close", never_commit)
    monkeypatch.setattr(asyncpg.Connection, "_execute", watched)
    return found


async def test_every_form_of_every_page(world: Any, given: list[str]) -> None:
    """All fields of a form at once, behind what the page itself would send: an address, a number, a choice stays one."""
    asked: set[tuple[str, str]] = set()
    failed: list[str] = []
    for name in PAGES:
        route = ROUTES[name]
        for actor in world.actors.values():
            if not is_here(world, actor, route) or not may(actor, route):
                continue
            visitor = world.visitors[actor.name]
            page = await visitor.get(route.address(rightful_ids(world, actor, route)))
            if "text/html" not in page.headers.get("content-type", ""):
                continue
            for form in Forms(page.text).found:
                to = urljoin(str(page.url), form.action)
                door = (actor.role, re.sub(r"\d+", "#", to.partition("?")[0]))
                if door in asked:
                    continue
                asked.add(door)
                dirty = {key: value + BAD if key in form.typed else value for key, value in form.fields.items()}
                filled = {
                    key: (value or "甲") + BAD if key in form.typed else value for key, value in form.fields.items()
                }
                for sent in (dirty, filled):
                    answer = await visitor.post(to.removeprefix("http://portal.test"), **sent)
                    if answer.status_code >= 500:
                        failed.append(f"{actor.role} {to}: {answer.status_code}")
    assert len(asked) > 60
    assert failed == []
    assert given == []
