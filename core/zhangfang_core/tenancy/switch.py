"""Where a person is: which membership, and which client the firm's staff has open."""

from collections.abc import Sequence
from dataclasses import dataclass

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.tokens import hash_of
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import not_found

CLIENTS_IN_MENU = 30


@dataclass(frozen=True, slots=True)
class Place:
    """One membership of the actor. ``membership`` None is the operator's place."""

    membership: int | None
    role: str
    firm_name: str
    client_name: str | None
    current: bool

    @property
    def name(self) -> str:
        return self.client_name or self.firm_name

    @property
    def href(self) -> str:
        return f"/switch/{self.membership}" if self.membership else "/switch/operator"


async def places() -> Sequence[Place]:
    """All that the actor belongs to, those of firms first."""
    actor = scope()
    rows = await connection().fetch("select * from app_places()")
    found = [
        Place(r["membership"], r["role"], r["firm_name"], r["client_name"], r["membership"] == actor.membership)
        for r in rows
    ]
    if await connection().fetchval("select is_operator from core_user where id = $1", actor.user):
        found.append(Place(None, "operator", "平台运维", None, actor.membership is None))
    return found


async def switcher() -> Sequence[tuple[str, str, bool]]:
    """What the layouts' menu shows, as (label, address, current): clients of the firm's staff, then the person's other places."""
    actor = scope()
    own = await places()
    entries = [(place.name, place.href, place.current) for place in own]
    if not actor.staff:
        return entries
    rows = await connection().fetch(
        "select id, name from core_client where firm = $1 and ($2::bigint[] is null or id = any ($2)) order by id = $3 desc nulls last, name, id limit $4",
        actor.firm,
        None if actor.clients is None else sorted(actor.clients),
        actor.client,
        CLIENTS_IN_MENU,
    )
    clients = [(row["name"], f"/clients/{row['id']}/open", row["id"] == actor.client) for row in rows]
    others = [entry for entry in entries if not entry[2]]
    all_of_firm = [(f"{_here(own)} · 全部客户", "/clients/close", actor.client is None)]
    return [*all_of_firm, *clients, *others]


def _here(own: Sequence[Place]) -> str:
    return next((place.firm_name for place in own if place.current), "")


async def open_client(token: str, client: int | None) -> None:
    """The firm's staff opens a client, or none; stays so for the session. Raises Refusal ``common.not_found``."""
    actor = scope()
    visible = client is None or (
        actor.sees(client)
        and await connection().fetchval("select true from core_client where firm = $1 and id = $2", actor.firm, client)
    )
    if not actor.staff or not visible:
        raise not_found("客户企业")
    await connection().execute(
        """update core_session set open_client = $3 where token_hash = $1 and "user" = $2""",
        hash_of(token),
        actor.user,
        client,
    )


async def switch_place(token: str, membership: int | None) -> None:
    """Go to another membership of the actor, or to the operator's place. Raises Refusal ``common.not_found``."""
    if membership not in {place.membership for place in await places()}:
        raise not_found("公司")
    await connection().execute(
        """update core_session set membership = $3, open_client = null where token_hash = $1 and "user" = $2""",
        hash_of(token),
        scope().user,
        membership,
    )
