"""The books' part of the SDK's ``Measures``: figures of a chart's ``measures.toml``, computed from monthly balances by one query a client."""

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.charts import Basis, Side, load_measures
from zhangfang_core.ledger.charts import Measures as StandardMeasures
from zhangfang_core.ledger.reading import lines_of
from zhangfang_sdk.context import client_in_scope, firm_in_scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.measures import AccountShare, Definition, MeasureEntry
from zhangfang_sdk.periods import Period

# A month has one row an account; all before the first comes as one sum. ``moved`` counts closing vouchers, ``earned`` does not.
_BALANCES = """select c.standard, b.account, b.before, b.months, b.moved, b.earned from core_client c left join lateral (
        select account, sum(debit - credit + closing_debit - closing_credit) filter (where period < $3)::bigint as before,
            array_agg(period) filter (where period >= $3) as months,
            array_agg(debit - credit + closing_debit - closing_credit) filter (where period >= $3) as moved,
            array_agg(debit - credit) filter (where period >= $3) as earned
        from core_balance where firm = c.firm and client = c.id and period <= $4 group by account
    ) b on true where c.firm = $1 and c.id = $2"""

# Of the day's month the lines until the day, by the accounts that moved in it, so that the index finds them.
_DAYS = """with asked as (
        select day, place::int, (extract(year from day) * 100 + extract(month from day))::int as month,
        date_trunc('month', day)::date as first from unnest($3::date[]) with ordinality t (day, place))
    select c.standard, f.place, f.slot, f.account, f.moved, f.earned from core_client c left join lateral (
        select a.place, 0 as slot, b.account, sum(b.debit - b.credit + b.closing_debit - b.closing_credit)::bigint as moved, 0::bigint as earned
        from asked a join core_balance b on b.firm = c.firm and b.client = c.id and b.period < a.month group by a.place, b.account
        union all
        select a.place, 1, b.account, sum(l.debit - l.credit)::bigint,
        coalesce(sum(l.debit - l.credit) filter (where v.kind <> 'closing'), 0)::bigint
        from asked a join core_balance b on b.firm = c.firm and b.client = c.id and b.period = a.month
        join core_voucher_line l on l.firm = b.firm and l.client = b.client and l.account = b.account and l.date between a.first and a.day
        join core_voucher v on v.firm = l.firm and v.id = l.voucher and v.kind <> 'opening' group by a.place, b.account
    ) f on true where c.firm = $1 and c.id = $2"""

_NAMES = "select code, full_name from core_account where firm = $1 and client = $2 and code = any($3::varchar[])"


class LedgerMeasures:
    """Figures of clients of the firm in scope, in the caller's transaction."""

    async def series(
        self, client: int, keys: Sequence[str], first: Period, last: Period
    ) -> Mapping[str, Sequence[int]]:
        standard, moved, earned = await _read(client, first, last)
        return {key: _figures(standard, key, moved, earned) for key in keys}

    async def on_days(self, client: int, keys: Sequence[str], days: Sequence[dt.date]) -> Mapping[str, Sequence[int]]:
        read = await _read_days(client, days)
        return {key: [_figures(standard, key, moved, earned)[0] for standard, moved, earned in read] for key in keys}

    async def definition(self, key: str, *, client: int | None = None) -> Definition:
        standard = await _standard_of(client if client is not None else client_in_scope())
        return _definition(_known(standard, key), key)

    async def hidden(self, client: int, keys: Sequence[str]) -> Sequence[str]:
        """Those of ``keys`` that the actor's role does not see: not in its list, or taken from accounts beyond its own."""
        if scope().measures is None and scope().accounts is None:
            return ()
        measures = load_measures(await _standard_of(client))
        return [
            k
            for k in keys
            if k not in measures.by_key or not scope().sees_measure(k, _definition(measures, k).accounts)
        ]

    async def offered(self, client: int) -> Sequence[Definition]:
        measures = load_measures(await _standard_of(client))
        return [
            d
            for d in (_definition(measures, key) for key in measures.by_key)
            if scope().sees_measure(d.key, d.accounts)
        ]

    async def by_account(self, client: int, key: str, period: Period) -> Sequence[AccountShare]:
        standard, moved, earned = await _read(client, period, period)
        measures = _known(standard, key)
        shares: dict[str, int] = {}
        for basis in Basis:
            amounts = moved if basis is Basis.CLOSING else earned
            for account, months in amounts.items():
                weight = sum(
                    _weight(t.side, t.sign)
                    for b, t in measures.terms(key)
                    if b is basis and account.startswith(t.account)
                )
                if weight:
                    shares[account] = shares.get(account, 0) + weight * sum(months)
        shares = {account: amount for account, amount in shares.items() if amount}
        rows = await connection().fetch(_NAMES, firm_in_scope(), client, list(shares))
        names = {row["code"]: row["full_name"] for row in rows}
        ordered = sorted(shares.items(), key=lambda item: (-abs(item[1]), item[0]))
        return [AccountShare(code, names[code], amount) for code, amount in ordered]

    async def entries(self, client: int, key: str, period: Period, *, limit: int) -> Sequence[MeasureEntry]:
        accounts = [share.code for share in await self.by_account(client, key, period)]
        found = [e for code in accounts for e in await lines_of(client, code, period, period, limit=limit)]
        newest = sorted(found, key=lambda e: (e.date, e.voucher), reverse=True)[:limit]
        return [
            MeasureEntry(e.date, e.summary, e.debit or e.credit, f"/vouchers/{e.voucher}", e.label, e.document)
            for e in newest
        ]


async def _standard_of(client: int) -> str:
    standard: str | None = await connection().fetchval(
        "select standard from core_client where firm = $1 and id = $2", firm_in_scope(), client
    )
    if standard is None or not scope().sees(client):
        raise not_found("客户企业")
    return standard


def _definition(measures: StandardMeasures, key: str) -> Definition:
    measure = measures[key]
    return Definition(
        key=key,
        title=measure.title,
        explanation=measure.explanation,
        accounts=tuple(dict.fromkeys(term.account for _, term in measures.terms(key))),
        basis="parts" if measure.basis is None else measure.basis.value,
    )


Monthly = Mapping[str, Sequence[int]]


async def _read(client: int, first: Period, last: Period) -> tuple[str, Monthly, Monthly]:
    """The client's standard; by account, a fen figure a slot, debit positive: what moved, and what moved apart from closing.

    Slot 0 is all before ``first`` (opening balances included), which only balances at a month's end count.
    """
    if not scope().sees(client):
        raise not_found("客户企业")
    rows = await connection().fetch(_BALANCES, firm_in_scope(), client, first.number, last.number)
    if not rows:
        raise not_found("客户企业")
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    slot = {first.plus(offset).number: offset + 1 for offset in range(months)}
    moved: dict[str, list[int]] = {}
    earned: dict[str, list[int]] = {}
    for _, account, before, own_months, own_moved, own_earned in rows:
        if account is None:
            continue
        all_moved, all_earned = [before or 0] + [0] * months, [0] * (months + 1)
        for month, amount, apart in zip(own_months or (), own_moved or (), own_earned or (), strict=True):
            place = slot[month]
            all_moved[place], all_earned[place] = amount, apart
        moved[account], earned[account] = all_moved, all_earned
    if not moved:
        moved = earned = {"": [0] * (months + 1)}
    return rows[0]["standard"], moved, earned


async def _read_days(client: int, days: Sequence[dt.date]) -> Sequence[tuple[str, Monthly, Monthly]]:
    """For each day as :func:`_read` gives one month: slot 0 is what was before the day's month."""
    if not scope().sees(client):
        raise not_found("客户企业")
    rows = await connection().fetch(_DAYS, firm_in_scope(), client, list(days))
    if not rows:
        raise not_found("客户企业")
    read = []
    for place in range(1, len(days) + 1):
        moved: dict[str, list[int]] = {"": [0, 0]}
        earned: dict[str, list[int]] = {"": [0, 0]}
        for row in rows:
            if row["place"] == place:
                moved.setdefault(row["account"], [0, 0])[row["slot"]] = row["moved"]
                earned.setdefault(row["account"], [0, 0])[row["slot"]] = row["earned"]
        read.append((rows[0]["standard"], moved, earned))
    return read


def _figures(standard: str, key: str, moved: Monthly, earned: Monthly) -> list[int]:
    measure = _known(standard, key)[key]
    months = len(next(iter(moved.values()))) - 1
    totals = [0] * months
    for part in measure.parts:
        totals = [
            t + part.sign * v for t, v in zip(totals, _figures(standard, part.measure, moved, earned), strict=True)
        ]
    counted = [0] * (months + 1)
    for account, slots in (moved if measure.basis is Basis.CLOSING else earned).items():
        weight = _account_weight(standard, key, account)
        if weight:
            counted = [sum_ + weight * amount for sum_, amount in zip(counted, slots, strict=True)]
    if measure.basis is Basis.CLOSING:
        counted = list(accumulate(counted))
    totals = [total + amount for total, amount in zip(totals, counted[1:], strict=True)]
    return [max(total, 0) for total in totals] if measure.floor_at_zero else totals


@cache
def _account_weight(standard: str, key: str, account: str) -> int:
    """How often an account's debit enters a figure by its own terms: 1, -1, or 0."""
    terms = load_measures(standard)[key].terms
    return sum(_weight(term.side, term.sign) for term in terms if account.startswith(term.account))


def _weight(side: Side, sign: int) -> int:
    return sign if side is Side.DEBIT else -sign


def _known(standard: str, key: str) -> StandardMeasures:
    measures = load_measures(standard)
    if key not in measures.by_key:
        raise Refusal("measure.unknown", "没有这个指标。", status=404)
    return measures
