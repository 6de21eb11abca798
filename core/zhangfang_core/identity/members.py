"""People of the firm and of its clients, as the firm's owner and admins manage them."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.roles import AUDITOR, role_title, roles
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import ACCESS, WHOLE_FIRM, Live
from zhangfang_sdk.services import use

_MEMBERS = """select m.id, m."user", u.name, u.login, m.role, m.client, c.name as client_name, m.active,
    app_has_factor(u.id) as second_factor,
    app_clients_of(m) as clients, exists (select from core_role r where r.firm = m.firm and r.key = m.role
        and (r.every_client or r.clients is not null)) as by_role
    from core_membership m join core_user u on u.id = m."user"
    left join core_client c on c.firm = m.firm and c.id = m.client
    where m.firm = $1 and m.role <> 'auditor' and ($2::bigint is null or m.id = $2)
    order by m.client is not null, c.name, m.active desc, u.name, m.id"""


@dataclass(frozen=True, slots=True)
class Member:
    """One membership. ``client`` is None for people of the firm: they see ``clients``, None for all, by their role or as each was given."""

    id: int
    user: int
    name: str
    login: str
    role: str
    client: int | None
    client_name: str | None
    active: bool
    second_factor: bool
    clients: Sequence[int] | None
    by_role: bool

    @property
    def role_title(self) -> str:
        return role_title(self.role)

    @property
    def sees_every_client(self) -> bool:
        return self.clients is None


async def members() -> Sequence[Member]:
    """All of the firm in scope, its own people first; needs ``people.manage``."""
    require("people.manage")
    return [Member(**dict(row)) for row in await connection().fetch(_MEMBERS, firm_in_scope(), None)]


async def member(membership: int) -> Member:
    """Needs ``people.manage``. Raises Refusal ``common.not_found``."""
    require("people.manage")
    row = await connection().fetchrow(_MEMBERS, firm_in_scope(), membership)
    if row is None:
        raise not_found("人员")
    return Member(**dict(row))


async def roles_to_grant(side: str) -> list[tuple[str, str]]:
    """Roles (key, title) that the actor may give on this side, the firm's own too: only an owner makes another owner."""
    given = [r for r in roles() if r.side == side and r.id != AUDITOR and (r.id != "owner" or _is_owner())]
    made = await connection().fetch(
        "select key, title from core_role where firm = $1 and side = $2 order by key", firm_in_scope(), side
    )
    known = {r.id for r in roles()}
    return [(r.id, role_title(r.id)) for r in given] + [(r["key"], r["title"]) for r in made if r["key"] not in known]


async def check_grant(role: str, *, of_client: bool) -> None:
    """Raises Refusal ``role.not_to_grant``."""
    if role not in dict(await roles_to_grant("client" if of_client else "firm")):
        raise Refusal("role.not_to_grant", "不能授予这个角色,请重新选择。", field="role")


async def change_role(membership: int, role: str) -> None:
    """In force with the person's next request. Raises Refusal ``common.not_found``, ``role.not_to_grant``, ``member.self``, ``member.owner``."""
    found = await _changeable(membership)
    await check_grant(role, of_client=found.client is not None)
    await connection().execute(
        "update core_membership set role = $3 where firm = $1 and id = $2", firm_in_scope(), membership, role
    )
    await use(Audit).record(
        "member.role",
        f"core_membership:{membership}",
        client=found.client,
        before={"role": found.role},
        after={"role": role},
    )
    await use(Live).announce(ACCESS, WHOLE_FIRM)


async def set_active(membership: int, *, active: bool) -> None:
    """Deactivating ends the person's access here with their next request. Raises Refusal ``common.not_found``, ``member.self``, ``member.owner``."""
    found = await _changeable(membership)
    if found.active == active:
        return
    await connection().execute(
        "update core_membership set active = $3 where firm = $1 and id = $2", firm_in_scope(), membership, active
    )
    await use(Audit).record(
        "member.activate" if active else "member.deactivate", f"core_membership:{membership}", client=found.client
    )
    await use(Live).announce(ACCESS, WHOLE_FIRM)


async def _changeable(membership: int) -> Member:
    found = await member(membership)
    if found.user == scope().user:
        raise Refusal("member.self", "不能修改自己的角色或停用自己,请让另一位负责人操作。", status=409)
    if found.role == "owner" and not _is_owner():
        raise Refusal("member.owner", "只有负责人才能修改另一位负责人。", status=403)
    return found


def _is_owner() -> bool:
    return scope().role == "owner" or scope().permissions is None
