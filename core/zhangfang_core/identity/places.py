"""The places that a person belongs to, and entering them one after the other in one request."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

import asyncpg

from zhangfang_core.database.engine import connection
from zhangfang_core.identity.account_trail import FormerAddress, tell_former, tell_person
from zhangfang_core.identity.enter import OWN, Asked, Entered, enter
from zhangfang_core.identity.presence import asking
from zhangfang_core.modules.switches import know_enabled
from zhangfang_sdk.audit import Audit
from zhangfang_sdk.context import in_scope, scope, scope_or_none
from zhangfang_sdk.places import OwnPlace, Visit, install_visits
from zhangfang_sdk.services import use
from zhangfang_sdk.web import SIGNED_IN

T = TypeVar("T")


async def own_places() -> Sequence[OwnPlace]:
    """All that the person in scope belongs to, firms first."""
    rows = await connection().fetch("select * from app_places()")
    return [OwnPlace(**dict(row)) for row in rows]


async def own_standing() -> tuple[Sequence[OwnPlace], bool]:
    """What :func:`own_places` and :func:`is_operator` say, in one round trip: every page's head asks for both."""
    rows = await connection().fetch(
        """select u.is_operator, p.* from core_user u left join lateral app_places() with ordinality p on true
        where u.id = $1 order by p.ordinality""",
        scope().user,
    )
    known = [{name: value for name, value in row.items() if name not in ("is_operator", "ordinality")} for row in rows]
    return [OwnPlace(**place) for place in known if place["membership"] is not None], any(row["is_operator"] for row in rows)


async def is_operator() -> bool:
    """Whether the person in scope runs the deployment, wherever they are now."""
    found: bool | None = await connection().fetchval("select is_operator from core_user where id = $1", scope().user)
    return bool(found)


async def visit_each(visit: Visit[object]) -> Sequence[object]:
    """See :func:`zhangfang_sdk.places.at_each_place`. Afterwards the request is back where its address is."""
    request = asking()
    if request is None or request.presence.token is None:
        raise RuntimeError("places are visited in a person's request")
    module, permission = request.module, request.permission

    def open_to_page(entered: Entered, enabled: frozenset[str]) -> bool:
        return _open(entered, enabled, module, permission)

    return await _visit(request.presence.token, await own_places(), visit, open_to_page, request.asked)


async def record_everywhere(
    action: str,
    subject: str,
    *,
    after: dict[str, object] | None = None,
    token: str | None = None,
    former: FormerAddress | None = None,
) -> None:
    """On the trail of every firm that the person in scope belongs to: what they do to their own account concerns each. Of some actions
    the person is told by each (``account_trail.TOLD``).

    ``token`` is that of a session which just began. ``former`` is told too, of an action in TOLD. Who belongs to no firm stands on the deployment's own trail.
    """
    request = asking()
    session = token or (None if request is None else request.presence.token)
    firms = {place.firm: place for place in reversed(await own_places())}
    if session is None or not firms:
        await use(Audit).record(action, subject, after=after)
        return

    person = scope().user

    async def record(place: OwnPlace) -> None:
        await use(Audit).record(action, subject, after=after)
        await tell_person(person, action)
        if former is not None:
            await tell_former(former, action)

    back_to = OWN if request is None else request.asked
    await _visit(session, list(firms.values()), record, lambda entered, enabled: True, back_to)


async def open_somewhere(token: str, asked: Asked, module: str, permission: str) -> bool:
    """Whether a plugin's page of a person is open to the person in force at one of their places at least."""
    places = await own_places()
    open_to = await _visit(token, places, _nothing, lambda e, on: _open(e, on, module, permission), asked)
    return bool(open_to)


async def _nothing(place: OwnPlace) -> None:
    return None


def _open(entered: Entered, enabled: frozenset[str], module: str | None, permission: str) -> bool:
    return (module is None or module in enabled) and (permission == SIGNED_IN or entered.scope.may(permission))


async def _visit(
    token: str,
    places: Sequence[OwnPlace],
    visit: Visit[T],
    wanted: Callable[[Entered, frozenset[str]], bool],
    back_to: Asked,
) -> list[T]:
    known = scope_or_none()
    address = "" if known is None else known.address
    found = []
    try:
        for place in places:
            entered = await enter(token, address, Asked(place.firm, place.client), attended=False)
            if entered is None or entered.scope.firm is None:
                continue
            if wanted(entered, know_enabled(entered.scope.firm, entered.switches, entered.parts_off)):
                with in_scope(entered.scope):
                    found.append(await visit(place))
    finally:
        # Also when a visit raised: the page may go on. A transaction that failed shows nothing any more.
        with suppress(asyncpg.InFailedSQLTransactionError):
            await enter(token, address, back_to, attended=False)
    return found


install_visits(visit_each)
