"""One verification of everything that a firm must be able to rely on: asked for on a page, run each night, and by ``zhangfang verify``.

It counts again what the trail's entries say of vouchers, months and files, and what lines say of balances and numbers, and holds the trail's
own chain against heads that are kept outside the database. The checks stand in the rooms whose data they know.
"""

import datetime as dt
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pkgutil import resolve_name
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.settings import read_settings
from zhangfang_core.trail.audit import verify
from zhangfang_core.trail.parts import Check, Fault, Part
from zhangfang_core.trail.tables import trail_in_scope
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.live import Live
from zhangfang_sdk.services import use

log = logging.getLogger("zhangfang.verify")

TRAIL_CHECKS = ("zhangfang_core.trail.verification:check_chain", "zhangfang_core.trail.heads:check_heads")
FIRM_CHECKS = (
    *TRAIL_CHECKS,
    "zhangfang_core.ledger.verification:check_vouchers",
    "zhangfang_core.ledger.chart_verification:check_accounts",
    "zhangfang_core.ledger.verification:check_balances",
    "zhangfang_core.ledger.verification:check_numbers",
    "zhangfang_core.ledger.verification:check_months",
    "zhangfang_core.documents.verification:check_documents",
)
"""Named, not imported: they stand in rooms beside and above this one."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What every check found, in order; ``protects`` says against whom, in Chinese."""

    parts: tuple[Part, ...]
    head: str
    protects: str

    @property
    def holds(self) -> bool:
        return not any(part.found for part in self.parts)

    @property
    def faults(self) -> int:
        return sum(part.found for part in self.parts)


@cache
def _checks(of_firm: bool) -> Sequence[Check]:
    return [resolve_name(name) for name in (FIRM_CHECKS if of_firm else TRAIL_CHECKS)]


async def verify_all(*, whole: bool) -> Verification:
    """Every check of the firm in scope, or of the deployment's own trail; no transaction may be open.

    ``whole`` reads the bytes of every file; without it those of a thirtieth a day. What was found is put on the trail.
    """
    parts = tuple([await check(whole) for check in _checks(scope().firm is not None)])
    async with transaction():
        head = await connection().fetchval(
            "select number || '-' || hash from core_audit_block where firm = $1 order by number desc limit 1",
            trail_in_scope(),
        )
        done = Verification(parts, head or "", protects())
        await use(Audit).record(
            "audit.verify",
            "core_audit_block",
            after={"holds": done.holds, "faults": done.faults, "head": done.head, "whole": whole},
        )
    if not done.holds:
        log.error("verification of trail %s found %s faults", trail_in_scope(), done.faults)
    return done


async def check_chain(whole: bool = False) -> Part:
    """The trail's own chain of blocks, see ``audit.verify``."""
    async with transaction():
        verdict = await verify()
    faults = [] if verdict.fault is None else [Fault("core_audit_block", verdict.fault)]
    counted = f"{verdict.blocks:,} 段、{verdict.entries:,} 条记录"
    return Part.of(
        "chain", "操作日志", counted + (f",另有 {verdict.unsealed} 条正在封存" if verdict.unsealed else ""), faults
    )


def protects() -> str:
    """Against whom this deployment's verification protects."""
    if read_settings().s3_url is not None:
        return "能发现有人改动数据库。封存指纹存在对象存储里;存储桶设为只增不改(对象锁定)时,连管理这台服务器的人也不能改了不被发现。"
    return "能发现有人改动数据库。管理这台服务器的人能同时改动指纹文件,要防住他,请把封存指纹寄到邮箱,或改用只增不改的对象存储。"


async def begin() -> int:
    """A verification that somebody asked for, as a row; in the caller's transaction. The row of one that still waits, if there is one."""
    waiting: int | None = await connection().fetchval(
        """select id from core_verification where firm = $1 and finished_at is null and started_at > now() - interval '6 hours'
        order by id desc limit 1""",
        trail_in_scope(),
    )
    return await _new_row() if waiting is None else waiting


async def _new_row() -> int:
    row: int = await connection().fetchval(
        "insert into core_verification (firm, asked_by, started_at) values ($1, $2, clock_timestamp()) returning id",
        trail_in_scope(),
        scope().user_name if scope().user is not None else "",
    )
    return row


async def run(row: int | None = None) -> None:
    """The job: nightly without ``row``, and whole for one that was asked for."""
    whole = row is not None
    async with transaction():
        row = await _new_row() if row is None else row
    found = await verify_all(whole=whole)
    async with transaction():
        await connection().execute(
            "update core_verification set finished_at = clock_timestamp(), result = $3::jsonb where firm = $1 and id = $2",
            trail_in_scope(),
            row,
            json.dumps(asdict(found), ensure_ascii=False),
        )
        await _announce()


async def _announce() -> None:
    client = await connection().fetchval("select min(id) from core_client where firm = $1", trail_in_scope())
    if client is not None:
        await use(Live).announce("verification", client)


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest verification as the page shows it: ``running`` where one is under way, ``result`` of the newest that ended."""

    running: bool
    finished_at: dt.datetime | None = None
    asked_by: str = ""
    result: Verification | None = None
    good_before: dt.datetime | None = None


async def newest() -> Shown:
    """Of the trail in scope, in the caller's transaction. ``good_before`` is when everything held for the last time before faults."""
    rows = await connection().fetch(
        """select finished_at, asked_by, result::text as result from core_verification
        where firm = $1 and (finished_at is not null or started_at > now() - interval '6 hours') order by id desc limit 2""",
        trail_in_scope(),
    )
    running = bool(rows) and rows[0]["finished_at"] is None
    ended = next((row for row in rows if row["finished_at"] is not None), None)
    if ended is None:
        return Shown(running)
    result = _result(json.loads(ended["result"]))
    good = (
        None
        if result.holds
        else await connection().fetchval(
            """select max(finished_at) from core_verification where firm = $1 and finished_at < $2
        and not jsonb_path_exists(result, '$.parts[*].found ? (@ > 0)')""",
            trail_in_scope(),
            ended["finished_at"],
        )
    )
    return Shown(running, ended["finished_at"], ended["asked_by"], result, good)


def _result(told: Mapping[str, Any]) -> Verification:
    parts = (Part(**{**part, "faults": tuple(Fault(**fault) for fault in part["faults"])}) for part in told["parts"])
    return Verification(tuple(parts), told["head"], told["protects"])


VERIFY_JOB = Job("verify", run, schedule="10 2 * * *", tries=2, seconds=6 * 3600.0)
