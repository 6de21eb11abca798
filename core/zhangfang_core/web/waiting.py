"""等您处理: what the waiting sources of core and of the plugins say, each asked by itself and once in a transaction, for the list and for the red dots."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from zhangfang_core.database.engine import connection, kept
from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import is_left_out, parts_off
from zhangfang_core.web.core_waiting import CORE_WAITING
from zhangfang_core.web.pace import LISTS_S, expected
from zhangfang_core.web.parts import asked, permitted
from zhangfang_core.web.templates import environment
from zhangfang_sdk.context import firm_in_scope, scope
from zhangfang_sdk.periods import today
from zhangfang_sdk.places import OwnPlace, at, at_each_place, here
from zhangfang_sdk.waiting import MOST_WAITING, WaitingItem, WaitingSource, Waits, most_urgent_first

SHOWN = 3
"""Items on a home page; the rest is one tap away."""
_LONGEST = 200

Items = Sequence[WaitingItem]
NOTHING: Items = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What waits, most urgent first; ``is_late`` when sources are still to be asked, ``topics`` of all of them."""

    waits: Sequence[Waits] = ()
    topics: frozenset[str] = frozenset()
    is_late: bool = False


class PluginWaiting:
    """The SDK's ``Waiting``."""

    async def items(self, limit: int = MOST_WAITING) -> Sequence[Waits]:
        """See the Protocol."""
        return (await waiting_here()).waits[:limit]

    async def panel(self) -> Markup:
        """See the Protocol."""
        return panel_of(await waiting_here(only_quick=True))


async def waiting_here(*, only_quick: bool = False) -> Found:
    """At the place in scope; on a person's own pages, of all their places. ``only_quick`` leaves slow sources for later."""
    if scope().firm is None:
        return joined(await at_each_place(lambda place: waiting_at(place, only_quick=only_quick)))
    items: list[WaitingItem] = []
    topics: set[str] = set()
    is_late = False
    for plugin, source in sources(await enabled_modules(), await parts_off()):
        topics.update(source.topics)
        loaded = await load(plugin, source, only_quick=only_quick)
        is_late = is_late or loaded is None
        items += loaded or ()
    return Found(await _placed(items), frozenset(topics), is_late)


async def waiting_at(place: OwnPlace, *, only_quick: bool) -> Found:
    """In the scope of one of a person's places; each item with the place's name."""
    found = await waiting_here(only_quick=only_quick)
    return replace(
        found, waits=[replace(w, place=" · ".join(n for n in (place.name, w.place) if n)) for w in found.waits]
    )


def joined(found: Iterable[Found]) -> Found:
    """What waits at several places, as one list."""
    every = list(found)
    return Found(
        most_urgent_first(w for each in every for w in each.waits),
        frozenset[str]().union(*(each.topics for each in every)),
        any(each.is_late for each in every),
    )


def sources(enabled: frozenset[str], off: frozenset[str]) -> Iterator[tuple[str, WaitingSource]]:
    """Core's own ("" as plugin) and those of plugins that are on, which the actor may ask, with their plugin's id."""
    yield from (("", source) for source in CORE_WAITING if permitted(source.permission))
    for id_, module in registry().modules.items():
        for source in module.waiting if id_ in enabled else ():
            if permitted(source.permission) and not is_left_out(id_, part_of(source), off):
                yield id_, source


def part_of(source: WaitingSource) -> str:
    return f"waiting {source.id}"


async def load(plugin: str, source: WaitingSource, *, only_quick: bool = False) -> Items | None:
    """What a source gives at this place; nothing when it fails or dawdles. Asked once in a transaction.

    ``only_quick``: None for one that does not fit into the time that a page has for all of them.
    """
    known, key = kept("waiting"), (scope().firm, scope().client, plugin, source.id)
    if key not in known:
        spent = kept("waiting_spent")
        if plugin and only_quick and spent.get("s", 0.0) + expected(plugin, part_of(source)) > LISTS_S:
            return None
        began = time.perf_counter()
        known[key] = await (
            asked(plugin, part_of(source), lambda: _asked(source), NOTHING) if plugin else _asked(source)
        )
        spent["s"] = spent.get("s", 0.0) + time.perf_counter() - began
    found: Items = known[key]
    return found


async def _asked(source: WaitingSource) -> Items:
    given = await source.load(MOST_WAITING)
    # One that gives more than was asked for may give very many: they are not looked at.
    items = from_part(WaitingSource, "load", given[:MOST_WAITING] if isinstance(given, list | tuple) else given)
    return [_clipped(item) for item in items if _belongs_here(item)]


def _clipped(item: WaitingItem) -> WaitingItem:
    """What people wrote may be long; the page of the thing shows it whole."""
    return replace(item, from_whom=item.from_whom[:_LONGEST], note=item.note[:_LONGEST])


def _belongs_here(item: WaitingItem) -> bool:
    """Whether it is of the client that is open, or of any that the actor sees. Raises ValueError for one that no page can show."""
    if not item.path.startswith("/") or item.path.startswith("//") or not all(0 < len(words) <= _LONGEST for words in (item.title, item.button)):
        raise ValueError(f"{item.title!r:.40} has no path of its own or no title or button that fits")
    if scope().client is not None:
        return item.client == scope().client
    return item.client is None or scope().sees(item.client)


async def _placed(items: Items) -> Sequence[Waits]:
    if (opened := scope().client) is not None:
        names: dict[int | None, str] = {opened: ""}
    else:
        names = {None: "", **await _names({item.client for item in items if item.client is not None})}
    return most_urgent_first(
        Waits(item, at(item.client, item.path), names[item.client]) for item in items if item.client in names
    )


async def _names(clients: set[int]) -> dict[int | None, str]:
    """Of clients of the firm in scope; others are not among them."""
    if not clients:
        return {}
    rows = await connection().fetch(
        "select id, name from core_client where firm = $1 and id = any($2::bigint[])", firm_in_scope(), list(clients)
    )
    return {row["id"]: row["name"] for row in rows}


def panel_of(found: Found, *, whole: bool = False) -> Markup:
    """The part of a page; ``whole`` shows every item and says so when there is none."""
    template = environment().get_template("web/waiting_panel.html")
    return Markup(  # noqa: S704 - escaped by the template
        template.render(
            waits=found.waits[: MOST_WAITING if whole else SHOWN],
            count=len(found.waits),
            topics=" ".join(sorted(found.topics)),
            address=here("/waiting"),
            is_late=found.is_late,
            whole=whole,
            today=today(),
        )
    )
