"""What the matcher is given and what it answers. Amounts are fen, positive for money that came in."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Line:
    """A bank's line, or what of it is still unexplained."""

    id: int
    date: dt.date
    amount: int
    party: str = ""
    number: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a line may belong to: a voucher's line on the bank's account (``is_entry``), or an open item that the payment would settle.

    ``amount`` is signed as the bank's line would be: what a customer owes is positive, what a supplier is owed negative. ``text`` has the words by
    which a line may name it (the number of a voucher, an invoice, a contract).
    """

    key: str
    date: dt.date
    amount: int
    party: str = ""
    tax_id: str = ""
    text: str = ""
    is_entry: bool = False


class Rule(StrEnum):
    """Why: the text names it, party and amount, several make one line, several lines make one, a fee was kept back, alike names, only the
    amount, a part of what is open."""

    NAMED = "named"
    EQUAL = "equal"
    MERGED = "merged"
    SPLIT = "split"
    FEE = "fee"
    ALIKE = "alike"
    AMOUNT = "amount"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Proposal:
    """``lines`` together explain ``targets``; ``fee`` (fen, not negative) is what lies between. ``sure``: it cannot be otherwise.

    By ``Rule.PART`` the line explains that much of its one target, whose rest stays open and may be in other proposals.
    ``alike`` is the target's party where the line's is only like it.
    """

    lines: tuple[Line, ...]
    targets: tuple[Target, ...]
    rule: Rule
    fee: int = 0
    sure: bool = False
    alike: str = ""
