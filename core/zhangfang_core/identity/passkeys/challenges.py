"""What passkeys are asked to sign: good for five minutes and once, for the browser that asked and the one purpose.

Asking keeps nothing, however often it is done: a challenge says itself until when it is good, under a keyed hash over browser and purpose.
What was answered is kept until it is over on every node's clock, so that nobody answers it again.
"""

import datetime as dt
import hashlib
import hmac
import secrets
from enum import StrEnum
from time import time

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key
from zhangfang_sdk.context import Scope, transaction
from zhangfang_sdk.jobs import Job

GOOD_FOR = dt.timedelta(minutes=5)
_KEPT = dt.timedelta(hours=1)
_RANDOM_BYTES = 32
_UNTIL_BYTES = 8


class Purpose(StrEnum):
    """What the answer is taken for."""

    SIGN_IN = "sign_in"
    """By the passkey alone."""
    PROVE = "prove"
    """As the second factor of a session."""
    ADD = "add"
    """A new passkey; whoever was given this challenge has proved the factor that stands."""


def give(purpose: Purpose, bound_to: str) -> bytes:
    """A new challenge. ``bound_to`` is a secret that the asking browser alone holds: its session's token, signed out that of its forms."""
    until = int(time() + GOOD_FOR.total_seconds()).to_bytes(_UNTIL_BYTES)
    said = until + secrets.token_bytes(_RANDOM_BYTES)
    return said + _keyed(said, purpose, bound_to)


async def take(challenge: bytes, purpose: Purpose, bound_to: str) -> bool:
    """Whether this was asked of this browser for this purpose, and is not answered yet; from now on it is: commit it."""
    said, keyed = challenge[: _UNTIL_BYTES + _RANDOM_BYTES], challenge[_UNTIL_BYTES + _RANDOM_BYTES :]
    if not hmac.compare_digest(keyed, _keyed(said, purpose, bound_to)) or int.from_bytes(said[:_UNTIL_BYTES]) < time():
        return False
    hashed = hashlib.sha256(challenge).hexdigest()
    await _open(hashed)
    first = await connection().fetchval(
        """insert into core_passkey_challenge (challenge_hash, expires_at) values ($1, clock_timestamp() + $2::interval)
        on conflict (challenge_hash) do nothing returning true""",
        hashed,
        _KEPT,
    )
    await _open("")
    return first is not None


async def forget_challenges() -> None:
    """Remove what is over. The walls show the operator's scope such rows alone."""
    async with transaction():
        await show_scope(Scope(operator=True, staff=True))
        await connection().execute("delete from core_passkey_challenge")


FORGET_CHALLENGES_JOB = Job("forget_challenges", forget_challenges, schedule="17 * * * *")


async def _open(hashed: str) -> None:
    """One row alone is behind the wall's door."""
    await connection().execute("select set_config('app.token', $1, true)", hashed)


def _keyed(said: bytes, purpose: Purpose, bound_to: str) -> bytes:
    key = derived_key(read_settings(), "identity.passkey_challenge")
    return hmac.new(key, said + f"\n{purpose}\n{bound_to}".encode(), hashlib.sha256).digest()
