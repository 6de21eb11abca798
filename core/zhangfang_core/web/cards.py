"""Cards of the plugins: loaded and rendered here, each by itself, so that one that fails or dawdles costs only itself."""

import asyncio
from collections.abc import Iterator, Sequence

from markupsafe import Markup

from zhangfang_core.database.engine import savepoint
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import failed, parts_off, worked
from zhangfang_core.web.pace import MOST_S, is_quick, paced
from zhangfang_core.web.pieces import piece_values
from zhangfang_core.web.templates import environment
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.places import at
from zhangfang_sdk.web import Card, CardZone, ShownCard

NOTHING = Markup("")


class PluginCards:
    """The SDK's ``Cards``."""

    async def shown(self, zone: CardZone, client: int, period: str) -> Sequence[ShownCard]:
        """See the Protocol."""
        off = await parts_off()
        cards = [
            (plugin, card)
            for plugin, card in _offered(await enabled_modules())
            if card.zone == zone and scope().may(card.permission) and f"{plugin} {_part(card)}" not in off
        ]
        return [await _shown(plugin, card, client, period) for plugin, card in sorted(cards, key=lambda c: c[1].order)]


async def one_card(card_id: str, client: int, period: str) -> Markup:
    """A card's own content, for its refreshing; nothing for one that this person does not have, or has no more."""
    for plugin, card in _offered(await enabled_modules()):
        if card.id == card_id and scope().may(card.permission) and f"{plugin} {_part(card)}" not in await parts_off():
            return await _rendered(plugin, card, client, period)
    return NOTHING


def _offered(enabled: frozenset[str]) -> Iterator[tuple[str, Card]]:
    for id_, module in registry().modules.items():
        if id_ in enabled:
            yield from ((id_, card) for card in module.cards)


def _part(card: Card) -> str:
    return f"card {card.id}"


async def _shown(plugin: str, card: Card, client: int, period: str) -> ShownCard:
    is_late = not is_quick(_part(card))
    html = NOTHING if is_late else await _rendered(plugin, card, client, period)
    address = at(client, f"/cards/{card.id}?period={period}")
    return ShownCard(card.id, html, address, card.topics, card.order, is_late)


async def _rendered(plugin: str, card: Card, client: int, period: str) -> Markup:
    """A savepoint keeps the card's database errors from ending the page's transaction."""
    common = await piece_values()
    try:
        with paced(_part(card)):
            async with asyncio.timeout(MOST_S), savepoint():
                with calling(plugin, _part(card)):
                    values = await card.load(client, period)
                    html = NOTHING
                    if values is not None:
                        html = Markup(environment().get_template(card.template).render({**common, **values}))  # noqa: S704 - escaped by the template
    except Refusal:
        return NOTHING
    except TimeoutError:
        failed(plugin, _part(card), f"{MOST_S} 秒内没有完成")
        return NOTHING
    except Exception as error:  # a plugin's card may fail in any way; `calling` has logged it
        failed(plugin, _part(card), f"{type(error).__name__}: {error}")
        return NOTHING
    worked(plugin, _part(card))
    return html
