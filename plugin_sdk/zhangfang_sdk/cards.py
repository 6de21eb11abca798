"""Cards that plugins declare, asked for by the page that shows them."""

from collections.abc import Sequence
from typing import Protocol

from zhangfang_sdk.acting import needs
from zhangfang_sdk.web import CardZone, ShownCard


class Cards(Protocol):
    @needs()
    async def shown(self, zone: CardZone, client: int, about: str) -> Sequence[ShownCard]:
        """Those of a zone that the actor may see, of plugins that are on, in order; ``about`` is the key of a month, or a document's id.

        A card that fails is left out and logged; one that is not known to be quick is late: its place is fetched after the page.
        """
        ...
