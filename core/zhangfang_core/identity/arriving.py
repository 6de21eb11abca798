"""The way into the portal after a sign-in: the cookie, the trail, and what the person is told first."""

from urllib.parse import quote

from litestar.response import Redirect

from zhangfang_core.identity import news
from zhangfang_core.identity.enter import enter
from zhangfang_core.identity.forms import choice_cookie, session_cookie
from zhangfang_core.identity.places import record_everywhere
from zhangfang_sdk.context import in_scope
from zhangfang_sdk.places import Address, portal
from zhangfang_sdk.web import Page, go


async def signed_in(token: str, wanted: Address, address: str, *, large_type: bool = False) -> Redirect:
    """On with the new cookie: to the second factor where it is owed, else into the portal, which the trail notes.

    ``large_type`` is the person's choice, which this browser is told.
    """
    entered = await enter(token, address)
    if entered is None or entered.owed:
        answer = go(portal(f"/sign-in/code?next={quote(wanted)}"))
    else:
        with in_scope(entered.scope):
            await record_everywhere("session.sign_in", f"core_session:{entered.session}", token=token)
            told = await news.news(token)
        answer = go(portal(f"/sign-in/news?next={quote(wanted)}") if told else wanted)
    answer.set_cookie(session_cookie(token))
    if large_type:
        answer.set_cookie(choice_cookie("type", "large"))
    return answer


async def enrolled(token: str, codes: list[str], wanted: Address, address: str, *, by: str) -> Page:
    """Recovery codes, shown once, on the way into the portal; ``by`` is how the trail calls the factor's set-up."""
    entered = await enter(token, address)
    if entered is not None:
        with in_scope(entered.scope):
            await record_everywhere(by, f"core_user:{entered.person}", token=token)
            await record_everywhere("session.sign_in", f"core_session:{entered.session}", token=token)
    answer = Page("identity/enrolled.html", title="恢复码", wanted=wanted, codes=codes)
    answer.set_cookie(session_cookie(token))
    return answer
