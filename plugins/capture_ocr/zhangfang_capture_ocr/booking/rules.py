"""The booking rules as values, read from ``rules.toml`` once; each carries its dates of effect and its source."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

_FOREVER = date.max


@dataclass(frozen=True, slots=True)
class Ban:
    """A rule of law that forbids deducting input VAT, from ``effective_from`` to ``effective_to``, both included."""

    key: str
    effective_from: date
    effective_to: date
    source: str
    why: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A class of purchases: which short names, which account by industry, and why."""

    key: str
    short: tuple[str, ...]
    words: tuple[str, ...]
    accounts: Mapping[str, str]
    ban: str | None
    asset: bool
    reason: str
    sure: int

    def fits(self, classification_short: str, name: str) -> bool:
        """Whether a line with this short name and name belongs to the class."""
        if not classification_short.startswith(self.short):
            return False
        return not self.words or any(word in name for word in self.words)

    def account(self, industry: str) -> str:
        """The account for a client of ``industry``."""
        return self.accounts.get(industry, self.accounts["default"])


@dataclass(frozen=True, slots=True)
class Capitalisation:
    """From ``amount`` (fen per piece) up, a thing that lasts is a fixed asset."""

    effective_from: date
    amount: int
    account: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """A kind of ticket or toll. ``rate`` (per cent) computes the tax where the ticket states none; None: only as stated.

    With ``words``, one of them must stand on the document; ``named`` ones must show the passenger's identity.
    """

    kind: str
    effective_from: date
    effective_to: date
    words: tuple[str, ...]
    named: bool
    rate: int | None
    account: str
    source: str
    reason: str


@dataclass(frozen=True, slots=True)
class Revenue:
    """The revenue account of a class of sales."""

    short: tuple[str, ...]
    account: str
    reason: str


@dataclass(frozen=True, slots=True)
class Rules:
    """All of ``rules.toml``. ``effective_from`` and ``source`` are those of every rule that names no others."""

    effective_from: date
    source: str
    rules: tuple[Rule, ...]
    resale: Rule
    fallback: Rule
    classes: Mapping[str, Rule]
    bans: tuple[Ban, ...]
    account_bans: Mapping[str, str]
    capitalisations: tuple[Capitalisation, ...]
    tickets: tuple[Ticket, ...]
    revenues: tuple[Revenue, ...]

    def ban(self, key: str | None, on: date) -> Ban | None:
        """The ban in force on a date; None without one."""
        for ban in self.bans:
            if ban.key == key and ban.effective_from <= on <= ban.effective_to:
                return ban
        return None

    def rule(self, classification_short: str, name: str) -> Rule:
        """The first rule that fits, or the fallback."""
        return next((rule for rule in self.rules if rule.fits(classification_short, name)), self.fallback)

    def of_class(self, code: str) -> Rule:
        """What a class goes to that no rule names, by what its code begins with."""
        return self.classes.get(code[:1], self.fallback)

    def capitalisation(self, on: date) -> Capitalisation | None:
        """The capitalisation amount in force on a date: the latest that had begun."""
        begun = [found for found in self.capitalisations if found.effective_from <= on]
        return max(begun, key=lambda found: found.effective_from, default=None)

    def ticket(self, kind: str, on: date, printed: str) -> Ticket | None:
        """The rule in force on a date for a kind of ticket on which ``printed`` stands."""
        return next(
            (
                ticket
                for ticket in self.tickets
                if ticket.kind == kind and ticket.effective_from <= on <= ticket.effective_to
                if not ticket.words or any(word in printed for word in ticket.words)
            ),
            None,
        )

    def revenue(self, classification_short: str) -> Revenue:
        """The revenue account for what was sold."""
        return next(found for found in self.revenues if classification_short.startswith(found.short))

    def all_accounts(self) -> frozenset[str]:
        """Every account that a rule can name."""
        named = {
            code for rule in (*self.rules, self.resale, self.fallback, *self.classes.values()) for code in rule.accounts.values()
        }
        named |= {capitalisation.account for capitalisation in self.capitalisations}
        named |= {ticket.account for ticket in self.tickets} | {revenue.account for revenue in self.revenues}
        return frozenset(named)


@cache
def load_rules() -> Rules:
    """Read the data file beside this module."""
    data = tomllib.loads((Path(__file__).parent / "rules.toml").read_text(encoding="utf-8"))
    return Rules(
        effective_from=data["effective_from"],
        source=data["source"],
        rules=tuple(_rule(value) for value in data["rule"]),
        resale=_rule(
            {
                "key": "resale",
                "short": [""],
                **data["resale"],
                "accounts": {"default": data["resale"]["account"]},
            }
        ),
        fallback=_rule(
            {"key": "unknown", "short": [""], "sure": data["fallback_sure"], **data["fallback"][0]}
        ),
        classes={
            value["code"]: _rule({"key": f"class_{value['code']}", "short": [""], **value}) for value in data["class"]
        },
        bans=tuple(
            Ban(b["key"], b["effective_from"], b.get("effective_to", _FOREVER), b["source"], b["why"])
            for b in data["ban"]
        ),
        account_bans=data["account_bans"],
        capitalisations=tuple(Capitalisation(**value) for value in data["capitalisation"]),
        tickets=tuple(
            Ticket(
                kind=t["kind"],
                effective_from=t["effective_from"],
                effective_to=t.get("effective_to", _FOREVER),
                words=tuple(t.get("words", ())),
                named=t.get("named", False),
                rate=t.get("rate"),
                account=t["account"],
                source=t["source"],
                reason=t["reason"],
            )
            for t in data["ticket"]
        ),
        revenues=tuple(Revenue(tuple(r["short"]), r["account"], r["reason"]) for r in data["revenue"]),
    )


def _rule(value: Mapping[str, Any]) -> Rule:
    return Rule(
        key=value["key"],
        short=tuple(value["short"]),
        words=tuple(value.get("words", ())),
        accounts=value["accounts"],
        ban=value.get("ban"),
        asset=value.get("asset", False),
        reason=value["reason"],
        sure=value.get("sure", 930),
    )
