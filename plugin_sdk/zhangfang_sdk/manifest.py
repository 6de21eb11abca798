"""``manifest.toml``: what a plugin is, readable without running its code."""

import re
import tomllib
from dataclasses import dataclass, field
from importlib.metadata import Distribution
from pathlib import Path

from zhangfang_sdk.setting_schema import Setting, parse_settings

_ID = re.compile(r"[a-z][a-z0-9_]{0,29}")
RESERVED = frozenset(
    {
        *(
            "accounts",
            "admin",
            "alerts",
            "audit",
            "auditor",
            "bank",
            "clients",
            "contacts",
            "core",
            "documents",
            "filings",
            "funds",
            "invoices",
            "ledger",
            "modules",
            "notices",
        ),
        *(
            "operator",
            "parties",
            "payables",
            "people",
            "pg",
            "procrastinate",
            "profile",
            "receivables",
            "tasks",
            "taxes",
        ),
    }
)
"""First words of core's own permissions, jobs and tables: a plugin whose id were one of them could declare what is not its own."""


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
    """One plugin.

    ``requires``, ``optional`` and ``provides`` name services by their Protocol ("Ledger"); the first two also plugins
    ("plugin:notes"). Without what it requires a plugin does not run; what is optional comes before it where it is there, and code
    asks for it with ``try: use(...)``. A service has one provider: a second is refused.

    ``enabled_by_default``: whether a firm that is taken on from now on starts with the plugin on. Left out it is off. Firms
    that are there when a plugin is installed have it off either way until someone of theirs switches it on: new code touches nobody's
    books unasked. Say ``true`` for what any firm would miss.

    ``actions`` names what the plugin records with ``Audit`` for readers of the trail: "notes.pin" is "贴便签". ``facts`` names the keys of its
    ``before`` and ``after`` and the kinds of things that it acts on: "colour" is "颜色", "notes_note" is "便签". Core's names of such things
    ("name", "reason", "period", "core_voucher") hold for plugins too.
    """

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
    actions: dict[str, str]
    settings: tuple[Setting, ...]
    enabled_by_default: bool
    facts: dict[str, str] = field(default_factory=dict)


def parse_manifest(text: str, *, version: str) -> Manifest:
    """Raises ManifestError."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ManifestError(f"manifest.toml cannot be read: {error}") from error
    missing = [key for key in ("id", "title", "summary", "category") if not isinstance(raw.get(key), str)]
    if missing:
        raise ManifestError(f"manifest.toml lacks {', '.join(missing)}")
    if not _ID.fullmatch(raw["id"]):
        raise ManifestError(f"id {raw['id']!r} must be a lower-case identifier of at most 30 characters")
    if raw["id"].partition("_")[0] in RESERVED:
        raise ManifestError(f"id {raw['id']!r} would be taken for core's own tables, jobs and permissions")
    for key in ("requires", "optional", "provides", "uses"):
        if not isinstance(raw.get(key, []), list) or not all(isinstance(name, str) for name in raw.get(key, [])):
            raise ManifestError(f"{key} must be a list of names")
    for permission in raw.get("permissions", ()):
        if not isinstance(permission, dict) or not {"id", "title"} <= permission.keys():
            raise ManifestError("every [[permissions]] needs an id and a title")
        if not str(permission["id"]).startswith(f"{raw['id']}."):
            raise ManifestError(f"permission {permission['id']!r} does not begin with {raw['id']}.")
    actions = raw.get("actions", {})
    if not isinstance(actions, dict) or not all(isinstance(title, str) for title in actions.values()):
        raise ManifestError('[actions] gives a title by action: "notes.pin" = "贴便签"')
    if foreign := [action for action in actions if not action.startswith(f"{raw['id']}.")]:
        raise ManifestError(f"action {foreign[0]!r} does not begin with {raw['id']}.")
    facts = raw.get("facts", {})
    if not isinstance(facts, dict) or not all(isinstance(title, str) for title in facts.values()):
        raise ManifestError("[facts] gives a name by key: colour = \"颜色\"")
    try:
        settings = parse_settings(raw.get("settings", {}))
    except ValueError as error:
        raise ManifestError(str(error)) from error
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
        actions=dict(actions),
        facts=dict(facts),
        settings=settings,
        enabled_by_default=bool(raw.get("enabled_by_default", False)),
    )


def load_manifest(package_dir: Path, distribution: Distribution | None) -> Manifest:
    """Read ``manifest.toml`` of an installed plugin; raises ManifestError."""
    path = package_dir / "manifest.toml"
    if not path.is_file():
        raise ManifestError(f"{package_dir.name} has no manifest.toml")
    return parse_manifest(path.read_text("utf-8"), version=distribution.version if distribution else "0")
