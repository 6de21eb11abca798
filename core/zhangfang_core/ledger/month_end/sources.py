"""The month-end sources of plugins that are on; one that fails is named among the proposals, never silently missing."""

from collections.abc import Sequence
from dataclasses import replace

from zhangfang_core.modules.answers import from_part
from zhangfang_core.modules.parts import PartFailed, in_time
from zhangfang_core.modules.registry import registry
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.modules.troubles import parts_off
from zhangfang_sdk.errors import Refusal
from zhangfang_sdk.month_end import Accrual, Ask, MonthBooks, MonthEndSource

LONGEST_S = 2.0
LONGEST_KEY, LONGEST_TITLE = 60, 120


async def accruals(books: MonthBooks, aside: frozenset[str]) -> list[Accrual]:
    """Of all sources in dependency order, each counted with those before it but for ``aside``."""
    return await _asked(books, aside, distributing=False)


async def distributions(books: MonthBooks, aside: frozenset[str]) -> list[Accrual]:
    return await _asked(books, aside, distributing=True)


async def _asked(books: MonthBooks, aside: frozenset[str], *, distributing: bool) -> list[Accrual]:
    on, off = await enabled_modules(), await parts_off()
    found: list[Accrual] = []
    for id_, module in registry().modules.items():
        for source in module.month_end_sources if id_ in on else ():
            field = "distributions" if distributing else "accruals"
            if getattr(source, field) is None:
                continue
            is_off = f"{id_} {part_of(source)}" in off
            books = replace(books, aside=frozenset(k.removeprefix(f"{id_}.") for k in aside if k.startswith(f"{id_}.")))
            for accrual in [_away(source)] if is_off else await _answer(id_, source, field, books):
                named = replace(accrual, key=f"{id_}.{accrual.key}"[:LONGEST_KEY], title=accrual.title[:LONGEST_TITLE])
                found.append(named)
                if named.key not in aside:
                    books = books.plus(named.lines)
    return found


def part_of(source: MonthEndSource) -> str:
    return f"month_end:{source.id}"


async def _answer(plugin: str, source: MonthEndSource, field: str, books: MonthBooks) -> Sequence[Accrual]:
    async def ask() -> Sequence[Accrual]:
        found: Sequence[Accrual] = from_part(MonthEndSource, field, await getattr(source, field)(books))
        return found

    try:
        return await in_time(plugin, part_of(source), ask, LONGEST_S)
    except (PartFailed, Refusal):
        return [_away(source)]


def _away(source: MonthEndSource) -> Accrual:
    ask = Ask(f"“{source.title}”这次没有算出来,请稍后刷新;一直这样时,请管理员在“功能模块”里处理。", "")
    return Accrual(source.id, source.title, asks=(ask,))
