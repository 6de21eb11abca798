"""Cards that plugins declare, asked for by the page that shows them."""

from collections.abc import Sequence
from typing import Protocol

from zhangfang_sdk.web import ShownCard


class Cards(Protocol):
    async def shown(self, zone: str, client: int, period: str) -> Sequence[ShownCard]:
        """Those of enabled plugins that the actor may see, in order. A card that fails is left out and logged."""
        ...
