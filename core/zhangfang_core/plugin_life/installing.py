"""Install and upgrade: put together aside, tried, and only then in force for processes that start from now on."""

from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from zhangfang_core.database.roles import Addresses
from zhangfang_core.modules.discovery import discover
from zhangfang_core.plugin_life.fetching import fetch
from zhangfang_core.plugin_life.folders import PluginFolders, distributions_in
from zhangfang_core.plugin_life.trial import must_run
from zhangfang_core.plugin_life.wheels import Parcel, parcel_at
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Installation:
    """``before`` is the version that was in force, None when there was none."""

    plugin: str
    version: str
    before: str | None


def install(folders: PluginFolders, path: Path, at: Addresses | None) -> Installation:
    """A plugin that is not here yet, from a wheel or a folder of wheels (then no index is asked).

    ``at``: where its migrations are tried. Raises Refusal ``plugin.installed``, ``plugin.id_taken``, and those of :func:`parcel_at`,
    :func:`fetch` and :func:`must_run`: then nothing has changed.
    """
    with folders.locked():
        parcel = parcel_at(path)
        if folders.current(parcel.wheel.plugin) is not None:
            raise Refusal(
                "plugin.installed",
                f"模块 {parcel.wheel.plugin} 已经安装。换成新版本请用 zhangfang plugin upgrade。",
                status=409,
            )
        refuse_taken_id(parcel.wheel.plugin)
        return _put(folders, parcel, at)


def upgrade(folders: PluginFolders, path: Path, at: Addresses | None) -> Installation:
    """Another version of a plugin that is here. The old one stays in force unless the new one runs.

    Raises Refusal ``plugin.not_installed``, ``plugin.other_package``, and as above.
    """
    with folders.locked():
        parcel = parcel_at(path)
        plugin = parcel.wheel.plugin
        current = folders.current(plugin)
        if current is None:
            refuse_taken_id(plugin)
            raise Refusal("plugin.not_installed", f"还没有安装模块 {plugin}。第一次请用 zhangfang plugin install。", status=404)
        if (owner := canonicalize_name(package_of(current, plugin))) != parcel.wheel.name:
            raise Refusal(
                "plugin.other_package",
                f"模块 {plugin} 来自安装包 {owner},{parcel.wheel.name} 不是它的新版本。",
                status=409,
            )
        return _put(folders, parcel, at)


def refuse_taken_id(plugin: str) -> None:
    """Raises Refusal ``plugin.id_taken`` for an id of a plugin that is installed beside this place."""
    for found in discover()[0]:
        if found.manifest.id == plugin:
            raise Refusal(
                "plugin.id_taken", f"编号 {plugin} 已属于随平台安装的模块“{found.manifest.title}”,没有安装。", status=409
            )


def package_of(folder: Path, plugin: str) -> str:
    """The distribution in ``folder`` that brought the plugin; "" when there is none."""
    return next((d.name for d in distributions_in(folder) for e in d.entry_points if e.name == plugin), "")


def version_of(folder: Path, plugin: str) -> str:
    """Its version, "" when there is none."""
    return next((d.version for d in distributions_in(folder) for e in d.entry_points if e.name == plugin), "")


def _put(folders: PluginFolders, parcel: Parcel, at: Addresses | None) -> Installation:
    plugin, version = parcel.wheel.plugin, parcel.wheel.version
    current = folders.current(plugin)
    before = None if current is None else version_of(current, plugin)
    incoming = folders.incoming()
    fetch(parcel, incoming, own=current)
    must_run(folders, plugin, incoming, at)
    folders.put_in_force(plugin, folders.keep(incoming, plugin, version))
    return Installation(plugin, version, before)
