"""Roles: a name for a set of permissions, on the side of the firm or of a client."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Role:
    """``permissions`` are added to those whose manifest names the role's id."""

    id: str
    title: str
    side: Literal["firm", "client"]
    permissions: frozenset[str] = frozenset()
