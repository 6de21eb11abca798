"""After how long without a sign of them a firm's people sign in again; those of its clients too."""

from zhangfang_core.database.engine import connection
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.live import ACCESS, WHOLE_FIRM, Live
from zhangfang_sdk.services import use

UNTOLD = 7 * 24 * 60
OFFERED = (15, 30, 60, 2 * 60, 8 * 60, 24 * 60, UNTOLD)
"""Minutes."""


async def idle_minutes() -> int:
    """Of the firm in scope. Of somebody of several firms, the shortest counts wherever they are (``app_idle_of``)."""
    told: int | None = await connection().fetchval(
        "select idle_minutes from core_sign_in_rule where firm = $1", firm_in_scope()
    )
    return UNTOLD if told is None else told


async def choose_idle(minutes: int | None) -> None:
    """In force with everybody's next request; needs ``people.manage``. On the trail. Raises Refusal ``idle.not_offered``."""
    require("people.manage")
    if minutes not in OFFERED:
        raise Refusal("idle.not_offered", "请从列出的时间里选一个。", field="idle")
    before = await idle_minutes()
    await connection().execute(
        """insert into core_sign_in_rule (firm, idle_minutes) values ($1, $2)
        on conflict (firm) do update set idle_minutes = excluded.idle_minutes""",
        firm_in_scope(),
        minutes,
    )
    await use(Audit).record(
        "idle.choose", "core_sign_in_rule", before={"idle_minutes": before}, after={"idle_minutes": minutes}
    )
    await use(Live).announce(ACCESS, WHOLE_FIRM)
