"""The SDK's ``Audit``: the firm's trail, appended in the transaction, sealed in a chain of blocks within seconds.

How the chain stays true while transactions run side by side: ids are given out before a commit, so that a lower id
may become visible after a higher one. Each transaction that writes to a trail holds that trail's advisory lock *shared*
from before its first id until it ends; the sealer takes it *exclusively*. Under the exclusive lock nobody has
an id that is not yet visible, so a block holds every entry from ``first`` to ``last`` that will ever be, and none of its
entries is older than the block before. Verifying finds what was changed, removed, put in between, or dated back.
"""

import asyncio
import datetime as dt
import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import asyncpg

from zhangfang_core.database.engine import before_commit, connection, kept
from zhangfang_core.trail.tables import trail_in_scope
from zhangfang_sdk.acting import NotDeclared, caller
from zhangfang_sdk.context import Scope, in_scope, scope, transaction
from zhangfang_sdk.jobs import Job, Jobs
from zhangfang_sdk.services import use

log = logging.getLogger("zhangfang.audit")

BLOCK = 1000
"""Entries of one block at most, so that sealing a large import stays in bounds."""

RUN = 20
"""Blocks of one sealing at most: writers of the trail wait while it runs."""

CLOCK_TOLERANCE = dt.timedelta(minutes=1)
"""How far the server's clock may be set back without a false alarm."""

GENESIS = "0" * 64
_SEAL = "core.seal_audit"
_OPERATOR = Scope(operator=True, staff=True)

# Time and person are the columns' defaults, from the database's clock and the transaction's settings: the application may not write them.
# The lock is taken before the id and the time are given out, and each time anew: a savepoint that is rolled back lets go of it.
_INSERT = """with held as materialized (
        select pg_advisory_xact_lock_shared(hashtextextended('zhangfang.audit:' || $1::bigint, 0)))
    insert into core_audit_entry (firm, client, user_name, address, action, subject, before, after)
    select $1::bigint, $2::bigint, $3::varchar, $4::varchar, $5::varchar, $6::varchar, $7::jsonb, $8::jsonb from held"""

_ENTRIES = """select id, client, at, "user", user_name, address, action, subject, before::text as before, after::text as after
    from core_audit_entry where firm = $1 and id >= $2 and id <= $3 order by id limit $4"""


class AuditTrail:
    """Entries of the firm in scope; of the deployment where the scope has no firm (the operator)."""

    async def record(
        self,
        action: str,
        subject: str,
        *,
        client: int | None = None,
        before: dict[str, object] | None = None,
        after: dict[str, object] | None = None,
    ) -> None:
        """See :class:`zhangfang_sdk.audit.Audit`."""
        plugin = caller()
        if plugin is not None and action.partition(".")[0] != plugin.plugin:
            raise NotDeclared(plugin, f"action {action}")
        trail, actor = trail_in_scope(), scope()
        await connection().execute(
            _INSERT,
            trail,
            client,
            actor.user_name[:80],
            actor.address[:64],
            action[:80],
            subject[:160],
            _json(before),
            _json(after),
        )
        kept("trails_written")[trail] = None


async def record_as_owner(
    connection: "asyncpg.Connection[Any]",
    firm: int,
    action: str,
    subject: str,
    *,
    by: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object],
) -> None:
    """An entry of the operator's commands, beside the pool: in the transaction at hand, in the firm's scope (in none's for ``DEPLOYMENT``).

    The next sealing of the firm's trail takes it in.
    """
    was = None if before is None else _json(dict(before))
    await connection.execute(_INSERT, firm, None, by, "", action, subject, was, _json(dict(after)))


def _json(values: dict[str, object] | None) -> str | None:
    return None if values is None else json.dumps(values, ensure_ascii=False, default=str)


async def _seal_soon() -> None:
    """At the end of a transaction that wrote to a firm's trail: have it sealed, unless a sealing waits already.

    Asking first keeps side-by-side transactions from waiting for one another at the queue's unique index.
    """
    firm, written = scope().firm, kept("trails_written")
    if firm is None or firm not in written:
        return
    written.clear()
    waiting = await connection().fetchval(
        "select exists (select from procrastinate_jobs where status = 'todo' and queueing_lock = $1)",
        f"{firm}:seal_audit",
    )
    if not waiting:
        await use(Jobs).defer(_SEAL, once="seal_audit")


before_commit.append(_seal_soon)


async def seal() -> int:
    """Seal what the trail in scope has gathered, at most RUN blocks of it, in the caller's transaction. Returns how many entries.

    The database makes the blocks (migration 6). Returns 0 also when writers were at work all the time; their own end brings the next sealing.
    """
    trail = trail_in_scope()
    # Trying again and again instead of waiting: a waiting exclusive lock would make new writers wait behind it.
    for pause in (0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.0):
        sealed: int | None = await connection().fetchval("select core_audit_seal($1, $2, $3)", trail, BLOCK, RUN)
        if sealed is not None:
            return sealed
        await asyncio.sleep(pause)
    log.info("trail %s: writers at work, sealed later", trail)
    return 0


@dataclass(frozen=True, slots=True)
class Block:
    """Entries ``first`` to ``last`` of one trail, sealed at ``sealed_at`` (UTC)."""

    trail: int
    number: int
    first: int
    last: int
    entries: int
    previous_hash: str
    sealed_at: dt.datetime

    def hash_over(self, rows: list[dict[str, object]]) -> str:
        """SHA-256 (hex) over one line of JSON for the block and one for each entry, keys sorted, no spaces, UTF-8."""
        digest = hashlib.sha256()
        header = {
            "trail": self.trail,
            "number": self.number,
            "first": self.first,
            "last": self.last,
            "entries": self.entries,
            "previous_hash": self.previous_hash,
            "sealed_at": self.sealed_at,
        }
        for line in (header, *rows):
            digest.update(canonical(line))
        return digest.hexdigest()


def canonical(values: dict[str, object]) -> bytes:
    """One line of canonical JSON; instants in UTC with microseconds."""
    return (
        json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_instant) + "\n"
    ).encode()


def _instant(value: object) -> str:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"{value!r} does not belong in a trail")
    return value.astimezone(dt.UTC).isoformat(timespec="microseconds")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying a trail found. ``fault`` is a Chinese sentence for people, None when the chain holds."""

    blocks: int
    entries: int
    unsealed: int
    head: str
    fault: str | None = None

    @property
    def holds(self) -> bool:
        return self.fault is None


async def verify() -> Verdict:
    """Compute the chain of the trail in scope anew, one block in memory at a time, in the caller's transaction.

    Finds an entry that was changed, removed, put in between or dated back, and a block that was changed or removed. A
    trail cut off at its end is found by comparing ``head`` with one that was kept elsewhere.
    """
    trail = trail_in_scope()
    blocks = await connection().fetch(
        "select number, first, last, entries, previous_hash, hash, sealed_at from core_audit_block where firm = $1 order by number",
        trail,
    )
    previous, last, entries = GENESIS, 0, 0
    sealing = earlier = dt.datetime.min.replace(tzinfo=dt.UTC)
    for number, row in enumerate(blocks, start=1):
        fault = None
        if row["sealed_at"] != sealing:
            sealing, earlier = row["sealed_at"], sealing
        rows = [dict(r) for r in await connection().fetch(_ENTRIES, trail, last + 1, row["last"], row["entries"] + 1)]
        block = Block(trail, number, row["first"], row["last"], row["entries"], previous, row["sealed_at"])
        if row["number"] != number or row["previous_hash"] != previous:
            fault = f"第 {number} 段与前一段不相连,中间的记录可能被删除。"
        elif len(rows) < row["entries"]:
            fault = f"第 {number} 段少了 {row['entries'] - len(rows)} 条记录(编号 {row['first']} 至 {row['last']})。"
        elif len(rows) > row["entries"]:
            fault = f"第 {number} 段多出了封存时没有的记录(编号 {row['first']} 至 {row['last']})。"
        elif block.hash_over(rows) != row["hash"]:
            fault = f"第 {number} 段的内容与封存时不同(编号 {row['first']} 至 {row['last']},封存于 {_local(row['sealed_at'])})。"
        elif any(entry["at"] + CLOCK_TOLERANCE < earlier for entry in rows):
            fault = f"第 {number} 段里有记录的时间早于前一段的封存时间,可能是事后补写的。"
        if fault is not None:
            return Verdict(number - 1, entries, 0, previous, fault)
        previous, last = row["hash"], row["last"]
        entries += row["entries"]
    unsealed = await connection().fetchval(
        "select count(*) from core_audit_entry where firm = $1 and id > $2", trail, last
    )
    return Verdict(len(blocks), entries, unsealed, previous)


def _local(instant: dt.datetime) -> str:
    return instant.astimezone(dt.timezone(dt.timedelta(hours=8))).strftime("%Y-%m-%d %H:%M:%S")


async def seal_job() -> None:
    """Seal the firm's trail, and the operator's with it."""
    await _seal_all()
    with in_scope(_OPERATOR):
        await _seal_all()


async def _seal_all() -> None:
    sealed = RUN * BLOCK
    while sealed == RUN * BLOCK:
        async with transaction():
            sealed = await seal()


SEAL_JOB = Job("seal_audit", seal_job, schedule="* * * * *")
