"""Telling facts of the platform that belong to a service, for the plugin that provides it."""

from collections.abc import Sequence
from typing import Protocol

from zhangfang_sdk.acting import needs


class Facts(Protocol):
    """In the caller's transaction: plugins hear of a fact after its commit, through the hook ``on_<fact>``."""

    @needs()
    def tell(self, fact: str, ids: Sequence[int]) -> None:
        """``fact`` is "tasks_done" (of ``Tasks``), "returns_filed" or "returns_voided" (of ``Filings``), and happened to these.

        Raises Refusal ``facts.not_yours`` for a fact that belongs to no service, or to one that the calling plugin does not provide.
        """
        ...
