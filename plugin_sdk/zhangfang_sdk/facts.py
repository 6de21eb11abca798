"""Telling facts of the platform that belong to a service, for the plugin that provides it."""
"""Facts that a plugin's service promises to tell: ``on_bank_lines_brought`` is told by whoever provides ``Bank``."""

from collections.abc import Sequence
from typing import Protocol

from zhangfang_sdk.acting import needs


class Facts(Protocol):
    """In the caller's transaction: plugins hear of a fact after its commit, through the hook ``on_<fact>``."""

    @needs()
    def tell(self, fact: str, ids: Sequence[int]) -> None:
        """``fact`` is "tasks_done" (of ``Tasks``), and happened to these.

        Raises Refusal ``facts.not_yours`` for a fact that belongs to no service, or to one that the calling plugin does not provide.

    @hook
    @needs()
    def tell(self, fact: str, ids: Sequence[int]) -> None:
        """Note in the caller's transaction that ``fact`` ("bank_lines_brought") happened to ``ids``; ``on_…`` is told after its commit.

        Raises Refusal ``facts.not_yours`` unless the calling plugin provides the service that the fact belongs to.
        """
        ...
