"""Addresses from before they named a place: who belongs to one place only is sent on to the same page there."""

import re
from functools import lru_cache

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.routes import HTTPRoute

from zhangfang_core.identity.places import own_places
from zhangfang_sdk.errors import not_found
from zhangfang_sdk.places import Place, mine
from zhangfang_sdk.web import PORTAL, SIGNED_IN, Address, go, page

_PARAMETER = re.compile(r"\{\w+:(\w+)\}")


@page("/{rest:path}", of=PORTAL, permission=SIGNED_IN, examples={"rest": "messages"})
async def old_link(request: Request[object, object, State], rest: FromPath[str]) -> Redirect:
    """To ``rest`` in the only place of this person, or at their own pages. Raises Refusal ``common.not_found`` where no such page is."""
    places = await own_places()
    path = f"{places[0].home if len(places) == 1 else mine()}{rest}"
    if not any(pattern.fullmatch(path) for pattern in _pages(request.app)):
        raise not_found("页面")
    query = request.url.query
    return go(Address(f"{path}?{query}" if query else path))


@lru_cache(maxsize=4)
def _pages(app: Litestar) -> tuple[re.Pattern[str], ...]:
    """Every page of a place, as a pattern of its addresses."""
    placed = {
        route.path
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for handler in route.route_handlers
        if "GET" in handler.http_methods and handler.opt.get("place", Place.PORTAL) != Place.PORTAL
    }
    return tuple(
        re.compile(
            "".join(
                re.escape(piece) if number % 2 == 0 else r"\d+" if piece == "int" else "[^/]+"
                for number, piece in enumerate(_PARAMETER.split(path))
            )
        )
        for path in sorted(placed)
    )


HANDLERS = [old_link]
