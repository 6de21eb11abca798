"""What a firm's vendors were asked, and the circuit breaker, both kept in the database.

The breaker's state is shared by all nodes and outlives them: the choice is read from the database with each call anyway, so that
sharing costs nothing, and ten workers do not each have to fail five times over before a dead vendor is left alone.
"""

import datetime as dt
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.periods import Period, today
from zhangfang_sdk.vendors import VendorKind

FAILURES = 5
"""In a row, until the vendor is left out."""
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 900.0
"""A vendor is left out for FIRST_PAUSE_S, twice as long after each trial that fails, never longer than this."""

_METER = """insert into core_vendor_call as known (firm, kind, vendor, day, calls, failures, milliseconds)
    values ($1, $2, $3, $4, 1, $5, $6)
    on conflict (firm, day, kind, vendor) do update set calls = known.calls + 1,
        failures = known.failures + excluded.failures, milliseconds = known.milliseconds + excluded.milliseconds"""

# What fails while the vendor is left out already was on its way before: it makes the pause no longer.
_FAILED = """insert into core_vendor_breaker as known (firm, kind, vendor, failures, failed_at, reason)
    values ($1, $2, $3, 1, clock_timestamp(), $4)
    on conflict (firm, kind, vendor) do update set failed_at = excluded.failed_at, reason = excluded.reason,
        failures = known.failures + 1, trial_until = null,
        open_until = case when known.failures + 1 < $5 then null else
            clock_timestamp() + least($7::float8, $6::float8 * power(2, least(known.failures + 1 - $5, 20))) * interval '1 second' end
        where known.open_until is null or known.open_until <= clock_timestamp()"""

_CLAIM_TRIAL = """update core_vendor_breaker set trial_until = clock_timestamp() + $4 * interval '1 second'
    where firm = $1 and kind = $2 and vendor = $3 and (trial_until is null or trial_until <= clock_timestamp())
    and open_until <= clock_timestamp() returning id"""


async def count(kind: VendorKind, vendor: str, *, failed: str | None, seconds: float) -> None:
    """Meter one attempt and move the breaker, in the caller's transaction. ``failed`` is the reason, None when the vendor answered."""
    firm = firm_in_scope()
    await connection().execute(
        _METER, firm, kind, vendor, today(), 0 if failed is None else 1, round(max(seconds, 0) * 1000)
    )
    if failed is None:
        await close_breaker(kind, vendor)
    else:
        await connection().execute(_FAILED, firm, kind, vendor, failed, FAILURES, FIRST_PAUSE_S, LONGEST_PAUSE_S)


async def close_breaker(kind: VendorKind, vendor: str) -> None:
    """The vendor is asked again as if it had never failed."""
    await connection().execute(
        "delete from core_vendor_breaker where firm = $1 and kind = $2 and vendor = $3", firm_in_scope(), kind, vendor
    )


async def left_out(kind: VendorKind) -> dict[str, bool]:
    """Vendors whose breaker has opened: True while the pause lasts, False when it is over and a trial is due."""
    rows = await connection().fetch(
        "select vendor, open_until > clock_timestamp() as paused from core_vendor_breaker "
        "where firm = $1 and kind = $2 and open_until is not null",
        firm_in_scope(),
        kind,
    )
    return {row["vendor"]: row["paused"] for row in rows}


async def claim_trial(kind: VendorKind, vendor: str, seconds: float) -> bool:
    """Whether this call is the one that may try the vendor again; nobody else may for ``seconds``."""
    return await connection().fetchval(_CLAIM_TRIAL, firm_in_scope(), kind, vendor, float(seconds)) is not None


@dataclass(frozen=True, slots=True)
class Usage:
    """Attempts of one vendor since the first of the month, those that failed, and the seconds they took."""

    calls: int
    failures: int
    seconds: float

    @property
    def answers(self) -> int:
        return self.calls - self.failures

    @property
    def failed_in_hundred(self) -> str:
        """Failures as a share of the attempts in per cent, with one place: "2.5"."""
        return f"{self.failures * 100 / self.calls:.1f}" if self.calls else "0.0"


@dataclass(frozen=True, slots=True)
class Trouble:
    """Failures in a row; ``paused_until`` (UTC) when the vendor is left out just now."""

    failures: int
    reason: str
    paused_until: dt.datetime | None


async def usage_of_month() -> dict[tuple[str, str], Usage]:
    """By kind and vendor, of the month of today (Asia/Shanghai)."""
    rows = await connection().fetch(
        "select kind, vendor, sum(calls)::bigint as calls, sum(failures)::bigint as failures, "
        "sum(milliseconds)::bigint as milliseconds from core_vendor_call where firm = $1 and day >= $2 group by kind, vendor",
        firm_in_scope(),
        today().replace(day=1),
    )
    return {
        (row["kind"], row["vendor"]): Usage(row["calls"], row["failures"], row["milliseconds"] / 1000) for row in rows
    }


async def usage_by_month(kind: VendorKind, vendor: str, months: int) -> list[tuple[Period, Usage]]:
    """Of one vendor, newest month first, this month and those before it that it was asked in, at most ``months`` of the last ``months``."""
    first = Period.of(today()).plus(1 - months).first_day
    rows = await connection().fetch(
        "select extract(year from day)::int * 100 + extract(month from day)::int as month, sum(calls)::bigint as calls, "
        "sum(failures)::bigint as failures, sum(milliseconds)::bigint as milliseconds from core_vendor_call "
        "where firm = $1 and kind = $2 and vendor = $3 and day >= $4 group by month order by month desc",
        firm_in_scope(),
        kind,
        vendor,
        first,
    )
    return [
        (Period.from_number(row["month"]), Usage(row["calls"], row["failures"], row["milliseconds"] / 1000))
        for row in rows
    ]


async def troubles() -> dict[tuple[str, str], Trouble]:
    """By kind and vendor: those that failed last."""
    rows = await connection().fetch(
        "select kind, vendor, failures, reason, case when open_until > clock_timestamp() then open_until end as paused_until "
        "from core_vendor_breaker where firm = $1",
        firm_in_scope(),
    )
    return {(row["kind"], row["vendor"]): Trouble(row["failures"], row["reason"], row["paused_until"]) for row in rows}
