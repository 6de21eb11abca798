"""Ways to reach people, in memory."""

from collections.abc import Collection, Mapping, Sequence

from zhangfang_sdk.contacts import Colleague, Member, Reach
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found


class FakeContacts:
    """``people`` by the client that they belong to; None holds those of the firm. ``given`` are the clients of those who do not see every one,
    ``roles`` each one's role with what it may do.
    """

    def __init__(
        self,
        people: Mapping[int | None, Sequence[Reach]],
        given: Mapping[int, frozenset[int]] | None = None,
        roles: Mapping[int, tuple[str, frozenset[str]]] | None = None,
    ) -> None:
        self._people = people
        self._given = given or {}
        self._roles = roles or {}

    async def reach(self, person: int) -> Reach:
        require("contacts.read")
        for client, people in self._people.items():
            for known in people:
                if known.person == person and (client is None or scope().sees(client)):
                    return known
        raise not_found("人员")

    async def of_firm(self, *, may: str = "") -> Sequence[Colleague]:
        require("contacts.read")
        found = [
            Colleague(known.person, known.name, self._given.get(known.person), self._role(known)[0])
            for known in self._people.get(None, ())
            if not may or may in self._role(known)[1]
        ]
        return sorted(found, key=lambda colleague: colleague.name)

    async def of_clients(self, clients: Sequence[int], *, may: str) -> Mapping[int, Sequence[Member]]:
        found = {client: await self.of_client(client) for client in clients}
        return {
            client: [Member(known.person, known.name, self._role(known)[0]) for known in people if may in self._role(known)[1]]
            for client, people in found.items()
        }

    def _role(self, known: Reach) -> tuple[str, frozenset[str]]:
        return self._roles.get(known.person, ("", frozenset()))

    async def names(self, client: int, people: Collection[int]) -> Mapping[int, str]:
        if client not in self._people or not scope().sees(client):
            raise not_found("客户企业")
        of_firm = [known for known in self._people.get(None, ()) if client in self._given.get(known.person, {client})]
        return {known.person: known.name for known in (*of_firm, *self._people[client]) if known.person in people}

    async def of_client(self, client: int) -> Sequence[Reach]:
        require("contacts.read")
        if client not in self._people or not scope().sees(client):
            raise not_found("客户企业")
        return sorted(self._people[client], key=lambda known: known.name)
