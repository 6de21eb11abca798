"""What happened to a person's account that they are told of once, right after signing in."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.identity import recovery
from zhangfang_core.identity.passkeys.kept import Passkey, passkeys
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import scope


@dataclass(frozen=True, slots=True)
class ResetSeen:
    """Somebody gave a link for a new password; ``used_at`` None: nobody used it. Instants are UTC."""

    made_by: str
    made_at: dt.datetime
    used_at: dt.datetime | None
    also_factor: bool


@dataclass(frozen=True, slots=True)
class News:
    """``codes_left`` is there when a recovery code opened this session."""

    codes_left: int | None
    resets: Sequence[ResetSeen]
    passkeys: Sequence[Passkey]
    """What still signs in after a link for a new password was used, since it takes passkeys away only where it says so."""


async def news(token: str) -> News | None:
    """For the person in scope, whose session this token opens; None when there is nothing (any more)."""
    user = scope().user or 0
    recovered = await connection().fetchval(
        """select by_recovery from core_session where "user" = $1 and token_hash = $2""", user, hash_of(token)
    )
    rows = await connection().fetch(
        """select made_by, made_at, used_at, also_factor from core_reset
        where "user" = $1 and told_at is null order by id""",
        user,
    )
    if not recovered and not rows:
        return None
    resets = [ResetSeen(**dict(row)) for row in rows]
    left = await passkeys(user) if any(reset.used_at for reset in resets) else ()
    return News(await recovery.left(user) if recovered else None, resets, left)


async def told(token: str) -> None:
    """The person has read it."""
    user = scope().user
    await connection().execute(
        """update core_session set by_recovery = false where "user" = $1 and token_hash = $2""", user, hash_of(token)
    )
    await connection().execute("""update core_reset set told_at = now() where "user" = $1 and told_at is null""", user)
