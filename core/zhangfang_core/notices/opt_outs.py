"""Which kinds a person does not want to be sent: theirs alone to say, read by the firms that they belong to."""

from collections.abc import Collection

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.places import record_everywhere
from zhangfang_core.modules.switches import enabled_modules
from zhangfang_core.notices.kinds import CORE, notice_kinds
from zhangfang_sdk.context import scope
from zhangfang_sdk.places import at_each_place


async def closable_kinds() -> dict[str, str]:
    """Kinds by full name with their titles that the person in scope may get by e-mail or SMS here; at their own pages, anywhere."""
    if scope().firm is not None:
        return await _kinds_here()
    found: dict[str, str] = {}
    for kinds in await at_each_place(lambda place: _kinds_here()):
        found |= kinds
    return found


async def _kinds_here() -> dict[str, str]:
    on = await enabled_modules() | {CORE}
    return {
        name: kind.title
        for name, kind in notice_kinds().items()
        if not kind.urgent
        and name.partition(".")[0] in on
        and (kind.permission is None or scope().holds(kind.permission))
    }


async def closed() -> frozenset[str]:
    """Kinds that the person has closed."""
    rows = await connection().fetch('select kind from core_notice_opt_out where "user" = $1', scope().user)
    return frozenset(row["kind"] for row in rows)


async def close_and_open(shown: Collection[str], wanted: Collection[str]) -> None:
    """Of the kinds ``shown``, the person wants to be sent those ``wanted`` and no other; what was not shown stays as it was."""
    user, unwanted = scope().user, sorted(set(shown) - set(wanted))
    await connection().execute(
        'delete from core_notice_opt_out where "user" = $1 and kind = any($2::varchar[])', user, sorted(set(wanted))
    )
    await connection().execute(
        """insert into core_notice_opt_out ("user", kind, since) select $1, kind, now() from unnest($2::varchar[]) kind
        on conflict ("user", kind) do nothing""",
        user,
        unwanted,
    )
    await record_everywhere("notices.choose", f"core_user:{user}", after={"closed": unwanted})
