"""账号安全: a person is told of what changes how their account is signed in to, whoever did it.

Queued in the transaction of the change at every firm where the person belongs, and kept about the first client that they see there.
"""

import datetime as dt

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.account_trail import TELL_PERSON, TOLD
from zhangfang_core.notices.kinds import ACCOUNT_CHANGED, CORE
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job
from zhangfang_sdk.notices import Notice, Notices
from zhangfang_sdk.periods import BUSINESS_TIME_ZONE
from zhangfang_sdk.services import use

_FIRST_CLIENT = """select min(c.id) from core_membership m cross join lateral (select app_clients_of(m) as clients) s
    join core_client c on c.firm = m.firm and (m.client is null or m.client = c.id) and (s.clients is null or c.id = any(s.clients))
    where m.firm = $1 and m."user" = $2 and app_stands(m)"""


async def tell_account_change(person: int, action: str, at: str) -> None:
    """``at`` is the instant of the change in ISO form. Who sees no client of the firm is told nothing here."""
    async with transaction():
        client = await connection().fetchval(_FIRST_CLIENT, firm_in_scope(), person)
        if client is None:
            return
        when = dt.datetime.fromisoformat(at).astimezone(BUSINESS_TIME_ZONE)
        notice = Notice(
            client,
            f"{CORE}.{ACCOUNT_CHANGED}",
            f"{ACCOUNT_CHANGED}:{action}:{at}",
            "/account",
            {"what": TOLD[action], "when": f"{when:%Y-%m-%d %H:%M}"},
            people=frozenset({person}),
        )
        await use(Notices).send(notice)


TELL_PERSON_JOB = Job(TELL_PERSON.removeprefix("core."), tell_account_change)
