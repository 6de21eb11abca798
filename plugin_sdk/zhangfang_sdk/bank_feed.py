"""Bank statements by wire (银企直联): what a vendor is given and what it gives back."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class BankTransaction:
    """One line of a statement. ``amount`` in fen, positive for money received; ``balance`` in fen after it, None when not told.

    ``id`` is the bank's own and the same whenever the line is fetched again. ``booked_at`` is an instant in UTC;
    ``booked_on`` the business date in Asia/Shanghai.
    """

    id: str
    booked_on: dt.date
    booked_at: dt.datetime
    amount: int
    balance: int | None = None
    counterparty: str = ""
    counterparty_account: str = ""
    purpose: str = ""


class BankFeed(Protocol):
    """What ``Vendor.open`` gives for the kind ``bank_feed``. Everything here only reads: asking twice changes nothing."""

    async def transactions(self, account: str, first: dt.date, last: dt.date) -> Sequence[BankTransaction]:
        """Every line of ``account`` booked from ``first`` to ``last`` (both included, Asia/Shanghai), in the bank's order, all pages.

        Raises VendorAway, VendorMisset, VendorRefused (``bank_feed.unknown_account``, ``bank_feed.too_long``: the bank gives no such
        long time at once).
        """
        ...

    async def balance(self, account: str, day: dt.date) -> int | None:
        """Fen at the end of ``day``; None when the bank does not tell it for that day. Raises as above."""
        ...
