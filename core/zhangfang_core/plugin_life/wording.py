"""A plugin's state, what uninstalling takes, and what can be ordered, in words for the operator."""

from collections.abc import Iterator

from zhangfang_core.plugin_life.rehearsal import Rehearsal
from zhangfang_core.plugin_life.states import State
from zhangfang_sdk.texts import translatable

WANTED = translatable(
    {
        "install": "安装",
        "upgrade": "升级",
        "restore": "装回",
        "rehearse": "列出卸载的影响",
        "uninstall": "卸载",
    }
)
"""By :class:`~zhangfang_core.plugin_life.orders.Wanted`."""


def state_words(state: State) -> str:
    if state.problem:
        return f"运行不了:{state.problem}"
    where = "" if state.is_third_party else "随平台安装,"
    if state.waits:
        return f"{where}等待下次启动时升级数据表"
    return f"{where}{f'{state.firms_on} 家公司已启用' if state.firms_on else '没有公司启用'}"


def rehearsal_lines(found: Rehearsal) -> Iterator[str]:
    yield f"卸载“{found.title}”({found.plugin}) 会先导出,再移除:"
    for table, rows in found.tables.items():
        yield f"  数据表 {table}: {rows} 行"
    for table, rows in found.core_rows.items():
        if rows:
            yield f"  {_NAMES[table]}: {rows}"
    if found.jobs:
        yield f"  等待办理的后台任务: {found.jobs} 项(一起导出,装回后再办)"
    if found.files:
        yield f"它的数据用到 {found.files} 个客户文件;文件属于客户,留在平台里。"
    if found.firms_on:
        yield f"现在有 {found.firms_on} 家公司启用着它。"
    if found.dependants:
        yield f"这些模块要用到它,要先卸载: {'、'.join(found.dependants)}"


_NAMES = {
    "core_module_switch": "各公司的启用和停用",
    "core_module_setting": "各公司的设置",
    "core_client_setting": "各客户的设置",
    "core_vendor_choice": "选用的外部服务",
    "core_vendor_call": "外部服务的用量",
    "core_vendor_breaker": "外部服务的故障(不导出)",
    "core_part_trouble": "出错的部分(不导出)",
    "core_failed_job": "没有办成的后台任务",
    "core_search_item": "可查找的内容(装回后重建)",
    "core_search_kind": "可查找的种类(装回后重建)",
}
"""Of core's tables, as the rehearsal names them."""
