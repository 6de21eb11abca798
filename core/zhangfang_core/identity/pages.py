"""Signing in and out, and accepting an invitation. The person's own page and the firm's people stand in files of their own."""

from typing import Annotated
from urllib.parse import quote

from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from zhangfang_core.identity import invitations, news, sessions, sign_in
from zhangfang_core.identity.arriving import enrolled, signed_in
from zhangfang_core.identity.contact_pages import HANDLERS as CONTACTS
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.factor_pages import HANDLERS as FACTOR
from zhangfang_core.identity.forgotten_pages import HANDLERS as FORGOTTEN
from zhangfang_core.identity.forms import (
    CLEARED,
    Form,
    Req,
    as_sent,
    came_from,
    local,
    password_in,
    proof_in,
    session_cookie,
    told_to_wait,
)
from zhangfang_core.identity.me_pages import HANDLERS as ME
from zhangfang_core.identity.passkeys.pages import HANDLERS as PASSKEYS
from zhangfang_core.identity.people_pages import HANDLERS as PEOPLE
from zhangfang_core.identity.presence import asking, token_of_request
from zhangfang_core.identity.reset_pages import HANDLERS as RESETS
from zhangfang_core.identity.sign_in_views import WRONG_PASSKEY, owed_view, sign_in_view
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import Address, portal
from zhangfang_sdk.web import PORTAL, PUBLIC, SIGNED_IN, Page, action, go, page

Next = Annotated[str, QueryParameter(name="next")]

WRONG = "登录名或密码不对。"
WRONG_CODE = "验证码不对或已用过,请等手机上出现下一个 6 位数再输入。"


@page("/sign-in", of=PORTAL, permission=PUBLIC)
async def sign_in_page(wanted: Next = "/") -> Page | Redirect:
    """Who is signed in already goes on."""
    request = asking()
    if request is not None and request.presence.pending:
        return go(portal(f"/sign-in/code?next={quote(local(wanted))}"))
    if request is not None and request.presence.scope is not None:
        return go(local(wanted))
    return sign_in_view(local(wanted))


@action("/sign-in", of=PORTAL, permission=PUBLIC)
async def sign_in_form(request: Req, data: Form) -> Page | Redirect:
    """The same answer, in the same time, for a login that nobody has and a wrong password."""
    login, wanted = as_sent(data, "login"), local(as_sent(data, "next"))
    try:
        done = await sign_in.sign_in(login, password_in(data), **came_from(request))
    except Refusal as refusal:
        shown = sign_in_view(wanted, login=login, error=refusal.sentence)
        return told_to_wait(shown, refusal)
    if done is None:
        return sign_in_view(wanted, login=login, error=WRONG)
    token, person = done
    return await signed_in(token, wanted, came_from(request)["address"], large_type=person.large_type)


@page("/sign-in/code", of=PORTAL, permission=PUBLIC)
async def code_page(request: Req, wanted: Next = "/") -> Page | Redirect:
    """Asks for the code, or shows how to set codes up where the role must have them."""
    entered = await enter(token_of_request(), "")
    if entered is None:
        return go(portal("/sign-in"))
    if not entered.owed:
        return go(local(wanted))
    return await owed_view(entered, local(wanted))


@action("/sign-in/code", of=PORTAL, permission=PUBLIC)
async def code_form(request: Req, data: Form) -> Page | Redirect:
    """A wrong code is counted, and makes the next one wait."""
    token, wanted = token_of_request(), local(as_sent(data, "next"))
    code, sealed = proof_in(data, "code"), as_sent(data, "sealed")
    address = came_from(request)["address"]
    if sealed:
        return await _enrolled(token, sealed, code, wanted, address)
    try:
        settled = await sign_in.give_code(token, code, address=address)
    except Refusal as refusal:
        if refusal.code != "sign_in.wait":
            raise
        return told_to_wait(await _still_owed(token, wanted, refusal.sentence), refusal)
    if settled is None:
        return await _still_owed(token, wanted, WRONG_PASSKEY if code.startswith("{") else WRONG_CODE)
    return await signed_in(settled, wanted, address)


async def _still_owed(token: str, wanted: Address, error: str) -> Page:
    entered = await enter(token, "")
    if entered is None:
        raise Refusal("access.sign_in", "登录已过期,请重新登录。", status=401)
    return await owed_view(entered, wanted, error=error)


async def _enrolled(token: str, sealed: str, code: str, wanted: Address, address: str) -> Page:
    """What was wrong is told on the form."""
    try:
        settled, codes = await sign_in.enrol(token, sealed, code, address=address)
    except Refusal as refusal:
        entered = await enter(token, address)
        if entered is None or entered.owed != "enrol":
            raise
        kept = sealed if refusal.code == "second_factor.wrong_code" else None
        return await owed_view(entered, wanted, error=refusal.sentence, sealed=kept)
    return await enrolled(settled, codes, wanted, address, by="second_factor.set_up")


@page("/sign-in/news", of=PORTAL, permission=SIGNED_IN)
async def news_page(wanted: Next = "/") -> Page | Redirect:
    """What happened to the person's account, once after signing in."""
    found = await news.news(token_of_request())
    if found is None:
        return go(local(wanted))
    return Page("identity/news.html", title="请留意", wanted=local(wanted), news=found)


@action("/sign-in/news", of=PORTAL, permission=SIGNED_IN)
async def news_form(data: Form) -> Redirect:
    await news.told(token_of_request())
    return go(local(as_sent(data, "next")))


@action("/sign-out", of=PORTAL, permission=PUBLIC)
async def sign_out(data: Form) -> Redirect:
    """Ends the session in the database, not in the browser alone."""
    await sessions.sign_out(token_of_request())
    answer = go(portal("/sign-in"))
    answer.set_cookie(session_cookie(""))
    answer.headers.update(CLEARED)
    return answer


@page("/invitations/{token:str}", of=PORTAL, permission=PUBLIC, examples={"token": "no-such-invitation"})
async def invitation_page(token: FromPath[str]) -> Page:
    """What the link invites to; says so when it is over."""
    invited = await invitations.look(token)
    return Page(
        "identity/invitation.html", title="接受邀请", invited=invited, token=token, login="", name="", error=None
    )


@action("/invitations/{token:str}", of=PORTAL, permission=PUBLIC, examples={"token": "no-such-invitation"})
async def accept_form(request: Req, token: FromPath[str], data: Form) -> Page | Redirect:
    """New people choose login and password; who has a login already proves it."""
    login, name = as_sent(data, "login"), as_sent(data, "name")
    error = "这个登录名已经有人使用。如果是您本人,请输入原来的密码;否则请换一个登录名。"
    try:
        session = await invitations.accept(
            token, login=login, name=name, password=password_in(data), **came_from(request)
        )
    except Refusal as refusal:
        if refusal.code in ("invitation.over", "sign_in.wait"):
            raise
        session, error = None, refusal.sentence
    if session is not None:
        return await signed_in(session, portal("/"), came_from(request)["address"])
    invited = await invitations.look(token)
    return Page(
        "identity/invitation.html", title="接受邀请", invited=invited, token=token, login=login, name=name, error=error
    )


HANDLERS = [
    sign_in_page,
    sign_in_form,
    code_page,
    code_form,
    news_page,
    news_form,
    sign_out,
    invitation_page,
    accept_form,
    *CONTACTS,
    *FACTOR,
    *FORGOTTEN,
    *ME,
    *PASSKEYS,
    *PEOPLE,
    *RESETS,
]
