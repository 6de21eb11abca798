"""What changed in a transaction becomes jobs that write the index, in the same transaction."""

from collections.abc import Iterable
from itertools import islice

from zhangfang_core.database.engine import DB, PortalTransaction, before_commit, kept
from zhangfang_core.jobs.queue import put_several
from zhangfang_sdk.acting import NotDeclared, caller
from zhangfang_sdk.context import firm_in_scope

INDEX = "core.search_index"
MOST_OF_A_JOB = 500


def changed(kind: str, ids: Iterable[int]) -> None:
    """See ``Search.changed``."""
    plugin = caller()
    if plugin is not None and kind.partition(".")[0] != plugin.plugin:
        raise NotDeclared(plugin, f"search {kind}")
    if not isinstance(DB.current_transaction.get(), PortalTransaction):
        raise RuntimeError("what changed is told inside a transaction")
    kept("search").setdefault((firm_in_scope(), kind), {}).update(dict.fromkeys(ids))


async def changes_become_jobs() -> None:
    """Queue what was noted: few things in each job, so that an import of thousands holds nothing for long."""
    told = dict(kept("search"))
    kept("search").clear()
    jobs: dict[int, list[tuple[str, dict[str, object]]]] = {}
    for (firm, kind), ids in told.items():
        remaining = iter(ids)
        while some := list(islice(remaining, MOST_OF_A_JOB)):
            jobs.setdefault(firm, []).append((INDEX, {"kind": kind, "ids": some}))
    for firm, of_firm in jobs.items():
        put_several(firm, of_firm)


before_commit.append(changes_become_jobs)
