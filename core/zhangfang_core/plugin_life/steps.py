"""What was installed, upgraded, uninstalled and restored here, on the operator's own trail."""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from zhangfang_core.trail.action_names import action_name
from zhangfang_core.trail.audit import record_as_owner
from zhangfang_core.trail.tables import DEPLOYMENT, AuditEntry

BY = "平台运维"
SHOWN = 30


@dataclass(frozen=True, slots=True)
class StepTaken:
    """``at`` is UTC; ``before`` and ``after`` are versions, "" for none. Of an order ``after`` says what was ordered."""

    at: dt.datetime
    by: str
    name: str
    plugin: str
    before: str
    after: str


async def keep_step(
    connection: "asyncpg.Connection[Any]",
    action: str,
    plugin: str,
    *,
    by: str = BY,
    before: str | None = None,
    after: Mapping[str, object],
) -> None:
    """In the transaction at hand, which is in no firm's scope. A database that has no schema yet keeps nothing."""
    if await connection.fetchval("select to_regclass('core_audit_entry') is not null"):
        was = None if before is None else {"version": before}
        await record_as_owner(connection, DEPLOYMENT, action, f"module:{plugin}", by=by, before=was, after=after)


async def steps_taken() -> Sequence[StepTaken]:
    """The newest first; in the operator's scope."""
    rows = (
        await AuditEntry.select()
        .where(AuditEntry.subject.like("module:%"))
        .order_by(AuditEntry.id, ascending=False)
        .limit(SHOWN)
    )
    return [
        StepTaken(
            row["at"],
            row["user_name"],
            action_name(row["action"]),
            row["subject"].removeprefix("module:"),
            _told(row["before"]),
            _told(row["after"]),
        )
        for row in rows
    ]


def _told(step: str | None) -> str:
    if step is None:
        return ""
    told = json.loads(step)
    return str(told.get("version", told.get("order", "")))
