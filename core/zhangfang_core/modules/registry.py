"""The plugins that run, and everything they declared."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pluggy
from litestar.handlers import HTTPRouteHandler

from zhangfang_core.modules.discovery import Installed, Skipped, discover
from zhangfang_core.modules.ordering import in_order
from zhangfang_core.modules.routes import Address, addresses_of, refuse_clashes
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.commands import Command
from zhangfang_sdk.hookspecs import PROJECT, HookSpecs
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.roles import Role
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.web import Badge, Card, NavEntry, SearchSource

CORE_SERVICES = (
    "Ledger",
    "Documents",
    "Tenants",
    "Notifications",
    "Live",
    "Audit",
    "Jobs",
    "Cards",
    "Measures",
    "Vendors",
)
log = logging.getLogger("zhangfang.modules")


@dataclass(frozen=True, slots=True)
class Module:
    """A running plugin with what it declared at start."""

    manifest: Manifest
    installed: Installed
    plugin: object
    pages: Sequence[HTTPRouteHandler] = ()
    navigation: Sequence[NavEntry] = ()
    cards: Sequence[Card] = ()
    badges: Sequence[Badge] = ()
    roles: Sequence[Role] = ()
    jobs: Sequence[Job] = ()
    search_sources: Sequence[SearchSource] = ()
    vendors: Sequence[Vendor] = ()
    admin_screens: Sequence[AdminScreen] = ()
    admin_forms: Sequence[AdminForm] = ()
    commands: tuple[Command, ...] = ()
    services: Mapping[type[Any], Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Registry:
    """``modules`` by id in dependency order; ``skipped`` did not fit, and the server runs without them."""

    modules: Mapping[str, Module]
    skipped: Sequence[Skipped]
    hooks: pluggy.PluginManager

    def dependants(self, module: str) -> list[str]:
        """Ids of modules that need ``module``, directly or not, nearest first."""
        found: list[str] = []
        names = {module}
        for other in self.modules.values():
            offered = {s for n in names for s in (f"plugin:{n}", *self.modules[n].manifest.provides)}
            if offered & set(other.manifest.requires):
                found.append(other.manifest.id)
                names.add(other.manifest.id)
        return found


@cache
def registry() -> Registry:
    """Load every installed plugin once. One that raises is skipped with the reason; the others run."""
    installed, skipped = discover()
    by_id = {p.manifest.id: p for p in installed}
    ordered, refused = in_order([p.manifest for p in installed], CORE_SERVICES)
    problems = [*skipped, *(Skipped(id_, reason) for id_, reason in refused.items())]
    hooks = pluggy.PluginManager(PROJECT)
    hooks.add_hookspecs(HookSpecs)
    modules: dict[str, Module] = {}
    taken: dict[Address, str] = {}
    for manifest in ordered:
        try:
            module = _load(by_id[manifest.id], hooks)
            own = addresses_of(module.pages, manifest.id)
            refuse_clashes(own, taken)
            taken |= dict.fromkeys(own, manifest.title)
            modules[manifest.id] = module
        except Exception as error:  # a stranger's code may raise anything; it must not stop the server
            log.exception("plugin %s is skipped", manifest.id)
            if hooks.has_plugin(manifest.id):
                hooks.unregister(name=manifest.id)
            problems.append(Skipped(manifest.id, f"启动时出错: {type(error).__name__}: {error}"))
    return Registry(modules, tuple(problems), hooks)


def _load(installed: Installed, hooks: pluggy.PluginManager) -> Module:
    plugin = installed.entry.load()
    hooks.register(plugin, name=installed.manifest.id)
    hooks.check_pending()
    alone = [p for p in hooks.get_plugins() if p is not plugin]

    def declared(name: str) -> Any:
        answers = hooks.subset_hook_caller(name, remove_plugins=alone)()
        return answers[0] if answers else ()

    return Module(
        manifest=installed.manifest,
        installed=installed,
        plugin=plugin,
        pages=tuple(declared("register_pages")),
        navigation=tuple(declared("register_navigation")),
        cards=tuple(declared("register_cards")),
        badges=tuple(declared("register_badges")),
        roles=tuple(declared("register_roles")),
        jobs=tuple(declared("register_jobs")),
        search_sources=tuple(declared("register_search_sources")),
        vendors=tuple(declared("register_vendors")),
        admin_screens=tuple(declared("register_admin_screens")),
        admin_forms=tuple(declared("register_admin_forms")),
        commands=tuple(declared("register_commands")),
        services=dict(declared("register_services")),
    )
