"""The SDK's ``Notices``: notices kept for people."""

import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.permissions import permissions_of
from zhangfang_core.identity.roles import SEES_EVERY_CLIENT
from zhangfang_core.jobs.facts import tell
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.notices import Notice
from zhangfang_sdk.places import at
from zhangfang_sdk.services import use

TOPIC = "notices"
_LONGEST_TITLE = 120
_LONGEST_KEY = 160
_LONGEST_LINK = 400

_MEMBERS = """select m."user", m.role, m.client, exists (
        select from core_assignment a where a.firm = m.firm and a.client = $2 and a."user" = m."user") as assigned
    from core_membership m where m.firm = $1 and m.active and (m.client is null or m.client = $2)"""

_KEEP = """insert into core_notice (firm, client, "user", key, title, body, link, created_at)
    select $1, $2, person, $4, $5, $6, $7, now() from unnest($3::bigint[]) person
    on conflict (firm, "user", key) do nothing returning id"""


class KeptNotices:
    """One row for each person concerned; a key reaches a person once, however often it is sent."""

    async def send(self, notice: Notice) -> bool:
        """See :class:`zhangfang_sdk.notices.Notices`.

        Raises ValueError for a link that does not stay in the portal, or a key or link that is too long: programming errors.
        """
        if not notice.link.startswith("/") or notice.link.startswith("//") or len(notice.link) > _LONGEST_LINK:
            raise ValueError(f"a message links to a page of the portal, not to {notice.link!r}")
        if not 0 < len(notice.key) <= _LONGEST_KEY:
            raise ValueError(f"the key {notice.key!r} is empty or longer than {_LONGEST_KEY}")
        if not scope().sees(notice.client):
            raise not_found("客户")
        title = notice.title if len(notice.title) <= _LONGEST_TITLE else notice.title[: _LONGEST_TITLE - 1] + "…"
        people = await _concerned(notice.client, notice.permission)
        rows = await connection().fetch(
            _KEEP,
            firm_in_scope(),
            notice.client,
            people,
            notice.key,
            title,
            notice.body,
            at(notice.client, notice.link),
        )
        if not rows:
            return False
        tell("notices_sent", [row["id"] for row in rows])
        await use(Live).announce(TOPIC, notice.client)
        return True


async def _concerned(client: int, permission: str) -> list[int]:
    """People of the firm and of the client who hold ``permission`` and see the client."""
    firm, enabled = firm_in_scope(), await enabled_modules()
    async with _seeing_everybody():
        members = await connection().fetch(_MEMBERS, firm, client)
        own = await connection().fetch("select key, permissions from core_role where firm = $1", firm)
    roles = {row["key"]: frozenset[str](json.loads(row["permissions"])) for row in own}
    return sorted(
        {
            m["user"]
            for m in members
            if (m["client"] is not None or m["role"] in SEES_EVERY_CLIENT or m["assigned"])
            and permission in permissions_of(m["role"], roles, enabled)
        }
    )


@asynccontextmanager
async def _seeing_everybody() -> AsyncIterator[None]:
    """A client's person may cause a message to the firm's people without seeing who they are: read them in the firm's name."""
    before = await connection().fetchrow(
        "select current_setting('app.staff', true) as staff, current_setting('app.clients', true) as clients"
    )
    if before is None:
        raise RuntimeError("the transaction's settings cannot be read")
    change = "select set_config('app.staff', $1, true), set_config('app.clients', $2, true)"
    await connection().execute(change, "on", "*")
    try:
        yield
    except BaseException:
        with contextlib.suppress(asyncpg.InFailedSQLTransactionError):
            await connection().execute(change, before["staff"], before["clients"])
        raise
    await connection().execute(change, before["staff"], before["clients"])
