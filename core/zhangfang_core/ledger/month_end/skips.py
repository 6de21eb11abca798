"""What somebody put aside for one month, with the reason."""

from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.month_end import Proposal, Skipped
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

LONGEST_REASON = 200


async def skipped(client: int, period: Period) -> Sequence[Skipped]:
    rows = await connection().fetch(
        "select key, title, reason, skipped_by from core_month_end_skip where firm = $1 and client = $2 and period = $3 order by id",
        firm_in_scope(),
        client,
        period.number,
    )
    return [Skipped(*row) for row in rows]


async def put_aside(client: int, period: Period, proposal: Proposal, reason: str) -> None:
    reason = reason.replace("\x00", "").strip()[:LONGEST_REASON]
    if not reason:
        raise Refusal("month_end.reason_missing", "请写明本月为什么不做这张凭证,它会留在操作记录里。", field="reason")
    made = await connection().fetchval(
        """insert into core_month_end_skip (firm, client, period, key, title, reason, skipped_by, skipped_at)
        values ($1, $2, $3, $4, $5, $6, $7, now()) returning id""",
        firm_in_scope(),
        client,
        period.number,
        proposal.key,
        proposal.title,
        reason,
        scope().user_name,
    )
    after: dict[str, object] = {"period": period.key, "title": proposal.title, "reason": reason}
    await use(Audit).record("month_end.skip", f"core_month_end_skip:{made}", client=client, after=after)


async def take_up(client: int, period: Period, key: str) -> None:
    gone = await connection().fetchrow(
        "delete from core_month_end_skip where firm = $1 and client = $2 and period = $3 and key = $4 returning id, title",
        firm_in_scope(),
        client,
        period.number,
        key,
    )
    if gone is None:
        raise not_found("跳过的凭证")
    before: dict[str, object] = {"period": period.key, "title": gone["title"]}
    await use(Audit).record("month_end.unskip", f"core_month_end_skip:{gone['id']}", client=client, before=before)
