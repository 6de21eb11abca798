"""Which modules a firm has on: read with each request, so that a switch takes effect with the next one."""

import datetime as dt
from collections.abc import Iterable, Mapping

from zhangfang_core.database.engine import connection, kept
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
        rows = await connection().fetch(DECIDED, firm)
        known[firm] = resolve({row["module"]: row["enabled"] for row in rows})
    return known[firm]


def know_enabled(firm: int, decided: Mapping[str, bool], parts_off: frozenset[str] = frozenset()) -> frozenset[str]:
    """Tell the transaction in force what the firm decided and what fails, so that it need not be asked again."""
    enabled = resolve(decided)
    kept("parts_off")[firm] = parts_off
    kept("enabled")[firm] = enabled
    return enabled


def resolve(decided: Mapping[str, bool]) -> frozenset[str]:
    """From the firm's decisions to what runs. What it has not decided is off: code that is new here waits for somebody's yes."""
    on: set[str] = set()
    known = registry()
    for module in known.modules:  # each stands after those that it requires
        if decided.get(module, False) and known.requires[module] <= on:
            on.add(module)
    return frozenset(on)


async def decide_for_new_firm() -> None:
    """Switch on, for the firm in scope that is being made, every module whose manifest says ``enabled_by_default``."""
    await connection().executemany(
        "insert into core_module_switch (firm, module, enabled, changed_at) values ($1, $2, true, now())",
        [(firm_in_scope(), m.manifest.id) for m in registry().modules.values() if m.manifest.enabled_by_default],
    )


async def switch(module: str, *, on: bool, named_dependants: Iterable[str] = ()) -> None:
    """Switch a module for the firm in scope; needs ``modules.manage``; on the trail.

    Switching off names the modules that depend on it first: raises Refusal ``module.has_dependants`` unless all
    of them that are on are in ``named_dependants``. Also raises ``module.unknown``.
    """
    require("modules.manage")
    known = registry().modules
    if module not in known:
        raise Refusal("module.unknown", "没有安装这个模块。", status=404)
    before = await enabled_modules()
    dependants = [] if on else [d for d in registry().dependants(module) if d in before]
    if not_named := [d for d in dependants if d not in set(named_dependants)]:
        titles = "、".join(known[d].manifest.title for d in not_named)
        raise Refusal(
            "module.has_dependants",
            f"停用“{known[module].manifest.title}”会同时停用依赖它的模块:{titles}。确认后请一并勾选。",
            status=409,
            details={"dependants": not_named},
        )
    firm = firm_in_scope()
    await connection().execute(
        """insert into core_module_switch (firm, module, enabled, changed_at) values ($1, $2, $3, $4)
        on conflict (firm, module) do update set enabled = excluded.enabled, changed_at = excluded.changed_at""",
        firm,
        module,
        on,
        dt.datetime.now(dt.UTC),
    )
    kept("enabled").clear()
    await use(Audit).record(
        "module.enable" if on else "module.disable",
        f"module:{module}",
        before={"on": module in before},
        after={"on": on, **({"dependants_off": dependants} if dependants else {})},
    )
