"""``manifest.toml``: what a plugin is, readable without running its code."""

import tomllib
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any


class ManifestError(ValueError):
    """The manifest is missing something or says something that cannot be; the message names it."""


@dataclass(frozen=True, slots=True)
class Permission:
    """Something a person may be allowed to do. ``roles`` hold it unless a firm decides otherwise."""

    id: str
    title: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """One plugin. ``requires`` and ``provides`` name service Protocols ("Ledger") or plugin ids ("plugin:books")."""

    id: str
    title: str
    summary: str
    category: str
    version: str
    requires: tuple[str, ...]
    optional: tuple[str, ...]
    provides: tuple[str, ...]
    permissions: tuple[Permission, ...]
    uses: tuple[str, ...]
    settings: dict[str, Any]
    enabled_by_default: bool


def parse_manifest(text: str, *, version: str) -> Manifest:
    """Raises ManifestError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"manifest.toml cannot be read: {error}") from error
    missing = [key for key in ("id", "title", "summary", "category") if not isinstance(raw.get(key), str)]
    if missing:
        raise ManifestError(f"manifest.toml lacks {', '.join(missing)}")
    if not raw["id"].isidentifier() or raw["id"] != raw["id"].lower():
        raise ManifestError(f"id {raw['id']!r} must be a lower-case identifier")
    return Manifest(
        id=raw["id"],
        title=raw["title"],
        summary=raw["summary"],
        category=raw["category"],
        version=version,
        requires=tuple(raw.get("requires", ())),
        optional=tuple(raw.get("optional", ())),
        provides=tuple(raw.get("provides", ())),
        permissions=tuple(
            Permission(p["id"], p["title"], tuple(p.get("roles", ()))) for p in raw.get("permissions", ())
        ),
        uses=tuple(raw.get("uses", ())),
        settings=dict(raw.get("settings", {})),
        enabled_by_default=bool(raw.get("enabled_by_default", True)),
    )


def load_manifest(package_dir: Path, distribution: Distribution | None) -> Manifest:
    """Read ``manifest.toml`` of an installed plugin; raises ManifestError."""
    path = package_dir / "manifest.toml"
    if not path.is_file():
        raise ManifestError(f"{package_dir.name} has no manifest.toml")
    return parse_manifest(path.read_text("utf-8"), version=distribution.version if distribution else "0")
