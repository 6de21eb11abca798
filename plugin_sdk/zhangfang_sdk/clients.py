"""Firms' clients, as values, and the service that tells of them: who they are, and what is known of each."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.profile import Fact, FactKind, FactValue, NewFact, Profile, TaxpayerKind, WordedFact

__all__ = ["Client", "Clients", "NewClient", "TaxpayerKind"]


@dataclass(frozen=True, slots=True)
class Client:
    """A company whose books the firm keeps. ``industry`` is a key of the industry list (restaurant, trading, software ...).

    ``taxpayer_kind`` and ``industry`` are those of today, or the first ones while the books have not started: a month's own are in
    :meth:`Clients.profile`.
    """

    id: int
    name: str
    tax_id: str
    taxpayer_kind: TaxpayerKind
    standard: str
    industry: str
    books_start: dt.date


@dataclass(frozen=True, slots=True)
class NewClient:
    """What is needed to take a client on. ``standard`` names a chart of accounts ("small_business_2013").

    ``facts`` are further first facts; kind of taxpayer and industry hold from ``books_start`` on.
    """

    name: str
    tax_id: str
    taxpayer_kind: TaxpayerKind
    industry: str
    books_start: dt.date
    standard: str = "small_business_2013"
    facts: tuple[NewFact, ...] = ()


class Clients(Protocol):
    """Clients of the firm in scope. Everything runs in the caller's transaction.

    Every method that names a client or a fact raises Refusal ``common.not_found`` also for one that the actor may not see. What
    changes a profile is written to the audit trail and told as ``on_profile_changed``.
    """

    @needs("clients.read")
    async def client(self, client_id: int) -> Client:
        """Raises Refusal ``common.not_found``, also for a client that the actor may not see."""
        ...

    @needs("clients.read")
    async def clients(self) -> Sequence[Client]:
        """Those that the actor may see, by name."""
        ...

    @needs("clients.manage")
    async def take_on(self, new: NewClient) -> int:
        """Take a client on, with its chart of accounts; needs ``clients.manage``. Asks ``check_client``, tells ``on_clients_created``.

        Raises Refusal ``client.tax_id_taken``, ``client.tax_id_wrong``, ``client.objected``, and those of :meth:`record`.
        """
        ...

    @needs("profile.read")
    async def profile(self, client: int, at: dt.date | None = None) -> Profile:
        """The facts that hold on ``at`` (today when None), with 小微 judged from them; needs ``profile.read``. One query."""
        ...

    @needs("profile.read")
    async def profiles(self, clients: Sequence[int], at: dt.date | None = None) -> Sequence[Profile]:
        """As :meth:`profile` of each, in the order of ``clients``, in one query for a thousand; needs ``profile.read``."""
        ...

    @needs("profile.read")
    async def packages(self, at: dt.date | None = None) -> Mapping[str, int]:
        """How many of the clients that the actor sees have each service package on a day (today when None), by name; needs ``profile.read``."""
        ...

    @needs("profile.read")
    async def history(self, client: int, kind: FactKind | None = None) -> Sequence[Fact[FactValue]]:
        """Every entry, of ``kind`` alone when it is given, the latest day first, proposals and withdrawn ones too; needs ``profile.read``."""
        ...

    @needs("profile.read")
    async def waiting(self, client: int | None = None) -> Sequence[Fact[FactValue]]:
        """Entries at which the firm has to look (:attr:`Fact.waits_for_firm`), of all clients that the actor sees when None; oldest first.

        Needs ``profile.read``.
        """
        ...

    @needs("profile.write")
    async def record(self, client: int, fact: NewFact, *, seen: int | None = None) -> int:
        """Put a fact in force; the entry's id. Needs ``profile.write``. The same fact again gives the id of the first.

        What stood at its kind, part and day is withdrawn as corrected. ``seen`` is the latest entry of its kind and part that the person
        had before their eyes (0 for none): when there is a later one, Refusal ``profile.changed`` (409). Raises Refusal
        ``profile.value_wrong``, ``profile.date_wrong`` (before 1949-10-01, or more than ``LONGEST_AHEAD`` after today),
        ``profile.quarter_wrong`` (no quarter, or one that has not begun).
        """
        ...

    @needs("profile.propose")
    async def propose(self, client: int, fact: NewFact) -> int:
        """A fact for the firm to look at, not in force before :meth:`accept`; the entry's id. Needs ``profile.propose``.

        For what a program read, or somebody of the client says. What holds already, or waits already, gives that entry's id. Raises as
        :meth:`record` for bad values.
        """
        ...

    @needs("profile.write")
    async def accept(self, fact: int) -> None:
        """Put a proposal in force; needs ``profile.write``. Raises Refusal ``profile.decided`` (409) when it waits no longer."""
        ...

    @needs("profile.write")
    async def withdraw(self, fact: int, reason: str) -> None:
        """Take back a proposal or a fact that was entered wrongly: it never held; needs ``profile.write``.

        Raises Refusal ``profile.reason_missing``, ``profile.decided`` (409); ``profile.needed`` (409) for the last kind of taxpayer or industry.
        """
        ...

    @needs("profile.read")
    def worded(self, fact: Fact[FactValue]) -> WordedFact:
        """A fact as people read it, in the language of the request."""
        ...

    @needs("profile.confirm")
    async def confirm(self, client: int, fact_ids: Sequence[int]) -> int:
        """Somebody of the client says that these facts are right; needs ``profile.confirm``; returns how many are newly confirmed.

        Confirmed ones are passed over. Raises Refusal ``profile.changed`` (409) when one of them is not in force any more: nothing is confirmed
        then.
        """
        ...

    @needs("profile.confirm")
    async def object_to(self, fact: int, words: str) -> None:
        """Somebody of the client says what is wrong with a fact in force; it stays until the firm has looked. Needs ``profile.confirm``.

        Raises Refusal ``profile.words_missing``, ``profile.changed`` (409).
        """
        ...
