"""The firm's log of what went out by which channel and why not, and what people decide of it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.queue import put
from zhangfang_core.notices.kinds import CONTACT_WANTED, CORE
from zhangfang_core.notices.service import DELIVER, ONCE, TOPIC
from zhangfang_core.notices.states import Reason, State
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use

MAY = "notices.manage"
NOWHERE = "nowhere"
"""In place of a state: what went to nobody, because the person gave no address or agreed to no channel. Part of what was left out."""
NO_WAY = (Reason.NO_ADDRESS, Reason.NOT_CHOSEN, Reason.NOT_BOUND)
AGAIN = (State.FAILED, State.LEFT_OUT, State.UNCERTAIN)
"""What may be sent again."""

_LOG = """select d.id, d.client, d.channel, d.state, d.reason, d.detail, d.address, d.due_at, d.handed_at, d.created_at, d.attempts,
    d.decided_by_name, d.key, n.title, n.kind, u.name as person, c.name as client_name
    from core_notice_delivery d join core_notice n on n.firm = d.firm and n.id = d.notice
    join core_user u on u.id = d."user" join core_client c on c.firm = d.firm and c.id = d.client
    where d.firm = $1 and ($2::bigint[] is null or d.client = any($2)) and ($3 = '' or d.state = $3
        or ($3 = 'nowhere' and d.state = 'left_out' and d.reason = any($8::text[])))
    and ($4 = '' or d.channel = $4)
    and ($5 = '' or position(lower($5) in lower(u.name)) > 0 or position(lower($5) in lower(c.name)) > 0) and ($6 = 0 or d.id < $6)
    order by d.id desc limit $7"""

_UNREACHED = """select d."user" as person, min(d.id) as delivery, min(d.client) as client, u.name, c.name as client_name, count(distinct d.notice) as notices
    from core_notice_delivery d join core_user u on u.id = d."user" join core_client c on c.firm = d.firm and c.id = d.client
    where d.firm = $1 and ($2::bigint[] is null or d.client = any($2)) and ($3::bigint is null or d."user" = $3)
    group by d."user", u.name, c.id, c.name having bool_and(d.state = 'left_out' and d.reason = any($4::text[]))
    order by u.name, c.name limit 200"""

_OPT_OUTS = """select u.name as person, o.kind, o.since from core_notice_opt_out o join core_user u on u.id = o."user"
    where exists (select from core_membership m where m.firm = $1 and m."user" = o."user" and m.active
        and ($2::bigint[] is null or m.client = any($2))) order by u.name, o.kind"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``state`` is one of those of notices or NOWHERE. "" and 0 are no filter. ``words`` are in a person's or a client's name.

    ``older_than`` is the id of an entry.
    """

    state: str = ""
    channel: str = ""
    words: str = ""
    older_than: int = 0


async def entries(wanted: Wanted, limit: int) -> Sequence[dict[str, Any]]:
    """Of the clients that the person sees, newest first; needs ``notices.manage``."""
    require(MAY)
    rows = await connection().fetch(
        _LOG,
        firm_in_scope(),
        _clients(),
        wanted.state,
        wanted.channel,
        wanted.words,
        wanted.older_than,
        limit,
        list(NO_WAY),
    )
    return [dict(row) for row in rows]


async def unreached() -> Sequence[dict[str, Any]]:
    """People whom nothing could be sent to by any channel, each with a client and one of the ``delivery`` ids; needs ``notices.manage``."""
    require(MAY)
    return [dict(row) for row in await connection().fetch(_UNREACHED, firm_in_scope(), _clients(), None, list(NO_WAY))]


async def ask_for_contact(delivery: int) -> None:
    """A notice on the screen of the person whom it was for, once a day, that leads to where contacts are given; needs ``notices.manage``.

    Raises Refusal ``common.not_found``, ``notices.reachable`` (409).
    """
    require(MAY)
    sent = await connection().fetchrow(
        'select client, "user" as person from core_notice_delivery where firm = $1 and id = $2', firm_in_scope(), delivery
    )
    if sent is None or not scope().sees(sent["client"]):
        raise not_found("发送记录")
    person = sent["person"]
    found = await connection().fetchrow(_UNREACHED, firm_in_scope(), _clients(), person, list(NO_WAY))
    if found is None:
        raise Refusal("notices.reachable", "对方已经有可以用的联系方式了。", status=409)
    notice = Notice(
        found["client"],
        f"{CORE}.{CONTACT_WANTED}",
        f"{CONTACT_WANTED}:{person}:{dt.datetime.now(BUSINESS_TIME_ZONE).date()}",
        "/account/contacts",
        people=frozenset({person}),
    )
    await use(Notices).send(notice)
    await use(Audit).record("notices.ask_contact", f"core_user:{person}", client=found["client"])


async def opt_outs() -> Sequence[dict[str, Any]]:
    """Who of the clients that the person sees does not want to be sent which kinds, and who of the firm where they see all; needs ``notices.manage``."""
    require(MAY)
    return [dict(row) for row in await connection().fetch(_OPT_OUTS, firm_in_scope(), _clients())]


async def count_uncertain() -> int:
    """What waits for somebody's decision; 0 for who may not decide."""
    if not scope().holds(MAY) or scope().firm is None:
        return 0
    found: int = await connection().fetchval(
        """select count(distinct key) from core_notice_delivery
        where firm = $1 and state = 'uncertain' and ($2::bigint[] is null or client = any($2))""",
        firm_in_scope(),
        _clients(),
    )
    return found


async def send_again(delivery: int) -> None:
    """The whole message that it was part of, at the next allowed hour; needs ``notices.manage``.

    Raises Refusal ``common.not_found``, ``notices.not_open`` (409) for what is sent or on its way. What may have arrived keeps its key.
    """
    row = await _held(delivery, AGAIN)
    await connection().execute(
        """update core_notice_delivery set state = 'waiting', reason = '', detail = '', vendor = '', attempts = 0, due_at = now(),
        key = case when $4 then key else '' end, decided_by_name = $5
        where firm = $1 and (id = $2 or ($3 <> '' and key = $3)) and state in ('failed', 'left_out', 'uncertain')""",
        firm_in_scope(),
        delivery,
        row["key"],
        row["state"] == State.UNCERTAIN,
        scope().user_name[:80],
    )
    await put(DELIVER, firm_in_scope(), lock=None, once=ONCE, arguments={})
    await use(Audit).record("notices.again", f"core_notice_delivery:{delivery}", client=row["client"])
    await use(Live).announce(TOPIC, row["client"])


async def has_arrived(delivery: int) -> None:
    """Somebody asked, and it was there; needs ``notices.manage``. Raises Refusal ``common.not_found``, ``notices.not_open`` (409)."""
    row = await _held(delivery, (State.UNCERTAIN,))
    await connection().execute(
        """update core_notice_delivery set state = 'sent', reason = $4, decided_by_name = $5
        where firm = $1 and (id = $2 or ($3 <> '' and key = $3)) and state = 'uncertain'""",
        firm_in_scope(),
        delivery,
        row["key"],
        Reason.DECIDED.value,
        scope().user_name[:80],
    )
    await use(Audit).record("notices.arrived", f"core_notice_delivery:{delivery}", client=row["client"])
    await use(Live).announce(TOPIC, row["client"])


async def _held(delivery: int, states: Sequence[State]) -> dict[str, Any]:
    require(MAY)
    row = await connection().fetchrow(
        "select client, key, state from core_notice_delivery where firm = $1 and id = $2 for update",
        firm_in_scope(),
        delivery,
    )
    if row is None or not scope().sees(row["client"]):
        raise not_found("发送记录")
    if row["state"] not in states:
        raise Refusal("notices.not_open", "这条通知已经发出或正在发送,请刷新后再看。", status=409)
    return dict(row)


def _clients() -> list[int] | None:
    return None if (seen := scope().clients) is None else sorted(seen)
