"""One way to ask a part of a plugin that a page shows beside its own: it costs only itself.

It has so much time and no more, and how long it took says whether the next page waits for it.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from zhangfang_core.modules.parts import PartFailed, in_time
from zhangfang_core.web.pace import MOST_S, paced
from zhangfang_sdk.context import scope
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.web import SIGNED_IN

T = TypeVar("T")


def permitted(permission: str) -> bool:
    """Whether the actor sees what a plugin shows to those with ``permission``; SIGNED_IN is everybody who is here."""
    return permission == SIGNED_IN or scope().may(permission)


async def asked(plugin: str, part: str, ask: Callable[[], Awaitable[T]], missing: T, *, seconds: float = MOST_S) -> T:
    """What the part answers; ``missing`` when it fails, takes longer than ``seconds``, or refuses."""
    try:
        with paced(plugin, part):
            return await in_time(plugin, part, ask, seconds)
    except (Refusal, PartFailed):
        return missing
