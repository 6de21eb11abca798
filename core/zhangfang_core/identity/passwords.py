"""Passwords: argon2id, and what is refused as too easy."""

import asyncio
import re
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from zhangfang_sdk.errors import Refusal

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
"""19 MiB, t=2, p=1: OWASP Password Storage Cheat Sheet, first choice for argon2id."""

SHORTEST = 8
LONGEST = 128
LEAST_GUESSES = 5 * 10**6
"""By zxcvbn, which says "very guessable" below 10**6 and "somewhat" below 10**8: so many tries the pace of sign-ins never lets through."""
_LOOKED_AT = 32
"""Characters: what is not guessable in these needs no more, and an estimate takes longer than in proportion."""

COMMON_HERE = (
    *(
        "zhangfang",
        "zhanghu",
        "kuaiji",
        "caiwu",
        "daizhang",
        "jizhang",
        "chuna",
        "shuiwu",
        "fapiao",
        "gongsi",
        "laoban",
    ),
    *(
        "woaini",
        "woaini1314",
        "5201314",
        "1314",
        "520",
        "wode",
        "mima",
        "nihao",
        "zhongguo",
        "beijing",
        "shanghai",
        "admin",
    ),
    *(
        "zhang",
        "wang",
        "li",
        "zhao",
        "liu",
        "chen",
        "yang",
        "huang",
        "zhou",
        "wu",
        "888888",
        "666666",
        "168168",
        "123456",
    ),
    *("密码", "我的密码", "账房", "会计", "财务", "公司", "老板", "我爱你", "中国", "北京", "上海", "你好"),
)
"""What people here make passwords of, beside the English words, names, keys in a row and leaked passwords that zxcvbn brings."""


def check_strength(password: str, login: str) -> None:
    """Raises Refusal ``password.weak``. Length and how soon it is guessed count, not the mix of characters (NIST SP 800-63B-4, 3.1.1.2)."""
    if len(password) < SHORTEST:
        raise Refusal("password.weak", f"密码太短,至少要 {SHORTEST} 个字符。", field="password")
    if len(password) > LONGEST:
        raise Refusal("password.weak", f"密码太长,最多 {LONGEST} 个字符。", field="password")
    if _guesses(password, login) < LEAST_GUESSES:
        raise Refusal(
            "password.weak", "这个密码很多人在用,或者太容易被猜到,请换一个;可以用几个词连起来。", field="password"
        )


def _guesses(password: str, login: str) -> int:
    # Here, because its lists take a fifth of a second and 14 MB, and few processes ever see a new password.
    from zxcvbn import zxcvbn

    own = [login, *re.split(r"\W+", login)]
    return int(
        zxcvbn(password.lower()[:_LOOKED_AT], user_inputs=[word for word in (*own, *COMMON_HERE) if word])["guesses"]
    )


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
