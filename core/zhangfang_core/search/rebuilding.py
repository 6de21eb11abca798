"""The whole index anew, for ``zhangfang reindex``."""

from zhangfang_core.database.engine import scoped_transaction
from zhangfang_core.jobs.worker import firms
from zhangfang_core.search.sources import kinds_on
from zhangfang_core.search.writing import build_kind
from zhangfang_sdk.context import in_scope, system_scope


async def build_all() -> None:
    """Every kind of every firm, one after the other, beside a portal that runs: for a database that was changed by hand."""
    for firm in await firms():
        async with scoped_transaction(system_scope(firm)):
            kinds = [kind.name for kind in await kinds_on()]
        with in_scope(system_scope(firm)):
            for kind in kinds:
                await build_kind(kind)
