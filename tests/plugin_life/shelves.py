"""The wheel of a stranger's plugin in several versions, a deployment to put it into, and rows to fill it with."""

import re
import shutil
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from zhangfang_core.database.engine import close_pool, open_pool, scoped_transaction
from zhangfang_core.testing.databases import TestServer, fresh
from zhangfang_core.testing.processes import Node, start
from zhangfang_core.testing.tenants import TestFirm, make_test_firm
from zhangfang_core.testing.wheels import SDK, build_wheel
from zhangfang_sdk.context import system_scope
from zhangfang_sdk.documents import Documents
from zhangfang_sdk.services import use

SOURCES = Path(__file__).parent / "shelf"
PACKAGE = "zhangfang_shelf"

COLOURED = '''
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from zhangfang_sdk.walls import build

ID = "2026-11-27T04:00:03:000023"


async def forwards() -> MigrationManager:
    manager = MigrationManager(migration_id=ID, app_name="shelf", description="Colour")

    async def run() -> None:
        await build("alter table shelf_box add column colour varchar(20) not null default ''")

    manager.add_raw(run)
    return manager
'''


def shelf_wheel(
    into: Path, version: str = "1.0", *, files: Mapping[str, str] | None = None, needs: Sequence[str] = (SDK,)
) -> Path:
    """``files`` are added or replaced, by path in the package."""
    sources = into / f"sources-{version}"
    shutil.copytree(SOURCES, sources, dirs_exist_ok=True)
    plugin = sources / PACKAGE / "plugin.py"
    plugin.write_text(re.sub(r'VERSION = ".*"', f'VERSION = "{version}"', plugin.read_text("utf-8")), "utf-8")
    for path, text in (files or {}).items():
        (sources / PACKAGE / path).write_text(text, "utf-8")
    return build_wheel(sources, into, name="zhangfang-shelf", plugin="shelf", package=PACKAGE, version=version, needs=needs)


COLOUR = {"migrations/shelf_0003_colour.py": COLOURED}


def coloured_wheel(into: Path, version: str = "2.0") -> Path:
    """A version with one more migration."""
    return shelf_wheel(into, version, files=COLOUR)


@dataclass
class Deployment:
    """A data folder and a migrated database with one firm; ``zhangfang plugin …`` runs in a process of its own."""

    folder: Path
    server: TestServer
    database: str
    firm: TestFirm
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        return self.server.owner(self.database)

    async def begin(self, *words: str) -> Node:
        log = self.folder / "command.log"
        log.unlink(missing_ok=True)
        return await start(("plugin", *words), self.settings, log)

    async def plugin(self, *words: str, status: int = 0) -> str:
        """What the command said; it must end with ``status``."""
        node = await self.begin(*words)
        ended = await node.process.wait()
        assert ended == status, node.said()
        assert "Traceback" not in node.said()
        return node.said()

    async def migrate(self) -> str:
        node = await start("migrate", self.settings, self.folder / "migrate.log")
        assert await node.process.wait() == 0, node.said()
        return node.said()

    async def fetch(self, query: str, *arguments: object) -> list[asyncpg.Record]:
        """As the superuser, past every wall."""
        connection = await asyncpg.connect(self.server.superuser(self.database))
        try:
            found: list[asyncpg.Record] = await connection.fetch(query, *arguments)
            return found
        finally:
            await connection.close()

    async def rolled_back(self) -> str:
        """The number of a transaction that was given up."""
        connection = await asyncpg.connect(self.server.superuser(self.database))
        try:
            await connection.execute("begin")
            number: str = await connection.fetchval("select pg_current_xact_id()::text")
            await connection.execute("rollback")
            return number
        finally:
            await connection.close()

    async def require_gone(self) -> None:
        """Nothing in the database names the plugin but what is kept for people: the trail and the clients' files; nor does the disk."""
        for query in (
            "select from pg_class where relname like 'shelf%'",
            "select from pg_proc where proname like 'shelf%'",
            "select from migration where app_name = 'shelf'",
            "select from core_module_switch where module = 'shelf'",
            "select from procrastinate_jobs where queue_name like 'shelf%'",
        ):
            assert await self.fetch(query) == []
        assert not (self.folder / "plugins" / "shelf" / "current").exists()

    def newest_export(self) -> Path:
        return max((self.folder / "plugin_exports").glob("*.zip"), key=lambda path: path.stat().st_mtime)

    async def contents(self) -> list[tuple[object, ...]]:
        """Every row of the plugin with where its sequences stand, its switches and settings, and the files that its rows name."""
        found: list[tuple[object, ...]] = []
        for query in (
            "select * from shelf_box order by id",
            "select * from shelf_paper order by id",
            "select last_value, is_called from shelf_box_id_seq union all select last_value, is_called from shelf_paper_id_seq",
            "select firm, module, enabled from core_module_switch where module = 'shelf' order by 1",
            "select firm, module, values from core_module_setting where module = 'shelf' order by 1",
            "select id, sha256 from core_document where id in (select document from shelf_paper) order by id",
            "select conrelid::regclass::text, conname, pg_get_constraintdef(oid) from pg_constraint"
            " where conrelid in ('shelf_box'::regclass, 'shelf_paper'::regclass) order by 1, 2",
            "select relname, relrowsecurity, relforcerowsecurity from pg_class where relname in ('shelf_box', 'shelf_paper') order by 1",
        ):
            found += [tuple(row) for row in await self.fetch(query)]
        return found

    async def waiting(self) -> list[tuple[object, ...]]:
        """Its jobs that nobody has begun."""
        query = """select queue_name, task_name, priority, lock, queueing_lock, args::text, scheduled_at from procrastinate_jobs
            where queue_name like 'shelf%' and status = 'todo' order by id"""
        return [tuple(row) for row in await self.fetch(query)]

    async def fill(self, *, rows: int, files: int) -> None:
        """As the application would write them: papers in one box, each after the one before it, the first ``files`` of them with a file."""
        async with scoped_transaction(system_scope(self.firm.id)):
            documents = [
                (await use(Documents).store(self.firm.restaurant, f"{n}.txt", "text/plain", f"文件 {n}".encode())).id
                for n in range(files)
            ]
        connection = await asyncpg.connect(self.server.superuser(self.database))
        try:
            box = await connection.fetchval(
                "insert into shelf_box (firm, client, title) values ($1, $2, '甲' || chr(9) || chr(92) || 'n乙') returning id",
                self.firm.id,
                self.firm.restaurant,
            )
            await connection.execute(
                """insert into shelf_paper (firm, client, box, after, document, title, pages)
                select $1, $2, $3, null, ($4::bigint[])[n], '第 ' || n || chr(9) || chr(92) || '份', n
                from generate_series(1, $5) n""",
                self.firm.id, self.firm.restaurant, box, documents, rows,
            )  # fmt: skip
            await connection.execute("update shelf_paper set after = id - 1 where id > (select min(id) from shelf_paper)")
        finally:
            await connection.close()


@asynccontextmanager
async def deployed(server: TestServer, folder: Path) -> AsyncIterator[Deployment]:
    """The pool is open, as the application."""
    async with fresh(server) as database:
        addresses = server.addresses(database)
        settings = {
            "ZHANGFANG_DSN": addresses.application,
            "ZHANGFANG_OWNER_DSN": server.owner(database),
            "ZHANGFANG_DATA_DIR": str(folder),
        }
        await open_pool(addresses.application, smallest=1)
        try:
            yield Deployment(folder, server, database, await make_test_firm("嘉喜"), settings)
        finally:
            await close_pool()
