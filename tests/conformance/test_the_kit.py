"""PLAT-1: the conformance kit finds each broken promise, in the check that is for it, and nothing in a plugin that keeps all."""

import importlib
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

import pytest

from zhangfang_sdk.testing.conformance import PluginConformance


def _sample() -> ModuleType:
    spec = spec_from_file_location("conformance_sample", Path(__file__).with_name("sample.py"))
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


sample = _sample()

BROKEN = [
    ("manifest", "manifest.toml", 'id = "sample.keep"', 'id = "keep"', "'keep' does not begin with sample."),
    ("manifest", "manifest.toml", 'title = "示例"', 'title = "Sample"', "title is not Chinese"),
    ("manifest", "manifest.toml", 'roles = ["owner"]', "roles = []", "no role holds"),
    ("manifest", "manifest.toml", 'id = "sample"', 'id = "simple"', "does not begin with simple."),
    ("manifest", "manifest.toml", 'category = "示例"', "", "lacks category"),
    ("papers", "README.md", "", "", "README.md is missing"),
    ("papers", "CHANGELOG.md", "", "", "CHANGELOG.md is missing"),
    ("papers", "py.typed", "", "", "py.typed is missing"),
    (
        "imports",
        "tables.py",
        "from piccolo.table",
        "import zhangfang_core.settings\nfrom piccolo.table",
        "zhangfang_core.settings",
    ),
    (
        "imports",
        "plugin.py",
        "async def sweep() -> None:",
        "async def sweep() -> None:\n    import zhangfang_books",
        "zhangfang_books",
    ),
    ("hooks", "plugin.py", "async def on_vouchers_posted", "def on_vouchers_posted", "must be a coroutine"),
    ("hooks", "plugin.py", "async def on_vouchers_posted", "async def on_voucher_posted", "on_voucher_posted"),
    ("hooks", "plugin.py", "check_voucher(self, voucher)", "check_voucher(self, voucher, colour)", "colour"),
    ("tables", "tables.py", "ClientRows, Table", "Table", "behind no wall"),
    ("tables", "tables.py", '"sample_thing"', '"thing"', "does not begin with sample_"),
    ("tables", "piccolo_app.py", 'app_name="sample"', 'app_name="other"', "is called 'other'"),
    ("migrations", "sample_0002_walls.py", "", "", "puts sample_thing behind"),
    ("migrations", "sample_0002_walls.py", "client_wall(", "print(", "puts sample_thing behind"),
    ("pages", "plugin.py", "{thing_id:int}", "{other_id:int}", "'other_id' is neither"),
    ("pages", "plugin.py", ', examples={"colour": "red"}', "", "'colour' is neither"),
    ("declarations", "plugin.py", 'permission="sample.keep"', 'permission="sample.own"', "'sample.own' is neither"),
    ("pages", "plugin.py", '@page("/things", of=CLIENT,', '@page("/things", of=PORTAL,', "belongs to nobody"),
    ("templates", "list.html", "{% if", '<a href="/things">x</a>{% if', "links past its place"),
    ("templates", "list.html", "{% if", """{{ _("{{ here }}/things") }}{% if""", "braces inside braces"),
    (
        "navigation",
        "plugin.py",
        '"sample.read", "side"',
        '"sample.read", "side", 50, FIRM',
        "of a firm, which is no page",
    ),
    ("navigation", "plugin.py", '"box", "/things"', '"box", "/thing"', "which is no page"),
    (
        "navigation",
        "plugin.py",
        '@page("/things", of=CLIENT, permission="sample.read")',
        '@page("/things", of=CLIENT, permission="sample.keep")',
        "shown to boss",
    ),
    ("navigation", "plugin.py", 'Badge("things"', 'Badge("thing"', "no navigation entry"),
    ("declarations", "plugin.py", "async def count", "def count", "must be a coroutine"),
    ("cards", "plugin.py", '"cockpit", "sample/list.html"', '"cockpit", "sample/card.html"', "no template"),
    ("declarations", "plugin.py", "async def load", "def load", "must be a coroutine"),
    ("declarations", "plugin.py", '"sample.things"', '"things"', "does not begin with sample."),
    ("admin", "plugin.py", ', {"colour": "颜色"}', "", "'colour' has no Chinese label"),
    ("admin", "plugin.py", 'Field(title="颜色")', "Field()", "has no Chinese title"),
    ("declarations", "plugin.py", "(Thing.client,", "(Thing.client.name,", "belongs to another table"),
    ("templates", "list.html", "{% endif %}", "", "list.html"),
    ("services", "manifest.toml", 'provides = ["Greeting"]', "", "the manifest does not say so"),
    ("services", "plugin.py", "return {Greeting: PoliteGreeting()}", "return {}", "register_services does not"),
    (
        "declarations",
        "plugin.py",
        "class PoliteGreeting:\n    async def greet",
        "class PoliteGreeting:\n    async def hail",
        "has no greet",
    ),
    (
        "uses",
        "manifest.toml",
        'requires = ["Ledger"]',
        "",
        "plugin.py:46 asks for Ledger, which the manifest names in neither `requires` nor `optional`",
    ),
    ("uses", "manifest.toml", 'optional = ["Live"]', "", "plugin.py:47 asks for Live"),
    ("declarations", "plugin.py", "async def sweep", "def sweep", "must be a coroutine"),
    ("declarations", "plugin.py", "0 3 * * *", "daily", "no cron line"),
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    yield tmp_path
    importlib.invalidate_caches()


def test_a_plugin_that_keeps_the_contract_passes(folder: Path) -> None:
    PluginConformance(sample.write(folder)).check_all()


@pytest.mark.parametrize(("check", "file", "old", "new", "finding"), BROKEN, ids=[f"{b[0]}-{b[4]}" for b in BROKEN])
def test_a_broken_promise_is_found(folder: Path, check: str, file: str, old: str, new: str, finding: str) -> None:
    kit = PluginConformance(sample.write(folder, file, old, new))
    found = kit.problems()
    assert finding in "\n".join(found.get(check, [])), found
    with pytest.raises(AssertionError, match="does not keep the contract"):
        kit.check_all()


def test_every_check_is_shown_to_fail() -> None:
    assert {broken[0] for broken in BROKEN} == set(PluginConformance("collab").checks())


def test_a_plugin_that_is_not_installed_is_named() -> None:
    with pytest.raises(LookupError, match="no_such"):
        PluginConformance("no_such")
