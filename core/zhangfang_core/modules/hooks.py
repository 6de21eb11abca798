"""Calling the hooks of the plugins that the firm in scope has on."""

from collections.abc import Sequence
from typing import Any

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.ledger import Objection


async def ask(hook: str, **facts: Any) -> None:
    """Call a ``check_*`` hook inside the transaction, in dependency order; the first objection is raised as its Refusal."""
    for module in await listeners(hook):
        objection: Objection | None = await call_one(hook, module, **facts)
        if objection is not None:
            title = registry().modules[module].manifest.title
            raise Refusal(
                objection.code,
                objection.sentence,
                status=409,
                details={"module": module, "title": title, **objection.details},
            )


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
    answers = hooks.subset_hook_caller(hook, remove_plugins=others)(**facts)
    return await answers[0] if answers else None
