"""Cards of the plugins: loaded and rendered here, each by itself, so that one that fails or dawdles costs only itself."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import Markup

from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.time_limits import TookTooLong
from zhangfang_core.modules.troubles import is_left_out, parts_off
from zhangfang_core.web.balanced_html import check_balanced
from zhangfang_core.web.pace import MOST_S, is_quick
from zhangfang_core.web.parts import asked, permitted
from zhangfang_core.web.pieces import piece_values
from zhangfang_core.web.templates import environment
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import at
from zhangfang_sdk.plain_values import unwritable
from zhangfang_sdk.web import Card, CardZone, ShownCard

NOTHING = Markup("")
LARGEST = 200_000
"""Characters of a card. A page is made of a few such, and goes over slow lines to phones."""


class CardTooLarge(ValueError):
    """What a card's template writes is no card."""


class PluginCards:
    """The SDK's ``Cards``."""

    async def shown(self, zone: CardZone, client: int, about: str) -> Sequence[ShownCard]:
        """See the Protocol; none for an auditor."""
        if scope().years is not None:
            return []
        off = await parts_off()
        cards = [
            (plugin, card)
            for plugin, card in _offered(await enabled_modules())
            if card.zone == zone and permitted(card.permission) and not is_left_out(plugin, _part(card), off)
        ]
        return [await _shown(plugin, card, client, about) for plugin, card in sorted(cards, key=lambda c: c[1].order)]


async def one_card(card_id: str, client: int, about: str) -> Markup:
    """A card's own content, for its refreshing; nothing for one that this person does not have, or has no more."""
    off = await parts_off()
    for plugin, card in _offered(await enabled_modules()):
        if card.id == card_id and permitted(card.permission) and not is_left_out(plugin, _part(card), off):
            return await _rendered(plugin, card, client, about)
    return NOTHING


def _offered(enabled: frozenset[str]) -> Iterator[tuple[str, Card]]:
    for id_, module in registry().modules.items():
        if id_ in enabled:
            yield from ((id_, card) for card in module.cards)


def _part(card: Card) -> str:
    return f"card {card.id}"


async def _shown(plugin: str, card: Card, client: int, about: str) -> ShownCard:
    is_late = not is_quick(plugin, _part(card))
    html = NOTHING if is_late else await _rendered(plugin, card, client, about)
    named = "document" if card.zone == "document" else "period"
    address = at(client, f"/cards/{card.id}?{named}={about}")
    return ShownCard(card.id, html, address, card.topics, card.order, is_late)


async def _rendered(plugin: str, card: Card, client: int, about: str) -> Markup:
    common = await piece_values()

    async def content() -> Markup:
        values = from_part(Card, "load", await card.load(client, about))
        return NOTHING if values is None else _written(card.template, {**values, **common})

    return await asked(plugin, _part(card), content, NOTHING)


def _written(template: str, values: Mapping[str, Any]) -> Markup:
    """Piece by piece, so that a template which goes on and on is left at the bounds of a card. Raises CardTooLarge,
    TookTooLong, ValueError for what no page can hold, and Unbalanced for one that would end or swallow parts of the page around it."""
    began, size, pieces = time.perf_counter(), 0, []
    for piece in environment().get_template(template).generate(values):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST:
            raise CardTooLarge(f"more than {LARGEST} characters")
        if time.perf_counter() - began > MOST_S:
            raise TookTooLong
    written = "".join(pieces)
    if problem := unwritable(written):
        raise ValueError(problem)
    check_balanced(written)
    return Markup(written)  # noqa: S704 - escaped by the template
