"""What goes out as one message: claimed in a transaction before it is handed over, settled in another one after it.

A parcel has a key from its first claim on and keeps it however often it is tried, so that a vendor, or the mailbox, can tell that it is the
same one. A worker that dies in between leaves it ``sending``; after LEASE another one finds it.
"""

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.notices.people import Way, way_to
from zhangfang_core.notices.states import Reason, State
from zhangfang_core.vendors.candidates import candidates
from zhangfang_core.vendors.offers import offers
from zhangfang_sdk.contacts import Channel
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.vendors import VendorKind

LEASE = dt.timedelta(minutes=5)
"""Longer than any hand-over takes: until then nobody else touches a parcel that is being sent."""
DIGEST = 50
"""Notices of one message at most."""
LONGEST_DETAIL = 200

KINDS: Mapping[Channel, VendorKind] = {
    Channel.EMAIL: VendorKind.EMAIL,
    Channel.SMS: VendorKind.SMS,
    Channel.WECHAT: VendorKind.WECHAT_MESSAGE,
}

# Claims of a firm are made one after the other, whichever workers make them.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('zhangfang.notices:' || $1::bigint, 0))"

_LEAD = """select * from core_notice_delivery where firm = $1 and state in ('waiting', 'sending')
    and ((state = 'waiting' and due_at <= $2) or (state = 'sending' and claimed_at <= $3))
    order by urgent desc, due_at, id limit 1"""

_TOGETHER = """select d.*, n.kind from core_notice_delivery d join core_notice n on n.firm = d.firm and n.id = d.notice
    where d.firm = $1 and (d.id = $2 or ($3 <> '' and d.key = $3) or ($3 = '' and not $4 and not d.urgent and d.key = ''
        and d."user" = $5 and d.channel = $6 and d.state = 'waiting' and d.due_at <= $7))
    order by d.id limit $8"""

_CONTENT = """select n.id, n.title, n.body, n.subject, n.mail, n.sms, n.link, c.name as client from core_notice n
    join core_client c on c.firm = n.firm and c.id = n.client where n.firm = $1 and n.id = any($2::bigint[]) order by n.id"""


@dataclass(frozen=True, slots=True)
class Item:
    """One notice of a parcel. ``client`` is the client's name."""

    subject: str
    title: str
    text: str
    sms: str
    link: str
    client: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to one person. ``attempt`` counts from 1; ``claimed_at`` names this claim of it. ``vendors`` are to be tried in this order."""

    key: str
    channel: Channel
    address: str
    attempt: int
    claimed_at: dt.datetime
    vendors: Sequence[str]
    items: Sequence[Item]


async def claim(now: dt.datetime) -> Parcel | None:
    """The firm's next parcel that may go out now; None when there is none. Each look in a transaction of its own."""
    while True:
        async with transaction():
            await connection().execute(_ALONE, firm_in_scope())
            lead = await connection().fetchrow(_LEAD, firm_in_scope(), now, now - LEASE)
            if lead is None:
                return None
            parcel = await _claimed(dict(lead), now)
        if parcel is not None:
            return parcel


async def _claimed(lead: dict[str, Any], now: dt.datetime) -> Parcel | None:
    """None where the lead's rows were put aside: they are not the next ones any more."""
    channel = Channel(lead["channel"])
    broken_off = lead["state"] == State.SENDING
    rows = await connection().fetch(
        _TOGETHER,
        firm_in_scope(),
        lead["id"],
        lead["key"],
        lead["urgent"],
        lead["user"],
        lead["channel"],
        now,
        DIGEST,
    )
    if broken_off and not _repeatable(channel, lead["vendor"]):
        await _put(rows, State.UNCERTAIN, Reason.BROKEN_OFF, now)
        return None
    ways = {row["id"]: await way_to(row["user"], channel, row["kind"], row["urgent"], now) for row in rows}
    if lead["key"] == "":
        rows = await _without_objections(rows, ways, now)
        if not rows:
            return None
    way = ways[rows[0]["id"]]
    # Parts of a message that may be out already are not taken out of it; it goes once more as it was, or not at all.
    if way.reason is not Reason.NONE:
        await _put(rows, State.UNCERTAIN if lead["vendor"] else State.LEFT_OUT, way.reason, now)
        return None
    if way.due_at > now:
        await _put(rows, State.WAITING, Reason.HELD, way.due_at)
        return None
    vendors = [lead["vendor"]] if lead["vendor"] else [c.id for c in await candidates(KINDS[channel])]
    if not vendors:
        await _put(rows, State.LEFT_OUT, Reason.NO_VENDOR, now)
        return None
    key = lead["key"] or f"zf{firm_in_scope()}-{rows[0]['id']}-{secrets.token_hex(8)}"
    attempt = lead["attempts"] + 1
    await connection().execute(
        """update core_notice_delivery set state = 'sending', reason = '', detail = '', key = $3, vendor = $4, attempts = $5, claimed_at = $6
        where firm = $1 and id = any($2::bigint[])""",
        firm_in_scope(),
        [row["id"] for row in rows],
        key,
        vendors[0],
        attempt,
        now,
    )
    content = await connection().fetch(_CONTENT, firm_in_scope(), [row["notice"] for row in rows])
    items = [Item(c["subject"], c["title"], c["mail"], c["sms"], c["link"], c["client"]) for c in content]
    return Parcel(key, channel, way.address, attempt, now, vendors, items)


async def _without_objections(
    rows: Sequence[Mapping[str, Any]], ways: Mapping[int, Way], now: dt.datetime
) -> list[Mapping[str, Any]]:
    """What the person or the firm has changed since it was planned holds."""
    going = []
    for row in rows:
        if (reason := ways[row["id"]].reason) is Reason.NONE:
            going.append(row)
        else:
            await _put([row], State.LEFT_OUT, reason, now)
    return going


def _repeatable(channel: Channel, vendor: str) -> bool:
    offer = offers().get((KINDS[channel], vendor))
    return offer is not None and offer.vendor.repeatable


async def _put(rows: Sequence[Mapping[str, Any]], state: State, reason: Reason, due_at: dt.datetime) -> None:
    await connection().execute(
        """update core_notice_delivery set state = $3, reason = $4, due_at = $5 where firm = $1 and id = any($2::bigint[])""",
        firm_in_scope(),
        [row["id"] for row in rows],
        state.value,
        reason.value,
        due_at,
    )


async def pass_on(parcel: Parcel, vendor: str) -> None:
    """The vendor before certainly did nothing; from here on it may be this one."""
    async with transaction():
        await connection().execute(
            "update core_notice_delivery set vendor = $3 where firm = $1 and key = $2",
            firm_in_scope(),
            parcel.key,
            vendor,
        )


async def settle(
    parcel: Parcel,
    state: State,
    reason: Reason,
    *,
    vendor: str = "",
    detail: str = "",
    reference: str = "",
    due_at: dt.datetime | None = None,
    handed_at: dt.datetime | None = None,
) -> None:
    """What came of this claim; where another worker has taken the parcel over meanwhile, it is theirs to say."""
    async with transaction():
        await connection().execute(
            """update core_notice_delivery set state = $4, reason = $5, vendor = $6, detail = $7, reference = $8,
            due_at = coalesce($9, due_at), handed_at = $10
            where firm = $1 and key = $2 and claimed_at = $3 and state in ('sending', 'uncertain')""",
            firm_in_scope(),
            parcel.key,
            parcel.claimed_at,
            state.value,
            reason.value,
            vendor,
            detail[:LONGEST_DETAIL],
            reference[:LONGEST_DETAIL],
            due_at,
            handed_at,
        )


async def next_look() -> dt.datetime | None:
    """When there will be something to do again, None when nothing waits."""
    found: dt.datetime | None = await connection().fetchval(
        """select min(case state when 'waiting' then due_at else claimed_at + $2::interval end) from core_notice_delivery
        where firm = $1 and state in ('waiting', 'sending')""",
        firm_in_scope(),
        LEASE,
    )
    return found
