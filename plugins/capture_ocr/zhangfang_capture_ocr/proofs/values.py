"""Values of the proofs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Fixer(StrEnum):
    """Who can put it right."""

    NOBODY = "nobody"
    CLIENT = "client"
    ISSUER = "issuer"
    ACCOUNTANT = "accountant"


class Direction(StrEnum):
    """Which side of the invoice the client stands on."""

    PURCHASE = "purchase"
    SALES = "sales"


@dataclass(frozen=True, slots=True)
class ProofResult:
    """What one proof says.

    `passed` is True, False, or None where the proof does not apply or lacks what it needs. `field` names the
    field to light up ("" for none). `sentence` is Chinese: why it failed and what to do, or what was found.
    """

    code: str
    passed: bool | None
    field: str
    sentence: str
    who_fixes: Fixer
    direction: Direction | None = None


@dataclass(frozen=True, slots=True)
class ClientIdentity:
    """The company the invoice should belong to; `former_names` are names it bore before."""

    name: str
    tax_id: str
    former_names: tuple[str, ...] = field(default=())
