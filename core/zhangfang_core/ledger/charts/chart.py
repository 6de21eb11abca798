"""Values of a chart of accounts; no file, no database."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum


class ChartFault(ValueError):
    """Data of a chart or of its measures that contradict themselves: a fault of the product, never of a person."""


class Category(StrEnum):
    """Classes of accounts (会计科目类别)."""

    ASSET = "asset"
    LIABILITY = "liability"
    COMMON = "common"
    EQUITY = "equity"
    COST = "cost"
    PROFIT_AND_LOSS = "profit_and_loss"


CATEGORY_TITLES: Mapping[str, str] = {
    Category.ASSET: "资产",
    Category.LIABILITY: "负债",
    Category.COMMON: "共同",
    Category.EQUITY: "所有者权益",
    Category.COST: "成本",
    Category.PROFIT_AND_LOSS: "损益",
}
"""In the order in which charts and balance sheets have them."""


class Side(StrEnum):
    """The side of an entry; as ``normal_balance``, the side on which an account usually stands."""

    DEBIT = "debit"
    CREDIT = "credit"


@dataclass(frozen=True, slots=True)
class Source:
    """Where facts of a chart come from: the document, its date of effect and what was taken from it."""

    key: str
    title: str
    effective_from: dt.date
    covers: str


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a chart.

    ``full_name`` joins the names from the first level down ("管理费用-办公费"). ``is_leaf`` is true where no account stands
    below in this chart; only leaves take postings. ``for_general_only`` marks the VAT columns that a small-scale
    taxpayer does not keep (财会〔2016〕22号). ``statement_lines`` are the lines of the three statements that the account
    feeds with all below it: "BS-9" is line 9 of the balance sheet (会小企01), "IS-16" line 16 of the income
    statement (会小企02); empty where only the parent's lines apply.
    """

    code: str
    name: str
    full_name: str
    parent: str | None
    category: Category
    normal_balance: Side
    is_leaf: bool
    level: int
    for_general_only: bool
    statement_lines: tuple[str, ...]
    effective_from: dt.date
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A validated chart, accounts in the order of their codes (parents before children)."""

    standard: str
    title: str
    effective_from: dt.date
    sources: Mapping[str, Source]
    accounts: Mapping[str, Account]
    dimensions: Mapping[str, tuple[str, ...]]
    open_items: tuple[str, ...]
    month_end: Mapping[str, str]

    def dimensions_of(self, code: str) -> tuple[str, ...]:
        """Kinds of auxiliary dimensions that the account, or the one above it, offers in practice."""
        return next((kinds for above, kinds in self.dimensions.items() if code.startswith(above)), ())

    def category_of(self, code: str) -> Category | None:
        """The category that the standard's accounts with the same first digit have; None where it has no such account."""
        return next((account.category for account in self if account.code[0] == code[:1]), None)

    def has_open_items(self, code: str) -> bool:
        """Whether its lines are settled one against another (往来核销)."""
        return code.startswith(self.open_items)

    def __iter__(self) -> Iterator[Account]:
        return iter(self.accounts.values())

    def __len__(self) -> int:
        return len(self.accounts)

    def __contains__(self, code: object) -> bool:
        return code in self.accounts

    def __getitem__(self, code: str) -> Account:
        """Raises KeyError for a code that the chart does not have."""
        return self.accounts[code]

    def leaves(self) -> tuple[Account, ...]:
        """The accounts that take postings."""
        return tuple(account for account in self if account.is_leaf)

    def below(self, code: str) -> tuple[Account, ...]:
        """The account itself and all accounts below it."""
        return tuple(account for account in self if account.code.startswith(code))
