"""A plugin's rows, settings and code in one file, from which reinstalling restores it (restoring.py)."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import asyncpg

from zhangfang_core.database.migration_files import recorded
from zhangfang_core.plugin_life.archive import ArchiveWriter, written
from zhangfang_core.plugin_life.belongings import (
    CORE_ROWS,
    OWN_PERMISSIONS,
    OwnTable,
    each_firm,
    files_of,
    sequences_of,
)

CODE = "code"
FILES = "files.jsonl"
JOBS = "jobs.jsonl"
PERMISSIONS = "permissions.jsonl"
_DOCUMENTS = """select jsonb_build_object('id', id, 'firm', firm, 'client', client, 'name', name, 'size', size, 'sha256', sha256)
    from core_document where firm = app_firm() and id = any($1::bigint[]) order by id"""
_WAITING = """select jsonb_build_object('queue_name', queue_name, 'task_name', task_name, 'priority', priority, 'lock', lock,
    'queueing_lock', queueing_lock, 'args', args, 'scheduled_at', scheduled_at)
    from procrastinate_jobs where split_part(queue_name, ':', 1) = $1 and status in ('todo', 'doing') order by id"""


def member_of(table: str) -> str:
    """Where the rows of one of the plugin's own tables are: in PostgreSQL's text format of COPY."""
    return f"tables/{table}.copy"


def core_member_of(table: str) -> str:
    """Where core's rows about the plugin are: one JSON object a line."""
    return f"core/{table}.jsonl"


async def export(
    connection: "asyncpg.Connection[Any]", plugin: str, title: str, version: str, tables: Sequence[OwnTable], code: Path | None, to: Path
) -> None:
    """Write everything to the file ``to``, in the caller's transaction, which holds the tables with their walls lifted.

    Secrets stay sealed under their firm's key. Files stay where they are, and are listed with their hashes.
    """
    told: dict[str, object] = {
        "plugin": plugin,
        "title": title,
        "version": version,
        "made_at": dt.datetime.now(dt.UTC).isoformat(),
        "migrations": sorted((await recorded(connection)).get(plugin, ())),
    }
    with written(to, lambda: told) as archive:
        if code is not None:
            archive.add_folder(CODE, code)
        told["tables"] = {table.name: await _table(connection, table, archive) for table in tables}
        await _rest(connection, plugin, await files_of(connection, tables), archive)


async def copied(connection: "asyncpg.Connection[Any]", table: OwnTable, take: Any) -> int:
    """Give every row to ``take``, a coroutine of bytes; returns how many. The same rows give the same bytes."""
    status = await connection.copy_from_query(table.all_rows, output=take, format="text")
    return int(status.rpartition(" ")[2])


async def _table(connection: "asyncpg.Connection[Any]", table: OwnTable, archive: ArchiveWriter) -> dict[str, object]:
    counted: list[int] = []

    async def write(take: Any) -> None:
        counted.append(await copied(connection, table, take))

    await archive.add_streamed(member_of(table.name), write)
    return {
        "columns": list(table.columns),
        "rows": counted[0],
        "sequences": await sequences_of(connection, table),
    }


async def _rest(connection: "asyncpg.Connection[Any]", plugin: str, files: Sequence[int], archive: ArchiveWriter) -> None:
    lines: dict[str, list[str]] = {core_member_of(rows.table): [] for rows in CORE_ROWS if rows.kept}
    lines |= {FILES: [], PERMISSIONS: [], JOBS: [row[0] for row in await connection.fetch(_WAITING, plugin)]}
    async for _ in each_firm(connection):
        for rows in CORE_ROWS:
            if rows.kept:
                query = f"select to_jsonb(t) - 'id' from {rows.table} t where firm = app_firm() and {rows.about} order by id"  # noqa: S608
                lines[core_member_of(rows.table)] += [row[0] for row in await connection.fetch(query, plugin)]
        lines[FILES] += [row[0] for row in await connection.fetch(_DOCUMENTS, files)]
        lines[PERMISSIONS] += [
            json.dumps({"firm": row["firm"], "key": row["key"], "permissions": json.loads(row["permissions"])})
            for row in await connection.fetch(OWN_PERMISSIONS, plugin)
        ]
    for name, found in lines.items():
        archive.add(name, _joined(found))


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
