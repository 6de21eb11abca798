"""How fast logins, codes and passwords may be tried: failures make the next try wait, nobody is locked out.

Failures are counted in the database, for all nodes, under three keys: the person from this line, the person from
anywhere, the line for anybody. The longest of their waits counts, but for a line from which the person got in before:
there their own failures alone do, so that a stranger elsewhere cannot keep them out. A try holds its keys' rows until its
transaction ends, so that tries in parallel count one by one; one that comes too early is not looked at and not counted.
"""

import hashlib
import hmac
import math
from dataclasses import dataclass
from enum import StrEnum

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.lines import line_of
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_sdk.context import Scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.jobs import Job


class Tried(StrEnum):
    """What is guessed at; each is counted for itself."""

    PASSWORD = "password"  # noqa: S105 - what it is, not one
    SECOND_FACTOR = "second_factor"
    PASSKEY = "passkey"
    CONFIRMATION = "confirmation"
    RESET = "reset"


@dataclass(frozen=True, slots=True)
class Pace:
    """``free`` failures without a wait, then 1, 2, 4 … seconds, at most ``longest``; a pause of ``forgotten`` seconds begins anew."""

    free: int
    longest: int
    forgotten: int = 3600

    def wait(self, failures: int) -> int:
        """Seconds from the last failure until the next try is looked at."""
        over = failures - self.free - 1
        return 0 if over < 0 else min(1 << min(over, 20), self.longest)


HERE = Pace(free=3, longest=30)
ANYWHERE = Pace(free=10, longest=30)
LINE = Pace(free=20, longest=30)
CODES_ANYWHERE = Pace(free=10, longest=900, forgotten=24 * 3600)
"""Whoever guesses codes has the password, and there are a million codes: a day takes a hundred guesses."""

KNOWN_DAYS = 90
"""For so long a line is known as one where the person got in."""

_HOLD = """insert into core_sign_in_pace (key, failures) select k, 0 from unnest($1::varchar[]) k order by k
    on conflict (key) do update set key = excluded.key
    returning key, failures, extract(epoch from clock_timestamp() - failed_at)::float8 as since,
    coalesce(succeeded_at > clock_timestamp() - make_interval(days => $2), false) as known"""


@dataclass(frozen=True, slots=True)
class Try:
    """A try that may be looked at. Its keys' rows are held: say how it ended in the same transaction, and commit."""

    paces: dict[str, tuple[Pace, int]]
    """Pace and failures so far by key, the person's at this line first."""

    async def failed(self) -> int:
        """Count it; returns for how many seconds the same person's next try from here waits."""
        keys = [*self.paces]
        await show_scope(Scope(), token=",".join(keys))
        await connection().execute(
            """update core_sign_in_pace p set failures = n.failures, failed_at = clock_timestamp()
            from unnest($1::varchar[], $2::int[]) n (key, failures) where p.key = n.key""",
            keys,
            [min(failures + 1, 10_000) for _, failures in self.paces.values()],
        )
        return max(pace.wait(failures + 1) for pace, failures in self.paces.values())

    async def succeeded(self) -> None:
        """The person's failures at this line are forgotten, and it is known as theirs; others' and other lines' stand."""
        key = next(iter(self.paces))
        await show_scope(Scope(), token=key)
        await connection().execute(
            "update core_sign_in_pace set failures = 0, failed_at = null, succeeded_at = clock_timestamp() where key = $1",
            key,
        )


async def try_now(tried: Tried, who: str, address: str) -> Try:
    """Begin a try at the secret of ``who`` (a login as written, or a person's id). Leaves the transaction's settings at these keys.

    Raises Refusal ``sign_in.wait`` (429; details ``retry_after_s``) while its turn has not come.
    """
    line = line_of(address)
    paces = {
        _key(tried, who, line): HERE,
        _key(tried, who, ""): CODES_ANYWHERE if tried is Tried.SECOND_FACTOR else ANYWHERE,
    }
    if tried is not Tried.CONFIRMATION:
        # A session has proved who its person is: it guesses at nobody else.
        paces[_key(None, "", line)] = LINE
    await show_scope(Scope(), token=",".join(paces))
    rows = {row["key"]: row for row in await connection().fetch(_HOLD, [*paces], KNOWN_DAYS)}
    counted: dict[str, tuple[Pace, int]] = {}
    left = 0.0
    for key, pace in paces.items():
        since = rows[key]["since"]
        failures = 0 if since is None or since > pace.forgotten else rows[key]["failures"]
        counted[key] = (pace, failures)
        if pace is HERE or not rows[next(iter(paces))]["known"]:
            left = max(left, pace.wait(failures) - (since or 0.0))
    if left > 0:
        raise too_early(math.ceil(left))
    return Try(counted)


def too_early(seconds: int) -> Refusal:
    return Refusal(
        "sign_in.wait",
        f"输错的次数较多,请过 {seconds} 秒再试。",
        status=429,
        details={"retry_after_s": seconds},
    )


def _key(tried: Tried | None, who: str, line: str) -> str:
    # Keyed outside the database: people type passwords where the login belongs, and a login is soon guessed from a plain hash.
    named = f"{tried or 'line'}\n{who}\n{line}".encode("utf-8", "replace")
    return hmac.new(derived_key(read_settings(), "identity.pace"), named, hashlib.sha256).hexdigest()


async def forget_tries() -> None:
    """Remove what has no effect any more. The walls show the operator's scope such rows alone."""
    async with transaction():
        await show_scope(Scope(operator=True, staff=True))
        await connection().execute("delete from core_sign_in_pace")


FORGET_JOB = Job("forget_tries", forget_tries, schedule="41 3 * * *")
