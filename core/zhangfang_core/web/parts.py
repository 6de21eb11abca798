"""One way to ask a part of a plugin that a page shows beside its own: it costs only itself.

A savepoint keeps its database errors from ending the page's transaction; it has so much time and no more; what it raises is counted for the
firm, and three times in a row leave it out (:mod:`zhangfang_core.modules.troubles`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from zhangfang_core.database.engine import savepoint
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.troubles import failed, worked
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
            async with asyncio.timeout(seconds), savepoint():
                with calling(plugin, part):
                    answer = await ask()
    except Refusal:
        return missing
    except TimeoutError:
        failed(plugin, part, f"{seconds} 秒内没有完成")
        return missing
    except Exception as error:  # a plugin's part may fail in any way; `calling` has logged it
        failed(plugin, part, f"{type(error).__name__}: {error}")
        return missing
    worked(plugin, part)
    return answer
