"""Whether a person is to be sent a notice by a channel, where to, and when: asked as it is planned, and anew before it is handed over."""

import datetime as dt
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, kept
from zhangfang_core.notices.hours import next_allowed
from zhangfang_core.notices.states import Reason
from zhangfang_sdk.calendar import Calendar
from zhangfang_sdk.contacts import Channel, Contacts, Reach
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.services import use


@dataclass(frozen=True, slots=True)
class Way:
    """``reason`` says why nothing is sent, NONE where it is. ``due_at`` (UTC) is the first instant at which it may go out."""

    reason: Reason
    address: str
    due_at: dt.datetime


async def way_to(person: int, channel: Channel, kind: str, urgent: bool, now: dt.datetime) -> Way:
    """In the transaction in force, of the platform's own work. People and what they chose are read once in it."""
    reach = await _reach(person)
    reason = Reason.GONE if reach is None else await _objection(reach, channel, kind, urgent)
    if reach is None or reason is not Reason.NONE:
        return Way(reason, "", now)
    address = reach.phone if channel is Channel.SMS else reach.email
    due = now if urgent else await next_allowed(now, reach.quiet, use(Calendar).is_working_day)
    return Way(Reason.NEVER_ALLOWED, address, now) if due is None else Way(Reason.NONE, address, due)


async def opened(person: int, channel: Channel) -> bool:
    """Whether the person ticked a channel that works."""
    reach = await _reach(person)
    return reach is not None and channel in reach.channels


async def _objection(reach: Reach, channel: Channel, kind: str, urgent: bool) -> Reason:
    if not urgent and kind in await _opted_out(reach.person):
        return Reason.OPTED_OUT
    if channel in reach.channels:
        return Reason.NOT_BOUND if channel is Channel.WECHAT else Reason.NONE
    has_address = bool(reach.phone if channel is Channel.SMS else reach.email)
    return Reason.NOT_CHOSEN if has_address else Reason.NO_ADDRESS


async def _reach(person: int) -> Reach | None:
    known: dict[int, Reach | None] = kept("notice_reach")
    if person not in known:
        active = await connection().fetchval(
            'select exists (select from core_membership where firm = $1 and "user" = $2 and active)',
            firm_in_scope(),
            person,
        )
        known[person] = await use(Contacts).reach(person) if active else None
    return known[person]


async def _opted_out(person: int) -> frozenset[str]:
    known: dict[int, frozenset[str]] = kept("notice_opt_outs")
    if person not in known:
        rows = await connection().fetch('select kind from core_notice_opt_out where "user" = $1', person)
        known[person] = frozenset(row["kind"] for row in rows)
    return known[person]


def masked(address: str) -> str:
    """As the log shows it: "138****8000" without the country, "li***@example.cn"."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:2]}***@{host}"
    digits = address.removeprefix("+86")
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) > 7 else "****"
