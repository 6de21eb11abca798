"""What waits for somebody in the books: drafts handed back to their drafter, and vouchers to review."""

from collections.abc import Mapping, Sequence
from typing import Any

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.waiting import Urgency, WaitingItem, WaitingSource

_PLACES = "and ($2::bigint is null or v.client = $2) and ($3::bigint[] is null or v.client = any($3))"

_RETURNED = f"""select v.id, v.client, v.summary, v.returned_reason, v.returned_by_name from core_voucher v
    where v.firm = $1 and v.state = 'draft' {_PLACES} and v.returned_reason is not null
    and (v.drafted_by = $4 or v.drafted_by is null) order by v.id limit $5"""  # noqa: S608 - our own condition

_TO_REVIEW = f"""select v.client, count(*) as vouchers, min(v.date) as earliest from core_voucher v
    where v.firm = $1 and v.state = 'draft' {_PLACES} and v.returned_reason is null
    and (v.drafted_by is distinct from $4 or (select f.single_person from core_firm f where f.id = v.firm))
    group by v.client order by min(v.date), v.client limit $5"""  # noqa: S608 - our own condition


async def returned(limit: int) -> Sequence[WaitingItem]:
    """Drafts that a reviewer handed back to this person; what the system drafted waits for all who may write."""
    return [
        WaitingItem(
            client=row["client"],
            title=(gettext("修改退回的凭证:%(what)s") % {"what": row["summary"] or gettext("(没有摘要)")})[:120],
            button="去修改",
            path=f"/vouchers/{row['id']}/edit",
            urgency=Urgency.TODAY,
            from_whom=row["returned_by_name"],
            note=row["returned_reason"],
        )
        for row in await _asked(_RETURNED, limit)
    ]


async def to_review(limit: int) -> Sequence[WaitingItem]:
    """One line a client whose drafts somebody else wrote."""
    return [
        WaitingItem(
            client=row["client"],
            title=gettext("%(n)s 张凭证等审核") % {"n": row["vouchers"]},
            button="去审核",
            path="/vouchers/review",
            urgency=Urgency.TODAY,
            note=gettext("最早 %(day)s") % {"day": row["earliest"]},
        )
        for row in await _asked(_TO_REVIEW, limit)
    ]


async def _asked(query: str, limit: int) -> Sequence[Mapping[str, Any]]:
    acting = scope()
    allowed = None if acting.clients is None else sorted(acting.clients)
    found: Sequence[Mapping[str, Any]] = await connection().fetch(
        query, firm_in_scope(), acting.client, allowed, acting.user, limit
    )
    return found


LEDGER_WAITING = (
    WaitingSource("returned_vouchers", "ledger.draft", returned, topics=("ledger",)),
    WaitingSource("vouchers_to_review", "ledger.post", to_review, ("review",), topics=("ledger",)),
)
