"""Invitations: a link that makes whoever opens it first a member, with the role that the firm chose."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, show_scope
from zhangfang_core.identity.members import check_grant
from zhangfang_core.identity.roles import role_title
from zhangfang_core.identity.secret_links import LinkKind, behind
from zhangfang_core.identity.sessions import open_session
from zhangfang_core.identity.set_up import join, make_person, person_called
from zhangfang_core.identity.sign_in import verified
from zhangfang_core.identity.tokens import hash_of, new_token
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import Scope, firm_in_scope, in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.services import use

GOOD_FOR = dt.timedelta(days=7)
LONGEST_CONTACT = 120
_LINK = LinkKind("core_invitation", "id, firm, client, role, contact", "used_at is null")


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that can be accepted, as its receiver sees it."""

    id: int
    firm: int
    firm_name: str
    client: int | None
    client_name: str | None
    role: str
    contact: str

    @property
    def role_title(self) -> str:
        return role_title(self.role)


@dataclass(frozen=True, slots=True)
class Open:
    """An invitation that waits, as the firm sees it. Instants are UTC."""

    id: int
    contact: str
    client_name: str | None
    role: str
    created_at: dt.datetime
    expires_at: dt.datetime

    @property
    def role_title(self) -> str:
        return role_title(self.role)


async def invite(*, role: str, contact: str, client: int | None) -> str:
    """Make an invitation to the firm in scope, or to one of its clients; returns the token of its link, which is shown once.

    Needs ``people.manage``; good for 7 days. Raises Refusal ``role.not_to_grant``, ``common.not_found``, ``invitation.no_contact``,
    ``invitation.contact_long``.
    """
    require("people.manage")
    await check_grant(role, of_client=client is not None)
    if not contact.strip():
        raise Refusal("invitation.no_contact", "请填写对方的手机号或邮箱,方便日后核对。", field="contact")
    if len(contact.strip()) > LONGEST_CONTACT:
        raise Refusal("invitation.contact_long", f"联系方式最多 {LONGEST_CONTACT} 个字符。", field="contact")
    if client is not None and not await connection().fetchval(
        "select true from core_client where firm = $1 and id = $2", firm_in_scope(), client
    ):
        raise not_found("客户企业")
    token = new_token()
    invitation = await connection().fetchval(
        """insert into core_invitation (firm, client, role, token_hash, contact, created_at, expires_at, invited_by)
        values ($1, $2, $3, $4, $5, now(), now() + $6::interval, $7) returning id""",
        firm_in_scope(),
        client,
        role,
        hash_of(token),
        contact.strip(),
        GOOD_FOR,
        scope().user,
    )
    await use(Audit).record(
        "invitation.make",
        f"core_invitation:{invitation}",
        client=client,
        after={"role": role, "contact": contact.strip()},
    )
    return token


async def open_invitations() -> Sequence[Open]:
    """Those of the firm in scope that can still be accepted, the newest first; needs ``people.manage``."""
    require("people.manage")
    rows = await connection().fetch(
        """select i.id, i.contact, c.name as client_name, i.role, i.created_at, i.expires_at
        from core_invitation i left join core_client c on c.firm = i.firm and c.id = i.client
        where i.firm = $1 and i.used_at is null and i.revoked_at is null and i.expires_at > now() order by i.id desc""",
        firm_in_scope(),
    )
    return [Open(**dict(row)) for row in rows]


async def withdraw(invitation: int) -> None:
    """The link is worth nothing from now on; needs ``people.manage``. Raises Refusal ``common.not_found``."""
    require("people.manage")
    done = await connection().fetchval(
        """update core_invitation set revoked_at = now()
        where firm = $1 and id = $2 and used_at is null and revoked_at is null returning id""",
        firm_in_scope(),
        invitation,
    )
    if done is None:
        raise not_found("邀请")
    await use(Audit).record("invitation.withdraw", f"core_invitation:{invitation}")


async def look(token: str) -> Invited | None:
    """What this link invites to, or None when it was used, withdrawn, or is too old.

    For a request that nobody is signed in to: it leaves the transaction's settings at this one invitation.
    """
    row = await behind(_LINK, token)
    if row is None:
        return None
    await show_scope(_visitor(row["firm"], row["client"], None), token=hash_of(token))
    names = await connection().fetchrow(
        """select (select name from core_firm where id = $1) as firm_name,
        (select name from core_client where firm = $1 and id = $2) as client_name""",
        row["firm"],
        row["client"],
    )
    return None if names is None else Invited(**{**dict(row), **dict(names)})


async def accept(token: str, *, login: str, name: str, password: str, address: str, user_agent: str) -> str | None:
    """Become a member: as a new person, or as the person of that login when the password is theirs. Returns a session's token.

    None when the login is somebody's and the password does not fit (counted: commit it). Raises Refusal ``invitation.over``,
    ``member.already``, ``password.weak``, ``person.login_empty``, ``person.name_long``, ``sign_in.wait``.
    """
    invited = await look(token)
    if invited is None:
        raise over()
    if await person_called(login) is None:
        person = await make_person(login, name, password)
    else:
        known = await verified(login, password, address)
        if known is None:
            return None
        person, name = known.id, known.name
    visitor = _visitor(invited.firm, invited.client, person, name=name, address=address)
    await show_scope(visitor, token=hash_of(token))
    with in_scope(visitor):
        await join(person, invited.role, invited.client)
        await connection().execute("update core_invitation set used_at = now() where id = $1", invited.id)
        await use(Audit).record(
            "invitation.accept", f"core_invitation:{invited.id}", client=invited.client, after={"user": person}
        )
    return await open_session(person, address=address, user_agent=user_agent)


def over() -> Refusal:
    return Refusal("invitation.over", "这个邀请链接已经用过或过期了,请联系代账公司重新发一个。", status=410)


def _visitor(firm: int, client: int | None, person: int | None, *, name: str = "", address: str = "") -> Scope:
    clients = frozenset[int]() if client is None else frozenset({client})
    return Scope(firm=firm, user=person, user_name=name, role="invited", clients=clients, address=address)
