"""How a person may be reached: verified phone and e-mail, the channels and hours that they chose, what they agreed to."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from zhangfang_sdk.acting import needs


class ContactKind(StrEnum):
    PHONE = "phone"
    EMAIL = "email"


class Channel(StrEnum):
    """The screen is always there; the others a person opens and shuts."""

    SCREEN = "screen"
    SMS = "sms"
    EMAIL = "email"
    WECHAT = "wechat"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From ``start`` until ``end``, over midnight where the end comes first; the same hour twice is none. Asia/Shanghai."""

    start: dt.time = dt.time(21)
    end: dt.time = dt.time(9)

    def cover(self, moment: dt.time) -> bool:
        if self.start <= self.end:
            return self.start <= moment < self.end
        return moment >= self.start or moment < self.end


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person agreed to, in force: ``text_version`` is that of the words that they saw. The instant is UTC."""

    purpose: str
    text_version: str
    given_at: dt.datetime


MESSAGES = "messages"
"""The purpose of being sent messages by SMS and e-mail (个人信息保护法 art. 13, 14, in force from 2021-11-01)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One person. ``phone`` (E.164, "+8613800138000") and ``email`` are there once a code proved them, else "".

    ``channels`` are those that work now: chosen, with what they need verified, and agreed to. ``consents`` by purpose.
    """

    person: int
    name: str
    phone: str = ""
    email: str = ""
    phone_verified_at: dt.datetime | None = None
    email_verified_at: dt.datetime | None = None
    channels: frozenset[Channel] = frozenset({Channel.SCREEN})
    quiet: QuietHours = QuietHours()
    consents: Mapping[str, Consent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody of the firm. ``clients`` are those given to them, None for who sees every client; ``role`` is the key of theirs ("accountant")."""

    person: int
    name: str
    clients: frozenset[int] | None
    role: str = ""

    def looks_after(self, client: int) -> bool:
        """Whether the client was given to them; who sees every client looks after none in particular."""
        return self.clients is not None and client in self.clients


@dataclass(frozen=True, slots=True)
class Member:
    """One of a client's people; ``role`` is the key of theirs there ("boss")."""

    person: int
    name: str
    role: str


class Contacts(Protocol):
    """People of the firm in scope and of its clients. In the caller's transaction."""

    @needs("contacts.read")
    async def reach(self, person: int) -> Reach:
        """Needs ``contacts.read``. Raises Refusal ``common.not_found``, also for somebody whom the actor may not see."""
        ...

    @needs("contacts.read")
    async def of_firm(self, *, may: str = "") -> Sequence[Colleague]:
        """The active people of the firm, by name, or those alone who hold the permission ``may``; needs ``contacts.read``."""
        ...

    @needs("contacts.read")
    async def of_clients(self, clients: Sequence[int], *, may: str) -> Mapping[int, Sequence[Member]]:
        """Of each of these clients the active people who hold the permission ``may``, by name; needs ``contacts.read``.

        Raises Refusal ``common.not_found`` for a client out of scope.
        """
        ...

    @needs("contacts.read")
    async def names(self, client: int, people: Collection[int]) -> Mapping[int, str]:
        """Names of those of ``people`` who are active at the client, or at the firm and see it; by id. For everybody who sees the client: what
        they are to do together stands under these names. Raises Refusal ``common.not_found``.
        """
        ...

    @needs("contacts.read")
    async def of_client(self, client: int) -> Sequence[Reach]:
        """The active people of a client, by name; needs ``contacts.read``. Raises Refusal ``common.not_found``."""
        ...
