"""What plugins find for somebody's words: each source asked by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.troubles import parts_off
from zhangfang_core.web.parts import asked, permitted
from zhangfang_sdk.places import Address
from zhangfang_sdk.web import SearchSource

MOST_FOUND = 20
MOST_WORDS = 60
LONGEST_S = 1.0

Rows = Sequence[tuple[str, str, Address]]


@dataclass(frozen=True, slots=True)
class Group:
    """What one source found: (title, detail, address) each."""

    title: str
    rows: Rows


async def found(words: str, enabled: frozenset[str]) -> Sequence[Group]:
    """In plugin order; sources that find nothing, fail, or that the actor may not ask are left out."""
    off = await parts_off()
    groups: list[Group] = []
    nothing: Rows = ()
    for plugin, module in registry().modules.items():
        for source in module.search_sources if plugin in enabled else ():
            part = f"search {source.id}"
            if permitted(source.permission) and f"{plugin} {part}" not in off:
                rows = await asked(plugin, part, partial(_rows, source, words), nothing, seconds=LONGEST_S)
                groups.append(Group(source.title, rows))
    return [group for group in groups if group.rows]


async def _rows(source: SearchSource, words: str) -> Rows:
    return [(str(title), str(detail), address) for title, detail, address in await source.search(words, MOST_FOUND)]
