"""角色: the roles that the firm made, and the form that makes or changes one, read in words before it is kept."""

import hashlib
import re
from dataclasses import replace
from typing import Any

from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from litestar.response import Redirect

from zhangfang_core.identity.forms import Form, as_sent, numbers_in, written
from zhangfang_core.identity.own_roles import service
from zhangfang_core.identity.own_roles.service import RoleDraft
from zhangfang_core.identity.own_roles.words import in_words, known
from zhangfang_core.identity.roles import AUDITOR, roles
from zhangfang_core.modules.translations import gettext
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import here
from zhangfang_sdk.web import FIRM, Page, action, go, page

EMPTY = RoleDraft("", "client", frozenset({service.EVERYBODY_HAS}))


@page("/people/roles", of=FIRM, permission="people.manage")
async def roles_page() -> Page:
    """The firm's own roles, and those that everybody has, to copy from."""
    return Page(
        "identity/roles.html",
        title="角色",
        active="people",
        back=here("/people"),
        made=await service.made_roles(),
        given=[r for r in roles() if r.id != AUDITOR],
    )


@page("/people/roles/new", of=FIRM, permission="people.manage")
async def new_role_page(copy: str = "", side: str = "client") -> Page:
    """``copy`` is the key of the role to start from, whose side it has; without one nothing is chosen."""
    if copy:
        return await _form(await service.copied(copy))
    return await _form(replace(EMPTY, side="firm") if side == "firm" else EMPTY)


@action("/people/roles/new", of=FIRM, permission="people.manage")
async def make_role_form(data: Form) -> Redirect | Page:
    """Kept when it was read in words as it is now, else shown in words first."""
    draft = _drafted(data)
    try:
        kept = await service.checked(draft)
        if written(data, "look") or written(data, "read") != _digest(kept):
            return await _form(kept, read=True)
        await service.make(kept)
    except Refusal as refusal:
        return await _form(draft, refusal=refusal)
    return go(here("/people/roles"))


@page("/people/roles/{role_id:int}", of=FIRM, permission="people.manage")
async def role_page(role_id: FromPath[int]) -> Page:
    made = await service.made_role(role_id)
    return await _form(made.draft, made=made, read=True)


@action("/people/roles/{role_id:int}", of=FIRM, permission="people.manage")
async def change_role_form(role_id: FromPath[int], data: Form) -> Redirect | Page:
    """As above; its side stays."""
    made = await service.made_role(role_id)
    draft = _drafted({**data, "side": made.draft.side})
    try:
        kept = await service.checked(draft, own=role_id)
        if written(data, "look") or written(data, "read") != _digest(kept):
            return await _form(kept, made=made, read=True)
        await service.change(role_id, kept)
    except Refusal as refusal:
        return await _form(draft, made=made, refusal=refusal)
    return go(here("/people/roles"))


@action("/people/roles/{role_id:int}/remove", of=FIRM, permission="people.manage")
async def remove_role_form(role_id: FromPath[int]) -> Redirect:
    await service.remove(role_id)
    return go(here("/people/roles"))


def _drafted(data: dict[str, Any]) -> RoleDraft:
    side: service.Side = "firm" if as_sent(data, "side") == "firm" else "client"
    chosen = written(data, "scope")
    return RoleDraft(
        as_sent(data, "title"),
        side,
        frozenset(_texts(data, "permission")),
        None if written(data, "measures") == "all" else frozenset(_texts(data, "measure")),
        None if written(data, "accounts_of") == "all" else tuple(dict.fromkeys(_codes(as_sent(data, "accounts")))),
        side == "firm" and chosen == "every",
        tuple(dict.fromkeys(numbers_in(data, "client"))) if side == "firm" and chosen == "named" else None,
    )


def _texts(data: dict[str, Any], name: str) -> list[str]:
    values = data.get(name, [])
    return [str(value)[:80] for value in (values if isinstance(values, list) else [values])]


def _codes(text: str) -> list[str]:
    return [code for code in re.split(r"[\s,,、;;]+", text) if code]


def _digest(draft: RoleDraft) -> str:
    """Of what was read in words: another draft is read again before it is kept."""
    told = (
        draft.title,
        draft.side,
        sorted(draft.permissions),
        None if draft.measures is None else sorted(draft.measures),
        draft.accounts,
        draft.every_client,
        draft.clients,
    )
    return hashlib.sha256(repr(told).encode()).hexdigest()[:32]


async def _form(
    draft: RoleDraft, *, made: service.MadeRole | None = None, refusal: Refusal | None = None, read: bool = False
) -> Page:
    of = await known()
    shown = Page(
        "identity/role.html",
        title=made.draft.title if made else gettext("新角色"),
        active="people",
        back=here("/people/roles"),
        made=made,
        draft=draft,
        accounts="、".join(draft.accounts or ()),
        offered=await service.permissions_offered(draft.side),
        measures=of.measures,
        clients=of.clients,
        refusal=refusal,
        words=await in_words(draft, of) if read else None,
        digest=_digest(draft) if read else "",
    )
    if refusal is not None:
        shown.status_code = refusal.status
    return shown


HANDLERS: list[HTTPRouteHandler] = [
    roles_page,
    new_role_page,
    make_role_form,
    role_page,
    change_role_form,
    remove_role_form,
]
