"""What moves when an account is divided or two items become one, and the lines that move it. Pure; amounts are fen, debit positive.

Each pair of lines is on one side, red where it leaves: what the account and all below it moved in the month stays what it was, to the
fen, on each side.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from zhangfang_sdk.ledger import Line
from zhangfang_sdk.periods import Period

LONGEST_SUMMARY = 255
MOST_PAIRS = 499
"""Of one voucher."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on the account with one set of items, from entries of ``month`` (the first open one for all before it).

    ``open_item`` is the open item that it is, None where it is no single one; ``summary`` is what its line said.
    """

    month: Period
    amount: int
    items: Mapping[str, int] = field(default_factory=dict, hash=False)
    quantity: Decimal = Decimal(0)
    counterparty: str = ""
    due: dt.date | None = None
    open_item: int | None = None
    summary: str = ""


def parts_of(sums: Sequence[Part], open_items: Sequence[Part]) -> list[Part]:
    """Open items one by one, and by month and items what is left of the sums beside them. Nothing without an amount.

    Settled items leave nothing; where a customer's receipt was settled with another's invoice, or next month's with this one's, something
    is left that is zero in all. The quantity goes with the last part of its month and items.
    """
    left = {_key(part): part for part in sums}
    for part in open_items:
        whole = left.get(_key(part), Part(part.month, 0, part.items))
        left[_key(part)] = replace(whole, amount=whole.amount - part.amount)
    found = [part for part in open_items if part.amount]
    for key, part in left.items():
        if part.amount:
            found.append(part)
        elif part.quantity:
            place = next((n for n, other in enumerate(found) if _key(other) == key), None)
            if place is not None:
                found[place] = replace(found[place], quantity=part.quantity)
    return found


def lines_of(parts: Iterable[Part], account: str, move: Callable[[Line], Line], summary: str) -> list[Line]:
    """Two lines a part: in red what leaves ``account``, then what ``move`` makes of the same amount there."""
    found: list[Line] = []
    for part in parts:
        side = 1 if part.amount > 0 else -1
        amount = abs(part.amount)
        stands = Line(
            account,
            f"{summary}:{part.summary}"[:LONGEST_SUMMARY] if part.summary else summary,
            debit=amount if side > 0 else 0,
            credit=0 if side > 0 else amount,
            counterparty=part.counterparty,
            dimensions=dict(part.items),
            quantity=side * part.quantity if part.quantity else None,
            due=part.due,
        )
        red = None if stands.quantity is None else -stands.quantity
        found += [replace(stands, debit=-stands.debit, credit=-stands.credit, quantity=red, due=None), move(stands)]
    return found


def _key(part: Part) -> tuple[Period, tuple[tuple[str, int], ...]]:
    return part.month, tuple(sorted(part.items.items()))
