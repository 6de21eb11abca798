"""Every kind of job: core's own and those that plugins declared."""

from collections.abc import Mapping
from functools import cache

from zhangfang_core.jobs.facts import TELL
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.modules.registry import registry
from zhangfang_core.notifications.audit import SEAL_JOB
from zhangfang_core.storage.sweeping import SWEEP_JOB
from zhangfang_sdk.context import transaction
from zhangfang_sdk.jobs import Job


async def tell_one(fact: str, module: str, ids: list[int]) -> None:
    """Call one plugin's ``on_*`` in a transaction of its own."""
    async with transaction():
        await call_one(f"on_{fact}", module, ids=ids)


CORE_JOBS = (Job("tell", tell_one), SEAL_JOB, SWEEP_JOB)


@cache
def catalogue() -> Mapping[str, Job]:
    """By full name: "core.tell", "capture_ocr.read"."""
    every = {f"core.{job.id}": job for job in CORE_JOBS}
    if TELL not in every:
        raise RuntimeError(f"{TELL} has no job")
    for module in registry().modules.values():
        every |= {f"{module.manifest.id}.{job.id}": job for job in module.jobs}
    return every
