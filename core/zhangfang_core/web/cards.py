"""Cards of the enabled plugins, loaded for one page."""

import logging
from collections.abc import Sequence

from zhangfang_core.database.engine import connection
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.web import Card, ShownCard

log = logging.getLogger("zhangfang.cards")


class PluginCards:
    """The SDK's ``Cards``."""

    async def shown(self, zone: str, client: int, period: str) -> Sequence[ShownCard]:
        on = await enabled_modules()
        offered = [c for m in registry().modules.values() if m.manifest.id in on for c in m.cards if c.zone == zone]
        permitted = sorted((c for c in offered if scope().may(c.permission)), key=lambda c: c.order)
        loaded = [await _load(card, client, period) for card in permitted]
        return [card for card in loaded if card is not None]


async def _load(card: Card, client: int, period: str) -> ShownCard | None:
    """A savepoint keeps one card's database error from ending the page's transaction."""
    try:
        async with connection().transaction():
            values = await card.load(client, period)
    except Refusal:
        return None
    except Exception:  # a plugin's card may fail in any way; the page stands without it
        log.exception("card %s is left out", card.id)
        return None
    return None if values is None else ShownCard(card.id, card.template, values, card.topics)
