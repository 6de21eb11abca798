"""The second factor: time-based codes (TOTP, RFC 6238: SHA-1, 6 digits, 30 s) that are taken once each, beside passkeys."""

import hmac
import time
from dataclasses import dataclass

import pyotp
import segno

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.passkeys.kept import remove_all
from zhangfang_core.identity.recovery import void
from zhangfang_core.identity.secrets import seal, unseal
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.texts import half_width

STEP_SECONDS = 30
STEPS_AROUND = 1
"""A clock may be one step off (RFC 6238, 5.2)."""

ISSUER = "账房"


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def digits_of(code: str) -> str:
    """A code as it was written, without spaces; Chinese keyboards write "５８０９０４"."""
    return "".join(half_width(code).split())


def step_of(secret: str, code: str, *, after: int, now: float | None = None) -> int | None:
    """The time step whose code this is, later than ``after`` and no further from now than one step; else None."""
    digits = digits_of(code)
    if len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return None
    current = int((time.time() if now is None else now) // STEP_SECONDS)
    otp = pyotp.TOTP(secret)
    for step in range(current - STEPS_AROUND, current + STEPS_AROUND + 1):
        if step > after and hmac.compare_digest(otp.generate_otp(step), digits):
            return step
    return None


async def accept(user: int, code: str) -> bool:
    """Take a code of the person once: its step is stored under the row's lock, so that a second try fails, also one in parallel.

    False when no second factor is set up.
    """
    row = await connection().fetchrow(
        "select totp_secret, totp_last_step from core_user where id = $1 for update", user
    )
    if row is None or not row["totp_secret"]:
        return False
    step = step_of(unseal(row["totp_secret"], user), code, after=row["totp_last_step"])
    if step is None:
        return False
    await connection().execute("update core_user set totp_last_step = $2 where id = $1", user, step)
    return True


def step_shown(user: int, sealed: str, code: str) -> int:
    """The time step of a code that proves that the person's phone has the secret which :func:`offer` proposed.

    Raises Refusal ``second_factor.wrong_code`` or ``second_factor.unreadable``.
    """
    step = step_of(unseal(sealed, user), code, after=0)
    if step is None:
        raise wrong_code()
    return step


async def keep(user: int, sealed: str, step: int) -> None:
    """From now on the person's codes are those of this secret, later ones than that of ``step``."""
    await connection().execute(
        "update core_user set totp_secret = $2, totp_last_step = $3 where id = $1", user, sealed, step
    )


@dataclass(frozen=True, slots=True)
class Factors:
    """What the person can prove themselves with beside the password; recovery codes stand in for either."""

    codes: bool
    passkeys: bool

    @property
    def any(self) -> bool:
        return self.codes or self.passkeys


async def factors(user: int) -> Factors:
    """Of the person whose row is open (``app.user`` is set)."""
    row = await connection().fetchrow(
        """select totp_secret <> '' as codes, exists (select from core_passkey p where p."user" = u.id) as passkeys
        from core_user u where id = $1""",
        user,
    )
    return Factors(codes=False, passkeys=False) if row is None else Factors(**dict(row))


async def stop_codes(user: int) -> None:
    """No codes of a phone from now on; recovery codes go too where no passkey is left for which they stand."""
    await connection().execute("update core_user set totp_secret = '' where id = $1", user)
    await settle_recovery(user)


async def settle_recovery(user: int) -> None:
    """Recovery codes stand in for a second factor: away with them where there is none any more."""
    if not (await factors(user)).any:
        await void(user)


async def remove(user: int) -> None:
    """Sign in with the password alone from now on; passkeys and recovery codes go too."""
    await remove_all(user)
    await stop_codes(user)


def wrong_code() -> Refusal:
    return Refusal(
        "second_factor.wrong_code",
        "验证码不对或已用过,请等手机上出现下一个 6 位数再输入。",
        field="code",
    )


def offer(user: int, login: str, sealed: str | None = None) -> dict[str, str]:
    """What the set-up page shows: the secret, sealed for the form, in groups for typing, and as a QR code (SVG data URI)."""
    secret = new_secret() if sealed is None else unseal(sealed, user)
    address = pyotp.TOTP(secret).provisioning_uri(name=login, issuer_name=ISSUER)
    return {
        "sealed": sealed or seal(secret, user),
        "typed": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": segno.make(address, error="m").svg_data_uri(border=2, scale=4),
    }


async def must_have_factor(user: int) -> bool:
    """Whether one of the person's roles, in any firm, asks for a second factor."""
    required: bool = await connection().fetchval("select app_must_have_factor($1)", user)
    return required
