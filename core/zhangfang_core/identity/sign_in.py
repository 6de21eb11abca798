"""Signing in: password and second factor, or a passkey alone, and the pace at which they may be tried (``pacing``).

A failed try is counted and put on the trail, which must be committed: these functions answer with None instead of
raising. A known login and one that nobody has take the same steps, so that the time of an answer tells nothing.
"""

import unicodedata
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import recovery, second_factor
from zhangfang_core.identity.account_trail import record_failure
from zhangfang_core.identity.confirming import prove
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.pacing import Tried, try_now
from zhangfang_core.identity.passkeys import ceremonies
from zhangfang_core.identity.passkeys.challenges import Purpose
from zhangfang_core.identity.passkeys.kept import owner_of
from zhangfang_core.identity.passwords import HASHER, check_strength, hashed, matches
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.sessions import open_session, revoke_others
from zhangfang_core.identity.tokens import hash_of, new_token
from zhangfang_sdk.context import Scope, in_scope, scope
from zhangfang_sdk.errors import Refusal


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whose password was right."""

    id: int
    name: str
    is_operator: bool
    large_type: bool


def login_written(login: str) -> str:
    """The form in which logins are kept and compared: NFKC, lower case, no outer spaces; at most 120 characters."""
    return unicodedata.normalize("NFKC", login).strip().lower().replace("\x00", "")[:120]


async def verified(login: str, password: str, address: str) -> Person | None:
    """The person with this login and password, or None, which is counted: commit it.

    Leaves ``app.user`` set to the person and ``app.login`` cleared. Raises Refusal ``sign_in.wait`` after too many failures.
    """
    written = login_written(login)
    attempt = await try_now(Tried.PASSWORD, written, address)
    await show_scope(Scope(), login=written)
    row = await connection().fetchrow(
        """select id, name, password_hash, is_operator, large_type from core_user where login = $1""",
        written,
    )
    fits = await matches(None if row is None else row["password_hash"], password)
    if row is None or not fits:
        wait = await attempt.failed()
        await record_failure("session.failed", None if row is None else row["id"], address=address, wait=wait)
        return None
    await attempt.succeeded()
    await show_scope(Scope(user=row["id"]))
    if HASHER.check_needs_rehash(row["password_hash"]):
        await connection().execute(
            "update core_user set password_hash = $2 where id = $1", row["id"], await hashed(password)
        )
    return Person(row["id"], row["name"], row["is_operator"], row["large_type"])


async def sign_in(login: str, password: str, *, address: str, user_agent: str) -> tuple[str, Person] | None:
    """A new session's token and its person, or None when login and password do not fit.

    The session may still owe its second factor: see :func:`zhangfang_core.identity.enter.enter`. Raises Refusal
    ``access.no_place`` for a person who belongs nowhere any more, ``sign_in.wait``.
    """
    person = await verified(login, password, address)
    if person is None:
        return None
    await _check_place(person)
    return await open_session(person.id, address=address, user_agent=user_agent), person


async def by_passkey(answer: str, browser: str, *, address: str, user_agent: str) -> tuple[str, Person] | None:
    """A new session's token and its person, by a passkey alone, which verified them; nothing is owed any more. None, counted, for a wrong answer.

    ``browser`` is the token of its forms. Raises Refusal ``access.no_place``, ``sign_in.wait``.
    """
    read = ceremonies.read(answer)
    credential = "" if read is None else read.credential
    attempt = await try_now(Tried.PASSKEY, credential, address)
    await show_scope(Scope())
    user = await owner_of(credential)
    await show_scope(Scope(user=user))
    if user is None or not await ceremonies.proves(user, answer, Purpose.SIGN_IN, browser):
        wait = await attempt.failed()
        await record_failure("session.wrong_passkey", user, address=address, wait=wait)
        return None
    await attempt.succeeded()
    await show_scope(Scope(user=user))
    rows = await connection().fetch("select id, name, is_operator, large_type from core_user where id = $1", user)
    person = Person(**dict(rows[0]))
    await _check_place(person)
    token = await open_session(user, address=address, user_agent=user_agent)
    await connection().execute("update core_session set mfa_done = true where token_hash = $1", hash_of(token))
    return token, person


async def _check_place(person: Person) -> None:
    belongs = await connection().fetchval(
        """select exists (select 1 from core_membership where "user" = $1 and active)""", person.id
    )
    if not belongs and not person.is_operator:
        raise Refusal("access.no_place", "您的账号目前不属于任何公司,请联系代账公司重新邀请您。", status=403)


async def give_code(token: str, code: str, *, address: str) -> str | None:
    """Settle the owed code of a session, by a recovery code or the answer of a passkey too; returns the token that replaces ``token``,
    None for what is wrong or used.

    Raises Refusal ``access.sign_in`` when nothing is owed here, ``sign_in.wait``.
    """
    entered = await enter(token, address)
    if entered is None or entered.owed != "code":
        raise Refusal("access.sign_in", "登录已过期,请重新登录。", status=401)
    attempt = await try_now(Tried.SECOND_FACTOR, str(entered.person), address)
    await show_scope(Scope(user=entered.person))
    proof = await prove(entered.person, code, token)
    if proof:
        await attempt.succeeded()
        await show_scope(Scope(user=entered.person))
        settled = await settle(entered.session)
        if proof == "recovery":
            await _record_recovery(settled, address)
        return settled
    wait = await attempt.failed()
    if code.startswith("{"):
        await record_failure("session.wrong_passkey", entered.person, address=address, wait=wait)
    else:
        await record_failure("session.wrong_code", entered.person, address=address, wait=wait)
    return None


async def _record_recovery(token: str, address: str) -> None:
    entered = await enter(token, address)
    if entered is not None:
        await connection().execute("update core_session set by_recovery = true where id = $1", entered.session)
        with in_scope(entered.scope):
            await record_everywhere("second_factor.recovery", f"core_user:{entered.person}", token=token)


async def enrol(token: str, sealed: str, code: str, *, address: str) -> tuple[str, list[str]]:
    """Set up the second factor that a session owes; returns the token that replaces ``token``, and recovery codes to be shown once.

    Raises Refusal ``access.sign_in`` when none is owed, ``second_factor.wrong_code``, ``second_factor.unreadable``.
    """
    entered = await enter(token, address)
    if entered is None or entered.owed != "enrol":
        raise Refusal("access.sign_in", "登录已过期,请重新登录。", status=401)
    await show_scope(Scope(user=entered.person))
    step = second_factor.step_shown(entered.person, sealed, code)
    await second_factor.keep(entered.person, sealed, step)
    codes = await recovery.make(entered.person)
    return await settle(entered.session), codes


async def enrol_passkey(token: str, name: str, answer: str, *, address: str) -> tuple[str, list[str]]:
    """As :func:`enrol`, with a passkey that was made for it. Raises as :func:`zhangfang_core.identity.passkeys.ceremonies.add` too."""
    entered = await enter(token, address)
    if entered is None or entered.owed != "enrol":
        raise Refusal("access.sign_in", "登录已过期,请重新登录。", status=401)
    await show_scope(Scope(user=entered.person))
    await ceremonies.add(entered.person, name, answer, token)
    codes = await recovery.make(entered.person)
    return await settle(entered.session), codes


async def change_password(new: str, token: str) -> None:
    """A new password for the person who is signed in, whose other sessions and links for a reset end. Raises Refusal ``password.weak``."""
    user = scope().user
    login = await connection().fetchval("select login from core_user where id = $1", user)
    check_strength(new, login)
    await connection().execute("update core_user set password_hash = $2 where id = $1", user, await hashed(new))
    await connection().execute(
        """update core_reset set revoked_at = now() where "user" = $1 and used_at is null and revoked_at is null""", user
    )
    await revoke_others(token)
    await record_everywhere("password.change", f"core_user:{user}")


async def settle(session: int) -> str:
    """Mark the second factor as given; the session gets a new token, so that the old one is worth nothing."""
    token = new_token()
    await connection().execute(
        "update core_session set mfa_done = true, token_hash = $2 where id = $1", session, hash_of(token)
    )
    return token
