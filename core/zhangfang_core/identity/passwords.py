"""Passwords: argon2id, and what is refused as too easy."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zhangfang_sdk.errors import Refusal

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet, first choice for argon2id."""

SHORTEST = 8
LONGEST = 128
_COMMON = frozenset(
    {
        "12345678",
        "123456789",
        "1234567890",
        "87654321",
        "11111111",
        "88888888",
        "66666666",
        "00000000",
        "password",
        "password1",
        "qwertyui",
        "qwertyuiop",
        "1qaz2wsx",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "abc12345",
        "abcd1234",
        "aa123456",
        "a1234567",
        "a12345678",
        "woaini1314",
        "5201314520",
        "iloveyou",
        "zhangfang",
        "kuaiji123",
        "admin123",
        "admin888",
    }
)


def check_strength(password: str, login: str) -> None:
    """Raises Refusal ``password.weak``. Length counts, not the mix of characters (NIST SP 800-63B, 5.1.1.2)."""
    if len(password) < SHORTEST:
        raise Refusal("password.weak", f"密码太短,至少要 {SHORTEST} 个字符。", field="password")
    if len(password) > LONGEST:
        raise Refusal("password.weak", f"密码太长,最多 {LONGEST} 个字符。", field="password")
    lowered = password.lower()
    if lowered in _COMMON or len(set(lowered)) < 4 or lowered == login.lower():
        raise Refusal("password.weak", "这个密码太容易被猜到,请换一个;可以用几个词连起来。", field="password")


async def hashed(password: str) -> str:
    """In a thread: it takes some 20 ms of pure computing."""
    return await asyncio.to_thread(HASHER.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. For None (nobody of that login) it takes as long and says no."""
    return await asyncio.to_thread(_matches, password_hash, password[:LONGEST])


def _matches(password_hash: str | None, password: str) -> bool:
    try:
        HASHER.verify(password_hash or _nobody(), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobody() -> str:
    return HASHER.hash("nobody has this password")
