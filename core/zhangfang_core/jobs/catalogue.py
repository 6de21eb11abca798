"""Every kind of job: core's own and those that plugins declared."""

import logging
from collections.abc import Mapping
from functools import cache

from zhangfang_core.documents.resumable.sweeping import SWEEP_UPLOADS_JOB
from zhangfang_core.identity.forgotten import MAIL_RESET_JOB
from zhangfang_core.identity.pacing import FORGET_JOB
from zhangfang_core.identity.passkeys.challenges import FORGET_CHALLENGES_JOB
from zhangfang_core.jobs.queue import TELL
from zhangfang_core.modules.hooks import call_one
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.notices.account_changes import TELL_FORMER_JOB, TELL_PERSON_JOB
from zhangfang_core.notices.delivery import DELIVER_JOB
from zhangfang_core.search.writing import JOBS as SEARCH_JOBS
from zhangfang_core.storage.sweeping import SWEEP_JOB
from zhangfang_core.trail.audit import SEAL_JOB
from zhangfang_core.trail.head_mail import MAIL_JOB
from zhangfang_core.trail.heads import KEEP_JOB
from zhangfang_core.trail.verification import VERIFY_JOB
from zhangfang_sdk.context import firm_in_scope, transaction
from zhangfang_sdk.jobs import Job

log = logging.getLogger("zhangfang.jobs")

LONGEST_FACT_S = 60.0
"""What an ``on_*`` may take; longer work is a job of the plugin's own."""


class NotInstalled(LookupError):
    """The plugin whose job this is does not run here; the message, in Chinese, names it."""


async def tell_one(fact: str, module: str, ids: list[int]) -> None:
    """Call one plugin's ``on_*`` in a transaction of its own, if the firm has the plugin on now. Raises NotInstalled."""
    if module not in registry().modules:
        raise NotInstalled(f"现在没有安装模块“{module}”")
    async with transaction():
        if module in await enabled_modules():
            await call_one(f"on_{fact}", module, ids=ids)
        else:
            log.info("fact %s is not told to %s: the firm %s has it off", fact, module, firm_in_scope())


CORE_JOBS = (
    Job("tell", tell_one, seconds=LONGEST_FACT_S),
    *(SEAL_JOB, KEEP_JOB, MAIL_JOB, VERIFY_JOB),
    *(SWEEP_JOB, SWEEP_UPLOADS_JOB, FORGET_JOB, FORGET_CHALLENGES_JOB, DELIVER_JOB, TELL_PERSON_JOB, TELL_FORMER_JOB, MAIL_RESET_JOB, *SEARCH_JOBS),
)


@cache
def catalogue() -> Mapping[str, Job]:
    """By full name: "core.tell", "notes.remind"."""
    every = {f"core.{job.id}": job for job in CORE_JOBS}
    if TELL not in every:
        raise RuntimeError(f"{TELL} has no job")
    for module in registry().modules.values():
        every |= {f"{module.manifest.id}.{job.id}": job for job in module.jobs}
    return every
