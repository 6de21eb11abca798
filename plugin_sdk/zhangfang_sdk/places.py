"""Where one is: the address names the firm and the client, and links are made here alone.

A plugin writes its own part of an address ("/notes"); the place before it comes from the scope in force or from the client
that is named, so that no link can lead into another company by accident.

In templates the same is written ``{{ here }}/notes``, ``{{ at(row.client) }}/tasks``, ``{{ at(none) }}/people`` and ``{{ mine }}/messages``.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeVar

from zhangfang_sdk.context import Scope, firm_in_scope, scope

T = TypeVar("T")


class Place(StrEnum):
    """Whose page it is. ``PORTAL`` is nobody's: sign-in, the operator's pages, checks of health."""

    CLIENT = "client"
    FIRM = "firm"
    PERSON = "person"
    PORTAL = "portal"

    @property
    def prefix(self) -> str:
        """What the host writes before the page's own path, as a path template."""
        return _PREFIXES[self]


CLIENT, FIRM, PERSON, PORTAL = Place.CLIENT, Place.FIRM, Place.PERSON, Place.PORTAL
_PREFIXES = {
    CLIENT: "/f/{firm_id:int}/c/{client_id:int}",
    FIRM: "/f/{firm_id:int}",
    PERSON: "/me",
    PORTAL: "",
}

Address = NewType("Address", str)
"""A whole address of the portal, its place included; made by :func:`here`, :func:`at`, :func:`mine` and :func:`portal` only."""


def here(path: str = "") -> Address:
    """``path`` ("/notes?done=1") in the same place: of the client, the firm or the person in scope."""
    return Address(prefix_of(scope()) + path)


def at(client: int | None, path: str = "") -> Address:
    """``path`` of one client of the firm in scope; of the firm itself with None. Raises ScopeMissing without a firm."""
    firm = firm_in_scope()
    return Address((f"/f/{firm}" if client is None else f"/f/{firm}/c/{client}") + path)


def mine(path: str = "") -> Address:
    """``path`` of the person, whatever the place."""
    return Address(PERSON.prefix + path)


def portal(path: str) -> Address:
    """A page that belongs to no place, such as "/sign-in"."""
    return Address(path)


def prefix_of(entered: Scope) -> str:
    """What stands before every path of that place."""
    if entered.firm is None:
        return PERSON.prefix
    return f"/f/{entered.firm}" if entered.client is None else f"/f/{entered.firm}/c/{entered.client}"


@dataclass(frozen=True, slots=True)
class OwnPlace:
    """One of the places that a person belongs to: a firm whose staff they are, or a company whose books it keeps."""

    membership: int
    role: str
    firm: int
    firm_name: str
    client: int | None
    client_name: str | None

    @property
    def name(self) -> str:
        return self.client_name or self.firm_name

    @property
    def home(self) -> Address:
        return Address(f"/f/{self.firm}" if self.client is None else f"/f/{self.firm}/c/{self.client}")


Visit = Callable[[OwnPlace], Awaitable[T]]
Visitor = Callable[[Visit[object]], Awaitable[Sequence[object]]]
_visitor: list[Visitor] = []


def install_visits(visitor: Visitor) -> None:
    """Called once by the host: how the places of the person in scope are entered one after the other."""
    _visitor[:] = [visitor]


async def at_each_place(visit: Visit[T]) -> Sequence[T]:
    """What ``visit`` finds at each place of the person in scope, in the scope, permissions and switches of that place.

    For pages of a PERSON, in the request's transaction. Places where the firm has the page's plugin off, or where the page's
    permission is not held, are left out.
    """
    return await _visitor[0](visit)  # type: ignore[return-value]  # the host gives back what ``visit`` found
