"""Bronze: the plugin harms nobody. The conformance kit's checks, one a rule, and what concerns migrations."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from zhangfang_sdk.authoring.migrating import difference, migration_modules
from zhangfang_sdk.authoring.quality.scale import Findings, Rule, Subject, Tier
from zhangfang_sdk.testing.conformance import PluginConformance

_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d:.+")

KIT = {
    "manifest": (
        "模块说明完整",
        "`manifest.toml` says in Chinese what it is, its permissions are its own and held by somebody.",
    ),
    "imports": (
        "只引用 SDK",
        "Nothing of core and of other plugins is imported: what is behind `zhangfang_sdk` may change any day.",
    ),
    "hooks": (
        "钩子写法正确",
        "Hooks have the names, arguments and kind that the SDK specifies, and wrap nobody else's.",
    ),
    "declarations": (
        "声明可用",
        "Everything that hooks declare can be used: the portal would leave the plugin out at its start.",
    ),
    "tables": ("数据表在墙内", "Each table bears the plugin's id and stands behind the wall of its firm or client."),
    "migrations": ("迁移带着墙", "Migrations put each table behind row-level security."),
    "pages": (
        "页面有归属",
        "Each page says whose it is, and what its parameters are, so that the isolation tests can walk it.",
    ),
    "navigation": (
        "导航可用",
        "Entries, red dots and waiting lists lead to pages of the plugin that those may open who see them.",
    ),
    "cards": ("卡片有模板", "A card's template is there."),
    "admin": ("管理页是中文", "Admin screens show the plugin's own tables, with Chinese names for columns and fields."),
    "templates": (
        "模板可用",
        "Templates stand in a folder of the plugin's id, can be compiled, and no link leads out of its place.",
    ),
    "services": ("服务与说明一致", "The services that it gives are those that the manifest says it provides."),
    "uses": (
        "用到的服务都写明",
        "Each service that the code asks for stands in the manifest's `requires` or `optional`.",
    ),
}
"""Titles and meanings of the kit's checks, by name; ``papers`` is of another tier."""


def kit(subject: Subject) -> PluginConformance:
    """The conformance kit of this very plugin, with the portal's templates where there is a portal."""
    environment = None if subject.host is None else subject.host.environment
    return PluginConformance(subject.plugin.entry, environment=environment)


def of_the_kit(check: str) -> Callable[[Subject], Findings]:
    """The kit's check of this name, as a rule asks it."""

    def ask(subject: Subject) -> Findings:
        yield from kit(subject).checks()[check]()

    return ask


def migrations_are_current(subject: Subject) -> Findings:
    """What `plugin migrate` would write is nothing."""
    app = subject.plugin.app
    if app is None:
        return
    found = asyncio.run(difference(app))
    yield from (f"no migration makes the table {table._meta.tablename}" for table in found.new)
    for table, columns in found.added.items():
        yield f"no migration adds {', '.join(c._meta.name for c in columns)} to {table._meta.tablename}"
    yield from (f"{one.tablename}.{one.column_name} is not as its migrations make it" for one in found.altered)
    yield from (f"migrations make {one.tablename}.{one.column_name}, tables.py has none" for one in found.dropped)
    yield from (f"migrations make the table {table.tablename}, piccolo_app.py names none" for table in found.gone)


def migration_ids(subject: Subject) -> Findings:
    """Ids are moments, and one migration's alone."""
    app = subject.plugin.app
    if app is None:
        return
    ids = {
        file: str(module.ID) for file, module in migration_modules(Path(app.resolved_migrations_folder_path)).items()
    }
    times = Counter(ids.values())
    others = {} if subject.host is None else subject.host.migration_ids
    for file, id_ in ids.items():
        if not _MOMENT.fullmatch(id_):
            yield f"{file}: {id_!r} does not begin with a moment (2026-11-26T21:00:01:)"
        if times[id_] > 1:
            yield f"{file}: {id_!r} is another file's too"
        if others.get(id_, subject.plugin.id) != subject.plugin.id:
            yield f"{file}: {id_!r} is the id of a migration of {others[id_]}"


BRONZE = (
    *(
        Rule(name, Tier.BRONZE, title, means, of_the_kit(name), may_be_exempted=False)
        for name, (title, means) in KIT.items()
    ),
    Rule(
        "migrations-current",
        Tier.BRONZE,
        "迁移与数据表一致",
        "Tables and migrations say the same: what runs finds the columns that it knows.",
        migrations_are_current,
        may_be_exempted=False,
    ),
    Rule(
        "migration-ids",
        Tier.BRONZE,
        "迁移编号是自己的",
        "An id begins with a moment and is one migration's alone: two of one id would be taken for one that has run.",
        migration_ids,
        may_be_exempted=False,
    ),
)
