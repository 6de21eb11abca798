"""Work done after the answer: deferred in the transaction that causes it, run by a worker, tried again when it fails."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from zhangfang_sdk.acting import needs

JobFunction = Callable[..., Awaitable[None]]


LONGEST_LANE = 8


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job of a plugin.

    ``run(**arguments)`` is called in the firm's system scope with no transaction open; it opens its own with
    :func:`zhangfang_sdk.context.transaction`, and must bear being run again after a crash. ``schedule`` (cron, five fields, Asia/Shanghai)
    makes it run once for every firm that has the plugin on. One that raises, or takes longer than ``seconds``, is tried again
    ``tries`` times with growing pauses, then it stands on the operator's page. Jobs of one ``lane`` share its few places and wait for
    each other, never for those of another lane: long work beside short work wants one of its own. At most ``LONGEST_LANE`` small letters.
    """

    id: str
    run: JobFunction
    schedule: str | None = None
    tries: int = 5
    seconds: float = 900.0
    lane: str = ""


class Jobs(Protocol):
    @needs()
    async def defer(
        self, job: str, *, lock: str | None = None, once: str | None = None, behind: int = 0, **arguments: object
    ) -> None:
        """Put a job in the queue exactly if the caller's transaction commits.

        ``job`` is "plugin_id.job_id". Jobs with the same ``lock`` run one after the other; ``once`` keeps a second one out while the first waits.
        ``behind`` says how many jobs for the same client or person wait already: those with fewer of their own before them are taken first,
        so that who sends a thousand holds up nobody who sends one.
        """
        ...
