"""Telling people: the kinds of notices that a plugin declares, and notices of them.

A notice always stands on the screen of everybody whom it concerns. By e-mail, SMS or WeChat the host sends it to those who
opened that channel, verified their address and agreed: once, at allowed hours, with a log that the firm reads. What is not urgent never
goes out 21:00-09:00, in a person's own quiet hours, or on a day off (Asia/Shanghai); what was held goes out afterwards, several as one.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from zhangfang_sdk.acting import needs

SMS_LENGTH = 35
"""Characters of an SMS' own words: what the registered templates of vendors take as one value."""


class UnknownNoticeKind(ValueError):
    """A notice of a kind that ``register_notice_kinds`` of the sending plugin does not declare: a programming error."""


@dataclass(frozen=True, slots=True)
class NoticeWords:
    """A notice as people read it: ``heading`` and ``body`` on the screen, ``subject`` and ``mail`` by e-mail, ``sms`` ("" where none is sent)."""

    heading: str
    body: str
    subject: str
    mail: str
    sms: str


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """A kind of notice. ``key`` is the plugin's own ("returned"); a notice names it with the plugin's id before it ("notes.returned").

    ``title`` names the kind where people choose what they want to hear of. The texts are Chinese and hold values as ``{name}``. Without
    ``subject`` and ``mail`` an e-mail says what the screen says; without ``sms`` none is sent; an SMS is cut to SMS_LENGTH characters.

    ``urgent``: goes out at any hour by itself, stands as a window before every page until the person says that they have seen it,
    and cannot be switched off by kind. ``window``: stands as such a window too, but goes out, and is switched off, as what is not urgent.
    ``permission`` names who gets it among those who see the client; None: only people whom the notice names.
    """

    key: str
    title: str
    heading: str
    body: str = ""
    subject: str = ""
    mail: str = ""
    sms: str = ""
    urgent: bool = False
    permission: str | None = None
    window: bool = False

    def words(self, values: Mapping[str, str]) -> NoticeWords:
        """The texts with their values. Raises ValueError for a value that the texts need and that is not there."""
        texts = (self.heading, self.body, self.subject or self.heading, self.mail or self.body, self.sms)
        try:
            heading, body, subject, mail, sms = (text.format_map(values) for text in texts)
        except KeyError as error:
            raise ValueError(f"the texts of notice kind {self.key!r} need the value {error.args[0]!r}") from error
        return NoticeWords(heading, body, subject, mail, shortened(sms, SMS_LENGTH))

    def fields(self) -> frozenset[str]:
        """The names of the values that the texts hold. Raises ValueError for a text that is not written as said above."""
        found: set[str] = set()
        for text in (self.heading, self.body, self.subject, self.mail, self.sms):
            for _, name, form, conversion in string.Formatter().parse(text):
                if name is None:
                    continue
                if not name.isidentifier() or form or conversion:
                    raise ValueError(f"{{{name}}} in the texts of {self.key!r} is no plain name")
                found.add(name)
        return frozenset(found)


def shortened(text: str, longest: int) -> str:
    """At most ``longest`` characters, the last one an ellipsis where something was cut."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice about ``client``.

    ``key`` makes it sent once only: "returned:17". ``link`` is a page of the client by its own path, "/notes/7". ``values`` fill the kind's
    texts. ``people`` are the only ones to be told (ids), of those whom the kind allows; None for all of them.
    """

    client: int
    kind: str
    key: str
    link: str
    values: Mapping[str, str] = field(default_factory=dict)
    people: frozenset[int] | None = None


LONGEST_KEY = 160
LONGEST_LINK = 400


def check_notice(notice: Notice, kind: NoticeKind) -> NoticeWords:
    """What a provider of :class:`Notices` asks before it keeps one; the words of it. Raises ValueError as told there."""
    if not notice.link.startswith("/") or notice.link.startswith("//") or len(notice.link) > LONGEST_LINK:
        raise ValueError(f"a notice links to a page of the portal, not to {notice.link!r}")
    if not 0 < len(notice.key) <= LONGEST_KEY:
        raise ValueError(f"the key {notice.key!r} is empty or longer than {LONGEST_KEY}")
    if kind.permission is None and notice.people is None:
        raise ValueError(f"notice kind {notice.kind!r} has no permission: say which people are told")
    return kind.words(notice.values)


class Notices(Protocol):
    @needs()
    async def send(self, notice: Notice) -> bool:
        """Keep it for every person concerned, in the caller's transaction; False when all of them have ``key`` already, or nobody is concerned.

        Nobody is told when the transaction rolls back. Concerned are active people of the firm and of the client who see the client and
        hold the kind's permission, whoever causes the notice. A heading is cut to 120 characters.

        Raises Refusal ``common.not_found`` for a client that the actor does not see; UnknownNoticeKind for a kind that is not
        declared or another plugin's; ValueError for a missing value, a ``link`` that leads out of the portal, an empty or long ``key``
        (160), and a kind without permission where ``people`` are not named.
        """
        ...

    @needs()
    async def withdraw(self, client: int, beginning: str) -> int:
        """What it was about is settled: of the caller's notices whose key begins so ("returned:17"), none that still waits for its hour goes out
        any more; on the screen they stand as read. In the caller's transaction; how many messages that were.

        Raises Refusal ``common.not_found`` for a client that the actor does not see; ValueError for an empty ``beginning``.
        """
        ...
