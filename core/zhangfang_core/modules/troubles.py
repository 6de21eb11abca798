"""What of the plugins fails, kept where every node and the operator see it."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection, kept
from zhangfang_core.modules.afterwards import afterwards
from zhangfang_core.modules.reasons import LONGEST, keepable
from zhangfang_sdk.context import firm_in_scope, system_scope

MANY = 3
"""Failures in a row after which a card, red dot or search source is left out, and the firm is asked whether it needs the plugin."""
LEFT_OUT = frozenset({"badge", "card", "invoices", "measure", "waiting"})
"""Kinds of parts, the first word of their names, that are not asked any more after so many failures."""
_LONGEST_PART = 120

_failing: set[tuple[int, str, str]] = set()


@dataclass(frozen=True, slots=True)
class Trouble:
    """One part of a plugin that fails for a firm. ``failed_at`` is UTC."""

    firm: int
    plugin: str
    part: str
    failures: int
    reason: str
    failed_at: dt.datetime

    @property
    def is_off(self) -> bool:
        return self.failures >= MANY

    @property
    def is_left_out(self) -> bool:
        """Whether the firm goes on without this part until somebody tries it again."""
        return self.is_off and self.part.partition(" ")[0] in LEFT_OUT

    @property
    def is_check(self) -> bool:
        """Whether what it should have looked at is refused, as often as it fails."""
        return self.part.startswith("check_")


@dataclass(frozen=True, slots=True)
class Failed:
    """A job that failed for good. ``failed_at`` is UTC."""

    id: int
    firm: int
    job: str
    plugin: str
    arguments: dict[str, Any]
    reason: str
    failed_at: dt.datetime


def part_name(part: str) -> str:
    """A part's name as it is kept: a longer one ends in its digest, so that two that begin alike stay two."""
    part = keepable(part)
    if len(part) <= _LONGEST_PART:
        return part
    mark = hashlib.sha256(part.encode()).hexdigest()[:8]
    return f"{part[: _LONGEST_PART - len(mark) - 1]}#{mark}"


def failed(plugin: str, part: str, reason: str) -> None:
    """One more failure in a row of this part for the firm in scope; kept beside the transaction at hand.

    That it worked in between, another node may not know: a failure of the day before is forgotten by itself, so that rare ones do not add up.
    """
    firm, part = firm_in_scope(), part_name(part)
    _failing.add((firm, plugin, part))

    async def keep() -> None:
        await connection().execute(
            """insert into core_part_trouble (firm, plugin, part, failures, reason, failed_at) values ($1, $2, $3, 1, $4, now())
            on conflict (firm, plugin, part) do update
            set failures = case when core_part_trouble.failed_at < now() - interval '1 day' and core_part_trouble.failures < $5
                then 1 else core_part_trouble.failures + 1 end, reason = excluded.reason, failed_at = now()""",
            firm,
            plugin,
            part,
            keepable(reason)[:LONGEST],
            MANY,
        )

    afterwards(system_scope(firm), keep)


def worked(plugin: str, part: str) -> None:
    """The part answered: what failed before is forgotten."""
    firm, part = firm_in_scope(), part_name(part)
    if (firm, plugin, part) not in _failing:
        return
    _failing.discard((firm, plugin, part))

    async def forget() -> None:
        await try_again(plugin, part)

    afterwards(system_scope(firm), forget)


async def try_again(plugin: str, part: str | None = None) -> None:
    """Forget the failures of a plugin's part, or of all of them, for the firm in scope."""
    await connection().execute(
        "delete from core_part_trouble where firm = $1 and plugin = $2 and ($3::text is null or part = $3)",
        firm_in_scope(),
        plugin,
        part,
    )


async def troubles() -> Sequence[Trouble]:
    """Those of the firm in scope; for the operator of all firms. The last one first."""
    rows = await connection().fetch(
        """select firm, plugin, part, failures, reason, failed_at from core_part_trouble order by failed_at desc limit 200"""
    )
    return [Trouble(**dict(row)) for row in rows]


async def parts_off() -> frozenset[str]:
    """Cards and red dots of the firm in scope that are left out, as "plugin part"; read once in a transaction."""
    firm, known = firm_in_scope(), kept("parts_off")
    if firm not in known:
        rows = await connection().fetch(
            "select plugin, part from core_part_trouble where firm = $1 and failures >= $2", firm, MANY
        )
        known[firm] = frozenset(f"{row['plugin']} {row['part']}" for row in rows)
    found: frozenset[str] = known[firm]
    return found


def is_left_out(plugin: str, part: str, off: frozenset[str]) -> bool:
    """Whether the part is among ``parts_off()``."""
    return bool(off) and f"{plugin} {part_name(part)}" in off


async def failed_for_good(firm: int, job: str, plugin: str, arguments: dict[str, object], reason: str) -> None:
    """In the transaction in force, of the firm's system scope."""
    await connection().execute(
        "insert into core_failed_job (firm, job, plugin, arguments, reason, failed_at) values ($1, $2, $3, $4, $5, now())",
        firm,
        job,
        plugin,
        json.dumps(arguments),
        keepable(reason)[:LONGEST],
    )


async def failed_jobs(*, before: int | None = None, limit: int = 50) -> Sequence[Failed]:
    """Those of the firm in scope; for the operator of all firms. The last one first, ``before`` that id where it is given."""
    rows = await connection().fetch(f"{_FAILED} where $1::bigint is null or id < $1 order by id desc limit $2", before, limit)
    return [_failed_of(row) for row in rows]


async def failed_job(id_: int) -> Failed | None:
    """One of them, None when it is not there or not to be seen."""
    row = await connection().fetchrow(f"{_FAILED} where id = $1", id_)
    return None if row is None else _failed_of(row)


_FAILED = "select id, firm, job, plugin, arguments, reason, failed_at from core_failed_job"


def _failed_of(row: Mapping[str, Any]) -> Failed:
    return Failed(**{**dict(row), "arguments": json.loads(row["arguments"])})


async def taken_up(id_: int) -> bool:
    """The job runs again: it is not a failed one any more. In the transaction in force, of its firm's system scope.

    False when somebody else was quicker.
    """
    return await connection().fetchval("delete from core_failed_job where id = $1 returning id", id_) is not None
