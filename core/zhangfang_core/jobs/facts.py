"""Facts told after the commit: one job for each listening plugin and transaction, with the list of ids."""

from collections.abc import Iterable, Sequence

from zhangfang_core.database.engine import DB, PortalTransaction, before_commit, kept
from zhangfang_core.jobs.queue import TELL, put_several
from zhangfang_core.modules.hooks import listeners
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.acting import caller
from zhangfang_sdk.context import firm_in_scope
from zhangfang_sdk.errors import Refusal


def tell(fact: str, ids: Iterable[int | str], *, module: str = "") -> None:
    """Note in the transaction in force that ``fact`` ("vouchers_posted") happened to ``ids``; plugins hear of it after the commit.

    ``module``: the only one that hears of it.
    """
    if not isinstance(DB.current_transaction.get(), PortalTransaction):
        raise RuntimeError("facts are told inside a transaction")
    told = kept("facts_of_one").setdefault(module, {}) if module else kept("facts")
    told.setdefault(fact, {}).update(dict.fromkeys(ids))


SERVICES = {
    "bank_lines_brought": "Bank",
    "payrolls_confirmed": "Payrolls",
    "returns_filed": "Filings",
    "returns_voided": "Filings",
    "tasks_done": "Tasks",
}
"""Facts that plugins tell, by the service whose provider may."""


class ProvidersFacts:
    """See :class:`zhangfang_sdk.facts.Facts`."""

    def tell(self, fact: str, ids: Sequence[int]) -> None:
        asking, service = caller(), SERVICES.get(fact)
        module = None if asking is None else registry().modules.get(asking.plugin)
        provides = asking is None or (module is not None and service in module.manifest.provides)
        if service is None or not provides:
            raise Refusal("facts.not_yours", "这个模块不能通报这件事。", status=403, details={"fact": fact})
        tell(fact, ids)


async def facts_become_jobs() -> None:
    """Queue what was told, in the same transaction."""
    told, of_one = dict(kept("facts")), dict(kept("facts_of_one"))
    kept("facts").clear()
    kept("facts_of_one").clear()
    if not told and not of_one:
        return
    heard = [(fact, ids, module) for fact, ids in told.items() for module in await listeners(f"on_{fact}")]
    for module, facts in of_one.items():
        heard += [(fact, ids, module) for fact, ids in facts.items() if module in await listeners(f"on_{fact}")]
    jobs: list[tuple[str, dict[str, object]]] = [
        (TELL, {"fact": fact, "module": module, "ids": list(ids)}) for fact, ids, module in heard
    ]
    put_several(firm_in_scope(), jobs)


before_commit.append(facts_become_jobs)
