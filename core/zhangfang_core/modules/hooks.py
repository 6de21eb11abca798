"""Calling the hooks of the plugins that the firm in scope has on."""

import contextlib
from collections.abc import Sequence
from typing import Any

from zhangfang_core.database.engine import savepoint
from zhangfang_core.modules.answers import from_hook
from zhangfang_core.modules.calling import calling
from zhangfang_core.modules.reasons import reason_of
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.time_limits import TookTooLong, within
from zhangfang_core.modules.troubles import failed, worked
from zhangfang_sdk.acting import NotDeclared
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Objection

LONGEST_CHECK_S = 2.0


async def ask(hook: str, **facts: Any) -> None:
    """Call a ``check_*`` hook inside the transaction, in dependency order; the first objection is raised as its Refusal."""
    for module in await listeners(hook):
        await ask_one(hook, module, **facts)


async def ask_one(hook: str, module: str, *, all_or_nothing: bool = False, **facts: Any) -> None:
    """Call one plugin's ``check_*``. Raises its objection as a Refusal, and Refusal ``module.check_failed``, which names the plugin.

    A check that fails or dawdles refuses too: nobody knows what it would have said. After three in a row the firm is offered to
    switch it off. ``all_or_nothing``: the caller gives its whole transaction up at any refusal, and saves the savepoint.
    """
    title = registry().modules[module].manifest.title
    try:
        async with contextlib.nullcontext() if all_or_nothing else savepoint(), within(LONGEST_CHECK_S):
            objection: Objection | None = await call_one(hook, module, **facts)
    except Refusal as error:
        if isinstance(error, NotDeclared):
            failed(module, hook, reason_of(error))
        raise
    except Exception as error:  # a stranger's code may raise anything; `calling` has logged it
        slow = isinstance(error, TookTooLong)
        failed(module, hook, f"{LONGEST_CHECK_S:g} 秒内没有完成" if slow else reason_of(error))
        raise Refusal(
            "module.check_failed",
            f"模块“{title}”的检查{'没有及时完成' if slow else '出了错'},所以这次操作没有进行。请稍后再试;一直这样时,请管理员在“功能模块”里处理。",
            status=503,
            details={"module": module, "title": title},
        ) from error
    worked(module, hook)
    if objection is not None:
        details = {**objection.details, "module": module, "title": title}
        raise Refusal(objection.code, objection.sentence, status=409, details=details)


async def listeners(hook: str) -> Sequence[str]:
    """Ids of the enabled modules that implement ``hook``, in dependency order."""
    implementing = {impl.plugin_name for impl in getattr(registry().hooks.hook, hook).get_hookimpls()}
    if not implementing:
        return []
    on = await enabled_modules()
    return [id_ for id_ in registry().modules if id_ in on and id_ in implementing]


async def call_one(hook: str, module: str, **facts: Any) -> Any:
    """Call one plugin's implementation of a hook and await it (pluggy itself does not)."""
    hooks = registry().hooks
    others = [plugin for name, plugin in hooks.list_name_plugin() if name != module]
    with calling(module, hook):
        answers = hooks.subset_hook_caller(hook, remove_plugins=others)(**facts)
        return from_hook(hook, await answers[0] if answers else None)
