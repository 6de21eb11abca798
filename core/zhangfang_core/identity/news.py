"""What happened to a person's account that they are told of once, right after signing in."""

from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.identity import recovery
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import scope


@dataclass(frozen=True, slots=True)
class News:
    """``codes_left`` is there when a recovery code opened this session."""

    codes_left: int | None


async def news(token: str) -> News | None:
    """For the person in scope, whose session this token opens; None when there is nothing (any more)."""
    recovered = await connection().fetchval(
        """select by_recovery from core_session where "user" = $1 and token_hash = $2""", scope().user, hash_of(token)
    )
    return News(await recovery.left(scope().user or 0)) if recovered else None


async def told(token: str) -> None:
    """The person has read it."""
    await connection().execute(
        """update core_session set by_recovery = false where "user" = $1 and token_hash = $2""",
        scope().user,
        hash_of(token),
    )
