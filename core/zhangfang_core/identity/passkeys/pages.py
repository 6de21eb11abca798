"""通行密钥: the person's own passkeys, and signing in by one. A browser asks for what is to be signed at the moment of the click."""

from litestar import Response
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import recovery, sessions, sign_in
from zhangfang_core.identity.arriving import enrolled, signed_in
from zhangfang_core.identity.confirming import WRONG_PASSWORD, confirm_factor, confirm_password
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.forms import (
    WRONG_PROOF,
    Form,
    Req,
    as_sent,
    came_from,
    local,
    number,
    password_in,
    proof_in,
    told_to_wait,
    written,
)
from zhangfang_core.identity.passkeys import ceremonies, kept
from zhangfang_core.identity.passkeys.party import relying_party
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.presence import asking, own_cookie, token_of_request
from zhangfang_core.identity.second_factor import Factors, factors, must_have_factor, settle_recovery
from zhangfang_core.identity.sign_in_views import WRONG_PASSKEY, owed_view, sign_in_view
from zhangfang_core.identity.tokens import hash_of
from zhangfang_core.web.form_tokens import FORM_COOKIE
from zhangfang_sdk.context import Scope, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.places import here
from zhangfang_sdk.web import ANYWHERE, PORTAL, PUBLIC, SIGNED_IN, Page, action, go, page

EXPIRED = "登录已过期,请重新登录。"


@action("/sign-in/passkey/ask", of=PORTAL, permission=PUBLIC)
async def ask_form() -> Response[str]:
    """Options for the browser: of the person's passkeys where a session says who it is, of any passkey of this portal else."""
    token = token_of_request()
    if not token:
        options = await ceremonies.ask_anybody(_forms_of_browser())
    else:
        person = await _person_of(token)
        actor = scope()
        await show_scope(Scope(user=person))
        options = await ceremonies.ask_known(person, token)
        await show_scope(actor)
    return Response(options, media_type="application/json")


@action("/sign-in/passkey", of=PORTAL, permission=PUBLIC)
async def sign_in_by_passkey(request: Req, data: Form) -> Page | Redirect:
    """By the passkey alone. A wrong answer is counted, and makes the next one wait."""
    wanted = local(as_sent(data, "next"))
    try:
        done = await sign_in.by_passkey(proof_in(data), _forms_of_browser(), **came_from(request))
    except Refusal as refusal:
        return told_to_wait(sign_in_view(wanted, error=refusal.sentence), refusal)
    if done is None:
        return sign_in_view(wanted, error=WRONG_PASSKEY)
    token, person = done
    return await signed_in(token, wanted, came_from(request)["address"], large_type=person.large_type)


@action("/sign-in/passkey/new", of=PORTAL, permission=PUBLIC)
async def enrol_page(data: Form) -> Page:
    """For whoever must have a second factor and chooses a passkey: asks the browser to make one."""
    token = token_of_request()
    entered = await enter(token, "")
    if entered is None or entered.owed != "enrol":
        raise Refusal("access.sign_in", EXPIRED, status=401)
    await show_scope(entered.scope_of_person())
    return Page(
        "identity/enrol_passkey.html",
        title="添加通行密钥",
        wanted=local(as_sent(data, "next")),
        options=await _options_for_new(entered.person, token),
        longest=kept.LONGEST_NAME,
    )


@action("/sign-in/passkey/keep", of=PORTAL, permission=PUBLIC)
async def enrol_form(request: Req, data: Form) -> Page:
    """Recovery codes, shown once, on the way into the portal; what was wrong is told on the page of what is owed."""
    token, wanted, address = token_of_request(), local(as_sent(data, "next")), came_from(request)["address"]
    try:
        settled, codes = await sign_in.enrol_passkey(token, written(data, "name", kept.LONGEST_NAME), proof_in(data), address=address)
    except Refusal as refusal:
        entered = await enter(token, address)
        if entered is None or entered.owed != "enrol":
            raise
        return await owed_view(entered, wanted, error=refusal.sentence)
    return await enrolled(settled, codes, wanted, address, by="passkey.add")


@page("/account/passkeys", of=ANYWHERE, permission=SIGNED_IN)
async def passkeys_page() -> Page:
    return await _page()


@action("/account/passkeys/new", of=ANYWHERE, permission=SIGNED_IN)
async def new_passkey_form(data: Form) -> Page:
    """Asks for the password, and for the second factor where there is one, before the browser makes a passkey."""
    user = _person()
    if not await confirm_password(password_in(data)):
        return await _page(password_error=WRONG_PASSWORD)
    if (await factors(user)).any and not await confirm_factor(proof_in(data)):
        return await _page(proof_error=WRONG_PROOF)
    return Page(
        "identity/passkey_new.html",
        title="添加通行密钥",
        active="account",
        back=here("/account/passkeys"),
        options=await _options_for_new(user, token_of_request()),
        longest=kept.LONGEST_NAME,
    )


@action("/account/passkeys", of=ANYWHERE, permission=SIGNED_IN)
async def keep_passkey_form(data: Form) -> Page | Redirect:
    """What was proved a moment ago stands in the challenge. With a first factor, recovery codes are shown once and other sessions end."""
    user, token = _person(), token_of_request()
    before = await factors(user)
    try:
        made = await ceremonies.add(user, written(data, "name", kept.LONGEST_NAME), proof_in(data), token)
    except Refusal as refusal:
        return await _page(error=refusal.sentence)
    # Before anything else is asked: from now on a session without the factor sees nothing.
    await connection().execute(
        """update core_session set mfa_done = true where "user" = $1 and token_hash = $2""", user, hash_of(token)
    )
    await record_everywhere(
        "passkey.add", f"core_passkey:{made}", after={"name": as_sent(data, "name")}
    )
    if before.any:
        return go(here("/account/passkeys"))
    codes = await recovery.make(user)
    await sessions.revoke_others(token)
    return Page(
        "identity/recovery_codes.html", title="恢复码", active="account", back=here("/account/passkeys"), codes=codes
    )


@action("/account/passkeys/remove", of=ANYWHERE, permission=SIGNED_IN)
async def remove_passkey_form(data: Form) -> Page | Redirect:
    """Asks for the password and the second factor; other sessions end. The last factor stays where the role must have one."""
    user, chosen = _person(), number(as_sent(data, "passkey_id"))
    had, keys = await factors(user), await kept.passkeys(user)
    if not had.codes and len(keys) == 1 and await must_have_factor(user):
        raise Refusal("second_factor.must", "您的角色登录时必须有第二道验证,不能删除最后一个通行密钥。", status=409)
    if not await confirm_password(password_in(data)):
        return await _page(removal_error=WRONG_PASSWORD)
    if not await confirm_factor(proof_in(data)):
        return await _page(removal_error=WRONG_PROOF)
    name = await kept.remove(user, chosen or 0)
    await settle_recovery(user)
    await sessions.revoke_others(token_of_request())
    await record_everywhere("passkey.remove", f"core_passkey:{chosen}", after={"name": name})
    return go(here("/account/passkeys"))


def _forms_of_browser() -> str:
    """A secret of the browser that is signed in nowhere. Raises Refusal ``request.stale_page`` where it has none."""
    request = asking()
    token = "" if request is None else request.connection.cookies.get(own_cookie(FORM_COOKIE), "")
    if not token:
        raise Refusal("request.stale_page", "这个页面已经失效,请刷新后再试。", status=403)
    return token


async def _person_of(token: str) -> int:
    entered = await enter(token, "")
    if entered is None or entered.owed == "enrol":
        raise Refusal("access.sign_in", EXPIRED, status=401)
    return entered.person


def _person() -> int:
    user = scope().user
    if user is None:
        raise not_found("人员")
    return user


async def _options_for_new(user: int, token: str) -> str:
    row = await connection().fetchrow("select login, name from core_user where id = $1", user)
    if row is None:
        raise not_found("人员")
    return await ceremonies.ask_new(user, row["login"], row["name"], token)


async def _page(
    *,
    error: str | None = None,
    password_error: str | None = None,
    proof_error: str | None = None,
    removal_error: str | None = None,
) -> Page:
    user = _person()
    had: Factors = await factors(user)
    return Page(
        "identity/passkeys.html",
        title="通行密钥",
        active="account",
        back=here("/account"),
        passkeys=await kept.passkeys(user),
        had=had,
        keys_here=relying_party() is not None,
        error=error,
        password_error=password_error,
        proof_error=proof_error,
        removal_error=removal_error,
    )


HANDLERS: list[HTTPRouteHandler] = [
    ask_form,
    sign_in_by_passkey,
    enrol_page,
    enrol_form,
    passkeys_page,
    new_passkey_form,
    keep_passkey_form,
    remove_passkey_form,
]
