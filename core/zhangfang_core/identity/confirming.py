"""Proving again who is signed in, before what a stolen session must not do: the password, the second factor.

What is wrong is counted and stands on the trail, which must be committed: these answer instead of raising.
"""

from typing import Literal

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import recovery, second_factor
from zhangfang_core.identity.account_trail import record_failure
from zhangfang_core.identity.pacing import Tried, Try, try_now
from zhangfang_core.identity.passkeys.ceremonies import proves
from zhangfang_core.identity.passkeys.challenges import Purpose
from zhangfang_core.identity.passwords import matches
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.presence import token_of_request
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal

WRONG_PASSWORD = "当前密码不对,请再试一次。"  # noqa: S105 - a sentence

Proof = Literal["", "code", "recovery", "passkey"]


async def confirm_password(password: str) -> bool:
    """Whether this is the password of the person who is signed in. Raises Refusal ``sign_in.wait``."""
    actor = scope()
    attempt = await _begun(Tried.CONFIRMATION)
    stored = await connection().fetchval("select password_hash from core_user where id = $1", actor.user)
    fits = await matches(stored, password)
    if fits:
        await attempt.succeeded()
    else:
        wait = await attempt.failed()
        await record_failure("password.wrong", actor.user, address=actor.address, wait=wait)
    await show_scope(actor)
    return fits


async def confirm_factor(written: str) -> bool:
    """Whether this is a code of the second factor, a recovery code, or the answer of a passkey of the person who is signed in; used up now.

    Raises Refusal ``sign_in.wait``.
    """
    actor = scope()
    if actor.user is None:
        return False
    attempt = await _begun(Tried.SECOND_FACTOR)
    proof = await prove(actor.user, written, token_of_request())
    if proof:
        await attempt.succeeded()
    else:
        wait = await attempt.failed()
        await record_failure("second_factor.wrong", actor.user, address=actor.address, wait=wait)
    await show_scope(actor)
    if proof == "recovery":
        await record_everywhere("second_factor.recovery", f"core_user:{actor.user}")
    return proof != ""


async def _begun(tried: Tried) -> Try:
    """A try of the person in scope, where the transaction is afterwards too, also for who is told to wait."""
    actor = scope()
    try:
        attempt = await try_now(tried, str(actor.user), actor.address)
    except Refusal:
        await show_scope(actor)
        raise
    await show_scope(actor)
    return attempt


async def prove(user: int, written: str, token: str) -> Proof:
    """What the person proved with, in the session of this token: a code of the second factor, a recovery code, the answer of a passkey.

    Used up now; "" for none of them.
    """
    if written.startswith("{"):
        return "passkey" if await proves(user, written, Purpose.PROVE, token) else ""
    if await second_factor.accept(user, written):
        return "code"
    return "recovery" if await recovery.spend(user, written) else ""
