"""PLAT-12: the layouts and macros render completely, are accessible in their structure, and hold to the strict policy."""

import importlib.util
import re
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

import zhangfang_core
from zhangfang_core.web.icons import icon_names

TEMPLATES = Path(zhangfang_core.__file__).parent / "templates"


def _load() -> ModuleType:
    path = Path(__file__).parent / "gallery.py"
    spec = importlib.util.spec_from_file_location("web_look_gallery", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


gallery = _load()


class Elements(HTMLParser):
    """Every start tag with its attributes, and what was left open or closed wrongly."""

    VOID = frozenset({"meta", "link", "img", "input", "br", "hr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(html)
        self.wrong += self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {k: v or "" for k, v in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in self.VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"/{tag}")

    def with_attribute(self, name: str) -> list[tuple[str, dict[str, str]]]:
        return [(tag, attrs) for tag, attrs in self.found if name in attrs]


@pytest.fixture(params=gallery.names())
def page(request: pytest.FixtureRequest) -> Elements:
    return Elements(gallery.render(request.param))


def test_tags_nest(page: Elements) -> None:
    assert page.wrong == []


def test_no_inline_script_style_or_handler(page: Elements) -> None:
    assert page.with_attribute("style") == []
    assert [t for t, a in page.found if t == "style" or (t == "script" and "src" not in a)] == []
    assert [a for _, a in page.found if any(name.startswith("on") for name in a)] == []


def test_every_field_has_a_name_for_screen_readers(page: Elements) -> None:
    labelled = {a["for"] for _, a in page.with_attribute("for")}
    for tag, attributes in page.found:
        if tag not in {"input", "select", "textarea"} or attributes.get("type") in {"hidden", "radio", "file"}:
            continue
        assert attributes.get("aria-label") or attributes["id"] in labelled


def test_ids_are_unique_and_described_by_points_at_one(page: Elements) -> None:
    ids = [a["id"] for _, a in page.with_attribute("id")]
    assert len(ids) == len(set(ids))
    for _, attributes in page.with_attribute("aria-describedby"):
        assert set(attributes["aria-describedby"].split()) <= set(ids)


def test_one_main_heading_and_a_skip_link() -> None:
    for name in set(gallery.names()) - {"drill"}:
        elements = Elements(gallery.render(name))
        assert [t for t, _ in elements.found].count("h1") == 1
        assert ("a", {"class": "skip", "href": "#main"}) in elements.found
        assert [a for _, a in elements.with_attribute("id") if a["id"] == "main"]


def test_both_navigations_mark_where_one_is() -> None:
    elements = Elements(gallery.render("cockpit"))
    current = [a["href"] for _, a in elements.with_attribute("aria-current") if a["aria-current"] == "page"]
    assert current == ["/", "/"]


def test_a_place_declared_twice_shows_once() -> None:
    environment = gallery.environment()
    context = gallery.context("desk") | {"page_title": "x"}
    again = gallery.Item("tasks-tab", "待办", "list-checks", "/books", "tab", 21)
    page = environment.get_template("desk.html").render(context | {"nav": [*gallery.DESK_NAV, again]})
    assert "待办</span>" not in page


def test_the_live_connection_is_for_people_who_signed_in() -> None:
    assert 'data-live="/f/1/c/2/events"' in gallery.render("cockpit")
    assert "data-live=" not in gallery.render("sign_in")


def test_what_people_typed_stays_text() -> None:
    template = gallery.environment().from_string(
        '{% from "macros/ui.html" import item, tile, chip %}{{ item(t, t, "/x", end=chip("bad", t)) }}{{ tile(t, 100, "/x") }}'
    )
    assert "<script>" not in template.render(t="<script>x</script>")


@pytest.mark.parametrize(("now", "before", "kind"), [(2, 1, "good"), (1, 2, "bad"), (1, 1, None), (1, 0, None)])
def test_a_change_says_in_words_what_its_colour_says(now: int, before: int, kind: str | None) -> None:
    template = gallery.environment().from_string(
        '{% from "macros/ui.html" import change_chip %}{{ change_chip("环比", n, b) }}'
    )
    drawn = template.render(n=now, b=before)
    assert "环比" in drawn
    assert (f"chip-{kind}" in drawn) if kind else ("chip-" not in drawn)
    assert re.search("持平|无可比数|[+\u2212]", drawn)


def test_core_templates_name_icons_that_exist() -> None:
    named = {
        name
        for path in TEMPLATES.rglob("*.html")
        for name in re.findall(r"""icon\(\s*["']([a-z0-9-]+)["']""", path.read_text("utf-8"))
    }
    assert named
    assert named <= icon_names()


def test_the_page_without_a_database_stands_alone() -> None:
    static = TEMPLATES.parent / "web" / "static"
    elements = Elements((static / "unavailable.html").read_text("utf-8"))
    assert elements.wrong == []
    linked = [a["href"] for t, a in elements.found if t == "link"]
    assert all((static / href.removeprefix("/static/")).is_file() for href in linked)
