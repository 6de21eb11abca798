"""Closing a month (结账) and opening it again (反结账). Months close in order and open from the last."""

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.modules.hooks import ask
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

# Exclusive: waits for postings of this client that are under way, which hold it shared.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('ledger:' || $1::bigint, 0))"


async def closed_through(client: int) -> Period | None:
    """See ``Ledger.closed_through``."""
    if not scope().sees(client):
        raise not_found("客户企业")
    number = await connection().fetchval(
        "select max(period) from core_period where firm = $1 and client = $2 and closed_at is not null",
        firm_in_scope(),
        client,
    )
    return None if number is None else Period.from_number(number)


async def close_period(client: int, period: Period) -> None:
    """See ``Ledger.close_period``. Also raises ``ledger.already_closed`` and ``ledger.before_books``."""
    require("ledger.close")
    if not scope().sees(client):
        raise not_found("客户企业")
    await connection().execute(_LOCK, client)
    await _refuse_out_of_order(client, period)
    drafts = await connection().fetchval(
        "select count(*) from core_voucher where firm = $1 and client = $2 and period = $3 and state = 'draft'",
        firm_in_scope(),
        client,
        period.number,
    )
    if drafts:
        raise Refusal(
            "ledger.drafts_left",
            f"{period.label}还有 {drafts} 张凭证没有审核记账,请先审核或作废,再结账。",
            status=409,
            details={"drafts": drafts, "period": period.key},
        )
    await ask("check_period_close", client=client, period=period)
    closed = await connection().fetchval(
        """insert into core_period (firm, client, period, closed_at, closed_by) values ($1, $2, $3, now(), $4)
        on conflict (client, period) do update set closed_at = excluded.closed_at, closed_by = excluded.closed_by
        returning id""",
        firm_in_scope(),
        client,
        period.number,
        scope().user_name,
    )
    await _changed("ledger.close_period", closed, client, {"period": period.key})
    tell("periods_closed", [closed])


async def reopen_period(client: int, period: Period, reason: str) -> None:
    """See ``Ledger.reopen_period``. Also raises ``ledger.reopen_in_order``: the last closed month opens first."""
    require("ledger.close")
    reason = reason.strip()
    if not reason:
        raise Refusal("ledger.reason_missing", "请写明反结账的原因,它会留在操作记录里。", field="reason")
    if not scope().sees(client):
        raise not_found("客户企业")
    await connection().execute(_LOCK, client)
    last = await closed_through(client)
    if last is None or period > last:
        raise Refusal("ledger.not_closed", f"{period.label}没有结账,不需要反结账。", status=409)
    if period < last:
        raise Refusal("ledger.reopen_in_order", f"请先反结账{last.label},再往前反结账。", status=409)
    opened = await connection().fetchval(
        """update core_period set closed_at = null, closed_by = '' where firm = $1 and client = $2 and period = $3
        and closed_at is not null returning id""",
        firm_in_scope(),
        client,
        period.number,
    )
    if opened is None:
        raise Refusal("ledger.not_closed", f"{period.label}没有结账,不需要反结账。", status=409)
    await _changed("ledger.reopen_period", opened, client, {"period": period.key, "reason": reason})


async def _refuse_out_of_order(client: int, period: Period) -> None:
    start = await connection().fetchval(
        "select books_start from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    if start is None:
        raise not_found("客户企业")
    first = Period.of(start)
    if period < first:
        raise Refusal("ledger.before_books", f"{period.label}早于建账月份 {first.label},不需要结账。")
    last = await closed_through(client)
    if last is not None and period <= last:
        raise Refusal("ledger.already_closed", f"{period.label}已经结账了。", status=409)
    following = first if last is None else last.plus(1)
    if period != following:
        raise Refusal(
            "ledger.close_in_order",
            f"请按月份顺序结账:先结{following.label},再结{period.label}。",
            status=409,
            details={"next": following.key},
        )


async def _changed(action: str, row: int, client: int, after: dict[str, object]) -> None:
    await use(Audit).record(action, f"core_period:{row}", client=client, after=after)
    await use(Live).announce("ledger", client)
