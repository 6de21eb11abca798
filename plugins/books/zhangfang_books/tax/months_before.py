"""Months of a quarter that were kept elsewhere: what of them the quarter's returns need, as a person tells it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from zhangfang_books.tables import MonthBeforeRow
from zhangfang_sdk import use
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.money import LARGEST_FEN
from zhangfang_sdk.periods import Period


@dataclass(frozen=True, slots=True)
class MonthBefore:
    """Fen without tax: ``sales`` of the month, ``special`` of it on 增值税专用发票, ``purchases`` of goods (stamp duty)."""

    period: Period
    sales: int
    special: int
    purchases: int


def quarter_of(month: Period) -> Period:
    """The quarter's first month."""
    return Period(month.year, (month.month - 1) // 3 * 3 + 1)


async def told(client: int) -> Mapping[Period, MonthBefore]:
    rows = await MonthBeforeRow.objects().where(MonthBeforeRow.client == client).order_by(MonthBeforeRow.period)
    found = [MonthBefore(Period.from_number(row.period), row.sales, row.special, row.purchases) for row in rows]
    return {each.period: each for each in found}


async def tell(client: int, month: MonthBefore) -> None:
    """Keep a month in place of what was told of it; needs ``filings.write``, on the trail.

    Raises Refusal ``taxes.month_has_books`` from the month on in which the books start, ``taxes.special_above_sales``, ``money.too_large``.
    """
    require("filings.write")
    starts = Period.of((await use(Clients).client(client)).books_start)
    if not quarter_of(starts) <= month.period < starts:
        raise Refusal("taxes.month_has_books", f"只补录{starts.label}建账以前、同一季度的月份。", status=409)
    if month.special > max(month.sales, 0):
        raise Refusal("taxes.special_above_sales", "专用发票的销售额不能大于当月的销售额。", field="special")
    if max(abs(month.sales), abs(month.special), abs(month.purchases)) > LARGEST_FEN:
        raise Refusal("money.too_large", "金额太大,请检查是否多输了位数。")
    mine = (MonthBeforeRow.client == client) & (MonthBeforeRow.period == month.period.number)
    row = await MonthBeforeRow.objects().where(mine).first().lock_rows("UPDATE")
    before: dict[str, object] | None = None if row is None else {"sales": row.sales, "special": row.special, "purchases": row.purchases}
    row = row or MonthBeforeRow(client=client, period=month.period.number)
    row.sales, row.special, row.purchases = month.sales, month.special, month.purchases
    row.told_by, row.told_at = scope().user_name, dt.datetime.now(dt.UTC)
    await row.save()
    after: dict[str, object] = {**asdict(month), "period": month.period.key}
    await use(Audit).record("books.month_before", f"books_month_before:{row.id}", client=client, before=before, after=after)
