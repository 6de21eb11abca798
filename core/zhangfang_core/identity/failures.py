"""Failed tries on the trail of the firms that are concerned, while nobody is signed in who could write there."""

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, in_scope
from zhangfang_sdk.services import use

NOBODY = 0
STRANGER = "未登录"
"""Stands where the trail names who did it: who failed has proved nothing."""


async def record_failure(action: str, person: int | None, *, address: str, wait: int) -> None:
    """Put a failed try at a person's account on the trail of each firm that they belong to, with the wait (seconds) that follows.

    A login that nobody has, and a person of no firm, stand on the deployment's own trail: both take the same steps. Leaves
    the transaction's settings at one of these trails.
    """
    await show_scope(Scope(user=person or NOBODY))
    firms = {row["firm"] for row in await connection().fetch("select firm from app_places()")}
    subject = "core_user" if person is None else f"core_user:{person}"
    for firm in sorted(firms) or [None]:
        outside = Scope(firm=firm, user_name=STRANGER, address=address)
        await show_scope(outside)
        with in_scope(outside):
            await use(Audit).record(action, subject, after={"wait_seconds": wait} if wait else None)
