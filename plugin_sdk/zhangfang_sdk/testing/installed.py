"""A plugin as the kits look at it: its entry point, its folder, what it declares."""

import importlib
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pluggy
from piccolo.conf.apps import AppConfig

from zhangfang_sdk.hookspecs import PROJECT, HookSpecs
from zhangfang_sdk.manifest import Manifest, load_manifest

GROUP = "zhangfang.plugins"


def entry_point(plugin_id: str) -> EntryPoint:
    """The installed plugin of this id; raises LookupError."""
    for entry in entry_points(group=GROUP):
        if entry.name == plugin_id:
            return entry
    raise LookupError(f"no entry point {plugin_id!r} in the group {GROUP!r}: is the distribution installed?")


def hook_manager() -> pluggy.PluginManager:
    """With every specification and no plugin."""
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(HookSpecs)
    return manager


@dataclass(frozen=True)
class InstalledPlugin:
    """Everything is read or imported when first asked for, and raises then what the plugin raises."""

    entry: EntryPoint

    @property
    def id(self) -> str:
        return self.entry.name

    @property
    def package(self) -> str:
        return self.entry.module.partition(".")[0]

    @cached_property
    def folder(self) -> Path:
        found = find_spec(self.package)
        if found is None or not found.submodule_search_locations:
            raise LookupError(f"{self.package} is not a package")
        return Path(next(iter(found.submodule_search_locations)))

    @cached_property
    def manifest(self) -> Manifest:
        return load_manifest(self.folder, self.entry.dist)

    @cached_property
    def plugin(self) -> object:
        return self.entry.load()

    @cached_property
    def app(self) -> AppConfig | None:
        """Piccolo's description of the plugin's tables, None when it has none."""
        if not (self.folder / "piccolo_app.py").is_file():
            return None
        found: AppConfig = importlib.import_module(f"{self.package}.piccolo_app").APP_CONFIG
        return found

    def declared(self, hook: str) -> Any:
        """What one ``register_*`` hook answers; () where the plugin has none."""
        manager = hook_manager()
        manager.register(self.plugin, name=self.id)
        answers = getattr(manager.hook, hook)()
        return answers[0] if answers else ()
