"""Whose tables a plugin's own SQL names.

This keeps honest code honest: it reads statements that come through Piccolo's engine. Python that wants around it gets around it
(docs/security.md says what stops it then: the two walls, which no plugin's code can open).
"""

import re
from functools import lru_cache

from zhangfang_sdk.acting import Acting, NotDeclared
from zhangfang_sdk.references import KEY_TABLES

_NAME = r"""(?:"?public"?\.)?"?([a-z_][a-z0-9_]*)"?"""
_NAMED = re.compile(
    rf"\b(?:from|join|into|update|truncate|table|using)(?:\s+(?:table|only|lateral|if|not|exists))*\s+{_NAME}",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"\bfrom\s+((?:{_NAME}(?:\s+(?:as\s+)?\w+)?\s*,\s*)+{_NAME})", re.IGNORECASE)
_FIRST_WORD = re.compile(_NAME, re.IGNORECASE)
_NEVER = re.compile(
    r"\b(set_config|app_enter|core_search\w*|reset\s+role|set\s+(?:local\s+|session\s+)?role|security\s+definer)\b"
    r"|^\s*(begin|start\s+transaction|commit|end|rollback|abort|savepoint|release)\b",
    re.IGNORECASE,
)
_HOSTS = ("core_", "procrastinate_", "pg_", "information_schema", "migration")

_plugins: set[str] = set()


def tables_of(plugin: str) -> None:
    """Tables whose names begin with this id and "_" are that plugin's: told by the host for each plugin that it finds."""
    _plugins.add(plugin)
    _stranger.cache_clear()


def check_statement(running: Acting, sql: str) -> None:
    """Raises NotDeclared when ``sql`` names a table that is not the plugin's, other than to read a key table."""
    found = _stranger(running.plugin, sql)
    if found is not None:
        raise NotDeclared(running, found)


@lru_cache(maxsize=8192)
def _stranger(plugin: str, sql: str) -> str | None:
    forbidden = _NEVER.search(sql)
    if forbidden is not None:
        return forbidden[0].strip()
    reads = sql.lstrip("( \n\t").lower().startswith(("select", "with"))
    listed = [piece.strip() for found in _LISTED.finditer(sql) for piece in found[1].split(",")]
    names = [*_NAMED.findall(sql), *(word[1] for piece in listed if (word := _FIRST_WORD.match(piece)))]
    for name in (found.lower() for found in names):
        owner = _owner(name)
        if owner in (None, plugin) or (reads and name in KEY_TABLES):
            continue
        return str(name)
    return None


def _owner(table: str) -> str | None:
    """The plugin that a table belongs to, "" for the host's, None for a name that is no table of either."""
    if table.startswith(_HOSTS):
        return ""
    fitting = [plugin for plugin in _plugins if table.startswith(f"{plugin}_")]
    return max(fitting, key=len, default=None)
