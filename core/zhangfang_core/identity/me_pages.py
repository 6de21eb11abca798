"""我的: places, sessions, password, language and type size of the person who is signed in."""

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.identity import sessions, sign_in
from zhangfang_core.identity.confirming import WRONG_PASSWORD, confirm_password
from zhangfang_core.identity.forms import Form, as_sent, choice_cookie, password_in, told_to_wait
from zhangfang_core.identity.places import own_places
from zhangfang_core.identity.presence import token_of_request
from zhangfang_core.identity.roles import role_title
from zhangfang_core.modules.catalogues import LANGUAGES
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import ANYWHERE, SIGNED_IN, Page, action, go, page


@page("/account", of=ANYWHERE, permission=SIGNED_IN)
async def me_page() -> Page:
    """Everything that is the person's own on one page."""
    row = await connection().fetchrow(
        """select name, login, language, large_type, totp_secret <> '' as second_factor,
        (select count(*) from core_passkey p where p."user" = core_user.id) as passkeys from core_user where id = $1""",
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
    language = as_sent(data, "language")
    large = as_sent(data, "large_type") == "1"
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
    try:
        if not await confirm_password(password_in(data, "current")):
            return _password_page(WRONG_PASSWORD, None)
    except Refusal as refusal:
        return told_to_wait(_password_page(refusal.sentence, None), refusal)
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


HANDLERS = [
    me_page,
    preferences,
    revoke_session,
    revoke_other_sessions,
    password_page,
    password_form,
]
