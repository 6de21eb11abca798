"""The operator switches a plugin for firms, by the service that a firm's own page uses, on that firm's trail."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from zhangfang_core.database.engine import connection, scoped_transaction
from zhangfang_core.modules.switches import consequences, enabled_modules, switch
from zhangfang_sdk.context import Scope, system_scope
from zhangfang_sdk.errors import Refusal

NAMED = 10
"""Firms at most, where a command shows which there are."""


async def every_firm() -> Mapping[int, str]:
    """Names by id."""
    async with scoped_transaction(Scope(operator=True, staff=True)):
        return {row["id"]: row["name"] for row in await connection().fetch("select id, name from core_firm order by id")}


def firms_told(firms: Mapping[int, str]) -> str:
    """The first of them with the numbers that ``--firm`` takes."""
    shown = "、".join(f"{id_} {name}" for id_, name in list(firms.items())[:NAMED])
    return f"代账公司:{shown}{f' 等 {len(firms)} 家' if len(firms) > NAMED else ''}。" if firms else "还没有代账公司。"


async def switch_for(
    plugin: str, firms: Iterable[int], *, on: bool, with_others: bool = False, user: int | None = None, user_name: str = "平台运维"
) -> int:
    """Returns for how many firms something changed; each in a transaction of its own.

    ``with_others``: what it needs goes on with it, what needs it goes off with it. Otherwise raises Refusal ``module.needs_others`` or
    ``module.has_dependants`` at the first firm where that is not so; also raises ``module.unknown``, ``module.uninstalled``, ``plugin.no_such_firm``.
    """
    firms, known = list(firms), await every_firm()
    if strange := [firm for firm in firms if firm not in known]:
        raise Refusal("plugin.no_such_firm", f"没有编号为 {strange[0]} 的代账公司。{firms_told(known)}", status=404)
    changed = 0
    for firm in firms:
        async with scoped_transaction(replace(system_scope(firm), user=user, user_name=user_name)):
            what = await consequences(plugin, on=on)
            if (plugin in await enabled_modules()) == on:
                continue
            named = what if with_others else type(what)()
            await switch(plugin, on=on, named_dependants=named.off, named_requirements=named.needed)
            changed += 1
    return changed
