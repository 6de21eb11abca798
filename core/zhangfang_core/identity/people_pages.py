"""人员与权限: the firm's people, those of its clients, and invitations."""

from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity import invitations, members
from zhangfang_core.identity.auditing.pages import HANDLERS as AUDITOR_PAGES
from zhangfang_core.identity.forms import Form, Req, as_sent, number, numbers_in, public_address, written
from zhangfang_core.identity.idle_pages import HANDLERS as IDLE_PAGES
from zhangfang_core.identity.own_roles.pages import HANDLERS as ROLE_PAGES
from zhangfang_core.tenancy.assignments import assign, assigned
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.services import use
from zhangfang_sdk.web import FIRM, Page, action, go, page


@page("/people", of=FIRM, permission="people.manage")
async def people_page() -> Page:
    return await _people_page()


@action("/people/invite", of=FIRM, permission="people.manage")
async def invite_form(request: Req, data: Form) -> Page:
    """Shows the link once, to be sent by whatever way the firm likes."""
    client, role, contact = number(as_sent(data, "client")), as_sent(data, "role"), as_sent(data, "contact")
    try:
        token = await invitations.invite(role=role, contact=contact, client=client)
    except Refusal as refusal:
        return await _people_page(error=refusal.sentence, contact=contact, client=client, role=role)
    link = f"{public_address(request)}/invitations/{token}"
    return await _people_page(link=link, link_for=contact)


@action("/people/invitations/{invitation_id:int}/withdraw", of=FIRM, permission="people.manage")
async def withdraw_form(invitation_id: FromPath[int], data: Form) -> Redirect:
    await invitations.withdraw(invitation_id)
    return go(here("/people"))


@page("/people/{membership_id:int}", of=FIRM, permission="people.manage")
async def member_page(membership_id: FromPath[int]) -> Page:
    """One person: role, clients, access."""
    found = await members.member(membership_id)
    side = "firm" if found.client is None else "client"
    return Page(
        "identity/member.html",
        title=found.name,
        active="people",
        back=here("/people"),
        member=found,
        roles=await members.roles_to_grant(side),
        may_reset=found.role != "owner" and found.user != scope().user,
        clients=await use(Clients).clients(),
        assigned=await assigned(found.user) if side == "firm" else frozenset(),
    )


@action("/people/{membership_id:int}/role", of=FIRM, permission="people.manage")
async def role_form(membership_id: FromPath[int], data: Form) -> Redirect:
    await members.change_role(membership_id, written(data, "role", 60))
    return go(here(f"/people/{membership_id}"))


@action("/people/{membership_id:int}/active", of=FIRM, permission="people.manage")
async def active_form(membership_id: FromPath[int], data: Form) -> Redirect:
    await members.set_active(membership_id, active=written(data, "active") == "1")
    return go(here(f"/people/{membership_id}"))


@action("/people/{membership_id:int}/clients", of=FIRM, permission="people.manage")
async def clients_form(membership_id: FromPath[int], data: Form) -> Redirect:
    """Exactly the ticked clients are the person's from now on."""
    found = await members.member(membership_id)
    await assign(found.user, numbers_in(data, "client"))
    return go(here(f"/people/{membership_id}"))


async def _people_page(
    *,
    error: str | None = None,
    link: str | None = None,
    link_for: str = "",
    contact: str = "",
    client: int | None = None,
    role: str = "",
) -> Page:
    return Page(
        "identity/people.html",
        title="人员与权限",
        active="people",
        members=await members.members(),
        invitations=await invitations.open_invitations(),
        clients=await use(Clients).clients(),
        roles=[*await members.roles_to_grant("firm"), *await members.roles_to_grant("client")],
        error=error,
        link=link,
        link_for=link_for,
        contact=contact,
        chosen_client=client,
        chosen_role=role,
    )


HANDLERS = [
    *ROLE_PAGES,
    *AUDITOR_PAGES,
    *IDLE_PAGES,
    people_page,
    invite_form,
    withdraw_form,
    member_page,
    role_form,
    active_form,
    clients_form,
]
