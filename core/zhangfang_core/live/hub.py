"""The SDK's ``Live``: announcements travel by NOTIFY to every web process, and from its hub to the open screens.

``pg_notify`` inside a transaction is heard only after the commit. The payload carries ids only; it is limited to 8,000 bytes.
"""

import asyncio
import contextlib
import json
import logging
from collections.abc import AsyncIterator, Hashable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from zhangfang_core.database.engine import DATABASE_FAILED, DB, PortalTransaction, at_last, before_commit, kept
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import ScopeMismatch
from zhangfang_sdk.live import ACCESS, WHOLE_FIRM

log = logging.getLogger("zhangfang.live")

CHANNEL = "zhangfang_live"
RESYNC = "resync"
"""The topic that says: something may have been missed, fetch everything again."""

WAITING = 64
"""Announcements that one screen may have waiting; one more, and they become a single resync."""

PROBE_S = 15.0
"""How often a silent connection is asked whether it still lives (a machine that vanishes closes nothing)."""

FIRST_PAUSE_S = 0.1
LONGEST_PAUSE_S = 5.0


class PgLive:
    async def announce(self, topic: str, client: int) -> None:
        """See :class:`zhangfang_sdk.live.Live`. The same is told once for a transaction, however often it is said."""
        if client != WHOLE_FIRM and not scope().sees(client):
            raise ScopeMismatch(f"client {client} is not in scope")
        if not isinstance(DB.current_transaction.get(), PortalTransaction):
            raise RuntimeError("announcements are made inside a transaction")
        told = {"firm": firm_in_scope(), "client": client, "topic": topic}
        kept("announced")[json.dumps(told)] = None


async def announcements_are_told() -> None:
    """All of the transaction at once. What a savepoint took back is told too: a screen looks again and finds nothing new."""
    told = list(kept("announced"))
    kept("announced").clear()
    if told:
        at_last("(select count(pg_notify({}, told)) from unnest({}::text[]) told)", CHANNEL, told)


before_commit.append(announcements_are_told)


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """Something of ``client`` changed; with the topic RESYNC, anything may have, and ``client`` is None."""

    topic: str
    client: int | None = None


class Ended(Exception):
    """The server stops; the screen connects to another one, or to this one when it is back."""


@dataclass(frozen=True, slots=True)
class View:
    """What a screen shows: ``clients`` of ``firm``, None for all of them. ``rights`` is whatever else bounds it, to be compared."""

    firm: int
    clients: frozenset[int] | None
    rights: Hashable = None

    def holds(self, firm: int, event: LiveEvent) -> bool:
        return firm == self.firm and (event.topic == ACCESS or self.clients is None or event.client in self.clients)


class Subscription:
    """One open screen: hears of what it shows, and of nothing else."""

    def __init__(self, views: Sequence[View]) -> None:
        self._views = tuple(views)
        self._queue: asyncio.Queue[LiveEvent | None] = asyncio.Queue()
        self._ended = False

    def hear(self, firm: int, event: LiveEvent) -> None:
        """Take an announcement, if it concerns this screen."""
        if any(view.holds(firm, event) for view in self._views):
            self._push(event)

    def missed(self) -> None:
        """The listener was away for a while."""
        self._push(LiveEvent(RESYNC))

    def end(self) -> None:
        self._ended = True
        self._queue.put_nowait(None)

    def _push(self, event: LiveEvent) -> None:
        if self._queue.qsize() >= WAITING:
            while not self._queue.empty():
                self._queue.get_nowait()
            event = LiveEvent(RESYNC)
        self._queue.put_nowait(event)

    async def next(self, timeout_s: float) -> LiveEvent | None:
        """The next announcement; None after ``timeout_s`` seconds of silence. Raises Ended when the server stops."""
        if self._ended:
            raise Ended
        try:
            event = await asyncio.wait_for(self._queue.get(), timeout_s)
        except TimeoutError:
            return None
        if event is None:
            raise Ended
        return event


class LiveHub:
    """One listening connection for a process, and its open screens. Comes back by itself when the database does."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self._stopping = False
        self.backend: int | None = None
        """Process id of the listening connection at the server; None while there is none."""

    @asynccontextmanager
    async def listening(self, dsn: str) -> AsyncIterator[None]:
        """Listen while the context is open; at its end every subscription ends."""
        self._stopping = False
        task = asyncio.create_task(self._keep_listening(dsn))
        try:
            yield
        finally:
            self.stop()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def stop(self) -> None:
        """End every subscription now, so that open streams do not hold up the server's stop."""
        self._stopping = True
        for subscription in list(self._subscriptions):
            subscription.end()

    @contextmanager
    def subscribed(self, views: Sequence[View]) -> Iterator[Subscription]:
        """Hear of what ``views`` show while the context is open; a screen without any hears nothing."""
        subscription = Subscription(views)
        if self._stopping:
            subscription.end()
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)

    async def _keep_listening(self, dsn: str) -> None:
        pause, before = FIRST_PAUSE_S, False
        while True:
            try:
                async with self._connected(dsn) as (connected, lost):
                    log.info("listening for announcements")
                    if before:
                        for subscription in list(self._subscriptions):
                            subscription.missed()
                    before, pause = True, FIRST_PAUSE_S
                    await _until_lost(connected, lost)
            except DATABASE_FAILED as error:
                log.warning("cannot listen for announcements (%s); trying again", error)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_S)

    @asynccontextmanager
    async def _connected(self, dsn: str) -> AsyncIterator[tuple["asyncpg.Connection[Any]", asyncio.Event]]:
        lost = asyncio.Event()
        connected = await asyncpg.connect(dsn, timeout=10)
        try:
            connected.add_termination_listener(lambda _: lost.set())
            await connected.add_listener(CHANNEL, self._on_notify)
            self.backend = connected.get_server_pid()
            yield connected, lost
        finally:
            self.backend = None
            connected.terminate()

    def _on_notify(self, _connection: object, _pid: int, _channel: str, payload: object) -> None:
        try:
            told = json.loads(str(payload))
            firm, event = int(told["firm"]), LiveEvent(str(told["topic"]), int(told["client"]))
        except (ValueError, KeyError, TypeError):
            log.warning("an announcement that cannot be read was left out")
            return
        for subscription in list(self._subscriptions):
            subscription.hear(firm, event)


async def _until_lost(connected: "asyncpg.Connection[Any]", lost: asyncio.Event) -> None:
    while not lost.is_set():
        try:
            await asyncio.wait_for(lost.wait(), PROBE_S)
        except TimeoutError:
            await connected.execute("select 1", timeout=PROBE_S)


HUB = LiveHub()
"""The hub of this process."""
