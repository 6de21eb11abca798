"""Open items that go along when a balance is carried elsewhere: an account is divided, a party merged into its twin, an opening corrected."""

from collections.abc import Sequence
from itertools import groupby

from zhangfang_core.database.engine import connection
from zhangfang_core.ledger.open_items import settling
from zhangfang_core.ledger.open_items.standing import items_at
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.open_items import Match, OpenItem, Rule

_OPENINGS = "select id from core_voucher where firm = $1 and client = $2 and kind = 'opening' and state = 'posted'"


async def settle_carried(client: int, matches: Sequence[Match]) -> None:
    """Settle items with the lines that took them over, as one step that nobody undoes alone; nothing without matches.

    Raises the refusals of ``OpenItems.settle`` but ``open_items.parties_differ``.
    """
    await _settle(client, matches, Rule.CARRIED)


async def settle_corrected(client: int, accounts: Sequence[str]) -> None:
    """Settle what an opening says too much of a party with the lines that took it back: what stays open is what was brought along.

    Raises the refusals of ``OpenItems.settle``.
    """
    openings = await connection().fetch(_OPENINGS, firm_in_scope(), client)
    vouchers = {row["id"] for row in openings}
    of_openings = [i for i in await items_at(client, accounts) if i.voucher in vouchers]
    matches: list[Match] = []
    for _, items in groupby(sorted(of_openings, key=_place), key=_place):
        matches += paired(list(items))
    await _settle(client, matches, Rule.CORRECTED)


def _place(item: OpenItem) -> tuple[str, str, str]:
    return item.account, item.counterparty, item.due.isoformat() if item.due else ""


async def _settle(client: int, matches: Sequence[Match], rule: Rule) -> None:
    if not matches:
        return
    found = await settling.lock(client, [id_ for match in matches for id_ in (match.debit, match.credit)])
    settling.check(matches, found, across_parties=True)
    await settling.make(client, matches, rule, found)


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
