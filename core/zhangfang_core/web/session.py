"""The session cookie, and what a request knows of its session."""

from dataclasses import dataclass

from zhangfang_core.database.engine import DB
from zhangfang_core.identity.enter import enter
from zhangfang_sdk.context import Scope

COOKIE = "zf_session"


@dataclass(frozen=True, slots=True)
class Presence:
    """Who a request comes from: ``scope`` is None when nobody is signed in; ``pending`` when the second factor is still owed."""

    token: str | None
    scope: Scope | None
    pending: bool = False


async def still_valid(token: str, address: str) -> bool:
    """Whether the session behind an open event stream still stands; opens a short transaction of its own."""
    async with DB.transaction():
        entered = await enter(token, address)
    return entered is not None and not entered.pending_second_factor
