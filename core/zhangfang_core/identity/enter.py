"""From a session's token to the scope of a request, in one round trip."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.permissions import OPERATOR_PERMISSIONS, Rights, rights_of
from zhangfang_core.identity.roles import OPERATOR, PERSON
from zhangfang_core.identity.tokens import hash_of
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.context import Scope

Owed = Literal["", "code", "enrol"]

ENTER = """select e.*, (select json_object_agg(s.module, s.enabled)::text from core_module_switch s where s.firm = e.firm) as switches,
    (select array_agg(t.plugin || ' ' || t.part) from core_part_trouble t where t.firm = e.firm and t.failures >= 3) as parts_off
    from app_enter($1, $2, $3, $4, $5) e"""


@dataclass(frozen=True, slots=True)
class Asked:
    """The place that an address names: a firm, one of its clients, the deployment for its operator; nothing for the person's own."""

    firm: int | None = None
    client: int | None = None
    operator: bool = False


OWN = Asked()


@dataclass(frozen=True, slots=True)
class Entered:
    """A session that stands.

    ``owed`` says what the second factor still asks for: "code" (the phone's, a recovery code, or a passkey), or "enrol" where
    the role must have one and the person has none yet. Until then ``scope`` is nobody's (no user, no
    firm, no permissions) and the database shows nothing. ``scope`` has no firm where the person does not belong to the place that was asked for.
    """

    scope: Scope
    session: int
    person: int
    owed: Owed
    language: str
    large_type: bool
    switches: Mapping[str, bool]
    """What the firm decided about its modules, by their ids; modules that are not named stand at their defaults."""
    parts_off: frozenset[str]
    """Cards and red dots that failed too often, as "plugin part"."""

    @property
    def pending_second_factor(self) -> bool:
        return self.owed != ""

    def scope_of_person(self) -> Scope:
        """Opens the person's own row and nothing else, while the second factor is owed."""
        return Scope(user=self.person)


async def enter(token: str | None, address: str, asked: Asked = OWN, *, attended: bool = True) -> Entered | None:
    """Put the transaction in force behind the walls of the place that is asked for; None when the session does not stand or its
    person belongs nowhere any more.

    The one query sets every setting that row-level security reads, and notes at most once a minute that the session was seen;
    not where the page asked by itself (``attended`` false), which says nothing of its person.
    """
    if not token:
        return None
    row = await connection().fetchrow(ENTER, hash_of(token), asked.firm, asked.client, asked.operator, attended)
    if row is None:
        return None
    owed: Owed = row["second_factor"]
    scope = Scope(address=address)
    if not owed:
        clients = row["clients"]
        role = row["role"] or (OPERATOR if row["operator"] else PERSON)
        rights = _rights(role, row)
        scope = Scope(
            firm=row["firm"],
            user=row["person"],
            user_name=row["name"],
            membership=row["membership"],
            role=role,
            staff=row["staff"],
            operator=row["operator"],
            client=row["client"],
            clients=None if clients is None else frozenset(clients),
            permissions=rights.permissions,
            measures=rights.measures,
            accounts=rights.accounts,
            years=None if row["years"] is None else frozenset(json.loads(row["years"])),
            address=address,
        )
    switches: dict[str, bool] = json.loads(row["switches"] or "{}")
    parts_off = frozenset[str](row["parts_off"] or ())
    return Entered(scope, row["session"], row["person"], owed, row["language"], row["large_type"], switches, parts_off)


def _rights(role: str, row: Mapping[str, Any]) -> Rights:
    if row["operator"]:
        return Rights(OPERATOR_PERMISSIONS)
    if role == PERSON:
        return Rights(frozenset())
    return rights_of(role, None if row["own_permissions"] is None else own_rights(row), frozenset(registry().modules))


def own_rights(row: Mapping[str, Any]) -> Rights:
    """Of a row with ``own_permissions``, ``own_measures`` and ``own_accounts`` as JSON."""
    measures, accounts = row["own_measures"], row["own_accounts"]
    return Rights(
        frozenset(json.loads(row["own_permissions"])),
        None if measures is None else frozenset(json.loads(measures)),
        None if accounts is None else tuple(json.loads(accounts)),
    )
