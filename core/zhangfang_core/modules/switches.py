"""Which modules a firm has on: read with each request, so that a switch takes effect with the next one."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from zhangfang_core.database.engine import connection, kept
from zhangfang_core.modules.discovery import app_of
from zhangfang_core.modules.leaving import without_code
from zhangfang_core.modules.registry import registry
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.services import use

DECIDED = "select module, enabled from core_module_switch where firm = $1"


async def enabled_modules() -> frozenset[str]:
    """Ids of the modules that are on for the firm in scope; a module whose requirement is off counts as off."""
    firm = firm_in_scope()
    known: dict[int, frozenset[str]] = kept("enabled")
    if firm not in known:
        known[firm] = resolve(await _decided())
    return known[firm]


def know_enabled(firm: int, decided: Mapping[str, bool], parts_off: frozenset[str] = frozenset()) -> frozenset[str]:
    """Tell the transaction in force what the firm decided and what fails, so that it need not be asked again."""
    enabled = resolve(decided)
    kept("parts_off")[firm] = parts_off
    kept("enabled")[firm] = enabled
    return enabled


def resolve(decided: Mapping[str, bool]) -> frozenset[str]:
    """From the firm's decisions to what runs. What it has not decided is off: code that is new here waits for somebody's yes.

    So is what has no code any more on this node, until its next start.
    """
    on: set[str] = set()
    known, gone = registry(), without_code()
    for module in known.modules:  # each stands after those that it requires
        if decided.get(module, False) and module not in gone and known.requires[module] <= on:
            on.add(module)
    return frozenset(on)


async def decide_for_new_firm() -> None:
    """Switch on, for the firm in scope that is being made, every module whose manifest says ``enabled_by_default``."""
    gone = await _uninstalled()
    await connection().executemany(
        "insert into core_module_switch (firm, module, enabled, changed_at) values ($1, $2, true, now())",
        [(firm_in_scope(), m.manifest.id) for id_, m in registry().modules.items() if m.manifest.enabled_by_default and id_ not in gone],
    )


@dataclass(frozen=True, slots=True)
class Consequences:
    """What else a switch of one module does, as ids in dependency order.

    ``needed`` must be switched on with it; ``back`` was on before it or one of those went off, and is on again; ``off`` depends on it.
    """

    needed: tuple[str, ...] = ()
    back: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


async def consequences(module: str, *, on: bool) -> Consequences:
    """Of switching ``module`` for the firm in scope. Raises Refusal ``module.unknown``."""
    return (await all_consequences(on=on, only=module))[module]


async def all_consequences(*, on: bool, only: str | None = None) -> Mapping[str, Consequences]:
    """Of every module, or of ``only`` one."""
    known = registry()
    if only is not None and only not in known.modules:
        raise Refusal("module.unknown", "没有安装这个模块。", status=404)
    decided = await _decided()
    before = resolve(decided)
    found: dict[str, Consequences] = {}
    for module in known.modules if only is None else (only,):
        if not on:
            found[module] = Consequences(off=tuple(d for d in known.dependants(module) if d in before))
            continue
        needed = tuple(r for r in known.requirements(module) if r not in before)
        after = resolve({**decided, **dict.fromkeys((*needed, module), True)})
        back = tuple(m for m in known.modules if m in after - before - {*needed, module})
        found[module] = Consequences(needed, back)
    return found


async def switch(
    module: str, *, on: bool, named_dependants: Iterable[str] = (), named_requirements: Iterable[str] = ()
) -> None:
    """Switch a module for the firm in scope; needs ``modules.manage``; on the trail.

    Switching off names the modules that depend on it first: raises Refusal ``module.has_dependants`` unless all
    of them that are on are in ``named_dependants``. Switching on names those that it needs and that are off, which are switched on with it:
    raises ``module.needs_others`` unless all are in ``named_requirements``. Also raises ``module.unknown``, and ``module.uninstalled`` for one
    that this process still has.
    """
    require("modules.manage")
    what = await consequences(module, on=on)
    title = registry().modules[module].manifest.title
    if not_named := [d for d in what.off if d not in set(named_dependants)]:
        raise Refusal(
            "module.has_dependants",
            f"停用“{title}”会同时停用依赖它的模块:{titles_of(not_named)}。确认后请一并勾选。",
            status=409,
            details={"dependants": not_named},
        )
    if not_named := [r for r in what.needed if r not in set(named_requirements)]:
        raise Refusal(
            "module.needs_others",
            f"“{title}”要用到已停用的模块:{titles_of(not_named)}。请一起启用。",
            status=409,
            details={"requirements": not_named},
        )
    before = await enabled_modules()
    if on and (gone := sorted({*what.needed, module} & await _uninstalled())):
        raise Refusal("module.uninstalled", f"{titles_of(gone)} 已卸载,正在等这个节点重新启动,不能启用。", status=409)
    for each in (*what.needed, module):
        await _decide(each, on)
    kept("enabled").clear()
    beside = {"with_it": what.needed, "back_with_it": what.back, "dependants_off": what.off}
    await use(Audit).record(
        "module.enable" if on else "module.disable",
        f"module:{module}",
        before={"on": module in before},
        after={"on": on, **{name: list(ids) for name, ids in beside.items() if ids}},
    )


def titles_of(modules: Iterable[str]) -> str:
    """As people read them, in a list."""
    return "、".join(registry().modules[id_].manifest.title for id_ in modules)


async def _uninstalled() -> frozenset[str]:
    """Modules whose tables, or whose very code, were taken away since this process started."""
    ran = {row["app_name"] for row in await connection().fetch("select distinct app_name from migration")}
    return frozenset(
        id_
        for id_, m in registry().modules.items()
        if id_ not in ran and (id_ in without_code() or app_of(m.installed) is not None)
    )


async def _decided() -> Mapping[str, bool]:
    return {row["module"]: row["enabled"] for row in await connection().fetch(DECIDED, firm_in_scope())}


async def _decide(module: str, on: bool) -> None:
    await connection().execute(
        """insert into core_module_switch (firm, module, enabled, changed_at) values ($1, $2, $3, $4)
        on conflict (firm, module) do update set enabled = excluded.enabled, changed_at = excluded.changed_at""",
        firm_in_scope(),
        module,
        on,
        dt.datetime.now(dt.UTC),
    )
