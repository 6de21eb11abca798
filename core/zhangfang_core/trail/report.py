"""Every trail of the deployment verified, in words: ``zhangfang verify``."""

from collections.abc import Iterator

from zhangfang_core.database.engine import connection
from zhangfang_core.trail.verification import Verification, protects, verify_all
from zhangfang_sdk.context import Scope, in_scope, system_scope, transaction

_OPERATOR = Scope(operator=True, staff=True)


async def report() -> tuple[list[str], bool]:
    """Lines of Chinese text, and whether everything holds; reads every file. No transaction may be open."""
    with in_scope(_OPERATOR):
        async with transaction():
            firms = await connection().fetch("select id, name from core_firm order by id")
        found = [("运维", await verify_all(whole=True))]
    for firm in firms:
        with in_scope(system_scope(firm["id"])):
            found.append((firm["name"], await verify_all(whole=True)))
    lines = [line for name, verification in found for line in _told(name, verification)]
    holds = all(verification.holds for _, verification in found)
    return [*lines, protects()], holds


def _told(name: str, verification: Verification) -> Iterator[str]:
    yield f"{name}:{'全部一致' if verification.holds else f'发现 {verification.faults} 处不符'}"
    for part in verification.parts:
        yield f"  {part.title}:{part.counted},{f'{part.found} 处不符' if part.found else '一致'}"
        yield from (f"    {fault.sentence}" for fault in part.faults)
    if verification.head:
        yield f"  封存指纹:{verification.head}"
