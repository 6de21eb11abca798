"""From what is installed to what may run: the schema of core and of every plugin, before the first request.

Core migrates first and as a whole; then each plugin that fits, in a transaction of its own. One that cannot is left out with its reason, and
so are those that need it. A node that has the owner's address does this, one node at a time; the others wait until it is done.
"""

import logging
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module, resources
from typing import Any

import asyncpg
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig
from piccolo.table import TABLE_REGISTRY

import zhangfang_core.piccolo_conf as conf
from zhangfang_core.database.engine import MigrationEngine
from zhangfang_core.database.jobs_schema import JOBS_APP, jobs_to_run, upgrade_jobs
from zhangfang_core.database.migration_files import MigrationError, recorded, run_migrations, still_to_run
from zhangfang_core.database.own_migrations import run_own_migrations
from zhangfang_core.database.roles import Addresses
from zhangfang_core.database.waiting import MIGRATION_LOCK, connected, migrating_elsewhere, until_clear
from zhangfang_core.modules.calling import asked_to_stop
from zhangfang_core.modules.discovery import Unfit, app_of, discover
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.registry import found_and_ordered, leave_out
from zhangfang_core.modules.time_limits import TookTooLong, said_while_it_runs, within

log = logging.getLogger("zhangfang.start")

WAIT_FOR_TABLES = "10s"
"""A migration that waits longer for a table in use fails and is run at the next start: all who come after it wait meanwhile."""
A_START_WAITS_S = 120.0
"""For the migrations of one plugin: whoever has that much to do is brought up to date by ``zhangfang migrate``, which waits."""
PLUGINS_WAITED_FOR_S = 5.0
"""How long a node that may not migrate waits for the tables of a plugin alone; then it runs without the plugin."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Why a plugin's tables are not as its code needs them.

    ``error`` is what its own code raised, if it was that; ``may_come``: nothing is wrong, but nobody has run its migrations yet.
    """

    reason: str
    error: BaseException | None = None
    may_come: bool = False


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Ids of the migrations that ``ran`` now, by app, and the plugins that were ``left_out``."""

    ran: Mapping[str, Sequence[str]]
    left_out: Mapping[str, LeftOut]


class _NotMigrated(MigrationError):
    """Nothing is wrong with this plugin, but its migrations have not run."""


async def prepare(at: Addresses) -> None:
    """What every process does before it loads a plugin: migrate, or wait for the node that does, and leave out what did not come along.

    Without an owner's address it waits. Raises MigrationError when core's own schema cannot be had.
    """
    log.info("plugins found: %s", ", ".join(f"{p.manifest.id} {p.manifest.version}" for p in discover()[0]) or "none")
    left_out = await migrated_elsewhere(at.application) if at.owner is None else (await migrate(at.owner, seconds=A_START_WAITS_S)).left_out
    for plugin, lost in left_out.items():
        if lost.error is not None:
            log.error("plugin %s: %s", plugin, lost.reason, exc_info=lost.error)
    leave_out({plugin: lost.reason for plugin, lost in left_out.items()})


async def migrate(owner_dsn: str, *, seconds: float | None = None) -> Upgrade:
    """Run what has not run, as the owner, under an advisory lock so that several nodes may start at once.

    A plugin whose own take longer than ``seconds`` (None: as long as they will) is left out, with nothing of them done.
    Raises MigrationError when core's own migrations fail (nothing of them stays) or the database is newer than this code.
    """
    guard = await connected(owner_dsn)
    try:
        await until_clear(lambda: _locked_out(guard))
        await guard.execute(f"set lock_timeout = '{WAIT_FOR_TABLES}'")
        settings = {"lock_timeout": WAIT_FOR_TABLES}
        upgrade = await _upgrade(guard, MigrationEngine(config={"dsn": owner_dsn, "server_settings": settings}), seconds)
    finally:
        await guard.close()
    ran = ", ".join(f"{len(ids)} of {app}" for app, ids in upgrade.ran.items() if ids)
    log.info("migrations that ran: %s", ran or "none, the database is up to date")
    return upgrade


async def migrated_elsewhere(dsn: str) -> Mapping[str, LeftOut]:
    """Wait, as the application, until core's schema is there; returns the plugins whose own is not.

    Raises MigrationError when the database is newer than this code.
    """
    left_out: dict[str, LeftOut] = {}
    start = time.monotonic()

    async def obstacle() -> str | None:
        connection = await connected(dsn)
        try:
            if (busy := await migrating_elsewhere(connection)) is not None:
                return busy
            ran = await recorded(connection)
        finally:
            await connection.close()
        behind = [app.app_name for app in _core_apps() if still_to_run(app, ran)]
        behind += [JOBS_APP] if jobs_to_run(ran) else []
        if behind:
            return f"migrations of {', '.join(behind)} have not run; a node with ZHANGFANG_OWNER_DSN runs them, or `zhangfang migrate`"

        async def check(app: AppConfig) -> None:
            if missing := still_to_run(app, ran):
                raise _NotMigrated(f"数据库还没有执行它的迁移: {', '.join(missing)}")

        left_out.clear()
        left_out.update(await _each_plugin(check))
        late = sorted(plugin for plugin, lost in left_out.items() if lost.may_come)
        if late and time.monotonic() - start < PLUGINS_WAITED_FOR_S:
            return f"migrations of {', '.join(late)} have not run"
        return None

    await until_clear(obstacle)
    return left_out


async def _locked_out(guard: "asyncpg.Connection[Any]") -> str | None:
    if await guard.fetchval("select pg_try_advisory_lock($1)", MIGRATION_LOCK):
        return None
    return await migrating_elsewhere(guard) or "another node is migrating the database"


async def _upgrade(guard: "asyncpg.Connection[Any]", owner: MigrationEngine, seconds: float | None) -> Upgrade:
    core = _core_apps()
    before = await recorded(guard)
    ran: dict[str, Sequence[str]] = {app.app_name: still_to_run(app, before) for app in core}
    with piccolo_uses(owner):
        try:
            await guard.execute(resources.files("zhangfang_core.database").joinpath("bootstrap.sql").read_text("utf-8"))
            await Migration.create_table(if_not_exists=True).run()
            ran[JOBS_APP] = await upgrade_jobs(guard)
            with said_while_it_runs("migrating the platform", log):
                async with owner.transaction():
                    for app in core:
                        await run_migrations(app)
        except (Exception, SystemExit) as error:
            raise MigrationError(f"数据库升级失败,平台自身的迁移已全部撤销: {type(error).__name__}: {error}") from error

        async def run(app: AppConfig) -> None:
            missing = still_to_run(app, await recorded(guard))
            with said_while_it_runs(f"migrating plugin {app.app_name} ({', '.join(missing)})", log):
                try:
                    async with owner.transaction() as transaction, within(seconds):  # what is late is rolled back
                        await run_own_migrations(transaction.connection, app)
                except TookTooLong:
                    raise MigrationError(
                        f"它的迁移在 {seconds:g} 秒内没有完成,已全部撤销。确实需要更久时,请停下系统,用 zhangfang migrate 升级"
                    ) from None
            ran[app.app_name] = missing

        left_out = await _each_plugin(run)
    return Upgrade(ran, left_out)


async def _each_plugin(attempt: Callable[[AppConfig], Awaitable[None]]) -> dict[str, LeftOut]:
    """Try the tables of every plugin that fits, in dependency order; those that need a lost one are lost without a try."""
    installed, order, _ = found_and_ordered()
    left_out: dict[str, LeftOut] = {}
    for manifest in order.manifests:
        if (waits := order.lacks(manifest.id, left_out)) is not None:
            left_out[manifest.id] = LeftOut(waits)
            continue
        try:
            if (app := app_of(installed[manifest.id])) is not None:
                await attempt(app)
        except (Unfit, MigrationError) as error:
            left_out[manifest.id] = LeftOut(str(error), may_come=isinstance(error, _NotMigrated))
        # A stranger's migration may raise anything; it must not stop the server.
        except BaseException as error:
            if asked_to_stop(error):
                raise
            left_out[manifest.id] = LeftOut(f"准备数据表时出错: {reason_of(error)}", error)
    return left_out


def _core_apps() -> list[AppConfig]:
    return [import_module(name).APP_CONFIG for name in conf.CORE_APPS]


@contextmanager
def piccolo_uses(owner: MigrationEngine) -> Iterator[None]:
    """Piccolo finds the engine in that module by name, and a table keeps the first that it finds: none may keep the owner's."""
    before, conf.DB = conf.DB, owner  # type: ignore[assignment]  # for Piccolo alone; the portal's own code asks the engine room
    Migration._meta.db = owner
    try:
        yield
    finally:
        conf.DB = before
        for table in TABLE_REGISTRY:
            if table._meta._db is owner:
                table._meta._db = None
