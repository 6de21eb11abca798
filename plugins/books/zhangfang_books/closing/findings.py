"""What balances of a month's end tell a senior accountant to look at. Pure; amounts are fen, debit positive."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhangfang_sdk.assets import AssetMonth
from zhangfang_sdk.ledger import Account, PartyBalance

MONEY = ("1001", "1002", "1012")
STOCK = {
    "small_business_2013": ("1401", "1403", "1405", "1408", "1411"),
    "enterprise_2006": ("1401", "1403", "1405", "1408", "1411"),
}
RECEIVED, OWED = ("1122", "1123", "1221"), ("2202", "2203", "2241")
CLEARING, FIXED, WORN = "1606", "1601", "1602"
EITHER_SIDE = ("2221", "3103", "3104", "4103", "4104", *MONEY, *RECEIVED, *OWED, CLEARING)
"""Accounts that may stand on either side, or that are looked at by themselves."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One account, perhaps with one party, whose balance should be looked at."""

    account: Account
    amount: int
    party: str = ""


def below_zero(accounts: Iterable[Account], balances: Mapping[str, int], codes: tuple[str, ...]) -> list[Finding]:
    """Cash, banks or stock that stand in credit."""
    return [
        Finding(a, balances[a.code])
        for a in accounts
        if a.is_leaf and a.code.startswith(codes) and balances.get(a.code, 0) < 0
    ]


def wrong_sided_parties(accounts: Sequence[Account], parties: Iterable[PartyBalance]) -> list[Finding]:
    """Receivables in credit and payables in debit: shown as 预收 or 预付 in the balance sheet, and often a mistake."""
    known = {a.code: a for a in accounts}
    return [
        Finding(known[p.account], p.balance, p.party)
        for p in parties
        if p.account in known and _is_wrong(known[p.account], p.balance)
    ]


def abnormal(accounts: Iterable[Account], balances: Mapping[str, int], stock: tuple[str, ...]) -> list[Finding]:
    """Other leaves of the balance sheet that stand on the side where they do not belong."""
    return [
        Finding(a, balances[a.code])
        for a in accounts
        if a.is_leaf
        and a.category != "profit_and_loss"
        and not a.code.startswith((*EITHER_SIDE, *stock))
        and _is_wrong(a, balances.get(a.code, 0))
    ]


def cards_apart(cards: Sequence[AssetMonth], balances: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Accounts whose balance is not what their cards say: (balance, cards), by account; without cards nothing is said."""
    said: dict[str, int] = {}
    for month in cards:
        card = month.asset
        if card.left_on is not None:
            said.setdefault(card.asset_account, 0)
            said.setdefault(card.written_off_account, 0)
            continue
        said[card.asset_account] = said.get(card.asset_account, 0) + card.cost
        said[card.written_off_account] = said.get(card.written_off_account, 0) - month.written_off
    return {
        code: (balances.get(code, 0), total) for code, total in sorted(said.items()) if balances.get(code, 0) != total
    }


def _is_wrong(account: Account, balance: int) -> bool:
    return balance < 0 if account.normal_balance == "debit" else balance > 0
