"""PLAT-3: a plugin that does not fit is skipped with the reason, and the others run."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.registry import Registry, registry
from zhangfang_core.web.app import create_app

Install = Callable[[str, str], None]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a plugin of this id with these pages where Python looks for distributions."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)

    def write(plugin: str, pages: str, manifest: str = "") -> None:
        package = tmp_path / f"stranger_{plugin}"
        package.mkdir()
        (package / "__init__.py").touch()
        (package / "manifest.toml").write_text(
            f'id = "{plugin}"\ntitle = "外来模块{plugin}"\nsummary = "测试"\ncategory = "test"\n{manifest}', "utf-8"
        )
        (package / "plugin.py").write_text(
            dedent("""
                from zhangfang_sdk.hookspecs import hook
                from zhangfang_sdk.web import CLIENT, Page, page

                PAGES

                class Plugin:
                    @hook
                    def register_pages(self):
                        return [shown]

                plugin = Plugin()
            """).replace("PAGES", dedent(pages)),
            "utf-8",
        )
        about = tmp_path / f"stranger_{plugin}-1.0.dist-info"
        about.mkdir()
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: stranger-{plugin}\nVersion: 1.0\n", "utf-8")
        (about / "entry_points.txt").write_text(
            f"[zhangfang.plugins]\n{plugin} = stranger_{plugin}.plugin:plugin\n", "utf-8"
        )

    yield write
    for name in set(sys.modules) - before:
        if name.startswith("stranger_"):
            del sys.modules[name]


def looked_at_anew() -> Registry:
    """What a server would find that starts now; the running one's registry stays."""
    discover.cache_clear()
    try:
        return registry.__wrapped__()
    finally:
        discover.cache_clear()


def reason_of(found: Registry, plugin: str) -> str:
    return next(s.reason for s in found.skipped if s.id == plugin)


GOOD_PAGE = """
    @page("/stranger", of=CLIENT, permission="x")
    async def shown() -> Page:
        return Page("x.html", title="x")
"""


def test_pages_that_cannot_be_registered_skip_their_plugin(install: Install) -> None:
    install("untyped", GOOD_PAGE.replace("shown()", "shown(unknown)"))
    found = looked_at_anew()
    assert "页面无法登记" in reason_of(found, "untyped")
    assert set(registry().modules) <= set(found.modules)
    assert not found.hooks.has_plugin("untyped")


def test_a_taken_address_names_the_module_that_has_it(install: Install) -> None:
    install("first", GOOD_PAGE)
    install("second", GOOD_PAGE)
    found = looked_at_anew()
    assert "first" in found.modules
    assert "外来模块first" in reason_of(found, "second")


def test_a_plugin_that_raises_at_import_is_skipped(install: Install) -> None:
    install("raising", 'raise RuntimeError("不能启动")')
    assert "不能启动" in reason_of(looked_at_anew(), "raising")


def test_the_server_starts_beside_it(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("untyped2", GOOD_PAGE.replace("shown()", "shown(unknown)"))
    found = looked_at_anew()
    monkeypatch.setattr("zhangfang_core.web.app.registry", lambda: found)
    assert create_app().routes
