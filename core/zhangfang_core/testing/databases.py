"""A migrated template, cloned for each test in a few milliseconds on the embedded server in memory."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from os import getpid
from pathlib import Path

import asyncpg

from zhangfang_core.database import embedded
from zhangfang_core.database.jobs_schema import jobs_to_run
from zhangfang_core.database.roles import APPLICATION, OWNER, Addresses, make_database, make_roles
from zhangfang_core.modules import life
from zhangfang_core.modules.discovery import discover
from zhangfang_sdk import migrations, walls

_CORE = Path(__file__).parents[1]
_numbers = count()


@dataclass(frozen=True, slots=True)
class TestServer:
    """The shared server with both roles; ``template`` is a migrated database."""

    __test__ = False

    server: embedded.EmbeddedServer
    passwords: dict[str, str]
    template: str

    def owner(self, database: str) -> str:
        return self.server.dsn(OWNER, self.passwords[OWNER], database)

    def addresses(self, database: str) -> Addresses:
        return Addresses(
            owner=self.owner(database),
            application=self.server.dsn(APPLICATION, self.passwords[APPLICATION], database),
        )

    def superuser(self, database: str) -> str:
        """For tests that tamper with what the application may not touch."""
        head, _, tail = self.server.superuser_dsn.partition("/postgres?")
        if not tail:
            raise RuntimeError("the superuser's address has another form than this expects")
        return f"{head}/{database}?{tail}"


async def prepare() -> TestServer:
    """Start or find the server and its template; one template for each state of the migrations."""
    server = embedded.test_server()
    passwords = {
        role: hashlib.sha256(f"{server.superuser_dsn}{role}".encode()).hexdigest()[:32] for role in (OWNER, APPLICATION)
    }
    await make_roles(server.superuser_dsn, passwords[OWNER], passwords[APPLICATION])
    found = TestServer(server, passwords, f"zf_template_{_state_of_migrations()}")
    connection = await asyncpg.connect(server.superuser_dsn)
    try:
        await connection.execute("select pg_advisory_lock(782343)")
        if not await connection.fetchval("select datistemplate from pg_database where datname = $1", found.template):
            await connection.execute(f'drop database if exists "{found.template}" with (force)')
            await make_database(server.superuser_dsn, found.template)
            if left_out := (await life.migrate(found.owner(found.template))).left_out:
                raise RuntimeError(f"plugins that do not migrate: {left_out}")
            await connection.execute(f'alter database "{found.template}" is_template true')
    finally:
        await connection.close()
    return found


@asynccontextmanager
async def fresh(server: TestServer) -> AsyncIterator[str]:
    """The name of a clone of the template, dropped at the end."""
    async with _made(server, f'template "{server.template}" strategy file_copy') as name:
        yield name


@asynccontextmanager
async def empty(server: TestServer) -> AsyncIterator[str]:
    """The name of a database without a schema, as its administrator makes it, dropped at the end."""
    async with _made(server, "template template0 encoding 'UTF8'") as name:
        yield name


@asynccontextmanager
async def _made(server: TestServer, how: str) -> AsyncIterator[str]:
    name = f"zf_test_{getpid()}_{next(_numbers)}"
    connection = await asyncpg.connect(server.server.superuser_dsn)
    try:
        await connection.execute(f'create database "{name}" owner {OWNER} {how}')
        yield name
        await connection.execute(f'drop database if exists "{name}" with (force)')
    finally:
        await connection.close()


def _state_of_migrations() -> str:
    digest = hashlib.sha256()
    for path in sorted(_migration_files()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _migration_files() -> Iterator[Path]:
    yield from _CORE.glob("*/migrations/*.py")
    yield from _CORE.glob("database/*.sql")
    yield from _CORE.glob("database/*_schema.py")
    yield from (Path(life.__file__), Path(walls.__file__), Path(migrations.__file__))
    yield from jobs_to_run({})
    for plugin in discover()[0]:
        yield from plugin.folder.glob("migrations/*.py")
