"""Who has a task on either side: whoever looks after the client at the firm, and at the client whom the template names, else the boss.

Where nobody may do tasks there is no owner; those who come later are found in the morning, and so is who stands in for somebody who has left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from zhangfang_collab.keeping import Happened, for_change, lock, refuse_when_done, write
from zhangfang_collab.tables import Task, Template
from zhangfang_sdk import use
from zhangfang_sdk.clients import Clients
from zhangfang_sdk.contacts import Colleague, Contacts, Member
from zhangfang_sdk.context import firm_in_scope, require, scope, transaction
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.jobs import Jobs
from zhangfang_sdk.tasks import Side
from zhangfang_sdk.texts import Texts, translatable

MAY = "collab.tick"
"""Who owns a task can do it: a driver who sends in receipts cannot."""
ACCOUNTANT, OWNER, BOSS = "accountant", "owner", "boss"
BY_ROLE, NOBODY = translatable("按分工(%(name)s)"), translatable("还没有可以负责的人")
JOB = "collab.owners"
AT_ONCE = 200
"""Clients of one transaction."""


@dataclass(frozen=True, slots=True)
class People:
    """Who may own tasks of some clients: ``staff`` of the firm, ``members`` by client; nobody where whoever acts may not know them."""

    staff: Sequence[Colleague] = ()
    members: Mapping[int, Sequence[Member]] = field(default_factory=dict)

    def of(self, client: int, side: Side) -> Mapping[int, str]:
        """Names by id; at the firm those who look after the client come first."""
        if side is Side.FIRM:
            sees = [c for c in self.staff if c.clients is None or client in c.clients]
            return {c.person: c.name for c in sorted(sees, key=lambda c: c.clients is None)}
        return {m.person: m.name for m in self.members.get(client, ())} if side is Side.CLIENT else {}

    def usual(self, client: int, side: Side, role: str = "") -> int | None:
        """Who has a task that nobody gave to anybody; ``role`` is the one that the template names at the client."""
        if side is Side.FIRM:
            return self._at_firm(client)
        members = self.members.get(client, ())
        for wanted in (role or BOSS, BOSS):
            if found := next((m.person for m in members if m.role == wanted), None):
                return found
        return members[0].person if members and side is Side.CLIENT else None

    def _at_firm(self, client: int) -> int | None:
        """Of those given the client an accountant; of a client that was given to nobody the firm's owner."""
        given = [c for c in self.staff if c.looks_after(client)]
        everybody = [c for c in self.staff if c.clients is None]
        found = min(given, key=lambda c: c.role != ACCOUNTANT, default=None) or min(everybody, key=lambda c: c.role != OWNER, default=None)
        return None if found is None else found.person


async def people_of(clients: Iterable[int], *, may: str = MAY) -> People:
    """Those of these clients, and of the firm, who hold a permission, asked for once."""
    if not scope().may("contacts.read"):
        return People()
    contacts = use(Contacts)
    return People(await contacts.of_firm(may=may), await contacts.of_clients(sorted(set(clients)), may=may))


async def own(task: Task) -> None:
    """The usual owners, where none is named yet. What a client's person makes is given by the firm's job, for they do not see who is who there."""
    if not scope().may("contacts.read"):
        await use(Jobs).defer(JOB, once=JOB)
        return
    people = await people_of([task.client])
    if task.owner_firm is None:
        task.owner_firm = people.usual(task.client, Side.FIRM)
    if task.owner_client is None:
        task.owner_client = people.usual(task.client, Side.CLIENT)


def by_role(people: People, client: int, side: Side) -> str:
    """Who has it while nobody was named."""
    usual, said = people.usual(client, side), use(Texts).said
    return said(NOBODY) if usual is None else said(BY_ROLE) % {"name": people.of(client, side)[usual]}


async def give(task_id: int, side: Side, person: int | None) -> None:
    """Make somebody the owner on a side, None for the usual one; needs ``collab.assign``. Raises Refusal ``common.not_found``,
    ``collab.locked`` (409)."""
    require("collab.assign")
    task = await for_change(task_id)
    refuse_when_done(task)
    people = await people_of([task.client])
    known = people.of(task.client, side)
    if side is Side.TAX_OFFICE or (person is not None and person not in known):
        raise not_found("人员")
    chosen = people.usual(task.client, side, await _role_of(task)) if person is None else person
    if side is Side.FIRM:
        task.owner_firm = chosen
    else:
        task.owner_client = chosen
    await task.save()
    await write(task, Happened("owner", "" if chosen is None else known[chosen]))


async def _role_of(task: Task) -> str:
    row = await Template.select(Template.owner_role).where(Template.key == task.template).first() if task.template else None
    return "" if row is None else str(row["owner_role"])


async def name_owners() -> None:
    """``collab.owners``: every morning, open tasks without an owner get theirs, and those of people who have left get another."""
    async with transaction():
        clients = [client.id for client in await use(Clients).clients()]
    for start in range(0, len(clients), AT_ONCE):
        async with transaction():
            await _name(clients[start : start + AT_ONCE])


async def _name(clients: Sequence[int]) -> None:
    await lock(clients)
    people = await people_of(clients)
    roles = {row["key"]: row["owner_role"] for row in await Template.select(Template.key, Template.owner_role)}
    columns = (Task.id, Task.client, Task.template, Task.owner_firm, Task.owner_client)
    rows = await Task.select(*columns).where(Task.client.is_in(list(clients)), Task.done_at.is_null())
    may = {(client, side): frozenset(people.of(client, side)) for client in clients for side in (Side.FIRM, Side.CLIENT)}
    changed = []
    for row in rows:
        firm, client = row["owner_firm"], row["owner_client"]
        if firm not in may[row["client"], Side.FIRM]:
            firm = people.usual(row["client"], Side.FIRM)
        if client not in may[row["client"], Side.CLIENT]:
            client = people.usual(row["client"], Side.CLIENT, roles.get(row["template"], ""))
        if (firm, client) != (row["owner_firm"], row["owner_client"]):
            changed.append((row["id"], firm, client))
    if changed:
        await Task.raw(
            """update collab_task t set owner_firm = w.owner_firm, owner_client = w.owner_client
            from unnest({}::bigint[], {}::bigint[], {}::bigint[]) as w(id, owner_firm, owner_client) where t.firm = {} and t.id = w.id""",
            *(list(column) for column in zip(*changed, strict=True)),
            firm_in_scope(),
        )
