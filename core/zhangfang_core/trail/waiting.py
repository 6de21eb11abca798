"""What waits for whoever answers for the firm's data: a verification that found something."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.waiting import Urgency, WaitingItem, WaitingSource

_NEWEST = """select (select coalesce(sum((part ->> 'found')::int), 0) from jsonb_array_elements(v.result -> 'parts') part) as faults
    from core_verification v where v.firm = $1 and v.finished_at is not null order by v.id desc limit 1"""


async def faults(limit: int) -> Sequence[WaitingItem]:
    """The newest verification's, at the firm."""
    if scope().client is not None:
        return []
    found = await connection().fetchval(_NEWEST, firm_in_scope())
    if not found:
        return []
    return [
        WaitingItem(
            None,
            gettext("完整性校验发现 %(n)s 处数据与记录不符") % {"n": found},
            "去看",
            "/audit/verification",
            Urgency.LATE,
        )
    ]


TRAIL_WAITING = (WaitingSource("verification", "audit.read", faults, ("audit",), ("verification",)),)
