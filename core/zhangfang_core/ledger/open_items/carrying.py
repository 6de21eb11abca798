"""Open items that go along when a balance is carried elsewhere: an account is divided, a party merged into its twin."""

from collections.abc import Sequence

from zhangfang_core.ledger.open_items import settling
from zhangfang_sdk.open_items import Match, OpenItem, Rule


async def settle_carried(client: int, matches: Sequence[Match]) -> None:
    """Settle items with the lines that took them over, as one step that nobody undoes alone; nothing without matches.

    Raises the refusals of ``OpenItems.settle`` but ``open_items.parties_differ``.
    """
    if not matches:
        return
    found = await settling.lock(client, [id_ for match in matches for id_ in (match.debit, match.credit)])
    settling.check(matches, found, across_parties=True)
    await settling.make(client, matches, Rule.CARRIED, found)


def paired(items: Sequence[OpenItem]) -> list[Match]:
    """The oldest debit against the oldest credit, until one side is used up. Pure."""
    debits = [[item.id, item.open] for item in items if item.open > 0]
    credits_ = [[item.id, -item.open] for item in items if item.open < 0]
    found: list[Match] = []
    while debits and credits_:
        amount = min(debits[0][1], credits_[0][1])
        found.append(Match(debits[0][0], credits_[0][0], amount))
        for side in (debits, credits_):
            side[0][1] -= amount
            if not side[0][1]:
                side.pop(0)
    return found
