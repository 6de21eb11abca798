"""审计链接: the firm's page of them, the door that a link opens, and what an auditor finds behind it."""

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.auditing import links
from zhangfang_core.identity.forms import (
    Form,
    Req,
    as_sent,
    came_from,
    day_in,
    numbers_in,
    public_address,
    session_cookie,
)
from zhangfang_core.identity.places import own_places
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import here, mine
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, PERSON, PORTAL, PUBLIC, SIGNED_IN, Page, action, go, page

YEARS_OFFERED = 10


@page("/people/auditors", of=FIRM, permission="people.manage")
async def auditors_page() -> Page:
    return await _page()


@action("/people/auditors", of=FIRM, permission="people.manage")
async def make_link_form(request: Req, data: Form) -> Page:
    """Shows link and PIN once."""
    auditor, until = as_sent(data, "auditor"), as_sent(data, "until")
    chosen = {"client": numbers_in(data, "client"), "year": numbers_in(data, "year")}
    try:
        made = await links.make(auditor, chosen["client"], chosen["year"], day_in(until, "until"))
    except Refusal as refusal:
        return await _page(refusal=refusal, auditor=auditor, until=until, chosen=chosen)
    return await _page(link=f"{public_address(request)}/auditing/{made.token}", pin=made.pin)


@action("/people/auditors/{auditor_link_id:int}/end", of=FIRM, permission="people.manage")
async def end_link_form(auditor_link_id: FromPath[int]) -> Redirect:
    await links.end(auditor_link_id)
    return go(here("/people/auditors"))


@page("/auditing/{token:str}", of=PORTAL, permission=PUBLIC, examples={"token": "none"})
async def door_page(token: str) -> Page:
    return _door(token, await links.look(token))


@action("/auditing/{token:str}", of=PORTAL, permission=PUBLIC, examples={"token": "none"})
async def come_in_form(token: str, request: Req, data: Form) -> Page | Redirect:
    """A wrong PIN is counted, so this is committed."""
    opened = await links.look(token)
    if opened is None:
        return _door(token, None)
    session = await links.come_in(token, as_sent(data, "pin"), **came_from(request))
    if session is None:
        return _door(token, opened, error="这个 PIN 不对,请再核对一次。错得太多,链接会自动作废。")
    answer = go(mine("/auditing"))
    answer.set_cookie(session_cookie(session))
    return answer


@page("/auditing", of=PERSON, permission=SIGNED_IN)
async def audited_page() -> Page | Redirect:
    """The clients and years of the link, until when; who did not come by one goes to their own places."""
    actor = scope()
    until = await connection().fetchval(
        """select expires_at from core_auditor_link where "user" = $1 and revoked_at is null and expires_at > now()""",
        actor.user,
    )
    if actor.years is None or until is None:
        return go(mine())
    return Page(
        "identity/audited.html",
        title="审计查阅",
        active="auditing",
        places=await own_places(),
        years=sorted(actor.years),
        until=until,
    )


audited_page.opt["for_auditors"] = "page"


def _door(token: str, opened: links.Opened | None, error: str | None = None) -> Page:
    title = "审计查阅" if opened else "审计链接已失效"
    return Page("identity/auditor_door.html", title=title, token=token, opened=opened, error=error)


async def _page(
    *,
    refusal: Refusal | None = None,
    auditor: str = "",
    until: str = "",
    chosen: dict[str, list[int]] | None = None,
    link: str | None = None,
    pin: str = "",
) -> Page:
    shown = Page(
        "identity/auditors.html",
        title="审计链接",
        active="people",
        back=here("/people"),
        links=await links.links(),
        clients=await use(Clients).clients(),
        years=[today().year - back for back in range(YEARS_OFFERED)],
        today=today(),
        latest=today() + links.LONGEST,
        refusal=refusal,
        auditor=auditor,
        until=until,
        chosen=chosen or {"client": [], "year": []},
        link=link,
        pin=pin,
    )
    if refusal is not None:
        shown.status_code = refusal.status
    return shown


HANDLERS: list[HTTPRouteHandler] = [
    auditors_page,
    make_link_form,
    end_link_form,
    door_page,
    come_in_form,
    audited_page,
]
