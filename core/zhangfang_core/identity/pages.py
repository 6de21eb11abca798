"""Signing in and out, and accepting an invitation. The person's own page and the firm's people stand in files of their own."""

from typing import Annotated
from urllib.parse import quote

from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity import invitations, news, sessions, sign_in
from zhangfang_core.identity.contact_pages import HANDLERS as CONTACTS
from zhangfang_core.identity.enter import Entered, enter
from zhangfang_core.identity.factor_pages import HANDLERS as FACTOR
from zhangfang_core.identity.forms import (
    CLEARED,
    Form,
    Req,
    as_sent,
    came_from,
    choice_cookie,
    local,
    password_in,
    session_cookie,
    token_of_request,
    told_to_wait,
)
from zhangfang_core.identity.me_pages import HANDLERS as ME
from zhangfang_core.identity.people_pages import HANDLERS as PEOPLE
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.identity.presence import asking
from zhangfang_core.identity.reset_pages import HANDLERS as RESETS
from zhangfang_core.identity.second_factor import offer
from zhangfang_sdk.context import in_scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import Address, portal
from zhangfang_sdk.web import PORTAL, PUBLIC, SIGNED_IN, Page, action, go, page

Next = Annotated[str, QueryParameter(name="next")]

WRONG = "登录名或密码不对。忘记密码请联系您的代账公司。"
WRONG_CODE = "验证码不对或已用过,请等手机上出现下一个 6 位数再输入。"


@page("/sign-in", of=PORTAL, permission=PUBLIC)
async def sign_in_page(wanted: Next = "/") -> Page | Redirect:
    """Who is signed in already goes on."""
    request = asking()
    if request is not None and request.presence.pending:
        return go(portal(f"/sign-in/code?next={quote(local(wanted))}"))
    if request is not None and request.presence.scope is not None:
        return go(local(wanted))
    return Page("identity/sign_in.html", title="登录", wanted=local(wanted), login="", error=None)


@action("/sign-in", of=PORTAL, permission=PUBLIC)
async def sign_in_form(request: Req, data: Form) -> Page | Redirect:
    """The same answer, in the same time, for a login that nobody has and a wrong password."""
    login, wanted = as_sent(data, "login"), local(as_sent(data, "next"))
    try:
        done = await sign_in.sign_in(login, password_in(data), **came_from(request))
    except Refusal as refusal:
        shown = Page("identity/sign_in.html", title="登录", wanted=wanted, login=login, error=refusal.sentence)
        return told_to_wait(shown, refusal)
    if done is None:
        return Page("identity/sign_in.html", title="登录", wanted=wanted, login=login, error=WRONG)
    token, person = done
    answer = await _signed_in(token, wanted, came_from(request)["address"])
    if person.large_type:
        answer.set_cookie(choice_cookie("type", "large"))
    return answer


@page("/sign-in/code", of=PORTAL, permission=PUBLIC)
async def code_page(request: Req, wanted: Next = "/") -> Page | Redirect:
    """Asks for the code, or shows how to set codes up where the role must have them."""
    entered = await enter(token_of_request(), "")
    if entered is None:
        return go(portal("/sign-in"))
    if not entered.owed:
        return go(local(wanted))
    return await _code_page(entered, local(wanted))


@action("/sign-in/code", of=PORTAL, permission=PUBLIC)
async def code_form(request: Req, data: Form) -> Page | Redirect:
    """A wrong code is counted, and makes the next one wait."""
    token, wanted = token_of_request(), local(as_sent(data, "next"))
    code, sealed = as_sent(data, "code"), as_sent(data, "sealed")
    address = came_from(request)["address"]
    if sealed:
        return await _enrolled(token, sealed, code, wanted, address)
    try:
        settled = await sign_in.give_code(token, code, address=address)
    except Refusal as refusal:
        if refusal.code != "sign_in.wait":
            raise
        page = Page("identity/code.html", title="动态验证码", wanted=wanted, error=refusal.sentence)
        return told_to_wait(page, refusal)
    if settled is None:
        return Page("identity/code.html", title="动态验证码", wanted=wanted, error=WRONG_CODE)
    return await _signed_in(settled, wanted, address)


async def _enrolled(token: str, sealed: str, code: str, wanted: Address, address: str) -> Page:
    """Recovery codes, shown once, on the way into the portal; what was wrong is told on the form."""
    try:
        settled, codes = await sign_in.enrol(token, sealed, code, address=address)
    except Refusal as refusal:
        entered = await enter(token, address)
        if entered is None or entered.owed != "enrol":
            raise
        kept = sealed if refusal.code == "second_factor.wrong_code" else None
        return await _code_page(entered, wanted, error=refusal.sentence, sealed=kept)
    entered = await enter(settled, address)
    if entered is not None:
        with in_scope(entered.scope):
            await record_everywhere("second_factor.set_up", f"core_user:{entered.person}", token=settled)
            await record_everywhere("session.sign_in", f"core_session:{entered.session}", token=settled)
    answer = Page("identity/enrolled.html", title="恢复码", wanted=wanted, codes=codes)
    answer.set_cookie(session_cookie(settled))
    return answer


async def _code_page(entered: Entered, wanted: str, *, error: str | None = None, sealed: str | None = None) -> Page:
    if entered.owed == "code":
        return Page("identity/code.html", title="动态验证码", wanted=wanted, error=error)
    await show_scope(entered.scope_of_person())
    login = await connection().fetchval("select login from core_user where id = $1", entered.person)
    shown = offer(entered.person, login, sealed)
    return Page("identity/enrol.html", title="设置动态验证码", wanted=wanted, error=error, offer=shown)


async def _signed_in(token: str, wanted: Address, address: str) -> Redirect:
    """On with the new cookie: to the second factor where it is owed, else into the portal, which the trail notes."""
    entered = await enter(token, address)
    if entered is None or entered.owed:
        answer = go(portal(f"/sign-in/code?next={quote(wanted)}"))
    else:
        with in_scope(entered.scope):
            await record_everywhere("session.sign_in", f"core_session:{entered.session}", token=token)
            told = await news.news(token)
        answer = go(portal(f"/sign-in/news?next={quote(wanted)}") if told else wanted)
    answer.set_cookie(session_cookie(token))
    return answer


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
        return await _signed_in(session, portal("/"), came_from(request)["address"])
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
    *ME,
    *PEOPLE,
    *RESETS,
]
