"""Lanes of the queue: core's, and for each plugin one for its jobs, more where it asks for them, and a few for facts told to it.
So what hangs holds up only its own.

Facts stand in the lane of their firm's number: one firm's hanging handler holds up a share of the firms, and no other plugin.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from procrastinate import App
from procrastinate.job_context import JobContext
from procrastinate.worker import Worker

CORE_LANE = "default"
FACT_LANES = 4
"""Lanes of one plugin's facts; each takes one fact at a time in a worker."""
MOST_JOBS = 2
"""Jobs of one lane of a plugin at a time in a worker."""
PLACES = 12
"""What a worker does at a time in all; waiting for others is most of it."""
KEPT_FOR_CORE = 2
"""Of these, places that plugins never take."""


_FACTS = ":facts:"


def job_lane(plugin: str, lane: str = "") -> str:
    """The lane of those of a plugin's jobs that ask for ``lane``."""
    return f"{plugin}:{lane}" if lane else plugin


def fact_lane(plugin: str, firm: int) -> str:
    """The lane of the facts that this firm's doings tell the plugin."""
    return f"{plugin}{_FACTS}{firm % FACT_LANES}"


def lanes_of(plugins: Mapping[str, Iterable[str]]) -> list[str]:
    """Every lane of a worker that has these plugins, each with the lanes that its jobs ask for."""
    lanes = [CORE_LANE]
    for id_, asked in plugins.items():
        lanes += [job_lane(id_), *(job_lane(id_, lane) for lane in sorted(set(asked) - {""}))]
        lanes += [fact_lane(id_, number) for number in range(FACT_LANES)]
    return lanes


def plugin_of(lane: str) -> str:
    """Whose lane it is; "" for core's."""
    return "" if lane == CORE_LANE else lane.partition(":")[0]


class LaneWorker(Worker):
    """Procrastinate's worker, which takes from a lane only while the lane has a place free."""

    def __init__(self, app: App, lanes: Iterable[str], **options: Any) -> None:
        self._lanes = list(lanes)
        self._busy: Counter[str] = Counter()
        self._freed = False
        super().__init__(app, concurrency=PLACES, **options)

    @property
    def queues(self) -> list[str]:  # asked before each job is fetched
        """Lanes with a place free."""
        if sum(count for lane, count in self._busy.items() if lane != CORE_LANE) >= PLACES - KEPT_FOR_CORE:
            return [CORE_LANE]
        return [lane for lane in self._lanes if self._busy[lane] < _places_of(lane)]

    @queues.setter
    def queues(self, value: object) -> None:
        """What Procrastinate sets once is known from the lanes."""

    async def _process_job(self, context: JobContext) -> None:
        lane = context.job.queue
        self._busy[lane] += 1
        try:
            await super()._process_job(context)
        finally:
            self._busy[lane] -= 1
            self._freed = True
            self._new_job_event.set()  # what waits in this lane may be taken now

    async def _fetch_and_process_jobs(self) -> None:
        """Once more where a place came free while it was asked for jobs of the other lanes."""
        self._freed = True
        while self._freed and not self._stop_event.is_set():
            self._freed = False
            await super()._fetch_and_process_jobs()  # type: ignore[no-untyped-call]


def _places_of(lane: str) -> int:
    if lane == CORE_LANE:
        return PLACES
    return 1 if _FACTS in lane else MOST_JOBS
