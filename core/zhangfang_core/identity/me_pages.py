"""我的: places, sessions, second factor, password, language and type size of the person who is signed in."""

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.identity import second_factor, sessions, sign_in
from zhangfang_core.identity.forms import Form, choice_cookie, password_in, token_of_request, written
from zhangfang_core.identity.places import own_places, record_everywhere
from zhangfang_core.identity.roles import role_title
from zhangfang_core.identity.second_factor import must_have_factor
from zhangfang_core.identity.tokens import hash_of
from zhangfang_core.modules.catalogues import LANGUAGES
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import ANYWHERE, SIGNED_IN, Page, action, go, page

WRONG_PASSWORD = "当前密码不对,请再试一次。"  # noqa: S105 - a sentence


@page("/account", of=ANYWHERE, permission=SIGNED_IN)
async def me_page() -> Page:
    """Everything that is the person's own on one page."""
    row = await connection().fetchrow(
        "select name, login, language, large_type, totp_secret <> '' as second_factor from core_user where id = $1",
        scope().user,
    )
    if row is None:
        raise not_found("人员")
    return Page(
        "identity/me.html",
        title="我的",
        active="account",
        me=dict(row),
        role=role_title(scope().role),
        places=await own_places(),
        current=(scope().firm, scope().client),
        sessions=await sessions.sessions(token_of_request()),
        languages=list(LANGUAGES.items()),
    )


@action("/account/preferences", of=ANYWHERE, permission=SIGNED_IN)
async def preferences(data: Form) -> Redirect:
    """Language and type size, kept with the person and told to this browser."""
    language = written(data, "language", 8)
    large = written(data, "large_type") == "1"
    language = language if language in LANGUAGES else "zh"
    await connection().execute(
        "update core_user set language = $2, large_type = $3 where id = $1", scope().user, language, large
    )
    answer = go(here("/account"))
    answer.set_cookie(choice_cookie("lang", language))
    answer.set_cookie(choice_cookie("type", "large" if large else "normal"))
    return answer


@action("/account/sessions/{session_id:int}/revoke", of=ANYWHERE, permission=SIGNED_IN)
async def revoke_session(session_id: FromPath[int], data: Form) -> Redirect:
    await sessions.revoke(session_id)
    return go(here("/account"))


@action("/account/sessions/revoke-others", of=ANYWHERE, permission=SIGNED_IN)
async def revoke_other_sessions(data: Form) -> Redirect:
    await sessions.revoke_others(token_of_request())
    return go(here("/account"))


@page("/account/password", of=ANYWHERE, permission=SIGNED_IN)
async def password_page() -> Page:
    return _password_page(None, None)


@action("/account/password", of=ANYWHERE, permission=SIGNED_IN)
async def password_form(data: Form) -> Page | Redirect:
    """Asks for the current password; the person's other sessions end."""
    if not await sign_in.confirm_password(password_in(data, "current")):
        return _password_page(WRONG_PASSWORD, None)
    try:
        await sign_in.change_password(password_in(data), token_of_request())
    except Refusal as refusal:
        return _password_page(None, refusal.sentence)
    return go(here("/account"))


def _password_page(current_error: str | None, error: str | None) -> Page:
    return Page(
        "identity/password.html",
        title="修改密码",
        active="account",
        back=here("/account"),
        current_error=current_error,
        error=error,
    )


@page("/account/second-factor", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_page() -> Page:
    return await _second_factor_page()


@action("/account/second-factor", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_form(data: Form) -> Page | Redirect:
    """Sets codes up, or anew for another phone; asks for the password."""
    sealed, user = written(data, "sealed", 400), scope().user
    if user is None or not await sign_in.confirm_password(password_in(data)):
        return await _second_factor_page(sealed=sealed, password_error=WRONG_PASSWORD)
    try:
        await second_factor.set_up(user, sealed, written(data, "code", 20))
    except Refusal as refusal:
        kept = sealed if refusal.code == "second_factor.wrong_code" else None
        return await _second_factor_page(sealed=kept, error=refusal.sentence)
    await connection().execute(
        """update core_session set mfa_done = true where id = (
        select id from core_session where token_hash = $1 and "user" = $2)""",
        hash_of(token_of_request()),
        user,
    )
    await sessions.revoke_others(token_of_request())
    await record_everywhere("second_factor.set_up", f"core_user:{user}")
    return go(here("/account"))


@action("/account/second-factor/remove", of=ANYWHERE, permission=SIGNED_IN)
async def second_factor_removal(data: Form) -> Page | Redirect:
    """Only where the role does without; asks for the password."""
    user = scope().user
    if user is None or await must_have_factor(user):
        raise Refusal("second_factor.must", "您的角色必须使用动态验证码,不能关闭。", status=409)
    if not await sign_in.confirm_password(password_in(data)):
        return await _second_factor_page(password_error=WRONG_PASSWORD)
    await second_factor.remove(user)
    await record_everywhere("second_factor.remove", f"core_user:{user}")
    return go(here("/account"))


async def _second_factor_page(
    *, sealed: str | None = None, error: str | None = None, password_error: str | None = None
) -> Page:
    user = scope().user or 0
    row = await connection().fetchrow("select login, totp_secret <> '' as present from core_user where id = $1", user)
    if row is None:
        raise not_found("人员")
    return Page(
        "identity/second_factor.html",
        title="动态验证码",
        active="account",
        back=here("/account"),
        offer=second_factor.offer(user, row["login"], sealed or None),
        present=row["present"],
        must=await must_have_factor(user),
        error=error,
        password_error=password_error,
    )


HANDLERS = [
    me_page,
    preferences,
    revoke_session,
    revoke_other_sessions,
    password_page,
    password_form,
    second_factor_page,
    second_factor_form,
    second_factor_removal,
]
