"""Which plugins are installed: entry points in the group ``zhangfang.plugins``."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, invalidate_caches
from importlib.metadata import EntryPoint, distributions, entry_points, version
from importlib.util import find_spec
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from piccolo.conf.apps import AppConfig

from zhangfang_core.modules.reasons import reason_of
from zhangfang_sdk.manifest import Manifest, ManifestError, load_manifest

GROUP = "zhangfang.plugins"
SDK = "zhangfang-sdk"


@dataclass(frozen=True, slots=True)
class Installed:
    """A plugin whose manifest could be read; its code has not run yet."""

    manifest: Manifest
    entry: EntryPoint
    package: str
    folder: Path


@dataclass(frozen=True, slots=True)
class Skipped:
    """A plugin that does not fit, with the reason shown to the operator."""

    id: str
    reason: str


class Unfit(ValueError):
    """This plugin cannot run here; the message, in Chinese, says why."""


@cache
def discover() -> tuple[tuple[Installed, ...], tuple[Skipped, ...]]:
    """All installed plugins by id, and those that cannot be read. None of their code runs."""
    found: dict[str, Installed] = {}
    skipped: list[Skipped] = []
    for entry in sorted(entry_points(group=GROUP), key=_claim):
        try:
            plugin = _read(entry)
            if entry.name in found:
                raise Unfit(
                    f"编号 {entry.name} 已属于安装包 {_distribution(found[entry.name].entry)},{_distribution(entry)} 没有装入"
                )
            found[entry.name] = plugin
        except Unfit as error:
            skipped.append(Skipped(entry.name, str(error)))
        except ManifestError as error:
            skipped.append(Skipped(entry.name, unusable(str(error))))
        except Exception as error:  # a stranger's file may be anything; it must not stop the server
            skipped.append(Skipped(entry.name, f"无法读取: {reason_of(error)}"))
    return tuple(found.values()), tuple(skipped)


def unusable(problem: str) -> str:
    """What the SDK finds wrong is written for authors, in their language; the operator reads what to do with it."""
    return f"它的声明用不了,请把原因告诉模块的作者: {problem}"


def found_at(folder: Path, plugin: str) -> Installed:
    """The plugin that lies in ``folder`` and is not installed yet; from here on Python finds its code there.

    Raises Unfit, ManifestError.
    """
    if str(folder) not in sys.path:
        sys.path.append(str(folder))
        invalidate_caches()
    for distribution in distributions(path=[str(folder)]):
        for entry in distribution.entry_points.select(group=GROUP, name=plugin):
            return _read(entry)
    raise Unfit(f"{folder} 里没有模块 {plugin}")


def app_of(plugin: Installed) -> AppConfig | None:
    """Piccolo's description of the plugin's tables, None when it has none. Runs the plugin's code, and raises what that raises.

    Raises Unfit when its tables could be taken for somebody else's.
    """
    if not (plugin.folder / "piccolo_app.py").is_file():
        return None
    app: AppConfig = import_module(f"{plugin.package}.piccolo_app").APP_CONFIG
    id_ = plugin.manifest.id
    if app.app_name != id_:
        raise Unfit(f"piccolo_app.py 的 app_name 是 {app.app_name!r},应为 {id_!r}")
    foreign = [t._meta.tablename for t in app.table_classes if not t._meta.tablename.startswith(f"{id_}_")]
    if foreign:
        raise Unfit(f"表名须以 {id_}_ 开头,这些不是: {', '.join(foreign)}")
    return app


def _read(entry: EntryPoint) -> Installed:
    package = entry.module.partition(".")[0]
    located = find_spec(package)
    if located is None or not located.submodule_search_locations:
        raise Unfit(f"找不到程序包 {package}")
    folder = Path(next(iter(located.submodule_search_locations)))
    manifest = load_manifest(folder, entry.dist)
    if manifest.id != entry.name:
        raise Unfit(f"manifest.toml 的 id 是 {manifest.id!r},入口点却叫 {entry.name!r}")
    refuse_other_sdk((entry.dist.requires if entry.dist else None) or ())
    return Installed(manifest, entry, package, folder)


def refuse_other_sdk(requires: Iterable[str]) -> None:
    """Raises Unfit when these requirements of a distribution name another SDK than this one.

    Nobody checks this at an installation without an index, or with ``--no-deps``.
    """
    here = version(SDK)
    for wanted in map(Requirement, requires):
        concerns = canonicalize_name(wanted.name) == SDK and (
            wanted.marker is None or wanted.marker.evaluate({"extra": ""})
        )
        if concerns and not wanted.specifier.contains(here, prereleases=True):
            raise Unfit(f"需要 {SDK}{wanted.specifier}, 这里是 {here}")


def _claim(entry: EntryPoint) -> tuple[str, bool, str]:
    """Of two with one id the distribution that bears it in its name comes first, else by name: nobody takes an id from the package that is named after it."""
    name = canonicalize_name(_distribution(entry))
    return entry.name, name != canonicalize_name(f"zhangfang-{entry.name}"), name


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "?"
