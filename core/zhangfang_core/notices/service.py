"""The SDK's ``Notices``: notices kept for people; what goes out of the house is handed to a job."""

import json

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.seeing import seeing_everybody
from zhangfang_core.jobs.facts import tell
from zhangfang_core.jobs.queue import put
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.notices.kinds import kind_to_send
from zhangfang_core.notices.states import Reason, State
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice, check_notice, shortened
from zhangfang_sdk.places import at
from zhangfang_sdk.services import use

TOPIC = "notices"
DELIVER = "core.deliver_notices"
ONCE = "deliver_notices"
"""No lock: several workers may deliver at once, and a dead one's job must not hold up the next."""

_LONGEST_TITLE = 120
_LONGEST_SUBJECT = 160

_MEMBERS = """select m."user", m.role from core_membership m cross join lateral (select app_clients_of(m) as clients) s
    where m.firm = $1 and m.role <> 'auditor' and app_stands(m) and (m.client is null or m.client = $2) and (s.clients is null or $2 = any(s.clients))"""

_KEEP = """insert into core_notice (firm, client, "user", kind, urgent, key, title, body, subject, mail, sms, link, created_at)
    select $1, $2, person, $4, $5, $6, $7, $8, $9, $10, $11, $12, now() from unnest($3::bigint[]) person
    on conflict (firm, "user", key) do nothing returning id"""


# Parts of a message that may be out already ("key") stay what they are.
_WITHDRAW = """update core_notice_delivery d set state = $5, reason = $6 from core_notice n
    where d.firm = $1 and d.state = 'waiting' and d.key = '' and d.client = $2 and n.firm = d.firm and n.id = d.notice
        and starts_with(n.key, $3) and starts_with(n.kind, $4)"""

_UNPLANNED = """update core_notice set planned_at = now()
    where firm = $1 and planned_at is null and client = $2 and starts_with(key, $3) and starts_with(kind, $4)"""

_READ = """update core_notice set read_at = now()
    where firm = $1 and read_at is null and client = $2 and starts_with(key, $3) and starts_with(kind, $4)"""


class KeptNotices:
    """One row for each person concerned; a key reaches a person once, however often it is sent."""

    async def send(self, notice: Notice) -> bool:
        """See :class:`zhangfang_sdk.notices.Notices`."""
        kind = kind_to_send(notice.kind)
        words = check_notice(notice, kind)
        if not scope().sees(notice.client):
            raise not_found("客户")
        rows = await connection().fetch(
            _KEEP,
            firm_in_scope(),
            notice.client,
            await _concerned(notice, kind.permission),
            notice.kind,
            kind.urgent or kind.window,
            notice.key,
            shortened(words.heading, _LONGEST_TITLE),
            words.body,
            shortened(words.subject, _LONGEST_SUBJECT),
            words.mail,
            words.sms,
            at(notice.client, notice.link),
        )
        if not rows:
            return False
        tell("notices_sent", [row["id"] for row in rows])
        await put(DELIVER, firm_in_scope(), lock=None, once=ONCE, arguments={})
        await use(Live).announce(TOPIC, notice.client)
        return True


    async def withdraw(self, client: int, beginning: str) -> int:
        """See :class:`zhangfang_sdk.notices.Notices`."""
        if not beginning:
            raise ValueError("an empty beginning would withdraw everything")
        if not scope().sees(client):
            raise not_found("客户")
        plugin = caller()
        whose = (firm_in_scope(), client, beginning, "" if plugin is None else f"{plugin.plugin}.")
        async with seeing_everybody():
            await connection().execute(_UNPLANNED, *whose)
            read = await connection().execute(_READ, *whose)
            done = await connection().execute(_WITHDRAW, *whose, State.LEFT_OUT.value, Reason.SETTLED.value)
        if _rows(read):
            await use(Live).announce(TOPIC, client)
        return _rows(done)


def _rows(status: str) -> int:
    """How many rows a statement changed, by what the database answers."""
    return int(status.rpartition(" ")[2])


async def _concerned(notice: Notice, permission: str | None) -> list[int]:
    """People of the firm and of the client who hold ``permission`` and see the client, and whom the notice does not leave out."""
    firm, enabled = firm_in_scope(), await enabled_modules()
    async with seeing_everybody():
        members = await connection().fetch(_MEMBERS, firm, notice.client)
        own = await connection().fetch("select key, permissions from core_role where firm = $1", firm)
    roles = {row["key"]: frozenset[str](json.loads(row["permissions"])) for row in own}
    return sorted(
        {
            m["user"]
            for m in members
            if (notice.people is None or m["user"] in notice.people)
            and (permission is None or permission in permissions_of(m["role"], roles, enabled))
        }
    )
