"""Which plugins are installed: entry points in the group ``zhangfang.plugins``."""

from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from zhangfang_sdk.manifest import Manifest, ManifestError, load_manifest

GROUP = "zhangfang.plugins"


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


@cache
def discover() -> tuple[tuple[Installed, ...], tuple[Skipped, ...]]:
    """All installed plugins by id, and those that cannot be read. Entry-point order is not stable: sorted here."""
    found: dict[str, Installed] = {}
    skipped: list[Skipped] = []
    for entry in sorted(entry_points(group=GROUP), key=lambda e: e.name):
        package = entry.module.partition(".")[0]
        try:
            located = find_spec(package)
            if located is None or not located.submodule_search_locations:
                raise ManifestError(f"package {package} is not there")
            folder = Path(next(iter(located.submodule_search_locations)))
            manifest = load_manifest(folder, entry.dist)
            if manifest.id != entry.name:
                raise ManifestError(f"manifest says id {manifest.id!r}, the entry point {entry.name!r}")
            if manifest.id in found:
                raise ManifestError(f"a second plugin with the id {manifest.id!r}")
            found[manifest.id] = Installed(manifest, entry, package, folder)
        except ManifestError as error:
            skipped.append(Skipped(entry.name, str(error)))
    return tuple(found.values()), tuple(skipped)


def plugin_apps() -> list[str]:
    """Piccolo apps of the plugins that have tables."""
    return [f"{p.package}.piccolo_app" for p in discover()[0] if (p.folder / "piccolo_app.py").exists()]
