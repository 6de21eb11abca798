"""Ways to reach people, in memory."""

from collections.abc import Mapping, Sequence

from zhangfang_sdk.contacts import Colleague, Reach
from zhangfang_sdk.context import require, scope
from zhangfang_sdk.errors import not_found


class FakeContacts:
    """``people`` by the client that they belong to; None holds those of the firm. ``given`` are the clients of those who do not see every one."""

    def __init__(
        self, people: Mapping[int | None, Sequence[Reach]], given: Mapping[int, frozenset[int]] | None = None
    ) -> None:
        self._people = people
        self._given = given or {}

    async def reach(self, person: int) -> Reach:
        require("contacts.read")
        for client, people in self._people.items():
            for known in people:
                if known.person == person and (client is None or scope().sees(client)):
                    return known
        raise not_found("人员")

    async def of_firm(self) -> Sequence[Colleague]:
        require("contacts.read")
        found = [Colleague(known.person, known.name, self._given.get(known.person)) for known in self._people.get(None, ())]
        return sorted(found, key=lambda colleague: colleague.name)

    async def of_client(self, client: int) -> Sequence[Reach]:
        require("contacts.read")
        if client not in self._people or not scope().sees(client):
            raise not_found("客户企业")
        return sorted(self._people[client], key=lambda known: known.name)
