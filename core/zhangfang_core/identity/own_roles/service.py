"""Roles that a firm makes: what their people may do, and which figures, accounts and clients they see. In the caller's transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.permissions import CORE_PERMISSIONS, KEEPERS_ALONE, WHOLE_BOOKS, rights_of
from zhangfang_core.identity.roles import AUDITOR, role, roles
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require, scope
from zhangfang_sdk.errors import Refusal, not_found
from zhangfang_sdk.live import ACCESS, WHOLE_FIRM, Live
from zhangfang_sdk.manifest import Permission
from zhangfang_sdk.services import use

LONGEST_TITLE, MOST_ACCOUNTS = 20, 40
EVERYBODY_HAS = "clients.read"

_GOES_WITH = {
    "receivables.read": "parties.read",
    "payables.read": "parties.read",
    "ledger.draft": "ledger.read",
    "ledger.post": "ledger.read",
    "ledger.close": "ledger.read",
    "ledger.read": "accounts.read",
}
"""A permission → the one without which nothing of it could be reached."""

_ROLES = """select r.*, (select count(*) from core_membership m where m.firm = r.firm and m.role = r.key) as people
    from core_role r where r.firm = $1 and ($2::bigint is null or r.id = $2) order by r.side desc, r.key"""

Side = Literal["firm", "client"]


@dataclass(frozen=True, slots=True)
class RoleDraft:
    """``title`` is the name that people read, and the key. ``measures`` and ``accounts`` (beginnings of codes) are None for all.

    Of the firm's clients its people see all, or ``clients``, or (None) those that each was given; ``every_client`` and ``clients`` are
    the firm's side's alone.
    """

    title: str
    side: Side
    permissions: frozenset[str]
    measures: frozenset[str] | None = frozenset()
    accounts: tuple[str, ...] | None = None
    every_client: bool = False
    clients: tuple[int, ...] | None = None


@dataclass(frozen=True, slots=True)
class MadeRole:
    """``people`` is how many members have it, deactivated ones included."""

    id: int
    draft: RoleDraft
    people: int


async def made_roles() -> Sequence[MadeRole]:
    """Those that the firm in scope made, the firm's side first; needs ``people.manage``."""
    require("people.manage")
    return [_made(row) for row in await connection().fetch(_ROLES, firm_in_scope(), None) if role(row["key"]) is None]


async def made_role(id_: int) -> MadeRole:
    """Needs ``people.manage``. Raises Refusal ``common.not_found``."""
    require("people.manage")
    row = await connection().fetchrow(_ROLES, firm_in_scope(), id_)
    if row is None or role(row["key"]) is not None:
        raise not_found("角色")
    return _made(row)


async def permissions_offered(side: Side) -> Sequence[Permission]:
    """What a role of this side can be given: of a client's what any role of clients has, of the firm's what the actor has too, but ``KEEPERS_ALONE``."""
    enabled = await enabled_modules()
    of_plugins = [p for id_, m in registry().modules.items() if id_ in enabled for p in m.manifest.permissions]
    of_side = {r.id for r in roles() if r.side == side and r.id != AUDITOR}
    return [
        p
        for p in (*CORE_PERMISSIONS, *of_plugins)
        if p.id not in KEEPERS_ALONE and of_side & set(p.roles) and (side == "client" or scope().holds(p.id))
    ]


async def copied(key: str) -> RoleDraft:
    """A draft with what a role of the firm may do and see, without a title. Raises Refusal ``common.not_found``."""
    made = next((m.draft for m in await made_roles() if m.draft.title == key), None)
    if made is not None:
        return replace(made, title="")
    known = role(key)
    if known is None or key == AUDITOR:
        raise not_found("角色")
    rights = rights_of(key, None, await enabled_modules())
    offered = {p.id for p in await permissions_offered(known.side)}
    every = known.side == "firm" and key in ("owner", "admin", "reviewer")
    return RoleDraft("", known.side, rights.permissions & offered, rights.measures, rights.accounts, every)


async def checked(draft: RoleDraft, *, own: int | None = None) -> RoleDraft:
    """The draft as it would be kept, with the permissions that others need.

    Raises Refusal ``role.title``, ``role.title_taken``, ``role.permission_unknown``, ``role.whole_books``, ``role.accounts``,
    ``common.not_found`` for a client that is not the firm's.
    """
    title = draft.title.strip()
    if not 0 < len(title) <= LONGEST_TITLE:
        raise Refusal("role.title", f"请给角色起个名字,最多 {LONGEST_TITLE} 个字。", field="title")
    taken = await connection().fetchval(
        "select true from core_role where firm = $1 and key = $2 and id is distinct from $3",
        firm_in_scope(),
        title,
        own,
    )
    if taken or title in {text for r in roles() for text in (r.id, r.title)}:
        raise Refusal("role.title_taken", "已经有叫这个名字的角色了,请换一个。", status=409, field="title")
    permissions = {*draft.permissions, EVERYBODY_HAS}
    while more := {_GOES_WITH[p] for p in permissions if p in _GOES_WITH} - permissions:
        permissions |= more
    offered = {p.id: p.title for p in await permissions_offered(draft.side)}
    if not permissions <= offered.keys():
        raise Refusal("role.permission_unknown", "选中的权限里有不能授予的,请重新选择。", field="permission")
    if draft.accounts is not None:
        _check_accounts(draft.accounts)
        if whole := [offered[p] for p in offered if p in permissions & WHOLE_BOOKS]:
            raise Refusal(
                "role.whole_books",
                f"限定了科目的角色不能有这些权限,它们会显示其他科目的金额:{'、'.join(whole)}。请取消这些权限,或者不限定科目。",
                field="permission",
            )
    if draft.side == "client":
        draft = replace(draft, every_client=False, clients=None)
    elif draft.clients is not None:
        await _check_clients(draft.clients)
    return replace(draft, title=title, permissions=frozenset(permissions))


async def make(draft: RoleDraft) -> int:
    """Needs ``people.manage``; on the trail. Raises as ``checked``."""
    require("people.manage")
    kept = await checked(draft)
    made: int = await connection().fetchval(
        """insert into core_role (firm, key, title, side, permissions, measures, accounts, every_client, clients)
        values ($1, $2, $2, $3, $4, $5, $6, $7, $8) returning id""",
        firm_in_scope(),
        kept.title,
        kept.side,
        *_values(kept),
    )
    await use(Audit).record("role.make", f"core_role:{made}", after=_told(kept))
    return made


async def change(id_: int, draft: RoleDraft) -> None:
    """Its side stays; in force with its people's next requests. Needs ``people.manage``; on the trail.

    Raises as ``checked``, and Refusal ``role.rename`` for another name from whom not all the role's people can be seen.
    """
    before = await made_role(id_)
    kept = await checked(replace(draft, side=before.draft.side), own=id_)
    await connection().execute(
        """update core_role set permissions = $3, measures = $4, accounts = $5, every_client = $6, clients = $7
        where firm = $1 and id = $2""",
        firm_in_scope(),
        id_,
        *_values(kept),
    )
    if kept.title != before.draft.title:
        await _rename(id_, before.draft.title, kept.title)
    await use(Audit).record("role.change", f"core_role:{id_}", before=_told(before.draft), after=_told(kept))
    await use(Live).announce(ACCESS, WHOLE_FIRM)


async def _rename(id_: int, old: str, new: str) -> None:
    """People and invitations name the role by its title: all of them at once."""
    if scope().clients is not None:
        raise Refusal("role.rename", "只有能看到全部客户的人才能给角色改名。", status=403, field="title")
    firm = firm_in_scope()
    await connection().execute("update core_role set key = $3, title = $3 where firm = $1 and id = $2", firm, id_, new)
    await connection().execute("update core_membership set role = $3 where firm = $1 and role = $2", firm, old, new)
    await connection().execute("update core_invitation set role = $3 where firm = $1 and role = $2", firm, old, new)


async def remove(id_: int) -> None:
    """Needs ``people.manage``; on the trail. Raises Refusal ``common.not_found``, ``role.in_use``."""
    made = await made_role(id_)
    waiting = await connection().fetchval(
        """select true from core_invitation where firm = $1 and role = $2 and used_at is null and revoked_at is null
        and expires_at > now() limit 1""",
        firm_in_scope(),
        made.draft.title,
    )
    if made.people or waiting:
        raise Refusal("role.in_use", "还有人或未接受的邀请用着这个角色,先给他们换一个角色。", status=409)
    await connection().execute("delete from core_role where firm = $1 and id = $2", firm_in_scope(), id_)
    await use(Audit).record("role.remove", f"core_role:{id_}", before=_told(made.draft))


def _check_accounts(accounts: Sequence[str]) -> None:
    right = all(code.isascii() and code.isdigit() and len(code) <= 20 for code in accounts)
    if not accounts or len(accounts) > MOST_ACCOUNTS or not right:
        raise Refusal(
            "role.accounts", f"请填写科目编码(或编码的开头几位),用逗号隔开,最多 {MOST_ACCOUNTS} 个。", field="accounts"
        )


async def _check_clients(clients: Sequence[int]) -> None:
    known = await connection().fetchval(
        "select count(*) from core_client where firm = $1 and id = any($2::bigint[])", firm_in_scope(), list(clients)
    )
    if known != len(set(clients)):
        raise not_found("客户企业")


def _values(draft: RoleDraft) -> tuple[object, ...]:
    listed = (sorted(draft.permissions), draft.measures and sorted(draft.measures), draft.accounts)
    permissions, measures, accounts = (None if x is None else json.dumps(list(x)) for x in listed)
    clients = None if draft.clients is None else json.dumps(sorted(draft.clients))
    return permissions, measures, accounts, draft.every_client, clients


def _told(draft: RoleDraft) -> dict[str, object]:
    return {
        "role": draft.title,
        "permissions": sorted(draft.permissions),
        "measures": "all" if draft.measures is None else sorted(draft.measures),
        "accounts": "all" if draft.accounts is None else list(draft.accounts),
        "clients": "all" if draft.every_client else "own" if draft.clients is None else list(draft.clients),
    }


def _made(row: Mapping[str, Any]) -> MadeRole:
    def listed(name: str) -> list[Any] | None:
        return None if row[name] is None else json.loads(row[name])

    measures, accounts, clients = listed("measures"), listed("accounts"), listed("clients")
    draft = RoleDraft(
        row["key"],
        cast("Side", row["side"]),
        frozenset(listed("permissions") or ()),
        None if measures is None else frozenset(measures),
        None if accounts is None else tuple(accounts),
        row["every_client"],
        None if clients is None else tuple(clients),
    )
    return MadeRole(row["id"], draft, row["people"])
