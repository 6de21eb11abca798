"""Roles: a name for what somebody may do and see, on the side of the firm or of a client."""

from dataclasses import dataclass
from typing import Literal

EVERY_PLUGINS = "plugins.*"
"""Among the measures of a role: all those that plugins add, as far as its permissions go."""


@dataclass(frozen=True, slots=True)
class Role:
    """``permissions`` are added to those whose manifest names the role's id.

    ``measures`` are the keys of the figures that it sees, None for all: none of the books' unless it says so. ``accounts`` are the
    beginnings of codes to which its figures keep, None for the whole chart.
    """

    id: str
    title: str
    side: Literal["firm", "client"]
    permissions: frozenset[str] = frozenset()
    measures: frozenset[str] | None = frozenset({EVERY_PLUGINS})
    accounts: tuple[str, ...] | None = None
