"""The one engine, and transactions that cannot leak a connection or change their scope."""

import contextlib
import itertools
import logging
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Any

import asyncpg
from asyncpg import Connection
from piccolo.engine.postgres import AsyncBatch, PostgresEngine, PostgresTransaction
from piccolo.query.base import Query
from piccolo.querystring import QueryString

from zhangfang_core.database.statements import check_statement
from zhangfang_sdk.acting import NotDeclared, acting, as_host
from zhangfang_sdk.context import Scope, in_scope, install_transactions

log = logging.getLogger("zhangfang.database")


class TransactionBroken(RuntimeError):
    """A statement failed, somebody caught the error and went on: nothing of the transaction was kept."""


DATABASE_FAILED = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What a statement or a connection raises. The last is what asyncpg says of a session whose end has been read in half."""

_SWEEP = "close all; reset all; "
_UNLOCK = "pg_advisory_unlock_all()"

_opening: ContextVar[Sequence[str]] = ContextVar("zhangfang_opening", default=())
"""What the transaction that begins evaluates at once, after its BEGIN."""


class PortalConnection(Connection):
    """PostgreSQL answers COMMIT with ROLLBACK when a statement failed before, and asyncpg takes that for success.

    What the last transaction left in the session is swept away in the round trip that begins the next one, and that one's scope is
    shown in it.
    """

    def get_reset_query(self) -> str:
        """Nothing is sent when a connection goes back to the pool."""
        return ""

    async def execute(self, query: str, *args: Any, timeout: float | None = None) -> str:
        if query == "BEGIN;":
            query = f"{_SWEEP}{query}select {', '.join((_UNLOCK, *_opening.get()))}"
        status: str = await super().execute(query, *args, timeout=timeout)
        if status == "ROLLBACK" and query == "COMMIT;":
            raise TransactionBroken("a statement failed before, so that nothing was kept")
        return status


class PortalTransaction(PostgresTransaction):
    """Piccolo's transaction gives its connection back only when BEGIN and COMMIT succeed; this one always does.

    ``opening`` are expressions without arguments that are sent with BEGIN.
    """

    def __init__(self, engine: PostgresEngine, allow_nested: bool = True, opening: Sequence[str] = ()) -> None:
        super().__init__(engine, allow_nested)
        self._opening = opening
        self.kept: defaultdict[str, dict[Any, Any]] = defaultdict(dict)

    async def rollback(self) -> None:
        """Give everything up; the connection stays until the end of the context."""
        self._rolled_back = True
        try:
            await self.transaction.rollback()
        except DATABASE_FAILED as error:
            # The server ended the connection, and the transaction with it; this one must not go back for others.
            log.warning("a transaction was rolled back by the end of its connection: %s", error)
            with contextlib.suppress(asyncpg.InterfaceError):
                self.connection.terminate()

    async def __aenter__(self) -> PostgresTransaction:
        if self._parent is not None:
            raise RuntimeError("a transaction is open already: there is one for each request or job")
        engine = self.engine
        self.connection = await (engine.pool.acquire() if engine.pool else engine.get_new_connection())
        opening = _opening.set(self._opening)
        try:
            self.transaction = self.connection.transaction()
            await self.transaction.start()
        except BaseException:
            await self._give_back()
            raise
        finally:
            _opening.reset(opening)
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self,
        exception_type: type[BaseException] | None,
        exception: BaseException | None,
        traceback: TracebackType | None,
    ) -> bool:
        try:
            if exception is not None or self._rolled_back:
                if not self._rolled_back:
                    await self.rollback()
            elif not self._committed:
                await self.transaction.commit()
                self._committed = True
        finally:
            self._leave()
            await self._give_back()
        return False

    def _leave(self) -> None:
        try:
            self.engine.current_transaction.reset(self.context)
        except ValueError:  # a streamed answer is sent by another task, whose copy of the context has no token of ours
            self.engine.current_transaction.set(None)

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class PortalEngine(PostgresEngine):
    async def check_version(self) -> None:
        """Piccolo would connect at import, before the database is up; migrations fail on a server that is too old anyway."""

    def transaction(self, allow_nested: bool = True, opening: Sequence[str] = ()) -> PortalTransaction:
        return PortalTransaction(engine=self, allow_nested=allow_nested, opening=opening)

    async def _run_in_pool(self, query: str, args: Sequence[Any] | None = None) -> Any:
        """Piccolo's way around a transaction: such a statement would have no scope. Raises RuntimeError."""
        raise RuntimeError("no transaction is open")

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> Any:
        """A plugin's own statements reach its own tables, and read the key tables. Raises NotDeclared for others."""
        running = acting()
        if running is None:
            return await super().run_querystring(querystring, in_pool)
        # As it is sent: what stands in its arguments may be SQL too.
        sql, arguments = querystring.compile_string(engine_type=self.engine_type)
        check_statement(running, sql)
        looked_at = QueryString(querystring.template)
        looked_at._frozen_compiled_strings = sql, arguments
        return await super().run_querystring(looked_at, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> Any:
        """As above."""
        running = acting()
        if running is not None:
            check_statement(running, ddl)
        return await super().run_ddl(ddl, in_pool)

    async def batch(self, query: Query[Any, Any], batch_size: int = 100, node: str | None = None) -> AsyncBatch:
        """As above, and for a plugin refused: it would run on a connection of its own, beside the transaction and its scope."""
        running = acting()
        if running is not None:
            raise NotDeclared(running, "batch()")
        return await super().batch(query, batch_size, node)


class MigrationEngine(PostgresEngine):
    """Piccolo's own nesting, for migrations and its command line."""

    async def check_version(self) -> None:
        """As above."""


DB = PortalEngine(config={})

Before = Callable[[], Awaitable[None]]
before_commit: list[Before] = []
"""Run at the end of each scoped transaction that did not fail: facts become jobs here."""


async def run_before_commit() -> None:
    """What must still happen in a transaction that is about to commit: the host's own work, whoever's code opened it."""
    with as_host():
        for run in before_commit:
            await run()
        await _evaluate_at_last()


def at_last(expression: str, *values: object) -> None:
    """Have ``expression``, SQL with ``{}`` for each of ``values``, evaluated before the transaction in force commits.

    In one round trip with what others want so; no savepoint takes it back.
    """
    kept("at_last").setdefault(None, []).append((expression, values))


async def _evaluate_at_last() -> None:
    wanted = kept("at_last").pop(None, ())
    if wanted:
        places = (f"${place}" for place in itertools.count(1))
        parts = [expression.format(*(next(places) for _ in values)) for expression, values in wanted]
        await connection().execute(f"select {', '.join(parts)}", *(value for _, values in wanted for value in values))


_SETTINGS = ("app.firm", "app.user", "app.clients", "app.staff", "app.operator", "app.token", "app.login")
"""What row-level security reads, for one transaction."""


def _entering(values: Iterable[str]) -> list[str]:
    """Expressions that give ``_SETTINGS`` these values, each an expression itself."""
    return [f"set_config('{name}', {value}, true)" for name, value in zip(_SETTINGS, values, strict=True)]


_ENTER = "select " + ", ".join(_entering(f"${place}" for place in range(1, len(_SETTINGS) + 1)))


def kept(what: str) -> dict[Any, Any]:
    """What was read once in the transaction in force, by its key; outside one an empty dict that nobody keeps."""
    current = DB.current_transaction.get()
    return current.kept[what] if isinstance(current, PortalTransaction) else {}


def connection() -> "Connection[Any]":
    """The connection of the transaction in force, for asyncpg directly; raises RuntimeError outside one."""
    current = DB.current_transaction.get()
    if current is None:
        raise RuntimeError("no transaction is open")
    found: Connection[Any] = current.connection
    return found


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Part of the transaction in force: what fails in it leaves the rest usable, also when whoever failed hides it.

    Raises what was raised inside, or the error of PostgreSQL that was caught there.
    """
    current = connection()
    await current.execute("savepoint part")
    try:
        yield
        await current.execute("release savepoint part")
    except BaseException:
        await current.execute("rollback to savepoint part; release savepoint part")
        raise


async def show_scope(scope: Scope, *, token: str = "", login: str = "") -> None:
    """Tell the database whose transaction this is; row-level security reads it. ``token`` and ``login`` open one row of identity each."""
    await connection().execute(_ENTER, *_shown(scope), token, login)


def _shown(scope: Scope) -> tuple[str, ...]:
    """Firm, user, clients, staff and operator as the settings say them: of digits and a few signs, never of what somebody wrote."""
    return (
        "" if scope.firm is None else f"{scope.firm:d}",
        "" if scope.user is None else f"{scope.user:d}",
        "*" if scope.clients is None else "{" + ",".join(f"{c:d}" for c in sorted(scope.clients)) + "}",
        "on" if scope.staff else "",
        "on" if scope.operator else "",
    )


def _opening_of(scope: Scope) -> list[str]:
    """As ``show_scope`` without token and login, for the round trip that begins the transaction."""
    return _entering(f"'{value}'" for value in (*_shown(scope), "", ""))


@asynccontextmanager
async def scoped_transaction(scope: Scope) -> AsyncIterator[None]:
    """One transaction behind both walls. Commits at the end; rolls back when an exception leaves it; never nests."""
    async with DB.transaction(opening=_opening_of(scope)):
        with in_scope(scope):
            yield
            await run_before_commit()


install_transactions(scoped_transaction)


REQUESTS = {
    "statement_timeout": "15s",
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "15s",
    "transaction_timeout": "60s",
}
"""What PostgreSQL lets a request take. The last two end the connection."""
JOBS = {"statement_timeout": "5min", "idle_in_transaction_session_timeout": "5min"}
"""A job may compute and wait for longer, but a worker that hangs holds no lock for ever."""


async def open_pool(dsn: str, *, smallest: int = 2, largest: int = 20, limits: Mapping[str, str] = REQUESTS) -> None:
    """``limits`` are settings of PostgreSQL for each connection, such as REQUESTS and JOBS."""
    DB.config = {"dsn": dsn}
    # Short queries by nature: compiling one costs more than it saves.
    settings = {"timezone": "UTC", "jit": "off", **limits}
    await DB.start_connection_pool(
        min_size=smallest, max_size=largest, server_settings=settings, connection_class=PortalConnection
    )


async def close_pool() -> None:
    if DB.pool:
        await DB.close_connection_pool()
