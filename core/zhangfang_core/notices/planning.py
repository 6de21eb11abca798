"""By which channels a notice that was kept goes out, and when at the earliest: a row of the log for each."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.notices.kinds import only_stands
from zhangfang_core.notices.people import masked, opened, way_to
from zhangfang_core.notices.states import Reason, State
from zhangfang_sdk.contacts import Channel
from zhangfang_sdk.context import firm_in_scope, transaction

BATCH = 100
"""Notices planned in one transaction."""

_UNPLANNED = """select id, client, "user", kind, urgent, sms from core_notice
    where firm = $1 and planned_at is null order by id limit $2 for update skip locked"""

_PLAN = """insert into core_notice_delivery (firm, client, notice, "user", channel, urgent, state, reason, detail, address, key, vendor,
    reference, attempts, due_at, decided_by_name, created_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, '', '', '', 0, $10, '', $11) on conflict (notice, channel) do nothing"""


async def plan(now: dt.datetime) -> bool:
    """Plan the firm's next notices in a transaction of its own; whether there may be more."""
    async with transaction():
        rows = await connection().fetch(_UNPLANNED, firm_in_scope(), BATCH)
        planned = [values for row in rows for values in await _ways(row, now)]
        await connection().executemany(_PLAN, planned)
        await connection().execute(
            "update core_notice set planned_at = $3 where firm = $1 and id = any($2::bigint[])",
            firm_in_scope(),
            [row["id"] for row in rows],
            now,
        )
    return len(rows) == BATCH


async def _ways(notice: Mapping[str, Any], now: dt.datetime) -> list[tuple[object, ...]]:
    """Values of a row for each channel, in the order of _PLAN."""
    found: list[tuple[object, ...]] = []
    urgent = notice["urgent"] and not only_stands(notice["kind"])
    for channel in await _channels(notice["user"], has_sms=notice["sms"] != ""):
        way = await way_to(notice["user"], channel, notice["kind"], urgent, now)
        state = State.WAITING if way.reason is Reason.NONE else State.LEFT_OUT
        reason = Reason.HELD if state is State.WAITING and way.due_at > now else way.reason
        whom = (firm_in_scope(), notice["client"], notice["id"], notice["user"], channel.value, urgent)
        found.append((*whom, state.value, reason.value, masked(way.address) if way.address else "", way.due_at, now))
    return found


async def _channels(person: int, *, has_sms: bool) -> list[Channel]:
    """WeChat stands on the log of those who asked for it only: nobody else wonders why nothing came."""
    wechat = [Channel.WECHAT] if await opened(person, Channel.WECHAT) else []
    return [Channel.EMAIL, *([Channel.SMS] if has_sms else []), *wechat]
