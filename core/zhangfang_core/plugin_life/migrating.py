"""One plugin's migrations beside those of a start: tried and rolled back, or run in the transaction that brings its rows back."""

import asyncpg

from zhangfang_core.database.engine import MigrationEngine
from zhangfang_core.database.migration_files import MigrationError, recorded, still_to_run
from zhangfang_core.database.own_migrations import run_own_migrations
from zhangfang_core.database.roles import Addresses
from zhangfang_core.database.waiting import MIGRATION_LOCK, connected
from zhangfang_core.modules.discovery import Unfit, app_of
from zhangfang_core.modules.life import WAIT_FOR_TABLES, piccolo_uses
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.registry import found_and_ordered
from zhangfang_sdk.errors import Refusal


class _NotToStay(Exception):
    """The trial is over: what it did goes."""


async def try_migrations(at: Addresses, plugin: str) -> str | None:
    """Why the plugin's tables could not be brought to this version, None when they could. Nothing of it stays.

    An upgrade only adds: what has run must be among the version's migrations. With the owner's address those that have not
    run are run, and rolled back. A database without a schema says nothing yet.
    """
    installed, _, _ = found_and_ordered()
    if plugin not in installed:
        return None
    guard = await connected(at.owner or at.application)
    try:
        if not (ran := await recorded(guard)):
            return None
        if (app := app_of(installed[plugin])) is None:
            return "这个版本没有数据表,而数据库里有" if ran.get(plugin) else None
        if not still_to_run(app, ran) or at.owner is None:
            return None
        await hold_migrations(guard)
        engine = migration_engine(at.owner)
        with piccolo_uses(engine):
            async with engine.transaction() as transaction:
                await run_own_migrations(transaction.connection, app)
                raise _NotToStay
    except _NotToStay:
        pass
    except (Unfit, MigrationError) as error:
        return str(error)
    except (Exception, SystemExit) as error:  # a stranger's migration may raise anything
        return f"准备数据表时出错: {reason_of(error)}"
    finally:
        await guard.close()
    return None


def migration_engine(owner_dsn: str) -> MigrationEngine:
    """Waits for no table longer than a start does."""
    return MigrationEngine(config={"dsn": owner_dsn, "server_settings": {"lock_timeout": WAIT_FOR_TABLES}})


async def hold_migrations(guard: "asyncpg.Connection[asyncpg.Record]") -> None:
    """No node migrates for as long as this connection is open. Raises Refusal ``plugin.busy_migrating``."""
    if not await guard.fetchval("select pg_try_advisory_lock($1)", MIGRATION_LOCK):
        raise Refusal("plugin.busy_migrating", "另一个节点正在升级数据库,请等它完成后再试。", status=409)
