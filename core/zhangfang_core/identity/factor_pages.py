"""动态验证码: the second factor of the person who is signed in, and the recovery codes that stand in for it.

Whoever has one proves it before changing anything here: a session and a password that were stolen are not enough.
"""

from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.identity import recovery, second_factor, sessions
from zhangfang_core.identity.confirming import WRONG_PASSWORD, confirm_factor, confirm_password
from zhangfang_core.identity.forms import WRONG_PROOF, Form, as_sent, password_in, proof_in
from zhangfang_core.identity.passkeys.party import relying_party
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.presence import token_of_request
from zhangfang_core.identity.second_factor import factors, must_have_factor
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import ANYWHERE, SIGNED_IN, Page, action, go, page


@page("/account/second-factor", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_page() -> Page:
    return await _second_factor_page()


@action("/account/second-factor", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_form(data: Form) -> Page:
    """Sets codes up, or anew for another phone; asks for the password, and for a code of what is set up. Shows recovery codes once."""
    sealed, user = as_sent(data, "sealed"), _person()
    if not await confirm_password(password_in(data)):
        return await _second_factor_page(sealed=sealed, password_error=WRONG_PASSWORD)
    try:
        # Before the old code, which is used up when it is looked at.
        step = second_factor.step_shown(user, sealed, as_sent(data, "code"))
    except Refusal as refusal:
        kept = sealed if refusal.code == "second_factor.wrong_code" else None
        return await _second_factor_page(sealed=kept, error=refusal.sentence)
    if (await factors(user)).any and not await confirm_factor(proof_in(data)):
        return await _second_factor_page(sealed=sealed, proof_error=WRONG_PROOF)
    await second_factor.keep(user, sealed, step)
    codes = await recovery.make(user)
    await connection().execute(
        """update core_session set mfa_done = true where id = (
        select id from core_session where token_hash = $1 and "user" = $2)""",
        hash_of(token_of_request()),
        user,
    )
    await sessions.revoke_others(token_of_request())
    await record_everywhere("second_factor.set_up", f"core_user:{user}")
    return _codes_page(codes)


@action("/account/second-factor/recovery-codes", of=ANYWHERE, permission=SIGNED_IN)
async def recovery_codes_form(data: Form) -> Page:
    """New recovery codes, shown once; asks for a code of the second factor."""
    user = _person()
    if not await confirm_factor(proof_in(data)):
        return await _second_factor_page(codes_error=WRONG_PROOF)
    codes = await recovery.make(user)
    await record_everywhere("second_factor.recovery_codes", f"core_user:{user}")
    return _codes_page(codes)


@action("/account/second-factor/remove", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_removal(data: Form) -> Page | Redirect:
    """Only where the role does without, or there is a passkey; asks for the password and for a proof."""
    user = _person()
    if not (await factors(user)).passkeys and await must_have_factor(user):
        raise Refusal("second_factor.must", "您的角色登录时必须有第二道验证。先添加通行密钥,才能关闭动态验证码。", status=409)
    if not await confirm_password(password_in(data)):
        return await _second_factor_page(removal_error=WRONG_PASSWORD)
    if not await confirm_factor(proof_in(data)):
        return await _second_factor_page(removal_error=WRONG_PROOF)
    await second_factor.stop_codes(user)
    await sessions.revoke_others(token_of_request())
    await record_everywhere("second_factor.remove", f"core_user:{user}")
    return go(here("/account"))


def _person() -> int:
    user = scope().user
    if user is None:
        raise not_found("人员")
    return user


def _codes_page(codes: list[str]) -> Page:
    return Page(
        "identity/recovery_codes.html", title="恢复码", active="account", back=here("/account/second-factor"), codes=codes
    )


async def _second_factor_page(
    *,
    sealed: str | None = None,
    error: str | None = None,
    password_error: str | None = None,
    proof_error: str | None = None,
    codes_error: str | None = None,
    removal_error: str | None = None,
) -> Page:
    user = _person()
    had = await factors(user)
    login = await connection().fetchval("select login from core_user where id = $1", user)
    return Page(
        "identity/second_factor.html",
        title="动态验证码",
        active="account",
        back=here("/account"),
        offer=second_factor.offer(user, login, sealed or None),
        had=had,
        must=not had.passkeys and await must_have_factor(user),
        keys_here=relying_party() is not None,
        left=await recovery.left(user),
        error=error,
        password_error=password_error,
        proof_error=proof_error,
        codes_error=codes_error,
        removal_error=removal_error,
    )


HANDLERS = [second_factor_page, second_factor_form, recovery_codes_form, second_factor_removal]
