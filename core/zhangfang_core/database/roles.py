"""Roles and the database itself: an owner that migrates, an application that owns nothing, and one that nobody signs in as, for searching."""

import contextlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from zhangfang_core.database import embedded
from zhangfang_core.settings import Settings

OWNER = "zhangfang_owner"
APPLICATION = "zhangfang_app"
SEARCHER = "zhangfang_search"
"""Owns the one function that reads the search index past its wall (search/migrations)."""
DATABASE = "zhangfang"


@dataclass(frozen=True, slots=True)
class Addresses:
    """``owner`` migrates, and is None where another node does; ``application`` serves requests and jobs."""

    owner: str | None
    application: str


def quoted(text: str) -> str:
    """An SQL string literal, for statements that take no parameters."""
    return "'" + text.replace("'", "''") + "'"


async def make_roles(superuser_dsn: str, owner_password: str, application_password: str) -> None:
    """Make the roles, or set their passwords. Safe to run again and from several processes."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        await connection.execute("select pg_advisory_lock(782341)")
        for role, password in ((OWNER, owner_password), (APPLICATION, application_password)):
            known = await connection.fetchval("select 1 from pg_roles where rolname = $1", role)
            verb = "alter" if known else "create"
            await connection.execute(
                f"{verb} role {role} login nosuperuser nocreaterole nobypassrls password {quoted(password)}"
            )
        if not await connection.fetchval("select 1 from pg_roles where rolname = $1", SEARCHER):
            await connection.execute(f"create role {SEARCHER} nologin nosuperuser nocreaterole nobypassrls")
        await connection.execute(f"grant {SEARCHER} to {OWNER} with inherit false, set true")
    finally:
        await connection.close()


async def make_database(superuser_dsn: str, name: str) -> None:
    """Make an empty database owned by the owner, unless it is there."""
    connection = await asyncpg.connect(superuser_dsn)
    try:
        if not await connection.fetchval("select 1 from pg_database where datname = $1", name):
            await connection.execute(f"create database {name} owner {OWNER} template template0 encoding 'UTF8'")
    finally:
        await connection.close()


def _passwords(data_dir: Path) -> dict[str, str]:
    path = data_dir / "database.json"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        fresh = {OWNER: secrets.token_urlsafe(24), APPLICATION: secrets.token_urlsafe(24)}
        draft = path.with_suffix(f".{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(fresh))
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    found: dict[str, str] = json.loads(path.read_text())
    return found


async def addresses(settings: Settings) -> Addresses:
    """Start or find the database and say how to reach it. With ZHANGFANG_DSN nothing is started and nothing made."""
    if settings.dsn is not None:
        return Addresses(owner=settings.owner_dsn, application=settings.dsn)
    server = embedded.ensure_running(settings.database_dir)
    passwords = _passwords(settings.data_dir)
    found = Addresses(
        owner=server.dsn(OWNER, passwords[OWNER], DATABASE),
        application=server.dsn(APPLICATION, passwords[APPLICATION], DATABASE),
    )
    try:
        are_complete = await _has_searcher(found.application)
    except (
        asyncpg.InvalidCatalogNameError,
        asyncpg.InvalidPasswordError,
        asyncpg.InvalidAuthorizationSpecificationError,
    ):
        are_complete = False
    if not are_complete:
        await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
        await make_database(server.superuser_dsn, DATABASE)
    return found


async def _has_searcher(dsn: str) -> bool:
    """False in a database that was made before there was this role."""
    connection = await asyncpg.connect(dsn)
    try:
        return bool(await connection.fetchval("select 1 from pg_roles where rolname = $1", SEARCHER))
    finally:
        await connection.close()
