"""What passkeys are asked to sign: random, good for five minutes and once, for the browser that asked and the one purpose."""

import datetime as dt
import hashlib
import secrets
from enum import StrEnum

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import Scope, transaction
from zhangfang_sdk.jobs import Job

GOOD_FOR = dt.timedelta(minutes=5)
_BYTES = 32


class Purpose(StrEnum):
    """What the answer is taken for."""

    SIGN_IN = "sign_in"
    """By the passkey alone."""
    PROVE = "prove"
    """As the second factor of a session."""
    ADD = "add"
    """A new passkey; whoever was given this challenge has proved the factor that stands."""


async def give(purpose: Purpose, bound_to: str) -> bytes:
    """A new challenge. ``bound_to`` is a secret that the asking browser alone holds: its session's token, signed out that of its forms."""
    challenge = secrets.token_bytes(_BYTES)
    await _open(challenge)
    await connection().execute(
        """insert into core_passkey_challenge (challenge_hash, bound_to, purpose, expires_at)
        values ($1, $2, $3, clock_timestamp() + $4::interval)""",
        _hash(challenge),
        hash_of(bound_to),
        purpose,
        GOOD_FOR,
    )
    await _open(b"")
    return challenge


async def take(challenge: bytes, purpose: Purpose, bound_to: str) -> bool:
    """Whether this was asked of this browser for this purpose, and is not answered yet; from now on it is: commit it."""
    await _open(challenge)
    taken = await connection().fetchval(
        """delete from core_passkey_challenge
        where challenge_hash = $1 and bound_to = $2 and purpose = $3 and expires_at > clock_timestamp() returning true""",
        _hash(challenge),
        hash_of(bound_to),
        purpose,
    )
    await _open(b"")
    return taken is not None


async def forget_challenges() -> None:
    """Remove what nobody answered. The walls show the operator's scope such rows alone."""
    async with transaction():
        await show_scope(Scope(operator=True, staff=True))
        await connection().execute("delete from core_passkey_challenge")


FORGET_CHALLENGES_JOB = Job("forget_challenges", forget_challenges, schedule="17 * * * *")


async def _open(challenge: bytes) -> None:
    """One row alone is behind the wall's door."""
    await connection().execute("select set_config('app.token', $1, true)", _hash(challenge) if challenge else "")


def _hash(challenge: bytes) -> str:
    return hashlib.sha256(challenge).hexdigest()
