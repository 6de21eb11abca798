"""查找: one index of everything, behind both walls; plugins say what stands in it.

A plugin declares a :class:`SearchSource` for each kind of thing with a page of its own, and calls ``use(Search).changed`` where such a
thing is made, changed or removed. The host writes the index a moment after the commit, and anew when a kind is new to a firm.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from markupsafe import Markup

from zhangfang_sdk.acting import needs
from zhangfang_sdk.places import Address

LONGEST_TITLE = 200
LONGEST_TEXT = 20_000
"""Characters of an entry's text that are kept; what follows is not found."""


@dataclass(frozen=True, slots=True)
class SearchEntry:
    """One thing as it stands in the index.

    ``title`` (1 to LONGEST_TITLE characters) and ``text`` are what is searched, as people write it: amounts in yuan ("1,234.56"), dates as
    "2026-11-26", names in full. ``path`` is the client's page that shows it, by its own path ("/things/7"). ``day`` is the business date
    by which it is sorted and which gives its year. ``owner`` is the person (id of core_user) whose thing it is, for ``own_permission``.
    ``also`` is by what else it is found and what nobody is shown: the initials of a name's pinyin, a former name.
    """

    id: int
    client: int
    title: str
    text: str
    path: str
    day: dt.date
    owner: int | None = None
    also: str = ""


@dataclass(frozen=True, slots=True)
class SearchSource:
    """A kind of thing that can be found.

    ``kind`` is a short id ("things"; elsewhere its plugin's id stands before it: "notes.things"), ``title`` what people call it.
    Those who hold ``permission`` find all of it that their clients have, those who hold ``own_permission`` what bears them as ``owner``; a person
    needs one of both.

    ``write(ids)`` gives the entries of these things as they are now; what it leaves out leaves the index. ``ids(after, limit)`` gives the
    next ids greater than ``after``, ascending, at most ``limit``, of all that is there: how the host builds the index anew. Both run
    in a job, in the scope of the whole firm, in a transaction of the host's, and may take 60 s; a failure is tried again.
    Raise ``version`` when ``write`` gives something else than before: the kind is then built anew in every firm.
    """

    kind: str
    title: str
    permission: str
    write: Callable[[Sequence[int]], Awaitable[Sequence[SearchEntry]]]
    ids: Callable[[int, int], Awaitable[Sequence[int]]]
    own_permission: str = ""
    version: int = 1


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing found: ``kind`` ("notes.things") and ``id`` name it, ``kind_title`` is for people.

    ``title`` and ``excerpt`` (the piece of its text that holds the words) have the words in ``<mark>``.
    """

    kind: str
    kind_title: str
    id: int
    client: int
    day: dt.date
    title: Markup
    excerpt: Markup
    address: Address


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits, latest first. ``following`` is what to give as ``after`` for the next page, "" on the last one."""

    hits: Sequence[SearchHit] = ()
    following: str = ""


class Search(Protocol):
    """The index of the firm in scope."""

    @needs()
    def changed(self, kind: str, ids: Iterable[int]) -> None:
        """Things of this kind ("notes.things") were made, changed or removed in the transaction in force.

        After its commit, a job asks the source's ``write`` for them. Raises NotDeclared for another plugin's kind,
        RuntimeError outside a transaction.
        """
        ...

    @needs()
    async def find(
        self, words: str, *, kind: str = "", year: int | None = None, after: str = "", limit: int = 20
    ) -> SearchPage:
        """What holds every word (parted by white space) in its title or text, as :mod:`zhangfang_sdk.search_words` compares.

        At the place in scope: of the client that is open, or of all clients that the actor sees. Only kinds whose permission the actor holds and
        the calling plugin declares, of plugins that the firm has on. Nothing for no words. ``limit`` is at most 100. Raises Refusal
        ``search.too_long``.
        """
        ...
