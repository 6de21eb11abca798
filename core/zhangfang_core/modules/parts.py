"""Asking one part of a plugin inside the transaction in force, so that it costs only itself.

A savepoint keeps its database errors from ending the transaction; it has so much time and no more; what it raises is counted for the
firm, and three times in a row leave it out (:mod:`zhangfang_core.modules.troubles`).
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from zhangfang_core.database.engine import savepoint
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.time_limits import TookTooLong, within
from zhangfang_core.modules.troubles import failed, worked
from zhangfang_sdk.acting import NotDeclared
from zhangfang_sdk.errors import Refusal

T = TypeVar("T")


class PartFailed(Exception):
    """It raised, or took too long. It is logged and counted."""


async def in_time(plugin: str, part: str, ask: Callable[[], Awaitable[T]], seconds: float) -> T:
    """What the part answers; a Refusal of its own is raised as it is. Raises PartFailed."""
    try:
        # The limit ends within the savepoint: cut while it is let go or rolled back, the transaction would stay broken.
        async with savepoint(), within(seconds):
            with calling(plugin, part):
                answer = await ask()
    except Refusal as error:
        if isinstance(error, NotDeclared):  # what is refused every time is missing until somebody mends it
            failed(plugin, part, error.sentence)
        raise
    except TookTooLong as error:
        failed(plugin, part, f"{seconds:g} 秒内没有完成")
        raise PartFailed(part) from error
    except Exception as error:  # a plugin's part may fail in any way; `calling` has logged it
        failed(plugin, part, reason_of(error))
        raise PartFailed(part) from error
    worked(plugin, part)
    return answer
