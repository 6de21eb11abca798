"""What waits for whoever switches the firm's modules: one that fails again and again."""

from collections.abc import Sequence

from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.translations import gettext
from zhangfang_core.modules.troubles import troubles
from zhangfang_sdk.context import scope
from zhangfang_sdk.waiting import Urgency, WaitingItem, WaitingSource


async def failing(limit: int) -> Sequence[WaitingItem]:
    """One a module, at the firm. A failing check refuses what was to be done; other parts are left out, which nobody may have noticed."""
    if scope().client is not None:
        return []
    found = await troubles()
    blocking = {trouble.plugin for trouble in found if trouble.is_off and trouble.is_check}
    left_out = {trouble.plugin for trouble in found if trouble.is_left_out}
    if not blocking | left_out:
        return []
    known, on = registry().modules, await enabled_modules()
    told = gettext("模块“%(title)s”的检查连续出错,挡住了操作"), gettext("模块“%(title)s”有部分连续出错,已停")
    return [
        WaitingItem(
            None,
            told[id_ not in blocking] % {"title": gettext(known[id_].manifest.title, id_)},
            "去处理",
            "/modules",
            Urgency.LATE if id_ in blocking else Urgency.LATER,
            note=gettext("可以再试一次,或停用这个模块;资料都保留。"),
        )
        for id_ in sorted((blocking | left_out) & on & known.keys(), key=lambda id_: (id_ not in blocking, id_))
    ][:limit]


MODULES_WAITING = (WaitingSource("modules", "modules.manage", failing, ("modules",)),)
