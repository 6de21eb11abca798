"""The plugins that run, and everything they declared."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pluggy
from babel.messages.pofile import PoFileError
from litestar.handlers import HTTPRouteHandler

from zhangfang_core.database.statements import tables_of
from zhangfang_core.modules.calling import as_plugin, calling, know
from zhangfang_core.modules.catalogues import catalogues_of
from zhangfang_core.modules.core_services import CORE_SERVICE_NAMES
from zhangfang_core.modules.discovery import Installed, Skipped, Unfit, discover, unusable
from zhangfang_core.modules.ordering import Order, in_order
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.routes import Endpoint, PagesRefused, addresses_of, refuse_clashes, refuse_dead_ends
from zhangfang_sdk.admin import AdminForm, AdminScreen
from zhangfang_sdk.commands import Command
from zhangfang_sdk.fitting import unfit, unfit_coroutines
from zhangfang_sdk.hookspecs import PROJECT, HookSpecs
from zhangfang_sdk.invoices import InvoiceSource
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.manifest import Manifest
from zhangfang_sdk.measures import Measure
from zhangfang_sdk.month_end import MonthEndSource
from zhangfang_sdk.notices import NoticeKind
from zhangfang_sdk.remarks import RemarkSource
from zhangfang_sdk.risk import RiskRule
from zhangfang_sdk.roles import Role
from zhangfang_sdk.search import SearchSource
from zhangfang_sdk.vendors import Vendor
from zhangfang_sdk.waiting import WaitingSource
from zhangfang_sdk.web import Badge, Card, NavEntry

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
    waiting: Sequence[WaitingSource] = ()
    notice_kinds: Sequence[NoticeKind] = ()
    roles: Sequence[Role] = ()
    jobs: Sequence[Job] = ()
    search_sources: Sequence[SearchSource] = ()
    invoice_sources: Sequence[InvoiceSource] = ()
    measures: Sequence[Measure] = ()
    month_end_sources: Sequence[MonthEndSource] = ()
    voucher_remarks: Sequence[RemarkSource] = ()
    risk_rules: Sequence[RiskRule] = ()
    vendors: Sequence[Vendor] = ()
    admin_screens: Sequence[AdminScreen] = ()
    admin_forms: Sequence[AdminForm] = ()
    commands: tuple[Command, ...] = ()
    services: Mapping[type[Any], Any] = field(default_factory=dict)
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Its translations, by language and Chinese text."""


@dataclass(frozen=True, slots=True)
class Registry:
    """``modules`` by id in dependency order; ``skipped`` did not fit, and the server runs without them.

    ``requires`` gives, by id, the modules that one needs, not those that it needs through them.
    """

    modules: Mapping[str, Module]
    skipped: Sequence[Skipped]
    hooks: pluggy.PluginManager
    requires: Mapping[str, frozenset[str]]

    def dependants(self, module: str) -> list[str]:
        """Ids of modules that need ``module``, directly or not, nearest first."""
        found: list[str] = []
        for other in self.modules:
            if self.requires[other] & {module, *found}:
                found.append(other)
        return found

    def requirements(self, module: str) -> list[str]:
        """Ids of modules that ``module`` needs, directly or not, in dependency order."""
        needed = set(self.requires[module])
        for other in reversed(list(self.modules)):
            if other in needed:
                needed |= self.requires[other]
        return [other for other in self.modules if other in needed]


_not_migrated: dict[str, str] = {}


def leave_out(reasons: Mapping[str, str]) -> None:
    """Plugins whose tables are not as their code expects, with the reason: they are not loaded. Before the registry is first asked.

    Raises RuntimeError when it has been asked already and knew of others.
    """
    if registry.cache_info().currsize and _not_migrated != reasons:
        raise RuntimeError("the plugins are loaded already")
    _not_migrated.clear()
    _not_migrated.update(reasons)


def found_and_ordered() -> tuple[Mapping[str, Installed], Order, tuple[Skipped, ...]]:
    """Plugins by id that could be read, the order in which they run, and those that could not be read. None of their code runs."""
    installed, skipped = discover()
    order = in_order([p.manifest for p in installed], CORE_SERVICE_NAMES)
    return {p.manifest.id: p for p in installed}, order, skipped


@cache
def registry() -> Registry:
    """Load every installed plugin once. One that raises is skipped with the reason, and so are those that need it; the others run."""
    installed, order, unread = found_and_ordered()
    lost = {**order.refused, **_not_migrated}
    for id_ in installed:
        tables_of(id_)
    hooks = pluggy.PluginManager(PROJECT)
    hooks.add_hookspecs(HookSpecs)
    modules: dict[str, Module] = {}
    taken: dict[Endpoint, str] = {}
    for id_ in (manifest.id for manifest in order.manifests):
        reason = lost.get(id_) or order.lacks(id_, lost)
        if reason is None:
            started = _started(installed[id_], hooks, taken)
            if isinstance(started, Module):
                modules[id_] = started
                continue
            reason = started
        lost[id_] = reason
    skipped = (*unread, *(Skipped(id_, reason) for id_, reason in sorted(lost.items())))
    running = ", ".join(f"{m.manifest.id} {m.manifest.version}" for m in modules.values())
    log.info("plugins that run: %s", running or "none")
    for one in skipped:
        log.warning("plugin %s is left out: %s", one.id, one.reason)
    return Registry(modules, skipped, hooks, order.requires)


def _started(plugin: Installed, hooks: pluggy.PluginManager, taken: dict[Endpoint, str]) -> Module | str:
    """The plugin with its hooks registered and its addresses ``taken``, or the reason why nothing of it runs."""
    id_ = plugin.manifest.id
    try:
        module = _load(plugin, hooks)
        own = addresses_of(module.pages, id_)
        refuse_clashes(own, taken)
        refuse_dead_ends(module.navigation, own)
        taken |= dict.fromkeys(own, plugin.manifest.title)
        return module
    except (Unfit, PagesRefused) as error:
        reason = str(error)
    except Exception as error:  # `calling` makes one of whatever it was
        log.exception("plugin %s failed at its start", id_)
        reason = f"启动时出错: {reason_of(error)}"
    if hooks.has_plugin(id_):
        hooks.unregister(name=id_)
    return reason


def _load(installed: Installed, hooks: pluggy.PluginManager) -> Module:
    know(installed.manifest)
    with calling(installed.manifest.id, "start", answers=(Unfit,)):
        return _declarations(installed, hooks)


def _declarations(installed: Installed, hooks: pluggy.PluginManager) -> Module:
    plugin = installed.entry.load()
    hooks.register(plugin, name=installed.manifest.id)
    hooks.check_pending()
    if problem := next(unfit_coroutines(plugin), None):
        raise Unfit(unusable(problem))
    alone = [p for p in hooks.get_plugins() if p is not plugin]

    def declared(name: str) -> Any:
        answers = hooks.subset_hook_caller(name, remove_plugins=alone)()
        answer = answers[0] if answers and answers[0] is not None else {}
        if not isinstance(answer, Mapping):
            answer = tuple(answer)  # a generator gives what it gives once
        if problem := next(unfit(installed.manifest, name, answer), None):
            raise Unfit(unusable(problem))
        return answer

    services = dict(declared("register_services"))
    if undeclared := {p.__name__ for p in services} - set(installed.manifest.provides):
        raise Unfit(f"register_services 提供了 manifest.toml 的 provides 没有写的服务: {', '.join(sorted(undeclared))}")
    if withheld := set(installed.manifest.provides) - {p.__name__ for p in services}:
        raise Unfit(f"manifest.toml 的 provides 写了 register_services 没有提供的服务: {', '.join(sorted(withheld))}")
    return Module(
        manifest=installed.manifest,
        installed=installed,
        plugin=plugin,
        pages=tuple(as_plugin(handler, installed.manifest.id) for handler in declared("register_pages")),
        navigation=tuple(declared("register_navigation")),
        cards=tuple(declared("register_cards")),
        badges=tuple(declared("register_badges")),
        waiting=tuple(declared("register_waiting")),
        notice_kinds=tuple(declared("register_notice_kinds")),
        roles=tuple(declared("register_roles")),
        jobs=tuple(declared("register_jobs")),
        search_sources=tuple(declared("register_search_sources")),
        invoice_sources=tuple(declared("register_invoice_sources")),
        measures=tuple(declared("register_measures")),
        month_end_sources=tuple(declared("register_month_end_sources")),
        voucher_remarks=tuple(declared("register_voucher_remarks")),
        risk_rules=tuple(declared("register_risk_rules")),
        vendors=tuple(declared("register_vendors")),
        admin_screens=tuple(declared("register_admin_screens")),
        admin_forms=tuple(declared("register_admin_forms")),
        commands=tuple(declared("register_commands")),
        services=services,
        texts=_texts(installed),
    )


def _texts(installed: Installed) -> Mapping[str, Mapping[str, str]]:
    try:
        return catalogues_of(installed.folder)
    except (OSError, ValueError, PoFileError) as error:
        raise Unfit(f"译文文件读不出来: {reason_of(error)}") from error
