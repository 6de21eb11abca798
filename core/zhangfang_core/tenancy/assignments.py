"""Which person of the firm looks after which client (PLAT-13)."""

from collections.abc import Iterable

from zhangfang_core.database.engine import connection
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import firm_in_scope, require
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.live import ACCESS, WHOLE_FIRM, Live
from zhangfang_sdk.services import use


async def assigned(user: int) -> frozenset[int]:
    """Ids of the clients given to a person of the firm in scope."""
    rows = await connection().fetch(
        """select client from core_assignment where firm = $1 and "user" = $2""", firm_in_scope(), user
    )
    return frozenset(row["client"] for row in rows)


async def assign(user: int, clients: Iterable[int]) -> None:
    """Give a person of the firm exactly these clients; needs ``people.manage``; in force with their next request.

    Raises Refusal ``common.not_found`` when the person is not of the firm, or a client is not the firm's.
    """
    require("people.manage")
    wanted, firm = frozenset(clients), firm_in_scope()
    of_firm = await connection().fetchval(
        """select true from core_membership where firm = $1 and "user" = $2 and client is null""", firm, user
    )
    known = await connection().fetchval(
        "select count(*) from core_client where firm = $1 and id = any ($2)", firm, sorted(wanted)
    )
    if of_firm is None or known != len(wanted):
        raise not_found("人员或客户企业")
    before = await assigned(user)
    await connection().execute(
        """delete from core_assignment where firm = $1 and "user" = $2 and client <> all ($3)""",
        firm,
        user,
        sorted(wanted),
    )
    await connection().executemany(
        """insert into core_assignment (firm, client, "user") values ($1, $2, $3)""",
        [(firm, client, user) for client in sorted(wanted - before)],
    )
    if before != wanted:
        await use(Audit).record(
            "client.assign",
            f"core_user:{user}",
            before={"clients": sorted(before)},
            after={"clients": sorted(wanted)},
        )
        await use(Live).announce(ACCESS, WHOLE_FIRM)
