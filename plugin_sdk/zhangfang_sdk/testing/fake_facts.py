"""``Facts`` in memory, for a plugin's own quick tests."""

from collections.abc import Iterable, Sequence

from zhangfang_sdk.errors import Refusal


class FakeFacts:
    """``own`` are the facts that the plugin under test may tell; ``told`` keeps what it told."""

    def __init__(self, own: Iterable[str] = ()) -> None:
        self._own = frozenset(own)
        self.told: dict[str, list[int]] = {}

    def tell(self, fact: str, ids: Sequence[int]) -> None:
        if fact not in self._own:
            raise Refusal("facts.not_yours", "这个模块不能通报这件事。", status=403, details={"fact": fact})
        self.told.setdefault(fact, []).extend(ids)
