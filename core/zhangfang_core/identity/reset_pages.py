"""重设密码: the firm's admin and the operator give a link, its person chooses a new password with it."""

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity import resets
from zhangfang_core.identity.forms import Form, Req, as_sent, came_from, password_in, public_address
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here, portal
from zhangfang_sdk.web import FIRM, PORTAL, PUBLIC, Page, action, go, page

EXAMPLE = {"token": "no-such-link"}


@action("/people/{membership_id:int}/reset", of=FIRM, permission="people.manage", stream=True)
async def member_reset_form(request: Req, membership_id: FromPath[int], data: Form) -> Page:
    """Sends the link where mail is set up and the person has an address; else shows it once. Between its transactions the vendor is asked."""
    async with transaction():
        made = await resets.make_for_member(membership_id, also_factor=as_sent(data, "also_factor") == "1")
    link = f"{public_address(request)}/resets/{made.token}"
    sent = made.email != "" and await resets.mail(firm_in_scope(), made, link)
    async with transaction():
        return Page(
            "identity/reset_link.html",
            title="重设密码",
            active="people",
            back=here(f"/people/{membership_id}"),
            name=made.name,
            link=None if sent else link,
        )


@page("/operator/resets", of=PORTAL, permission="operator.use")
async def operator_reset_page() -> Page:
    return _operator_page()


@action("/operator/resets", of=PORTAL, permission="operator.use")
async def operator_reset_form(request: Req, data: Form) -> Page:
    """For owners above all, whose password no admin resets. Shows the link once."""
    login = as_sent(data, "login")
    try:
        made = await resets.make_for_login(login, also_factor=as_sent(data, "also_factor") == "1")
    except Refusal as refusal:
        return _operator_page(login=login, error=refusal.sentence)
    return Page(
        "identity/reset_link.html",
        title="重设密码",
        active="operator",
        name=made.name,
        link=f"{public_address(request)}/resets/{made.token}",
    )


@page("/resets/{token:str}", of=PORTAL, permission=PUBLIC, examples=EXAMPLE)
async def reset_page(token: FromPath[str]) -> Page:
    """Asks for the new password; says so when the link is over."""
    return await _reset_page(token)


@action("/resets/{token:str}", of=PORTAL, permission=PUBLIC, examples=EXAMPLE)
async def reset_form(request: Req, token: FromPath[str], data: Form) -> Page | Redirect:
    try:
        await resets.choose_password(token, password_in(data), address=came_from(request)["address"])
    except Refusal as refusal:
        if refusal.code != "password.weak":
            raise
        return await _reset_page(token, error=refusal.sentence)
    return go(portal("/sign-in"))


async def _reset_page(token: str, *, error: str | None = None) -> Page:
    found = await resets.look(token)
    return Page("identity/reset.html", title="设置新密码", found=found, token=token, error=error)


def _operator_page(*, login: str = "", error: str | None = None) -> Page:
    return Page("identity/operator_reset.html", title="重设密码", active="operator", login=login, error=error)


HANDLERS = [member_reset_form, operator_reset_page, operator_reset_form, reset_page, reset_form]
