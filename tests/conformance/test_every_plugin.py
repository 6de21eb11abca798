"""PLAT-1: the conformance kit over every installed plugin, and what only the host can say of them together."""

from collections import Counter
from pathlib import Path

import pytest

from zhangfang_core.identity.permissions import CORE_PERMISSIONS
from zhangfang_core.identity.roles import roles
from zhangfang_core.modules.discovery import discover
from zhangfang_core.modules.registry import registry
from zhangfang_core.web.rendering import environment
from zhangfang_sdk.testing.conformance import PluginConformance

ROOT = Path(__file__).parents[2]
IDS = [p.manifest.id for p in discover()[0]]


@pytest.mark.parametrize("plugin", IDS)
def test_the_plugin_keeps_the_contract(plugin: str) -> None:
    PluginConformance(plugin, environment=environment()).check_all()


def test_every_plugin_of_the_repository_is_installed_and_runs() -> None:
    """A plugin that was skipped at start would pass every other test by its absence."""
    assert sorted(IDS) == sorted(p.parent.name for p in (ROOT / "plugins").glob("*/pyproject.toml"))
    assert [(s.id, s.reason) for s in registry().skipped] == []
    assert sorted(registry().modules) == sorted(IDS)


def test_permissions_used_are_core_s_or_another_plugin_s() -> None:
    known = {p.id for p in CORE_PERMISSIONS} | {
        p.id for m in registry().modules.values() for p in m.manifest.permissions
    }
    held = {role.id for role in roles()}
    for module in registry().modules.values():
        assert set(module.manifest.uses) <= known, module.manifest.id
        for permission in module.manifest.permissions:
            assert set(permission.roles) <= held, permission.id


def test_no_two_plugins_meet_in_one_name() -> None:
    """Paths, navigation, cards and admin screens are told apart by names that plugins choose."""
    modules = registry().modules.values()
    navigation = Counter(entry.id for m in modules for entry in m.navigation)
    cards = Counter(card.id for m in modules for card in m.cards)
    titles = Counter(screen.title for m in modules for screen in m.admin_screens)
    paths = Counter((method, path) for m in modules for h in m.pages for path in h.paths for method in h.http_methods)
    for counted in (navigation, cards, titles, paths):
        assert [name for name, times in counted.items() if times > 1] == []
