"""忘记密码, from the page that signs in."""

from zhangfang_core.identity import forgotten
from zhangfang_core.identity.forms import Form, Req, as_sent, came_from, told_to_wait
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.web import PORTAL, PUBLIC, Page, action, page


@page("/sign-in/forgotten", of=PORTAL, permission=PUBLIC)
async def forgotten_page() -> Page:
    return _page()


@action("/sign-in/forgotten", of=PORTAL, permission=PUBLIC)
async def forgotten_form(request: Req, data: Form) -> Page:
    """The same answer, in the same time, for a login that nobody has."""
    login = as_sent(data, "login")
    if not forgotten.is_offered():
        return _page()
    try:
        await forgotten.ask(login, came_from(request)["address"])
    except Refusal as refusal:
        return told_to_wait(_page(login=login, error=refusal.sentence), refusal)
    return _page(asked=True)


def _page(*, login: str = "", asked: bool = False, error: str | None = None) -> Page:
    return Page(
        "identity/forgotten.html",
        title="忘记密码",
        login=login,
        asked=asked,
        error=error,
        offered=forgotten.is_offered(),
    )


HANDLERS = [forgotten_page, forgotten_form]
