"""``zhangfang plugin migrate``: the next migration, from what ``tables.py`` says and what the migrations say.

Two files are written where rows become visible to others: what makes tables and columns, and what puts them behind the walls. Nodes of a
deployment take a new version one by one, and the old one goes on writing meanwhile: so additions are written as they are, and what takes
away or changes is written when it is asked for by name.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from piccolo.apps.migrations.auto.diffable_table import DiffableTable
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.auto.operations import AlterColumn, DropColumn
from piccolo.apps.migrations.auto.schema_snapshot import SchemaSnapshot
from piccolo.columns import Column, ForeignKey
from piccolo.conf.apps import AppConfig
from piccolo.table import Table

from zhangfang_sdk.authoring.columns_as_code import Imports, target_of, written, written_value
from zhangfang_sdk.tables import ClientRows, FirmRows

SDK_KEYS = "zhangfang_sdk.references"
WITH_A_FIRM = frozenset({"core_client", "core_document", "core_voucher"})
"""Tables of core that belong to a firm: a key to one of them must stay inside it."""


class MigratingError(ValueError):
    """No migration was written; the message, in Chinese, says why."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What ``tables.py`` has and the migrations do not make, and what stands the other way round."""

    new: Sequence[type[Table]]
    added: Mapping[type[Table], Sequence[Column]]
    altered: Sequence[AlterColumn]
    dropped: Sequence[DropColumn]
    gone: Sequence[DiffableTable]

    def __bool__(self) -> bool:
        return bool(self.new or self.added or self.altered or self.dropped or self.gone)


def migration_modules(folder: Path) -> Mapping[str, ModuleType]:
    """Migrations by file name. Runs the files, and raises what they raise."""
    found: dict[str, ModuleType] = {}
    for path in sorted(folder.glob("[!_]*.py")):
        spec = spec_from_file_location(f"zhangfang_authoring_{path.stem}", path)
        if spec is None or spec.loader is None:
            raise MigratingError(f"{path} 读不出来。")
        found[path.name] = module_from_spec(spec)
        spec.loader.exec_module(found[path.name])
    return found


async def difference(app: AppConfig) -> Difference:
    """Between the tables and their migrations. Nothing needs a database."""
    managers = []
    for module in migration_modules(Path(app.resolved_migrations_folder_path)).values():
        forwards: Callable[[], Awaitable[MigrationManager]] = module.forwards
        managers.append(await forwards())
    before = {table.class_name: table for table in SchemaSnapshot(managers).get_snapshot()}
    new = [table for table in app.table_classes if table.__name__ not in before]
    added: dict[type[Table], Sequence[Column]] = {}
    altered: list[AlterColumn] = []
    dropped: list[DropColumn] = []
    for table in app.table_classes:
        if table in new:
            continue
        delta = _as_now(table) - before[table.__name__]
        names = {one.column_name for one in delta.add_columns}
        if names:
            added[table] = [column for column in table._meta.columns if column._meta.name in names]
        altered += delta.alter_columns
        dropped += delta.drop_columns
    now = {table.__name__ for table in app.table_classes}
    return Difference(new, added, altered, dropped, [t for name, t in before.items() if name not in now])


def _as_now(table: type[Table]) -> DiffableTable:
    return DiffableTable(table.__name__, table._meta.tablename, columns=list(table._meta.columns))


async def next_migration(app: AppConfig, *, removals: bool = False, at: dt.datetime | None = None) -> Mapping[str, str]:
    """The next files by name, none where nothing differs.

    ``removals`` allows what takes away or changes. Raises MigratingError and NotWritable.
    """
    found = await difference(app)
    if not found:
        return {}
    if not removals and (why := list(_takes_away(found))):
        raise MigratingError(
            "这些改动会让还没换上新版的节点出错: "
            + "; ".join(why)
            + "。确认所有节点都不再用到它们后, 用 --removals 写出。"
        )
    for table in found.new:
        if not issubclass(table, FirmRows):
            raise MigratingError(f"表 {table._meta.tablename} 既没有 FirmRows 也没有 ClientRows, 不在任何一道墙后面。")
    folder = Path(app.resolved_migrations_folder_path)
    number, moment = _next(folder, at or dt.datetime.now(dt.UTC))
    stem = "tables" if found.new else "columns"
    files = {f"{app.app_name}_{number:04}_{stem}.py": _changes(app.app_name, found, f"{moment}:{app.app_name}-1")}
    if walls := list(_walls(found)):
        name = f"{app.app_name}_{number + 1:04}_walls.py"
        files[name] = _walls_file(app.app_name, walls, f"{moment}:{app.app_name}-2")
    return files


def _takes_away(found: Difference) -> Iterator[str]:
    yield from (f"表 {table.tablename} 没有了" for table in found.gone)
    yield from (f"列 {one.tablename}.{one.column_name} 没有了" for one in found.dropped)
    yield from (f"列 {one.tablename}.{one.column_name} 改了 {', '.join(one.params) or '类型'}" for one in found.altered)


def _next(folder: Path, at: dt.datetime) -> tuple[int, str]:
    """The next file's number, and a moment after those of all ids: migrations run in the order of their ids."""
    modules = migration_modules(folder)
    numbers = [
        int(part)
        for name in modules
        for part in name.removesuffix(".py").split("_")
        if part.isdigit() and len(part) == 4
    ]
    moment = at.strftime("%Y-%m-%dT%H:%M:%S")
    latest = max((str(module.ID)[:19] for module in modules.values()), default="")
    if moment <= latest:
        later = dt.datetime.fromisoformat(latest) + dt.timedelta(seconds=1)
        moment = later.strftime("%Y-%m-%dT%H:%M:%S")
    return max(numbers, default=0) + 1, moment


def _changes(app: str, found: Difference, id_: str) -> str:
    imports = Imports()
    imports.add("piccolo.apps.migrations.auto.migration_manager", "MigrationManager")
    columns = {table: list(table._meta.columns) for table in found.new}
    columns |= {table: [table._meta.primary_key, *added] for table, added in found.added.items()}
    columns |= {table: [table._meta.primary_key] for table in _pointed_at(columns)}
    bodies = [_class(table, columns[table], imports) for table in _targets_first(columns)]
    steps = []
    if found.new:
        imports.add("zhangfang_sdk.migrations", "new_tables")
        steps.append(f"new_tables(manager, {', '.join(table.__name__ for table in found.new)})")
    if found.added:
        imports.add("zhangfang_sdk.migrations", "new_columns")
        steps.append(f"new_columns(manager, {', '.join(table.__name__ for table in found.added)})")
    steps += [_altered(one, imports) for one in found.altered]
    steps += [
        f"manager.drop_column(\n        table_class_name={_q(one.table_class_name)}, tablename={_q(one.tablename)},"
        f" column_name={_q(one.column_name)}, db_column_name={_q(one.db_column_name)}\n    )"
        for one in found.dropped
    ]
    steps += [f"manager.drop_table(class_name={_q(t.class_name)}, tablename={_q(t.tablename)})" for t in found.gone]
    return _file(app, id_, (f"Changes: {'; '.join(_said(found))}", "Changes"), imports, bodies, steps)


def _said(found: Difference) -> Iterator[str]:
    for table in found.new:
        yield f"the table {table._meta.tablename}"
    for table, columns in found.added.items():
        yield f"of {table._meta.tablename} the columns {', '.join(c._meta.name for c in columns)}"
    if found.altered or found.dropped or found.gone:
        yield "what goes and what changes"


def _pointed_at(columns: Mapping[type[Table], Sequence[Column]]) -> Sequence[type[Table]]:
    """The plugin's own tables that are there already and that new keys point at: a migration declares them by their key alone."""
    targets = [target for table in columns for target in _targets(columns[table])]
    return [target for target in dict.fromkeys(targets) if target not in columns]


def _targets(columns: Sequence[Column]) -> Sequence[type[Table]]:
    """The plugin's own tables among those that the columns point at."""
    targets = [target_of(column) for column in columns if isinstance(column, ForeignKey)]
    return [target for target in targets if target.__module__ != SDK_KEYS]


def _targets_first(columns: Mapping[type[Table], Sequence[Column]]) -> Sequence[type[Table]]:
    ordered: list[type[Table]] = []
    waiting = list(columns)
    while waiting:
        ready = [t for t in waiting if not {*_targets(columns[t])} & {*waiting} - {t}]
        if not ready:
            raise MigratingError(f"表 {', '.join(t._meta.tablename for t in waiting)} 互相引用, 请自己写这一步迁移。")
        ordered += ready
        waiting = [table for table in waiting if table not in ready]
    return ordered


def _class(table: type[Table], columns: Sequence[Column], imports: Imports) -> str:
    imports.add("piccolo.table", "Table")
    lines = [f"    {_name(column, imports)} = {written(column, table, imports)}" for column in columns]
    return "\n".join([f"class {table.__name__}(Table, tablename={_q(table._meta.tablename)}):", *lines])


def _name(column: Column, imports: Imports) -> str:
    if not isinstance(column, ForeignKey) or target_of(column).__module__ == SDK_KEYS:
        return column._meta.name
    return f"{column._meta.name}: ForeignKey[{imports.add('typing', 'Any')}]"


def _altered(one: AlterColumn, imports: Imports) -> str:
    new = imports.add("piccolo.columns", one.column_class.__name__) if one.column_class else "None"
    old = imports.add("piccolo.columns", one.old_column_class.__name__) if one.old_column_class else "None"
    return (
        f"manager.alter_column(\n        table_class_name={_q(one.table_class_name)},\n        tablename={_q(one.tablename)},\n"
        f"        column_name={_q(one.column_name)},\n        db_column_name={_q(one.db_column_name)},\n"
        f"        params={_params(one, one.params, imports)},\n        old_params={_params(one, one.old_params, imports)},\n"
        f"        column_class={new},\n        old_column_class={old},\n    )"
    )


def _params(one: AlterColumn, params: Mapping[str, object], imports: Imports) -> str:
    where = f"{one.tablename}.{one.column_name}"
    return f"{{{', '.join(f'{_q(name)}: {written_value(value, where, None, imports)}' for name, value in params.items())}}}"


def _walls(found: Difference) -> Iterator[str]:
    """Calls of :mod:`zhangfang_sdk.walls`, as code."""
    for table in found.new:
        columns = [c for c in table._meta.columns if not (issubclass(table, ClientRows) and c._meta.name == "client")]
        references = ", ".join(f"{_q(column)}: {_q(target)}" for column, target in _inside_the_firm(columns))
        wall = "client_wall" if issubclass(table, ClientRows) else "firm_wall"
        yield f"{wall}({_q(table._meta.tablename)}{f', references={{{references}}}' if references else ''})"
    for table, added in found.added.items():
        for column, target in _inside_the_firm(added):
            yield f"same_firm({_q(table._meta.tablename)}, {_q(column)}, {_q(target)})"


def _inside_the_firm(columns: Sequence[Column]) -> Iterator[tuple[str, str]]:
    for column in columns:
        if isinstance(column, ForeignKey):
            target = target_of(column)
            if issubclass(target, FirmRows) or target._meta.tablename in WITH_A_FIRM:
                yield column._meta.name, target._meta.tablename


def _walls_file(app: str, walls: Sequence[str], id_: str) -> str:
    imports = Imports()
    imports.add("piccolo.apps.migrations.auto.migration_manager", "MigrationManager")
    imports.add("zhangfang_sdk.walls", "build")
    for wall in walls:
        imports.add("zhangfang_sdk.walls", wall.partition("(")[0])
    built = "".join(f"            {wall},\n" for wall in walls)
    run = f"async def run() -> None:\n        await build(\n{built}        )\n"
    return _file(app, id_, ("Walls of what came", "Walls"), imports, [], [f"\n    {run}", "manager.add_raw(run)"])


def _file(
    app: str, id_: str, said: tuple[str, str], imports: Imports, classes: Sequence[str], steps: Sequence[str]
) -> str:
    classes_text = "".join(f"{one}\n\n\n" for one in classes)
    return (
        f'"""{said[0]}."""\n\n' + "\n".join(imports.lines()) + f"\n\nID = {_q(id_)}\n\n\n{classes_text}"
        "async def forwards() -> MigrationManager:\n"
        f"    manager = MigrationManager(migration_id=ID, app_name={_q(app)}, description={_q(said[1])})\n"
        + "".join(f"    {step}\n" if not step.startswith("\n") else f"{step}\n" for step in steps)
        + "    return manager\n"
    )


def _q(text: str) -> str:
    return f'"{text}"'
