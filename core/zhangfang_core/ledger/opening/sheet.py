"""期初: the sheet of opening balances with the year's turnover to date, and what must hold in it. Pure; amounts are integer fen."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from zhangfang_sdk.ledger import Account
from zhangfang_sdk.openings import OpeningLine

PROFIT_AND_LOSS = "profit_and_loss"
Key = tuple[str, str, dt.date | None]
"""Account, party, due date."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is shown above the sheet while it is filled. ``turnover`` is how far the year's turnover of the balance sheet accounts is out of
    balance: 年初余额 would not balance by that much."""

    debit: int
    credit: int
    turnover: int
    unknown: tuple[str, ...]
    result_left: int

    @property
    def difference(self) -> int:
        return self.debit - self.credit

    @property
    def may_start(self) -> bool:
        return self.difference == 0 and self.turnover == 0 and not self.unknown and (self.debit != 0 or self.credit != 0)


def standing(lines: Iterable[OpeningLine], accounts: Mapping[str, Account]) -> Standing:
    """``result_left`` is what stands on accounts of profit and loss: in the books of a month that was carried over it is nothing."""
    debit = credit = turnover = result_left = 0
    unknown: list[str] = []
    for line in lines:
        account = accounts.get(line.account)
        if account is None or not account.is_leaf or account.retired:
            unknown.append(line.account)
            continue
        debit, credit = debit + max(line.amount, 0), credit + max(-line.amount, 0)
        if account.category == PROFIT_AND_LOSS:
            result_left += line.amount
        else:
            turnover += line.year_debit - line.year_credit
    return Standing(debit, credit, turnover, tuple(dict.fromkeys(unknown)), result_left)


def year_to_date(lines: Iterable[OpeningLine], accounts: Mapping[str, Account]) -> dict[str, int]:
    """Account → debit less credit of the year so far, profit and loss without its 结转."""
    sides: dict[str, list[int]] = {}
    for line in lines:
        row = sides.setdefault(line.account, [0, 0])
        row[0] += line.year_debit
        row[1] += line.year_credit
    return {code: _moved(accounts.get(code), *row) for code, row in sides.items() if any(row)}


def _moved(account: Account | None, debit: int, credit: int) -> int:
    # Both sides alike: the account was carried over each month, and its own side says what it earned or cost.
    if account is not None and account.category == PROFIT_AND_LOSS and debit == credit:
        return debit if account.normal_balance == "debit" else -credit
    return debit - credit


def recounted(wanted: Iterable[OpeningLine], amounts: Mapping[Key, int], quantities: Mapping[Key, Decimal]) -> list[OpeningLine]:
    """Lines of which the books hold the amount, but another quantity."""
    return [
        line
        for line in wanted
        if line.amount
        and line.amount == amounts.get(line.key)
        and (line.quantity or Decimal(0)) != quantities.get(line.key, Decimal(0))
    ]


def changes(wanted: Sequence[OpeningLine], stands: Mapping[Key, int]) -> list[tuple[Key, int]]:
    """What has to be added to the opening balances that stand so that they become ``wanted``, by account."""
    sums: dict[Key, int] = {}
    for line in wanted:
        sums[line.key] = sums.get(line.key, 0) + line.amount
    differences = ((key, sums.get(key, 0) - stands.get(key, 0)) for key in {*sums, *stands})
    return sorted(((key, by) for key, by in differences if by), key=lambda c: (c[0][0], c[0][1], c[0][2] or dt.date.min))
