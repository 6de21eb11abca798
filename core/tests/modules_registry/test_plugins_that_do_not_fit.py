"""PLAT-3: a plugin that does not fit is skipped with the reason, and the others run."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.registry import Registry, _not_migrated, leave_out, registry
from zhangfang_core.testing.strangers import PLUGIN, write_stranger
from zhangfang_core.web.app import create_app

Install = Callable[..., Path]

PAGES = """
    from zhangfang_sdk.hookspecs import hook
    from zhangfang_sdk.web import CLIENT, Page, page

    @page("/stranger", of=CLIENT, permission="signed_in")
    async def shown() -> Page:
        return Page("x.html", title="x")

    class Plugin:
        @hook
        def register_pages(self):
            return [shown]

    plugin = Plugin()
"""
SERVICES = """
    from zhangfang_sdk.hookspecs import hook
    from zhangfang_sdk.ledger import Ledger

    class Plugin:
        @hook
        def register_services(self):
            return {Ledger: object()}

    plugin = Plugin()
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Puts a plugin where Python looks for distributions; the running server's registry has looked before."""
    registry()
    before = set(sys.modules)
    monkeypatch.syspath_prepend(tmp_path)

    def write(plugin: str, code: str = PLUGIN, manifest: str = "", **more: str) -> Path:
        return write_stranger(tmp_path, plugin, manifest=manifest, code=code, **more)

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


UNTYPED = PAGES.replace("shown()", "shown(unknown)")


def test_pages_that_cannot_be_registered_skip_their_plugin(install: Install) -> None:
    install("untyped", UNTYPED)
    found = looked_at_anew()
    assert "页面无法登记" in reason_of(found, "untyped")
    assert set(registry().modules) <= set(found.modules)
    assert not found.hooks.has_plugin("untyped")


def test_a_hook_may_give_what_it_declares_one_by_one(install: Install) -> None:
    """A generator gives it once: nothing of it may be lost on the way."""
    install("giving", PAGES.replace("return [shown]", "yield shown"))
    assert [handler.paths for handler in looked_at_anew().modules["giving"].pages] == [{"/stranger"}]


def test_a_taken_address_names_the_module_that_has_it(install: Install) -> None:
    install("first", PAGES)
    install("second", PAGES)
    found = looked_at_anew()
    assert "first" in found.modules
    assert "外来模块first" in reason_of(found, "second")


@pytest.mark.parametrize("code", ['raise RuntimeError("不能启动")', 'import sys\nsys.exit("不能启动")'])
def test_a_plugin_that_raises_at_import_is_skipped(install: Install, code: str) -> None:
    install("raising", code)
    assert "不能启动" in reason_of(looked_at_anew(), "raising")


def test_the_server_starts_beside_it(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    install("untyped2", UNTYPED)
    found = looked_at_anew()
    monkeypatch.setattr("zhangfang_core.web.app.registry", lambda: found)
    assert create_app().routes


def test_whoever_needs_one_that_raised_is_skipped_with_that_reason(install: Install) -> None:
    """The mistake must be looked for where it is, and nothing that would run without its service runs."""
    install("bottom", "raise RuntimeError('不能启动')", 'provides = ["Bottom"]')
    install("middle", manifest='requires = ["Bottom"]')
    install("top", manifest='requires = ["plugin:middle"]')
    install("wishing", manifest='optional = ["Bottom", "plugin:middle"]')
    found = looked_at_anew()
    assert reason_of(found, "middle") == "它依赖的模块 bottom 没有装入"
    assert reason_of(found, "top") == "它依赖的模块 middle 没有装入"
    assert "wishing" in found.modules


def test_a_service_that_the_manifest_does_not_name_replaces_nothing(install: Install) -> None:
    """A plugin that is nobody's ``Ledger`` by its manifest must not become everybody's."""
    install("usurper", SERVICES)
    install("second", SERVICES, 'provides = ["Ledger"]')
    found = looked_at_anew()
    assert "Ledger" in reason_of(found, "usurper")
    assert reason_of(found, "second") == "服务 Ledger 已由平台本身提供,模块“外来模块second”(second)不能再提供一次"


def test_a_promised_service_that_is_not_registered_skips_its_plugin(install: Install) -> None:
    install("forgetful", manifest='provides = ["Forgotten"]')
    assert "Forgotten" in reason_of(looked_at_anew(), "forgetful")


def test_every_service_of_core_may_be_required(install: Install) -> None:
    for number, service in enumerate(("OpenItems", "MonthEnd", "Dimensions", "VoucherImport", "MonthStates", "Ledger")):
        install(f"user{number}", manifest=f'requires = ["{service}"]')
    found = looked_at_anew()
    assert {f"user{number}" for number in range(6)} <= set(found.modules)


@pytest.mark.parametrize(
    ("manifest", "reason"),
    [
        ("requires = 5", "requires must be a list of names"),
        ('[[permissions]]\nid = "odd.read"', "needs an id and a title"),
        ("= =", "cannot be read"),
    ],
)
def test_a_manifest_of_another_shape_costs_its_own_plugin_only(install: Install, manifest: str, reason: str) -> None:
    install("odd", manifest=manifest)
    found = looked_at_anew()
    assert reason in reason_of(found, "odd")
    assert reason_of(found, "odd").startswith("它的声明用不了,请把原因告诉模块的作者")
    assert set(registry().modules) <= set(found.modules)


def test_an_id_that_would_be_taken_for_core_is_refused(install: Install) -> None:
    install("core_extra")
    assert "core's own" in reason_of(looked_at_anew(), "core_extra")


def test_of_two_with_one_id_the_first_stays_and_both_are_named(install: Install) -> None:
    install("twin", name="stranger-twin-a")
    install("twin", name="stranger-twin-b")
    found = looked_at_anew()
    assert found.modules["twin"].installed.package == "stranger_twin_a"
    assert reason_of(found, "twin") == "编号 twin 已属于安装包 stranger-twin-a,stranger-twin-b 没有装入"


def test_a_plugin_for_another_sdk_is_skipped(install: Install) -> None:
    install("early", needs="zhangfang-sdk>=7")
    install("testing", needs='zhangfang-sdk>=7; extra == "later"')
    found = looked_at_anew()
    assert "zhangfang-sdk>=7" in reason_of(found, "early")
    assert "testing" in found.modules


def test_what_did_not_migrate_is_not_loaded(install: Install, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its code would meet tables that are not there."""
    install("unmade", 'raise RuntimeError("must not be imported")', 'provides = ["Unmade"]')
    install("needing", manifest='requires = ["Unmade"]')
    monkeypatch.setitem(_not_migrated, "unmade", "没有表")
    found = looked_at_anew()
    assert reason_of(found, "unmade") == "没有表"
    assert reason_of(found, "needing") == "它依赖的模块 unmade 没有装入"


def test_a_plugin_that_runs_cannot_be_left_out_later() -> None:
    """Pages of it stand in the application already: that would be half a plugin."""
    registry()
    with pytest.raises(RuntimeError, match="loaded already"):
        leave_out({"books": "没有表"})
    assert _not_migrated == {}


def test_what_was_left_out_stands_in_the_log(install: Install, caplog: pytest.LogCaptureFixture) -> None:
    install("raising2", dedent("raise RuntimeError('不能启动')"))
    with caplog.at_level("INFO", "zhangfang.modules"):
        looked_at_anew()
    assert "plugin raising2 is left out: 启动时出错: RuntimeError: 不能启动" in caplog.text
    assert "plugins that run: archive 0.1.0" in caplog.text
