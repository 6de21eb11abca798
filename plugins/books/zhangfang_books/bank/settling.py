"""What a voucher drafted of a bank's line was for is settled once it is posted."""

import json
from collections import defaultdict
from collections.abc import Sequence

from zhangfang_books.bank.tables import BankMatch
from zhangfang_sdk import use
from zhangfang_sdk.ledger import Ledger
from zhangfang_sdk.open_items import Match, OpenItem, OpenItems


async def settle_posted(vouchers: Sequence[int]) -> None:
    """In the caller's transaction. What somebody settled meanwhile is left as it is; telling it twice settles nothing twice."""
    for match in await BankMatch.objects().where(BankMatch.voucher.is_in(list(vouchers)), BankMatch.charges != "[]"):
        voucher = await use(Ledger).voucher(match.voucher)
        items: dict[int, OpenItem] = {}
        for account in {line.account for line in voucher.lines}:
            items |= {item.id: item for item in await use(OpenItems).items(match.client, account)}
        payments = [item for item in items.values() if item.voucher == match.voucher]
        for steps in _steps(json.loads(match.charges), items, payments):
            await use(OpenItems).settle(match.client, steps)


def _steps(
    charges: Sequence[tuple[int, int]], items: dict[int, OpenItem], payments: Sequence[OpenItem]
) -> Sequence[list[Match]]:
    """By account and counterparty: what is settled together is of one."""
    left = {item.id: abs(item.open) for item in items.values()}
    found: dict[tuple[str, int | None, str], list[Match]] = defaultdict(list)
    for charge_id, wanted in charges:
        charge = items.get(charge_id)
        if charge is None:
            continue
        for payment in payments:
            amount = min(wanted, left[payment.id], left[charge_id])
            fits = payment.account == charge.account and payment.open * charge.open < 0
            if amount and fits and (payment.item, payment.counterparty) == (charge.item, charge.counterparty):
                debit, credit = (charge, payment) if charge.open > 0 else (payment, charge)
                found[charge.account, charge.item, charge.counterparty].append(Match(debit.id, credit.id, amount))
                wanted -= amount
                left[payment.id] -= amount
                left[charge_id] -= amount
    return list(found.values())
