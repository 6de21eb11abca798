"""Sessions: made at sign-in, seen in a list, ended at once."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.tokens import hash_of, new_token
from zhangfang_sdk.context import scope, scope_or_none
from zhangfang_sdk.errors import not_found

LIFETIME = dt.timedelta(days=30)
"""From sign-in; ``app_enter`` also ends a session whose person did nothing for 7 days, or as long as one of their firms says."""

# Most browsers name others too, so that the order decides.
_BROWSERS = (
    ("MicroMessenger", "微信"),
    ("DingTalk", "钉钉"),
    ("Edg", "Edge"),
    ("HuaweiBrowser", "华为浏览器"),
    ("MiuiBrowser", "小米浏览器"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "苹果手机"),
    ("iPad", "苹果平板"),
    ("OpenHarmony", "鸿蒙"),
    ("Android", "安卓"),
    ("Windows", "Windows 电脑"),
    ("Macintosh", "苹果电脑"),
    ("Linux", "Linux 电脑"),
)


@dataclass(frozen=True, slots=True)
class SessionSeen:
    """One signed-in browser as its owner sees it. Instants are UTC."""

    id: int
    created_at: dt.datetime
    last_seen_at: dt.datetime
    address: str
    user_agent: str
    current: bool

    @property
    def device(self) -> str:
        """Browser and system in words, as far as the browser says."""
        browser = next((name for sign, name in _BROWSERS if sign in self.user_agent), "")
        system = next((name for sign, name in _SYSTEMS if sign in self.user_agent), "")
        return " · ".join(filter(None, (system, browser))) or self.user_agent[:60] or "未知设备"


async def open_session(user: int, *, address: str, user_agent: str) -> str:
    """A new session of the person who just proved to be ``user`` (``app.user`` is set); returns its token. Old ones that ended are removed."""
    token = new_token()
    await connection().execute(
        """delete from core_session where "user" = $1 and (revoked_at < now() - interval '30 days' or expires_at < now())""",
        user,
    )
    await connection().execute(
        """insert into core_session (token_hash, "user", mfa_done, created_at, last_seen_at, expires_at, address, user_agent)
        values ($1, $2, false, now(), now(), now() + $3::interval, $4, $5)""",
        hash_of(token),
        user,
        LIFETIME,
        address[:45],
        user_agent[:200],
    )
    return token


async def sessions(token: str | None) -> Sequence[SessionSeen]:
    """Those of the actor that stand, the last seen first; ``token`` is that of this request."""
    rows = await connection().fetch(
        """select id, created_at, last_seen_at, address, user_agent, token_hash = $2 as current from core_session
        where "user" = $1 and revoked_at is null and expires_at > now() and last_seen_at > now() - app_idle_of($1)
        order by current desc, last_seen_at desc limit 100""",
        scope().user,
        hash_of(token or ""),
    )
    return [SessionSeen(**dict(row)) for row in rows]


async def revoke(session: int) -> None:
    """End one session of the actor, with effect from its next request. Raises Refusal ``common.not_found``."""
    ended = await connection().fetchval(
        """update core_session set revoked_at = now() where id = $1 and "user" = $2 and revoked_at is null returning id""",
        session,
        scope().user,
    )
    if ended is None:
        raise not_found("登录")
    await record_everywhere("session.revoke", f"core_session:{session}")


async def revoke_others(token: str | None) -> int:
    """End all sessions of the actor but this request's; returns how many."""
    rows = await connection().fetch(
        """update core_session set revoked_at = now()
        where "user" = $1 and token_hash <> $2 and revoked_at is null returning id""",
        scope().user,
        hash_of(token or ""),
    )
    await record_everywhere("session.revoke_others", f"core_user:{scope().user}", after={"ended": len(rows)})
    return len(rows)


async def sign_out(token: str) -> None:
    """End the session that holds this token, also one that still owes its second factor, which is on nobody's trail."""
    actor = scope_or_none()
    if actor is not None and actor.user is not None:
        await record_everywhere("session.sign_out", f"core_user:{actor.user}", token=token)
    await connection().execute("select set_config('app.token', $1, true)", hash_of(token))
    await connection().execute(
        "update core_session set revoked_at = now() where token_hash = $1 and revoked_at is null", hash_of(token)
    )
