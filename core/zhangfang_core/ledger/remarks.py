"""What is odd about a voucher and no reason to refuse it: told at once to who writes it, and to who reviews it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.analysis import PARTIES
from zhangfang_core.ledger.rules import KIND_TITLES
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.ledger import Account, Line, VoucherDraft
from zhangfang_sdk.periods import Period

FAR_AHEAD_DAYS = 31
FAR_BACK_DAYS = 100
"""A month is written in the one that follows; the quarter's first month at the latest with its return."""

_OTHERS = """select asked.client, asked.period,
    (select count(*) from (select 1 from core_voucher v where v.firm = $1 and v.client = asked.client and v.period = asked.period
        and v.state <> 'discarded' limit 2) few) as vouchers
    from unnest($2::bigint[], $3::int[]) asked (client, period)"""


@dataclass(frozen=True, slots=True)
class Remark:
    """A stable code, and a sentence for the accountant.

    What a plugin says has a ``title`` of its own in a few words, and a ``path``, the client's page where more is told, or "".
    """

    code: str
    sentence: str
    title: str = ""
    path: str = ""


def remarks_on(draft: VoucherDraft, accounts: Mapping[str, Account], *, day: dt.date, is_alone: bool) -> list[Remark]:
    """On what is written, seen on ``day``; ``is_alone`` when the month has no other voucher of the client. Pure."""
    found = [*_of_date(draft.date, day)]
    if is_alone:
        found.append(Remark("lonely_month", f"{Period.of(draft.date).label}还没有别的凭证,请看看月份对不对。"))
    for place, line in enumerate(draft.lines, 1):
        if not line.summary.strip() and not draft.summary.strip():
            found.append(Remark("empty_summary", f"第 {place} 行没有摘要。"))
        account = accounts.get(line.account)
        if account is not None and _lacks_item(line, account):
            kinds = "或".join(KIND_TITLES[kind] for kind in PARTIES if kind in account.dimensions) or "往来单位"
            found.append(Remark("item_missing", f"第 {place} 行的科目 {account.code} {account.name} 没有填{kinds}。"))
    return found


def _of_date(date: dt.date, day: dt.date) -> Sequence[Remark]:
    ahead = (date - day).days
    if ahead > FAR_AHEAD_DAYS:
        return [Remark("far_date", f"日期 {date:%Y-%m-%d} 比今天晚 {ahead} 天,请看看年月对不对。")]
    if -ahead > FAR_BACK_DAYS:
        return [Remark("far_date", f"日期 {date:%Y-%m-%d} 比今天早 {-ahead} 天,请看看年月对不对。")]
    return []


def _lacks_item(line: Line, account: Account) -> bool:
    """What is owed has somebody who owes it. What an account must have is refused, what it may have is left to the accountant."""
    return account.open_items and not line.counterparty and not set(line.dimensions) & set(PARTIES)


async def lonely_months(months: Sequence[tuple[int, int]], *, own: int) -> set[tuple[int, int]]:
    """Those of ``months`` (client, yyyymm) with not more than ``own`` vouchers: 1 where the voucher asked about is kept, 0 before."""
    rows = await connection().fetch(_OTHERS, firm_in_scope(), [c for c, _ in months], [p for _, p in months])
    return {(row["client"], row["period"]) for row in rows if row["vouchers"] <= own}
