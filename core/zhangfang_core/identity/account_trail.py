"""What concerns a person's account on the trail of the firms where they belong, done by somebody who is not signed in there."""

from dataclasses import replace

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.services import use

NOBODY = 0
STRANGER = "未登录"
"""Stands where the trail names who did it: who failed, or holds a link, has proved nothing else."""


async def record_failure(action: str, person: int | None, *, address: str, wait: int) -> None:
    """Put a failed try at a person's account on the trail, with the wait (seconds) that follows.

    A login that nobody has, and a person of no firm, stand on the deployment's own trail: both take the same steps.
    """
    outside = Scope(user_name=STRANGER, address=address)
    await record_at_firms_of(person, action, outside, after={"wait_seconds": wait} if wait else None)


async def record_at_firms_of(person: int | None, action: str, actor: Scope, *, after: dict[str, object] | None) -> None:
    """Write as ``actor``, at each firm of ``person``. Leaves the transaction's settings at one of these trails."""
    await show_scope(Scope(user=person or NOBODY))
    firms = {row["firm"] for row in await connection().fetch("select firm from app_places()")}
    subject = "core_user" if person is None else f"core_user:{person}"
    for firm in sorted(firms) or [None]:
        there = replace(actor, firm=firm, operator=False, staff=False, client=None)
        await show_scope(there)
        with in_scope(there):
            await use(Audit).record(action, subject, after=after)
