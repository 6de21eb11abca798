"""Closing a month (结账) and opening it again (反结账). Months close in order and open from the last."""

from zhangfang_core.database.engine import connection
from zhangfang_core.jobs.facts import tell
from zhangfang_core.ledger.charts import load_chart
from zhangfang_core.modules.hooks import ask
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import Live
from zhangfang_sdk.money import yuan
from zhangfang_sdk.periods import Period
from zhangfang_sdk.services import use

DECEMBER = 12

# Exclusive: waits for postings of this client that are under way, which hold it shared.
_LOCK = "select pg_advisory_xact_lock(hashtextextended('ledger:' || $1::bigint, 0))"

# Balances of profit and loss that a month leaves, opening ones included.
_OPEN_RESULT = """select c.standard, count(o.account)::int as accounts, min(o.account) as first from core_client c left join (
        select b.account from core_balance b join core_account a on a.client = b.client and a.firm = b.firm and a.code = b.account
        where b.firm = $1 and b.client = $2 and b.period <= $3 and a.category = 'profit_and_loss'
        group by 1 having sum(b.debit - b.credit + b.closing_debit - b.closing_credit) <> 0) o on true
    where c.firm = $1 and c.id = $2 group by 1"""
_YEAR_PROFIT = """select coalesce(sum(debit - credit + closing_debit - closing_credit), 0)::bigint from core_balance
    where firm = $1 and client = $2 and period <= $3 and starts_with(account, $4)"""


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


async def close_period(client: int, period: Period, *, early: bool = False) -> None:
    """See ``Ledger.close_period``. Also raises ``ledger.already_closed`` and ``ledger.before_books``."""
    require("ledger.close")
    if not scope().sees(client):
        raise not_found("客户企业")
    await connection().execute(_LOCK, client)
    await _refuse_out_of_order(client, period)
    _refuse_running(period, early=early)
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
    await _refuse_open_result(client, period)
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
    after: dict[str, object] = {"period": period.key}
    await _changed("ledger.close_period", closed, client, after | {"early": True} if early else after)
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


def _refuse_running(period: Period, *, early: bool) -> None:
    current = Period.current()
    if period > current or (period == current and not early):
        ahead = "还没有到" if period > current else "还没有结束"
        raise Refusal(
            "ledger.month_not_over",
            f"{period.label}{ahead},结账后不能再记账。"
            + ("" if period > current else "确实要提前结账,请勾选“提前结账”。"),
            status=409,
            details={"period": period.key},
        )


async def _refuse_open_result(client: int, period: Period) -> None:
    """会计基础工作规范 第七十三条: 结账前 the month's 损益 is carried over; in December the year's profit goes on to 未分配利润."""
    (row,) = await connection().fetch(_OPEN_RESULT, firm_in_scope(), client, period.number)
    if row["accounts"]:
        raise Refusal(
            "ledger.result_open",
            f"{period.label}还有 {row['accounts']} 个损益科目没有结转({row['first']} 等),请先生成并审核结转凭证,再结账。",
            status=409,
            details={"period": period.key, "accounts": row["accounts"]},
        )
    if period.month != DECEMBER:
        return
    profit = load_chart(row["standard"]).month_end["profit"]
    left = await connection().fetchval(_YEAR_PROFIT, firm_in_scope(), client, period.number, profit)
    if left:
        raise Refusal(
            "ledger.year_open",
            f"{period.year}年的本年利润还有 {yuan(abs(left))} 元没有结转到未分配利润,请先做年末结转,再结账。",
            status=409,
            details={"period": period.key, "amount": left},
        )


async def _changed(action: str, row: int, client: int, after: dict[str, object]) -> None:
    await use(Audit).record(action, f"core_period:{row}", client=client, after=after)
    await use(Live).announce("ledger", client)
