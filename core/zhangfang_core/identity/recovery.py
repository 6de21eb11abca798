"""Recovery codes: ten words on paper that each stand in once for the second factor's code, when the phone is gone.

They are shown once, when they are made, and kept as keyed hashes. Making new ones voids the old.
"""

import hashlib
import hmac
import secrets
import unicodedata

from zhangfang_core.database.engine import connection
from zhangfang_core.settings import read_settings
from zhangfang_core.storage.keys import derived_key

CODES = 10
_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Without those that look like others on paper."""
_LENGTH = 12
"""59 random bits."""


async def make(user: int) -> list[str]:
    """New codes of the person (``app.user`` is set), written in groups of four; those from before are worth nothing."""
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(CODES)]
    await void(user)
    await connection().execute(
        """insert into core_recovery_code ("user", code_hash, made_at) select $1, h, now() from unnest($2::varchar[]) h""",
        user,
        [_hash(user, code) for code in codes],
    )
    return ["-".join(code[i : i + 4] for i in range(0, _LENGTH, 4)) for code in codes]


async def spend(user: int, written: str) -> bool:
    """Take a code of the person once, also in parallel. Capitals, spaces and strokes do not matter."""
    code = "".join(sign for sign in unicodedata.normalize("NFKC", written).upper() if sign.isalnum())
    if len(code) != _LENGTH:
        return False
    spent = await connection().fetchval(
        """update core_recovery_code set used_at = now()
        where "user" = $1 and code_hash = $2 and used_at is null returning id""",
        user,
        _hash(user, code),
    )
    return spent is not None


async def left(user: int) -> int:
    """How many codes the person still has."""
    count: int = await connection().fetchval(
        """select count(*) from core_recovery_code where "user" = $1 and used_at is null""", user
    )
    return count


async def void(user: int) -> None:
    """Away with all codes of the person."""
    await connection().execute("""delete from core_recovery_code where "user" = $1""", user)


def _hash(user: int, code: str) -> str:
    key = derived_key(read_settings(), "identity.recovery_code")
    return hmac.new(key, f"{user}\n{code}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()
