"""Whose tables a plugin's own SQL names, asked of a parser; what it cannot read is refused.

This keeps honest code honest: it reads statements that come through Piccolo's engine. Python that wants around it gets around it
(docs/security.md says what stops it then: the two walls, which no plugin's code can open).
"""

import logging
from collections.abc import Iterator
from functools import lru_cache

from sqlglot import exp

from zhangfang_core.database.plain_functions import PLAIN_FUNCTIONS
from zhangfang_core.database.reading_sql import Unreadable, name_of, parsed
from zhangfang_sdk.acting import Acting, NotDeclared
from zhangfang_sdk.references import KEY_COLUMNS

_READS = (exp.Select, exp.SetOperation, exp.Subquery, exp.Values)
_WRITES = (exp.Insert, exp.Update, exp.Delete)
_HOSTS = ("core_", "procrastinate_", "pg_", "information_schema", "migration")

_plugins: set[str] = set()
_KeyTables = dict[int, list[tuple[str, frozenset[str]]]]
"""By the statement (its ``id``) that reads them: the name that a key table has there, and its columns."""

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it warns of what it cannot read, which is refused here


def tables_of(plugin: str) -> None:
    """Tables whose names begin with this id and "_" are that plugin's: told by the host for each plugin that it finds."""
    _plugins.add(plugin)
    _stranger.cache_clear()


def check_statement(running: Acting, sql: str) -> None:
    """Raises NotDeclared unless ``sql`` reads and writes the plugin's own tables alone, and of key tables reads what the SDK names."""
    found = _stranger(running.plugin, sql)
    if found is not None:
        raise NotDeclared(running, found)


@lru_cache(maxsize=8192)
def _stranger(plugin: str, sql: str) -> str | None:
    try:
        tree = parsed(sql)
    except Unreadable as error:
        return str(error)
    return next(_refused(tree, plugin), None)


def _refused(tree: exp.Expr, plugin: str) -> Iterator[str]:
    """What in the statement is not the plugin's to ask for."""
    if not isinstance(tree, _READS + _WRITES):
        yield tree.key.upper()
        return
    yield from _odd_parts(tree)
    for function in tree.find_all(exp.Anonymous):
        if (name := name_of(function.this)) not in PLAIN_FUNCTIONS:
            yield f"{name}()"
    written = {id(target) for node in tree.find_all(*_WRITES) if (target := node.this.find(exp.Table)) is not None}
    common = {name_of(cte.args["alias"].this) for cte in tree.find_all(exp.CTE)}
    yield from (name for name in sorted(common) if _owner(name) not in (None, plugin))
    key_tables: _KeyTables = {}
    for table in tree.find_all(exp.Table):
        name = name_of(table.this)
        named_before = isinstance(table.parent, exp.Lock) or (name in common and not table.db)
        if isinstance(table.this, exp.Func) or named_before:
            continue
        if table.catalog or table.db not in ("", "public"):
            yield f"{table.db}.{name}"
        elif _owner(name) == plugin:
            continue
        elif name in KEY_COLUMNS and id(table) not in written:
            yield from _unfit_alias(table, name)
            known_as = name_of(table.args["alias"].this) if table.args.get("alias") else name
            key_tables.setdefault(id(_statement(table)), []).append((known_as, KEY_COLUMNS[name]))
        else:
            yield name
    if key_tables:
        yield from _other_columns(tree, key_tables)


def _odd_parts(tree: exp.Expr) -> Iterator[str]:
    """A table that is made, a command in the middle, a placeholder of the parser's for what it did not understand."""
    for part in tree.find_all(exp.Into, exp.Command, exp.Merge, exp.Create, exp.Copy, exp.Set):
        yield part.key.upper()


def _unfit_alias(table: exp.Table, name: str) -> Iterator[str]:
    alias = table.args.get("alias")
    if alias is not None and alias.args.get("columns"):
        yield f"{name} {alias.sql()}"


def _other_columns(tree: exp.Expr, key_tables: _KeyTables) -> Iterator[str]:
    """Columns of key tables that the SDK does not name, and whatever might stand for them."""
    by_name: dict[str, frozenset[str]] = {}
    for known_as, columns in (pair for pairs in key_tables.values() for pair in pairs):
        by_name[known_as] = by_name.get(known_as, columns) & columns
    for column in tree.find_all(exp.Column):
        name = "*" if isinstance(column.this, exp.Star) else name_of(column.this)
        if column.table:
            table = name_of(column.args["table"])
            if table in by_name and name not in by_name[table]:
                yield f"{table}.{name}"
        elif not _is_no_key_column(column, name) and any(name not in columns for columns in _beside(column, key_tables)):
            yield f"{name} (write it with its table)"
    for star in tree.find_all(exp.Star):
        if not isinstance(star.parent, exp.Column | exp.Anonymous) and id(_statement(star)) in key_tables:
            yield "*"
    for join in tree.find_all(exp.Join):
        here = [columns for _, columns in key_tables.get(id(_statement(join)), ())]
        if here and join.method.upper() == "NATURAL":
            yield "NATURAL JOIN"
        yield from (
            name_of(using) for using in join.args.get("using") or () if any(name_of(using) not in columns for columns in here)
        )
    for lock in tree.find_all(exp.Lock):
        names = {name_of(table.this) for table in lock.expressions}
        if id(_statement(lock)) in key_tables and (not names or names & by_name.keys()):
            yield "FOR UPDATE"


def _is_no_key_column(column: exp.Column, name: str) -> bool:
    """What is set in an update is the table's own that is written; what orders may be a name that the select gives."""
    if isinstance(column.parent, exp.EQ) and isinstance(column.parent.parent, exp.Update):
        return column.arg_key == "this"
    if isinstance(column.parent, exp.Ordered):
        select = _statement(column)
        return isinstance(select, exp.Select) and name in {alias.alias for alias in select.expressions if alias.alias}
    return False


def _beside(column: exp.Column, key_tables: _KeyTables) -> Iterator[frozenset[str]]:
    """Columns of the key tables that a name without a table could mean: of its own statement and of those around it."""
    around = _statement(column)
    while around is not None:
        yield from (columns for _, columns in key_tables.get(id(around), ()))
        around = _statement(around)


def _statement(part: exp.Expr) -> exp.Expr | None:
    return part.find_ancestor(exp.Select, *_WRITES)


def _owner(table: str) -> str | None:
    """The plugin that a table belongs to, "" for the host's, None for a name that is no table of either."""
    if table.startswith(_HOSTS):
        return ""
    fitting = [plugin for plugin in _plugins if table.startswith(f"{plugin}_")]
    return max(fitting, key=len, default=None)
