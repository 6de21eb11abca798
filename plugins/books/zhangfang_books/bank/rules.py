"""What a bank's line is by its own words: fees, interest, wages, insurance, taxes, and transfers between own accounts. Pure."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from zhangfang_books.bank.matching.kinds import Line
from zhangfang_books.bank.matching.names import plain_name
from zhangfang_sdk.ledger import Account

_FILE = Path(__file__).parent.parent / "data" / "bank_rules.toml"
TRANSFER = "transfer"


@dataclass(frozen=True, slots=True)
class WordRule:
    id: str
    title: str
    sign: int
    words: tuple[str, ...]
    below: tuple[str, ...]
    named: tuple[str, ...]
    summary: str
    unless: tuple[str, ...] = ()

    def word_in(self, line: Line) -> str:
        """The word that the line has; empty where the rule does not fit."""
        if line.amount * self.sign < 0 or any(word in line.text for word in self.unless):
            return ""
        return next((word for word in self.words if word in line.text or word in line.party), "")

    def account(self, accounts: Sequence[Account]) -> str:
        """The leaf that the client has for it; empty where none has such a name."""
        leaves = [a for a in accounts if a.is_leaf and not a.retired and a.code.startswith(self.below)]
        for word in self.named:
            for account in leaves:
                if word in account.name:
                    return account.code
        return leaves[0].code if len(leaves) == 1 else ""


@cache
def word_rules() -> tuple[WordRule, ...]:
    rules = tomllib.loads(_FILE.read_text("utf-8"))["rules"]
    return tuple(
        WordRule(
            r["id"],
            r["title"],
            r["sign"],
            tuple(r["words"]),
            tuple(r["below"]),
            tuple(r["named"]),
            r["summary"],
            tuple(r.get("unless", ())),
        )
        for r in rules
    )


def rule_for(line: Line) -> tuple[WordRule, str] | None:
    """The first rule that fits, with the word that told it."""
    for rule in word_rules():
        if word := rule.word_in(line):
            return rule, word
    return None


def own_account_of(line: Line, own_name: str, numbers: Mapping[str, str]) -> str:
    """The ledger's account of the client's own account on the other side, "" where it is none; ``numbers``: bank's number → account.

    Where only the client's own name says so, and it has one other account, it is that one.
    """
    if line.number and line.number in numbers:
        return numbers[line.number]
    if plain_name(line.party) == plain_name(own_name) and len(set(numbers.values())) == 1:
        return next(iter(numbers.values()))
    return ""
